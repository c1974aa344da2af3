//! The one player, for live and for recordings: facts go in as they were seen, and come out as a picture in shown order.

use std::collections::BTreeMap;

use model::{
    fact::{Event, Fact},
    ids::Micros,
    picture::Picture,
};

use crate::stage::Hop;

pub mod clock;
mod pace;
mod places;
pub mod replay;
mod schedule;
mod sorted;
pub mod stops;
pub mod timeline;
mod travel;

pub use places::Places;
use schedule::Schedule;
use timeline::Timeline;
use travel::Travel;

/// The display delay without `#delay=` (design §6).
pub const DELAY_MILLIS: u64 = 2_400;
/// The longest delay that may be asked for.
pub const LONGEST_DELAY_MILLIS: u64 = 4_000;
/// Facts that may wait to be shown; beyond, the oldest are shown at once.
const WAITING: usize = 200_000;

/// Shows facts late enough that their hops can be seen one after the other.
#[derive(Debug)]
pub struct Player {
    delay_micros: u64,
    picture: Picture,
    schedule: Schedule,
    travel: Travel,
    /// Facts by the time they are shown at, and within it by arrival.
    waiting: BTreeMap<(Micros, u64), Fact>,
    arrived: u64,
    /// Session time up to which everything due is shown.
    session: Micros,
    /// Counts what changed of what is drawn.
    changes: u64,
    timeline: Timeline,
    places: Places,
}

impl Player {
    /// A player that runs `delay_millis` behind.
    pub fn new(delay_millis: u64) -> Self {
        let delay_micros = delay_millis.min(LONGEST_DELAY_MILLIS) * 1000;
        Self {
            delay_micros,
            picture: Picture::default(),
            schedule: Schedule::new(delay_micros),
            travel: Travel::new(delay_micros),
            waiting: BTreeMap::new(),
            arrived: 0,
            session: Micros(0),
            changes: 0,
            timeline: Timeline::default(),
            places: Places::default(),
        }
    }

    /// Forgets what was shown and shows these facts at once, as they are at session time `session`. Nothing is animated.
    pub fn show_at_once<'a>(&mut self, facts: impl IntoIterator<Item = &'a Fact>, session: Micros) {
        self.picture = Picture::default();
        self.waiting.clear();
        for fact in facts {
            self.picture.fold(fact);
            self.places.add(fact);
            // A keyframe repeats its newest records: they were counted when they came, or nobody was here.
            if !matches!(fact.event, Event::RecordAppended(_)) {
                self.timeline.add(fact);
            }
        }
        self.session = session;
        self.changes += 1;
        self.schedule.start_over(&self.picture, session);
        self.travel.start_over(&self.picture, session);
    }

    /// Takes facts in the order they were seen.
    pub fn take(&mut self, facts: impl IntoIterator<Item = Fact>) {
        for fact in facts {
            let leader = self.schedule.leader_of(&fact.event);
            let shown = self.schedule.shown_at(&fact);
            self.travel.see(&fact, shown, leader);
            self.waiting.insert((shown, self.arrived), fact);
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
        self.travel.advance(now);
    }

    fn show_first(&mut self) {
        let Some((_, fact)) = self.waiting.pop_first() else { return };
        self.picture.fold(&fact);
        self.timeline.add(&fact);
        self.places.add(&fact);
        if is_drawn(&fact.event) {
            self.changes += 1;
        }
    }

    /// What is shown.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// Display time: the session's time less the delay. What the cluster says is shown at its own time on this clock.
    pub fn now(&self) -> Micros {
        Micros(self.session.0.saturating_sub(self.delay_micros))
    }

    /// The session's time that the display time stands for.
    pub fn session(&self) -> Micros {
        self.session
    }

    /// How far the display runs behind.
    pub fn delay_micros(&self) -> u64 {
        self.delay_micros
    }

    /// The marks under way.
    pub fn hops(&self) -> &[Hop] {
        self.travel.under_way(self.now())
    }

    /// Grows with every change of what is drawn.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Facts that were seen and are not shown yet, and how many of them are records.
    pub fn waiting_records(&self) -> usize {
        self.waiting.values().filter(|f| matches!(f.event, Event::RecordAppended(_))).count()
    }

    /// Records that this player drew as part of a pill.
    pub fn merged(&self) -> u64 {
        self.travel.merged()
    }

    /// Where the facts shown so far point.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The time axis as shown so far.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
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
