//! How everything that sees something tells the hub: a bounded queue that counts what it could not take.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use model::{fact::Event, ids::Micros};
use tokio::sync::mpsc;

use crate::{clock::Clock, privacy::Mask};

/// How many things may wait for the hub before they are dropped and counted.
const QUEUE: usize = 65_536;

/// Something seen, not numbered yet.
#[derive(Debug)]
pub struct Seen {
    /// When.
    pub at: Micros,
    /// What.
    pub event: Event,
}

/// The hub's end of the queue.
#[derive(Debug)]
pub struct Inbox {
    /// What was seen, in order of arrival.
    pub seen: mpsc::Receiver<Seen>,
    /// How many things found the queue full since the last look; the hub makes a `gap` fact of it.
    pub dropped: Arc<AtomicU64>,
}

/// The seers' end of the queue; cheap to clone, never waits.
#[derive(Clone, Debug)]
pub struct Reporter {
    seen: mpsc::Sender<Seen>,
    dropped: Arc<AtomicU64>,
    clock: Clock,
    mask: Arc<Mask>,
}

/// A new queue on this clock.
pub fn queue(clock: Clock) -> (Reporter, Inbox) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let dropped = Arc::new(AtomicU64::new(0));
    (
        Reporter { seen: sender, dropped: Arc::clone(&dropped), clock, mask: Arc::default() },
        Inbox { seen: receiver, dropped },
    )
}

impl Reporter {
    /// The same queue; what is masked is told as stars.
    #[must_use]
    pub fn masking(self, mask: Mask) -> Self {
        Self { mask: Arc::new(mask), ..self }
    }

    /// What is masked; the tail asks, since it cuts values.
    pub fn mask(&self) -> &Mask {
        &self.mask
    }

    /// The session's clock.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Reports what was seen now.
    pub fn report(&self, event: Event) {
        self.report_at(self.clock.now(), event);
    }

    /// Reports what was seen at `at`; where the queue is full it is dropped and counted.
    pub fn report_at(&self, at: Micros, mut event: Event) {
        // The one other place where a record's own words are told.
        if let Event::RecordSent { key, .. } = &mut event {
            *key = self.mask.apply(key).into_owned();
        }
        if let Err(mpsc::error::TrySendError::Full(_)) = self.seen.try_send(Seen { at, event }) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}
