//! The header: which session this is, in which mode, and how far the display runs behind.

use super::numbers::{day, seconds, thousands};
use crate::{
    player::{Player, replay::Speed},
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
    /// Facts come, the display stands.
    Paused,
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

/// The header of a live session.
pub fn live(player: &Player, link: &Link, paused: bool) -> HeaderWords {
    let badge = match link.state {
        LinkState::Opening => Badge::Opening,
        LinkState::Up if paused => Badge::Paused,
        LinkState::Up => Badge::Live,
        LinkState::Silent | LinkState::Lost { .. } => Badge::Stale,
    };
    let behind = match badge {
        Badge::Opening => "waiting for the gateway".to_owned(),
        Badge::Paused => format!("{} records behind live", thousands(player.waiting_records() as u64)),
        Badge::Stale => format!("no news for {}", seconds(link.silent_micros)),
        Badge::Live | Badge::Replay => format!("{} behind the cluster", seconds(player.delay_micros())),
    };
    HeaderWords { title: title(player), right: String::new(), badge, behind }
}

/// The header of a recording.
pub fn replay(player: &Player, speed: Speed) -> HeaderWords {
    let session = player.picture().session.as_ref().map(|(_, s)| s.clone()).unwrap_or_default();
    let recorded = day(&session.wall_clock).map(|d| format!("recorded {d}")).unwrap_or_default();
    let version = if session.kafka_version.is_empty() {
        String::new()
    } else {
        format!("{}Apache Kafka {}", if recorded.is_empty() { "" } else { ", " }, session.kafka_version)
    };
    let behind = if speed == Speed::REAL { "as it happened".to_owned() } else { format!("at {} speed", name(speed)) };
    HeaderWords { title: title(player), right: format!("{recorded}{version}"), badge: Badge::Replay, behind }
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
