//! What is shown: facts go in as they were seen, and come out as a picture in shown order, with what travels on it.

use std::collections::VecDeque;

use model::{
    caption::{Caption, Standing},
    fact::{Event, Fact},
    ids::{Micros, PartitionId},
    picture::Picture,
};

use crate::stage::{Fresh, Hop};

pub mod axis;
pub mod clock;
pub mod deck;
mod flying;
mod history;
pub mod manner;
mod pace;
pub mod past;
mod places;
mod reach;
mod recent;
mod schedule;
mod sorted;
pub mod speed;
pub mod stops;
mod tally;
pub mod timeline;
mod travel;

pub use places::Places;
use recent::Recent;
use schedule::Schedule;
use speed::Speed;
pub use tally::Tally;
use tally::Way;
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
    /// Facts in the order they are shown, each with its time and whether it is a record that is merged.
    waiting: VecDeque<(Micros, Fact, bool)>,
    /// Session time up to which everything due is shown.
    session: Micros,
    /// Counts what changed of what is drawn.
    changes: u64,
    tally: Tally,
    /// The partitions whose records are drawn, and whether records travel there.
    watched: (Vec<PartitionId>, bool),
    recent: Recent,
    places: Places,
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
            waiting: VecDeque::new(),
            session: Micros(0),
            changes: 0,
            tally: Tally::default(),
            watched: (Vec::new(), true),
            recent: Recent::default(),
            places: Places::default(),
        }
    }

    /// Forgets what was shown and shows these facts at once, as they are at session time `session`. Nothing is animated.
    pub fn show_at_once(&mut self, facts: &[&Fact], session: Micros) {
        self.tally = Tally::default();
        self.show_again(facts, session);
    }

    /// As [`show_at_once`](Self::show_at_once), after something was missed: `told` records were told of before and are not
    /// shown yet.
    pub(crate) fn go_on(&mut self, facts: &[&Fact], session: Micros, told: u64) {
        let known = self.picture.counters.records + told;
        let all = Picture::of(facts.iter().copied()).counters.records;
        self.tally.miss(all.saturating_sub(known));
        self.show_again(facts, session);
    }

    /// As [`show_at_once`](Self::show_at_once), where what was shown before led here: what was drawn stays so.
    fn show_again(&mut self, facts: &[&Fact], session: Micros) {
        self.picture = Picture::default();
        self.standing = Standing::default();
        self.waiting.clear();
        self.recent.clear();
        // A keyframe ends with what was counted. What follows was seen one by one, and so the caption came to stand.
        let known = facts.iter().rposition(|f| matches!(f.event, Event::Counted(_))).map_or(0, |last| last + 1);
        for (n, fact) in facts.iter().copied().enumerate() {
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
        let counters = &self.picture.counters;
        self.tally.settle(counters.records.saturating_sub(counters.merged), now);
        self.schedule.start_over(self.delay_micros(), &self.picture, session);
        self.travel.start_over((self.delay_micros(), self.speed), &self.picture, session);
    }

    /// Takes facts in the order they were seen.
    pub fn take(&mut self, facts: impl IntoIterator<Item = Fact>) {
        for fact in facts {
            let leader = self.schedule.leader_of(&fact.event);
            let shown = self.schedule.shown_at(&fact);
            let merged = self.travel.see(&fact, shown, leader);
            // What is shown at the same time keeps the order it came in.
            let at = self.waiting.partition_point(|(other, ..)| *other <= shown);
            self.waiting.insert(at, (shown, fact, merged));
        }
        while self.waiting.len() > WAITING {
            self.show_first();
        }
    }

    /// Shows everything that is due at session time `session`.
    pub fn advance(&mut self, session: Micros) {
        self.session = self.session.max(session);
        while self.waiting.front().is_some_and(|(shown, ..)| *shown <= self.session) {
            self.show_first();
        }
        let now = self.now();
        self.tally.pass(now);
        self.recent.advance(now);
        self.travel.flying().advance(now);
        self.standing.advance(&self.picture, now);
    }

    fn show_first(&mut self) {
        let Some((shown, fact, merged)) = self.waiting.pop_front() else { return };
        let shown = Micros(shown.0.saturating_sub(self.delay_micros()));
        self.recent.fold(&mut self.picture, &fact, shown);
        self.places.add(&fact);
        if let Event::RecordAppended(record) = &fact.event {
            let (drawn, travels) = &self.watched;
            let is_drawn = drawn.iter().any(|id| id.partition == record.partition && id.topic == record.topic);
            self.tally.add(fact.at, Way::of(is_drawn, merged && *travels));
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

    /// Says which partitions' records are drawn from now on, and whether records travel there.
    pub fn watch(&mut self, partitions: &[PartitionId], travels: bool) {
        if self.watched.0 != partitions {
            self.watched.0 = partitions.to_vec();
        }
        self.watched.1 = travels;
    }

    /// Since when the caption stands, in display time.
    pub fn caption_since(&self) -> Micros {
        self.standing.since()
    }

    /// The caption that stands.
    pub fn caption(&self) -> &Caption {
        self.standing.caption()
    }

    /// Shows one fact at its own time, where nobody looks: for what it makes of the caption.
    fn see(&mut self, fact: &Fact) {
        self.standing.advance(&self.picture, Micros(fact.at.0.saturating_sub(1)));
        self.picture.fold(fact);
        self.standing.advance(&self.picture, fact.at);
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
        self.waiting.iter().map(|(_, fact, _)| records(&fact.event)).sum()
    }

    /// What became of the records that are shown.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What has just been shown.
    pub fn fresh(&self) -> &[Fresh] {
        self.recent.all()
    }

    /// Where the facts shown so far point.
    pub fn places(&self) -> &Places {
        &self.places
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
