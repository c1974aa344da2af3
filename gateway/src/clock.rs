//! The session's clock: CLOCK_MONOTONIC, counted from the session's start.

use model::ids::Micros;
use rustix::time::{ClockId, clock_gettime};

/// Turns CLOCK_MONOTONIC into session time. All processes on one machine share that clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start_micros: u64,
}

impl Clock {
    /// A session that starts now.
    pub fn start() -> Self {
        Self { start_micros: monotonic_micros() }
    }

    /// Now, in session time.
    pub fn now(self) -> Micros {
        self.at_monotonic(monotonic_micros())
    }

    /// A CLOCK_MONOTONIC reading in microseconds, as session time; zero where it was before the start.
    pub const fn at_monotonic(self, micros: u64) -> Micros {
        Micros(micros.saturating_sub(self.start_micros))
    }
}

/// CLOCK_MONOTONIC in microseconds; what apps stamp their reports with.
pub fn monotonic_micros() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    let nanos = u64::try_from(now.tv_nsec).unwrap_or_default();
    seconds * 1_000_000 + nanos / 1000
}
