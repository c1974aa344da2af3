//! What is shown: facts go in as they were seen, and come out as a picture in shown order, with what travels on it.

use std::collections::{BTreeMap, VecDeque};

use model::{
    caption::{Caption, Standing},
    fact::{Event, Fact},
    ids::Micros,
    picture::Picture,
};

use crate::stage::Hop;

pub mod clock;
pub mod deck;
mod flying;
mod history;
mod pace;
mod places;
mod reach;
mod schedule;
mod sorted;
pub mod speed;
pub mod stops;
pub mod timeline;
mod travel;

pub use places::Places;
use schedule::Schedule;
use speed::Speed;
use travel::Travel;

/// The display delay without `#delay=` (design §6).
pub const DELAY_MILLIS: u64 = 2_400;
/// The longest delay that may be asked for.
pub const LONGEST_DELAY_MILLIS: u64 = 4_000;
/// Facts that may wait to be shown; beyond, the oldest are shown at once.
const WAITING: usize = 100_000;

/// Shows facts late enough that their hops can be seen one after the other.
#[derive(Debug)]
pub struct Player {
    /// The delay on the reader's clock. In slow motion less of the session passes in it, so order and times are nearly the
    /// real ones there.
    reader_micros: u64,
    speed: Speed,
    picture: Picture,
    standing: Standing,
    schedule: Schedule,
    travel: Travel,
    /// Facts by the time they are shown at, and within it by arrival; and whether each is a record that is merged.
    waiting: BTreeMap<(Micros, u64), (Fact, bool)>,
    arrived: u64,
    /// Session time up to which everything due is shown.
    session: Micros,
    /// Counts what changed of what is drawn.
    changes: u64,
    merged: Merged,
    places: Places,
}

/// Records that were drawn as part of a pill.
#[derive(Debug, Default)]
struct Merged {
    count: u64,
    /// When those were seen that are shown ahead of display time.
    ahead: VecDeque<Micros>,
}

impl Player {
    /// A player that runs `delay_millis` behind.
    pub fn new(delay_millis: u64) -> Self {
        let reader_micros = delay_millis.min(LONGEST_DELAY_MILLIS) * 1000;
        Self {
            reader_micros,
            speed: Speed::REAL,
            picture: Picture::default(),
            standing: Standing::default(),
            schedule: Schedule::new(reader_micros),
            travel: Travel::new(reader_micros, Speed::REAL, false),
            waiting: BTreeMap::new(),
            arrived: 0,
            session: Micros(0),
            changes: 0,
            merged: Merged::default(),
            places: Places::default(),
        }
    }

    /// Forgets what was shown and shows these facts at once, as they are at session time `session`. Nothing is animated.
    pub fn show_at_once(&mut self, facts: &[Fact], session: Micros) {
        self.merged = Merged::default();
        self.show_again(facts, session);
    }

    /// As [`show_at_once`](Self::show_at_once), where what was shown before led here: what was merged stays so.
    fn show_again(&mut self, facts: &[Fact], session: Micros) {
        self.picture = Picture::default();
        self.standing = Standing::default();
        self.waiting.clear();
        // A keyframe ends with what was counted. What follows was seen one by one, and so the caption came to stand.
        let known = facts.iter().rposition(|f| matches!(f.event, Event::Counted(_))).map_or(0, |last| last + 1);
        for (n, fact) in facts.iter().enumerate() {
            if n == known && n > 0 {
                self.standing = Standing::at(&self.picture, self.picture.at);
            }
            if n >= known {
                self.standing.advance(&self.picture, Micros(fact.at.0.saturating_sub(1)));
            }
            self.picture.fold(fact);
            self.places.add(fact);
        }
        self.session = session;
        let now = self.now();
        self.standing.advance(&self.picture, now);
        self.changes += 1;
        let now = self.now();
        self.merged.forget_after(now);
        self.schedule.start_over(self.delay_micros(), &self.picture, session);
        self.travel.start_over((self.delay_micros(), self.speed), &self.picture, session);
    }

    /// Takes facts in the order they were seen.
    pub fn take(&mut self, facts: impl IntoIterator<Item = Fact>) {
        for fact in facts {
            let leader = self.schedule.leader_of(&fact.event);
            let shown = self.schedule.shown_at(&fact);
            let merged = self.travel.see(&fact, shown, leader);
            self.waiting.insert((shown, self.arrived), (fact, merged));
            self.arrived += 1;
        }
        while self.waiting.len() > WAITING {
            self.show_first();
        }
    }

    /// Shows everything that is due at session time `session`.
    pub fn advance(&mut self, session: Micros) {
        self.session = self.session.max(session);
        while self.waiting.first_key_value().is_some_and(|((shown, _), _)| *shown <= self.session) {
            self.show_first();
        }
        let now = self.now();
        self.merged.pass(now);
        self.travel.flying().advance(now);
        self.standing.advance(&self.picture, now);
    }

    fn show_first(&mut self) {
        let Some((_, (fact, merged))) = self.waiting.pop_first() else { return };
        self.picture.fold(&fact);
        self.places.add(&fact);
        if merged {
            self.merged.add(fact.at);
        }
        if is_drawn(&fact.event) {
            self.changes += 1;
        }
    }

    /// Changes how fast time goes; true where that changes how far ahead records are shown, so that the picture must be
    /// shown anew.
    fn set_speed(&mut self, speed: Speed) -> bool {
        let before = self.delay_micros();
        self.speed = speed;
        self.travel.flying().set_speed(speed);
        before != self.delay_micros()
    }

    /// Whether marks travel, or a thin line stands where they would.
    pub fn set_less_motion(&mut self, less: bool) {
        self.travel.flying().set_less_motion(less);
        self.changes += 1;
    }

    /// The caption that stands.
    pub fn caption(&self) -> &Caption {
        self.standing.caption()
    }

    /// What is shown.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// Display time: the session's time less the delay. What the cluster says is shown at its own time on this clock.
    pub fn now(&self) -> Micros {
        Micros(self.session.0.saturating_sub(self.delay_micros()))
    }

    /// How much of the session the display runs behind by itself.
    pub fn delay_micros(&self) -> u64 {
        self.speed.at_most_real().of_micros(self.reader_micros)
    }

    /// The marks under way.
    pub fn hops(&self) -> &[Hop] {
        self.travel.under_way(self.now())
    }

    /// Grows with every change of what is drawn.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Records that were seen and are not shown yet.
    fn waiting_records(&self) -> u64 {
        self.waiting.values().map(|(fact, _)| records(&fact.event)).sum()
    }

    /// Records that this player drew as part of a pill, of those that are shown.
    pub fn merged(&self) -> u64 {
        self.merged.count
    }

    /// Where the facts shown so far point.
    pub fn places(&self) -> &Places {
        &self.places
    }
}

impl Merged {
    fn add(&mut self, at: Micros) {
        self.count += 1;
        self.ahead.push_back(at);
    }

    /// Display time passed them: they are shown for good.
    fn pass(&mut self, now: Micros) {
        while self.ahead.front().is_some_and(|at| *at <= now) {
            self.ahead.pop_front();
        }
    }

    /// Those seen after `now` are not shown any more.
    fn forget_after(&mut self, now: Micros) {
        self.pass(now);
        self.count -= self.ahead.len() as u64;
        self.ahead.clear();
    }
}

/// How many records a fact tells of for the first time.
fn records(event: &Event) -> u64 {
    match event {
        Event::RecordAppended(_) => 1,
        Event::BatchAppended { count, .. } => count.unsigned_abs(),
        _ => 0,
    }
}

/// Whether the stage draws what this fact says.
fn is_drawn(event: &Event) -> bool {
    !matches!(
        event,
        Event::ClusterRead { .. }
            | Event::LinkChanged { .. }
            | Event::Notice { .. }
            | Event::Gap { .. }
            | Event::CommandReceived { .. }
            | Event::CommandFinished { .. }
            | Event::ProducerChanged { .. }
            | Event::Counted(_)
    )
}

#[cfg(test)]
mod tests;
