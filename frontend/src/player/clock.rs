//! How the browser's clock and the session's clock go together, learned from the frames that arrive.

use model::ids::Micros;

/// A frame that came quicker than the estimate is believed at once; a slower one only by this part.
const EASING: f64 = 0.01;

/// Maps the browser's milliseconds to session time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Session milliseconds less browser milliseconds, by the quickest frames.
    offset_millis: Option<f64>,
    newest: Micros,
}

impl Clock {
    /// A frame that says `at` arrived at `browser_millis`.
    pub fn heard(&mut self, at: Micros, browser_millis: f64) {
        let seen = at.0 as f64 / 1000.0 - browser_millis;
        self.offset_millis = Some(match self.offset_millis {
            Some(offset) if seen < offset => offset + (seen - offset) * EASING,
            _ => seen,
        });
        self.newest = self.newest.max(at);
    }

    /// The session's time at `browser_millis`; never behind the newest frame, and none before the first.
    pub fn session(&self, browser_millis: f64) -> Option<Micros> {
        let millis = browser_millis + self.offset_millis?;
        Some(self.newest.max(Micros((millis.max(0.0) * 1000.0) as u64)))
    }

    /// The newest time a frame said.
    pub fn newest(&self) -> Micros {
        self.newest
    }

    /// Forgets everything: another session may answer.
    pub fn start_over(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_frame_hardly_moves_the_clock() {
        let mut clock = Clock::default();
        assert_eq!(clock.session(5.0), None);
        clock.heard(Micros::from_millis(10_000), 1_000.0);
        assert_eq!(clock.session(1_050.0), Some(Micros::from_millis(10_050)));
        // 40 ms late on the way
        clock.heard(Micros::from_millis(10_100), 1_140.0);
        let now = clock.session(1_140.0).unwrap();
        assert!(now > Micros::from_millis(10_139) && now <= Micros::from_millis(10_140), "{now:?}");
    }

    #[test]
    fn time_is_never_behind_the_newest_fact() {
        let mut clock = Clock::default();
        clock.heard(Micros::from_millis(10_000), 1_000.0);
        clock.heard(Micros::from_millis(10_500), 1_400.0);
        assert_eq!(clock.session(1_400.0), Some(Micros::from_millis(10_500)));
    }
}
