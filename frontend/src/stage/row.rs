//! A row: a broker, where its band lies, and what is to be said of it.

use model::{
    fact::{ProcessState, Registration},
    ids::{BrokerId, Micros},
    picture::Broker,
};

use super::{News, View};

/// Height of a band where there is room for all of it.
pub(super) const FULL: f64 = 124.0;

/// A broker's band.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) broker: BrokerId,
    pub(super) y: f64,
    pub(super) h: f64,
    /// Whether it is one of a hand's score: no words over its tapes.
    small: bool,
    pub(super) condition: Condition,
    /// Since when it is so.
    pub(super) since: Micros,
    /// Whether it answers us.
    pub(super) reachable: bool,
    /// How long ago it came back, where that is news.
    pub(super) returned: Option<u64>,
}

/// What is to be said of a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Up,
    Stopping,
    /// Its process runs, and yet it does not answer us.
    Silent,
    Paused,
    Gone,
    Fenced,
    Starting,
}

impl Row {
    pub(super) fn new(view: &View<'_>, broker: BrokerId, y: f64, h: f64) -> Self {
        let picture = view.picture;
        let known = picture.brokers.get(&broker);
        let (condition, since) = known.map_or((Condition::Gone, Micros(0)), judge);
        let back = view.fresh.iter().filter(|_| !view.still).find(|f| f.what == News::Returned(broker));
        let returned = back.map(|f| view.now.since(f.at));
        let (small, reachable) = (view.layout.is_phone(), picture.reachable(broker));
        Self { broker, y, h, small, condition, since, reachable, returned }
    }

    /// How much smaller than a full band it is.
    pub(super) fn scale(&self) -> f64 {
        (self.h / FULL).min(1.0)
    }

    /// Where the tape lies.
    pub(super) fn mid(&self) -> f64 {
        self.y + self.h / 2.0 + if self.small { 0.0 } else { 12.0 * self.scale() }
    }

    /// The baseline of the words over the tape.
    pub(super) fn words(&self) -> f64 {
        self.mid() - (46.0 * self.scale()).max(22.0)
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// Height of a record's block on the leader.
    pub(super) fn tall(&self) -> f64 {
        if self.small { 0.66 * self.h } else { 54.0 * self.scale() }
    }

    /// Height of a record's block on a follower.
    pub(super) fn short(&self) -> f64 {
        if self.small { 11.0 } else { (18.0 * self.scale()).max(12.0) }
    }

    /// Whether what it stores can only be remembered, not asked for.
    pub(super) fn ghostly(&self) -> bool {
        self.condition == Condition::Gone || (self.condition == Condition::Starting && !self.reachable)
    }
}

/// Whether a broker's band is drawn as one that is gone.
pub(crate) fn is_gone(broker: &Broker) -> bool {
    judge(broker).0 == Condition::Gone
}

fn judge(broker: &Broker) -> (Condition, Micros) {
    let since = broker.since().at;
    let unreachable = broker.reachable.as_ref().filter(|(_, reachable, _)| !reachable).map(|(stamp, ..)| stamp.at);
    let fenced = broker.registration.as_ref().filter(|(_, r)| *r == Registration::Fenced).map(|(stamp, _)| stamp.at);
    match broker.state() {
        ProcessState::Dead => (Condition::Gone, since),
        ProcessState::Paused => (Condition::Paused, since),
        ProcessState::Starting => (Condition::Starting, since),
        // Somebody else's broker: that nothing answers is all that can be known.
        ProcessState::Unknown if unreachable.is_some() => (Condition::Gone, unreachable.unwrap_or(since)),
        ProcessState::Stopping => (Condition::Stopping, since),
        ProcessState::Running | ProcessState::Unknown => match (unreachable, fenced) {
            (Some(at), _) => (Condition::Silent, at),
            (None, Some(at)) => (Condition::Fenced, at),
            (None, None) => (Condition::Up, since),
        },
    }
}
