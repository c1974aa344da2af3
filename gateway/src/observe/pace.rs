//! How often the cluster is asked: calm, in trouble, and while records flow.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::sync::watch;

use crate::clock::Clock;

/// For so long after a fault or an error the quicker pace holds.
const TROUBLE_MICROS: u64 = 15_000_000;
/// For so long after a record was appended its copies are looked for.
const FLOW_MICROS: u64 = 1_500_000;

/// The pace all pollers keep.
#[derive(Debug)]
pub(super) struct Pace {
    own_cluster: bool,
    clock: Clock,
    trouble_until: AtomicU64,
    appended_at: AtomicU64,
    nudges: watch::Sender<()>,
    appends: watch::Sender<()>,
}

impl Pace {
    pub(super) fn new(own_cluster: bool, clock: Clock) -> Self {
        Self {
            own_cluster,
            clock,
            trouble_until: AtomicU64::new(0),
            appended_at: AtomicU64::new(0),
            nudges: watch::Sender::new(()),
            appends: watch::Sender::new(()),
        }
    }

    /// Something failed, or leadership moved: look more often for a while, and ask for Metadata at once.
    pub(super) fn trouble(&self) {
        self.trouble_until.store(self.clock.now().0 + TROUBLE_MICROS, Ordering::Relaxed);
        self.nudges.send_replace(());
    }

    /// Records were appended: look for their copies.
    pub(super) fn appended(&self) {
        self.appended_at.store(self.clock.now().0, Ordering::Relaxed);
        self.appends.send_replace(());
    }

    /// Wakes at each [`Pace::trouble`].
    pub(super) fn nudges(&self) -> watch::Receiver<()> {
        self.nudges.subscribe()
    }

    /// Wakes at each [`Pace::appended`].
    pub(super) fn appends(&self) -> watch::Receiver<()> {
        self.appends.subscribe()
    }

    /// How long a node may think about a request that it answers from memory.
    pub(super) const fn deadline(&self) -> Duration {
        Duration::from_millis(if self.own_cluster { 300 } else { 1500 })
    }

    pub(super) const fn metadata(&self) -> Duration {
        Duration::from_millis(if self.own_cluster { 100 } else { 250 })
    }

    pub(super) fn registration(&self) -> Duration {
        self.calm_or_trouble(500, 250)
    }

    pub(super) fn quorum(&self) -> Duration {
        self.calm_or_trouble(500, 250)
    }

    pub(super) fn group_list(&self) -> Duration {
        // A group of our own shop that starts is to be seen soon.
        if self.own_cluster { self.calm_or_trouble(500, 250) } else { self.calm_or_trouble(1000, 500) }
    }

    pub(super) fn producers(&self) -> Duration {
        self.calm_or_trouble(1000, 500)
    }

    /// Watermarks of partitions that are not tailed.
    pub(super) fn watermarks(&self) -> Duration {
        self.calm_or_trouble(1000, 500)
    }

    pub(super) fn groups(&self) -> Duration {
        Duration::from_millis(if self.in_trouble() || (self.own_cluster && self.records_flow()) { 100 } else { 250 })
    }

    /// Log ends of replicas; `behind` are those that lack records which others have.
    pub(super) fn log_ends(&self, behind: bool) -> Duration {
        match (behind, self.own_cluster && self.records_flow()) {
            (true, true) => self.log_ends_at_most(),
            (true, false) => Duration::from_millis(100),
            (false, _) => self.calm_or_trouble(250, 100),
        }
    }

    /// The shortest time between two looks at log ends.
    pub(super) const fn log_ends_at_most(&self) -> Duration {
        Duration::from_millis(if self.own_cluster { 15 } else { 100 })
    }

    /// The wait before attempt `attempt` (from 0) at a node that does not answer; jittered, so that not all
    /// connections come at once.
    pub(super) fn back_off(&self, attempt: u32) -> Duration {
        let cap = if self.own_cluster { 500 } else { 3000 };
        let step = 50_u64.saturating_mul(1 << attempt.min(8)).min(cap);
        let jitter_percent = 75 + self.clock.now().0 % 25;
        Duration::from_millis(step * jitter_percent / 100)
    }

    pub(super) fn records_flow(&self) -> bool {
        let appended_at = self.appended_at.load(Ordering::Relaxed);
        appended_at > 0 && self.clock.now().0 < appended_at + FLOW_MICROS
    }

    fn in_trouble(&self) -> bool {
        self.clock.now().0 < self.trouble_until.load(Ordering::Relaxed)
    }

    fn calm_or_trouble(&self, calm_millis: u64, trouble_millis: u64) -> Duration {
        Duration::from_millis(if self.in_trouble() { trouble_millis } else { calm_millis })
    }
}
