//! What the page has open: a live session or a recording, how well it hears, and what was asked of it.

use std::rc::Rc;

use model::{
    fact::{Event, Fact, MarkerKind, ProcessState},
    frame::Frame,
    ids::Micros,
    marker::Marker,
    picture::Picture,
    recording::Recording,
};

use crate::{
    cues::Question,
    player::{
        Player,
        deck::{Deck, Mode, Pieces},
    },
    sight::Sight,
    stage::{Selected, rings::NAMED_MICROS},
    words::{
        caption::{self, Caption},
        header::{self, HeaderWords},
        numbers::{clock, seconds, thousands, time_of_day},
    },
};

/// Frames come at least each half second; after this long something is wrong, and the page says so.
const SILENT_MILLIS: f64 = 1_000.0;
/// How long a notice of the page itself stands in the caption.
const NOTICE_MILLIS: f64 = 5_000.0;
pub use markers::Markers;
pub use presses::{Outcome, Pressed};

/// How the connection to the gateway stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// Never up yet.
    #[default]
    Opening,
    /// Frames come.
    Up,
    /// Open, but nothing comes.
    Silent,
    /// Closed; tried again for the so-many-th time.
    Lost {
        /// Which try.
        attempt: u32,
    },
}

/// The connection to the gateway.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// How it stands.
    pub state: LinkState,
    /// How long nothing was heard, beyond what is ordinary.
    pub silent_micros: u64,
    heard_millis: Option<f64>,
    /// Frames this viewer was too slow for, or could not read.
    skipped: u64,
    skipped_millis: Option<(f64, u64)>,
}

/// What is open.
#[derive(Debug)]
enum Open {
    Nothing,
    Deck(Box<Deck>, Ending),
    /// What cannot be shown, and why and what to do.
    Broken(String, String),
}

/// How a recording ends.
#[derive(Clone, Debug, Default)]
struct Ending {
    cut: bool,
    /// What is said of a recording of a newer format: which, and what of it is left out.
    newer: Option<(String, String)>,
}

/// Everything the page knows, without the browser.
#[derive(Debug)]
pub struct Session {
    open: Open,
    delay_millis: u64,
    /// The recording that is open.
    film: Option<Rc<Recording>>,
    /// Moments that people marked.
    pub markers: Markers,
    /// How the gateway is heard.
    pub link: Link,
    /// Whether this page may press buttons.
    pub presenter: bool,
    /// Which view is open.
    pub sight: Sight,
    /// Whether nothing travels on the stage.
    less_motion: bool,
    /// What is selected.
    pub selected: Option<Selected>,
    /// Presses, oldest first.
    pub pressed: Vec<Pressed>,
    question: Option<(Question, f64)>,
    minutes_east: i64,
    last_frame_millis: Option<f64>,
    moved_millis: f64,
    changes: u64,
}

impl Pieces for Rc<Recording> {
    fn count(&self) -> usize {
        (**self).count()
    }

    fn starts(&self, piece: usize) -> Micros {
        (**self).starts(piece)
    }

    fn load(&self, piece: usize) -> (Vec<Fact>, Vec<Fact>) {
        (**self).load(piece)
    }
}

impl Pieces for Recording {
    fn count(&self) -> usize {
        self.pieces.len()
    }

    fn starts(&self, piece: usize) -> Micros {
        self.pieces.get(piece).map_or(Micros(u64::MAX), |p| p.start)
    }

    fn load(&self, piece: usize) -> (Vec<Fact>, Vec<Fact>) {
        let piece = self.piece(piece);
        (piece.keyframe, piece.facts)
    }
}

impl Session {
    /// Nothing open yet.
    pub fn new(delay_millis: u64, presenter: bool, minutes_east: i64) -> Self {
        Self {
            open: Open::Nothing,
            delay_millis,
            film: None,
            markers: Markers::default(),
            link: Link::default(),
            presenter,
            sight: Sight::default(),
            less_motion: false,
            selected: None,
            pressed: Vec::new(),
            question: None,
            minutes_east,
            last_frame_millis: None,
            moved_millis: 0.0,
            changes: 0,
        }
    }

    /// Opens a recording.
    pub fn open_recording(&mut self, recording: Recording) {
        let newer = recording.is_newer().then(|| newer(&recording));
        let ending = Ending { cut: recording.cut, newer };
        self.presenter = false;
        self.markers = Markers::of(recording.markers());
        let film = Rc::new(recording);
        self.start(Deck::recording(Box::new(Rc::clone(&film)), self.delay_millis), ending);
        self.film = Some(film);
    }

    /// When the so-many-th chapter of a recording begins, from 1; its index knows, before all of it is read.
    pub fn chapter(&self, nth: usize) -> Option<Micros> {
        let marks = &self.film.as_ref()?.marks;
        let mut chapters = marks.iter().filter(|m| m.marker == MarkerKind::Chapter);
        chapters.nth(nth.checked_sub(1)?).map(|m| m.at)
    }

    /// The recording as a file with its markers as they stand, and its name.
    pub fn film(&self) -> Option<(String, Vec<u8>)> {
        let mut film = Recording::clone(self.film.as_ref()?);
        film.lay_over(self.markers.all());
        let title = if film.header.title.is_empty() { "recording" } else { &film.header.title };
        Some(([title, ".kscope"].concat(), film.sealed()))
    }

    /// The id of the session that is open.
    pub fn session_id(&self) -> String {
        self.player().and_then(|p| session_of(p.picture())).unwrap_or_default().to_owned()
    }

    fn start(&mut self, mut deck: Deck, ending: Ending) {
        deck.set_less_motion(self.less_motion);
        self.open = Open::Deck(Box::new(deck), ending);
    }

    /// Says why nothing can be shown.
    pub fn fail(&mut self, what: String, why: String) {
        self.open = Open::Broken(what, why);
    }

    /// The gateway answered.
    pub fn link_opened(&mut self, now_millis: f64) {
        self.link.heard_millis = Some(now_millis);
    }

    /// The connection was closed, or could not be made.
    pub fn link_lost(&mut self, attempt: u32, now_millis: f64) {
        self.link.heard_millis.get_or_insert(now_millis);
        self.link.state = LinkState::Lost { attempt };
    }

    /// A text frame came.
    pub fn hear(&mut self, text: &str, now_millis: f64) {
        self.link.heard_millis = Some(now_millis);
        self.link.state = LinkState::Up;
        self.link.silent_micros = 0;
        match Frame::parse(text) {
            Ok(Frame::Keyframe { facts, at, .. }) => self.start_live(&facts, at, now_millis),
            Ok(Frame::Facts { facts, at }) => self.take(facts, at, now_millis),
            Ok(Frame::Skipped(count)) => self.skip(count, now_millis),
            Err(_) => self.skip(1, now_millis),
        }
    }

    fn skip(&mut self, count: u64, now_millis: f64) {
        self.link.skipped += count;
        self.link.skipped_millis = Some((now_millis, count));
    }

    fn start_live(&mut self, facts: &[Fact], at: Micros, now_millis: f64) {
        // A recording was dropped on the page, which is not to be taken from whoever looks at it.
        if self.is_recording() {
            return;
        }
        let same = self.deck().is_some_and(|d| d.is_live() && session_of(d.player().picture()) == session_in(facts));
        if !same {
            self.markers = Markers::default();
            self.start(Deck::live(self.delay_millis), Ending::default());
            self.settle_all(now_millis);
        }
        if let Some(deck) = self.deck_mut() {
            deck.begin(facts, at, now_millis);
        }
        facts.iter().for_each(|fact| self.finish(fact, now_millis));
    }

    fn take(&mut self, facts: Vec<Fact>, at: Micros, now_millis: f64) {
        facts.iter().for_each(|fact| self.finish(fact, now_millis));
        let asleep = self.last_frame_millis.is_none_or(|last| now_millis - last > SILENT_MILLIS);
        if let Some(deck) = self.deck_mut() {
            deck.hear(facts, at, now_millis);
            if asleep {
                deck.keep_up();
            }
        }
    }

    /// The outcome of a press is shown when it is known, not when its effect is.
    fn finish(&mut self, fact: &Fact, now_millis: f64) {
        if let Event::MarkerSet { marker, text } = &fact.event {
            self.markers.see(Marker { id: marker.clone(), at: fact.at, text: text.clone(), removed: false });
        }
        let Event::CommandFinished { id, ok, did, took_ms, reason, .. } = &fact.event else { return };
        let outcome = if *ok {
            Outcome::Done(did.clone(), *took_ms)
        } else {
            Outcome::Refused(reason.clone().unwrap_or_else(|| did.clone()))
        };
        self.settle(id, outcome, now_millis);
    }

    /// One animation frame; says whether the stage has to be drawn.
    pub fn frame(&mut self, now_millis: f64) -> bool {
        let elapsed = now_millis - self.last_frame_millis.unwrap_or(now_millis);
        self.last_frame_millis = Some(now_millis);
        self.pressed.retain(|p| now_millis < p.until_millis);
        if self.question.as_ref().is_some_and(|(_, until)| now_millis >= *until) {
            self.question = None;
        }
        self.listen(now_millis);
        let heard = matches!(self.link.state, LinkState::Up);
        let ran_out = self.deck_mut().is_some_and(|deck| {
            deck.frame(now_millis, (elapsed.max(0.0) * 1000.0) as u64, heard);
            deck.take_ran_out()
        });
        if ran_out {
            self.cannot("What came next is not kept any more. This is live".to_owned(), now_millis);
        }
        self.must_draw(now_millis, elapsed)
    }

    fn listen(&mut self, now_millis: f64) {
        let Some(heard) = self.link.heard_millis.filter(|_| !self.is_recording()) else { return };
        let silent = (now_millis - heard).max(0.0);
        self.link.silent_micros = if silent > SILENT_MILLIS { (silent * 1000.0) as u64 } else { 0 };
        if silent > SILENT_MILLIS && self.link.state == LinkState::Up {
            self.link.state = LinkState::Silent;
        }
    }

    /// Every frame while something moves, ten times a second while something is amiss, twice a second at rest.
    fn must_draw(&mut self, now_millis: f64, elapsed: f64) -> bool {
        const SETTLES_MICROS: u64 = 700_000;
        let Some(deck) = self.deck() else { return false };
        // What is eased takes as much longer as time goes slower.
        let settles = deck.speed().takes_micros(SETTLES_MICROS) as f64 / 1000.0;
        let player = deck.player();
        let begins = player.now().since(player.caption_since()) < NAMED_MICROS;
        let (changes, travels, uneasy) = (player.changes(), !player.hops().is_empty(), is_uneasy(player));
        if changes != self.changes {
            self.changes = changes;
            self.moved_millis = now_millis;
        }
        let ticked = |period: f64| (now_millis / period).floor() > ((now_millis - elapsed) / period).floor();
        if !self.runs() {
            // The age of what stands still is told once a second.
            let aged = self.link.silent_micros > 0 && ticked(1_000.0);
            return aged || now_millis - self.moved_millis < elapsed.max(1.0) * 2.0;
        }
        let ticked = ticked(if uneasy { 100.0 } else { 500.0 });
        travels || ticked || begins || now_millis - self.moved_millis < settles
    }

    /// Whether time passes on the stage.
    fn runs(&self) -> bool {
        self.deck().is_some_and(|deck| match deck.mode() {
            Mode::Following => self.link.state == LinkState::Up,
            Mode::Playing => true,
            Mode::Paused => false,
        })
    }

    /// Whether the stage is drawn without transitions: paused, with less motion, or nobody vouches for it.
    pub fn stands_still(&self) -> bool {
        !self.runs() || self.less_motion
    }

    /// Marks travel and steps are eased, or not.
    pub fn set_less_motion(&mut self, less: bool) {
        self.less_motion = less;
        if let Some(deck) = self.deck_mut() {
            deck.set_less_motion(less);
        }
    }

    /// Whether nothing travels on the stage.
    pub fn less_motion(&self) -> bool {
        self.less_motion
    }

    /// What plays, where something is open.
    pub fn deck(&self) -> Option<&Deck> {
        match &self.open {
            Open::Deck(deck, _) => Some(deck),
            Open::Nothing | Open::Broken(..) => None,
        }
    }

    /// What plays, to play it otherwise.
    pub fn deck_mut(&mut self) -> Option<&mut Deck> {
        match &mut self.open {
            Open::Deck(deck, _) => Some(deck),
            Open::Nothing | Open::Broken(..) => None,
        }
    }

    /// What is shown, where something is open.
    pub fn player(&self) -> Option<&Player> {
        self.deck().map(Deck::player)
    }

    /// Whether a recording is open.
    pub fn is_recording(&self) -> bool {
        self.deck().is_some_and(|deck| !deck.is_live())
    }

    /// Whether a live session is open.
    pub fn is_live(&self) -> bool {
        self.deck().is_some_and(Deck::is_live)
    }

    /// Facts this viewer missed.
    pub fn skipped(&self) -> u64 {
        self.link.skipped
    }

    /// What the header says.
    pub fn header(&self, now_millis: f64) -> HeaderWords {
        self.deck().map(|deck| header::words(deck, &self.link, now_millis)).unwrap_or_default()
    }

    /// What the caption says: first what the page must say of itself, then what the facts say.
    pub fn caption(&self, now_millis: f64) -> Caption {
        match &self.open {
            Open::Broken(what, why) => caption::bad(what.clone(), why.clone()),
            Open::Nothing => match self.link.state {
                LinkState::Lost { attempt } if attempt > 1 => {
                    caption::bad("The gateway does not answer.", format!("Trying again, attempt {attempt}."))
                }
                _ => caption::of("Opening.", "Waiting for the gateway."),
            },
            Open::Deck(deck, ending) => {
                let player = deck.player();
                let own = if deck.is_live() { self.of_link(player, now_millis) } else { of_ending(deck, ending) };
                let note = || Some(caption::of(self.markers.said(player.now())?, ""));
                own.or_else(note).unwrap_or_else(|| player.caption().clone())
            }
        }
    }

    fn of_link(&self, player: &Player, now_millis: f64) -> Option<Caption> {
        let attempt = match self.link.state {
            LinkState::Lost { attempt } => Some(attempt),
            LinkState::Silent => None,
            LinkState::Opening | LinkState::Up => {
                let (_, count) = self.link.skipped_millis.filter(|(at, _)| now_millis - at < NOTICE_MILLIS)?;
                let head = format!("Your connection is slow: {} events left out.", thousands(count));
                return Some(caption::bad(head, "What you see is fresh again."));
            }
        };
        let wall_clock = player.picture().session.as_ref().map(|(_, s)| s.wall_clock.clone()).unwrap_or_default();
        let from = time_of_day(&wall_clock, player.now(), self.minutes_east).unwrap_or_else(|| clock(player.now()));
        let tries = attempt.map(|n| format!(" Trying again, attempt {n}.")).unwrap_or_default();
        let head = format!("No news from the cluster for {}.", seconds(self.link.silent_micros));
        Some(caption::bad(head, format!("The picture is from {from}.{tries}")))
    }
}

/// What is said of a recording that a newer Kafkascope made: its format, and the kinds of facts that we do not know.
fn newer(recording: &Recording) -> (String, String) {
    const NAMED: usize = 3;
    let mut kinds: Vec<String> = Vec::new();
    for fact in recording.all_facts() {
        if let Event::Unknown(body) = &fact.event
            && let Some(kind) = body.get("kind").and_then(|kind| kind.as_str())
            && !kinds.iter().any(|known| known == kind)
        {
            kinds.push(kind.to_owned());
        }
    }
    let more = kinds.len().saturating_sub(NAMED);
    kinds.truncate(NAMED);
    let head = format!("Made with a newer Kafkascope (format {}).", recording.header.kscope);
    let rest = match (kinds.is_empty(), more) {
        (true, _) => "Nothing it adds is in this recording.".to_owned(),
        (_, 0) => format!("Parts it adds are left out: {}.", kinds.join(", ")),
        (_, more) => format!("Parts it adds are left out: {} and {more} more.", kinds.join(", ")),
    };
    (head, rest)
}

fn of_ending(deck: &Deck, ending: &Ending) -> Option<Caption> {
    const BEGINNING: Micros = Micros(3_000_000);
    if let Some((head, rest)) = ending.newer.as_ref().filter(|_| deck.now() < BEGINNING) {
        return Some(caption::of(head.clone(), rest.clone()));
    }
    let early = ending.cut && deck.now() >= deck.ends();
    early.then(|| caption::of(format!("This recording ends early at {}.", clock(deck.ends())), ""))
}

fn session_of(picture: &Picture) -> Option<&str> {
    picture.session.as_ref().map(|(_, s)| s.session.as_str())
}

fn session_in(facts: &[Fact]) -> Option<&str> {
    facts.iter().find_map(|f| match &f.event {
        Event::SessionStarted(session) => Some(session.session.as_str()),
        _ => None,
    })
}

/// Whether something on the stage counts seconds: a process not up, a partition without leader, a new leader's six.
fn is_uneasy(player: &Player) -> bool {
    const NEWS_MICROS: u64 = 7_000_000;
    let picture = player.picture();
    let up = |state: ProcessState| matches!(state, ProcessState::Running | ProcessState::Unknown);
    let now = player.now();
    picture.brokers.values().any(|b| !up(b.state()) || !b.reachable())
        || picture.controllers.values().any(|c| !up(c.process.state))
        || picture.apps.values().any(|a| !up(a.process.state))
        || picture.quorum.as_ref().is_some_and(|q| !q.leader_id.exists())
        || picture.partitions.values().any(|p| p.unled_since().is_some() || now.since(p.leader_since) < NEWS_MICROS)
}

mod markers;
mod presses;
#[cfg(test)]
mod tests;
