//! The header: which session this is, in which mode, and how far the display runs behind.

use super::numbers::{day, seconds, thousands};
use crate::{
    player::{
        Player,
        deck::{Deck, Mode},
        speed::Speed,
    },
    session::{Link, LinkState},
};

/// What the badge says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Badge {
    /// Nothing is there yet.
    #[default]
    Opening,
    /// Facts come.
    Live,
    /// The display stands.
    Paused,
    /// The display plays what came before.
    Behind,
    /// No facts come.
    Stale,
    /// A recording.
    Replay,
}

impl Badge {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opening => "OPENING",
            Self::Live => "LIVE",
            Self::Paused => "PAUSED",
            Self::Behind => "BEHIND",
            Self::Stale => "STALE",
            Self::Replay => "REPLAY",
        }
    }
}

/// What the header says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeaderWords {
    /// The chapter, or what is watched.
    pub title: String,
    /// What stands left of the badge.
    pub right: String,
    /// The mode.
    pub badge: Badge,
    /// What stands right of it.
    pub behind: String,
}

/// The header of what plays. `reader_millis`: the browser's clock.
pub fn words(deck: &Deck, link: &Link, reader_millis: f64) -> HeaderWords {
    let title = title(deck.player());
    if !deck.is_live() {
        return HeaderWords { title, right: recorded(deck.player()), badge: Badge::Replay, behind: pace(deck) };
    }
    let badge = match (link.state, deck.mode()) {
        (LinkState::Opening, _) => Badge::Opening,
        (LinkState::Silent | LinkState::Lost { .. }, Mode::Following) => Badge::Stale,
        (_, Mode::Following) => Badge::Live,
        (_, Mode::Playing) => Badge::Behind,
        (_, Mode::Paused) => Badge::Paused,
    };
    let late = || seconds(deck.behind_micros(reader_millis));
    let behind = match badge {
        Badge::Opening => "waiting for the gateway".to_owned(),
        Badge::Paused => format!("{}{} records behind live", stepped(deck), thousands(deck.records_behind())),
        Badge::Stale => format!("no news for {}", seconds(link.silent_micros)),
        Badge::Behind if deck.speed() != Speed::REAL => format!("{}, {} behind", pace(deck), late()),
        _ => format!("{} behind the cluster", late()),
    };
    HeaderWords { title, right: String::new(), badge, behind }
}

fn recorded(player: &Player) -> String {
    let session = player.picture().session.as_ref().map(|(_, s)| s.clone()).unwrap_or_default();
    let recorded = day(&session.wall_clock).map(|d| format!("recorded {d}")).unwrap_or_default();
    let version = if session.kafka_version.is_empty() {
        String::new()
    } else {
        format!("{}Apache Kafka {}", if recorded.is_empty() { "" } else { ", " }, session.kafka_version)
    };
    recorded + &version
}

/// How fast it goes.
fn pace(deck: &Deck) -> String {
    match (deck.speed(), deck.stepped()) {
        (_, Some(fact)) => fact.to_owned(),
        (Speed::REAL, None) => "as it happened".to_owned(),
        (speed, None) => format!("at {} speed", name(speed)),
    }
}

fn stepped(deck: &Deck) -> String {
    deck.stepped().map(|fact| format!("{fact}, ")).unwrap_or_default()
}

fn name(speed: Speed) -> String {
    let name = speed.name();
    if name.contains('/') { name } else { format!("{name} times") }
}

fn title(player: &Player) -> String {
    let picture = player.picture();
    match (&picture.chapter, &picture.session) {
        (Some((_, label)), _) => label.clone(),
        (None, Some((_, session))) => match session.mode {
            model::fact::Mode::Local => "Local cluster".to_owned(),
            model::fact::Mode::External => format!("Cluster at {}, read only", session.bootstrap),
        },
        (None, None) => String::new(),
    }
}
