//! When records of a partition come too fast to be followed one by one, and are drawn as pills with a count.

use std::collections::VecDeque;

use model::ids::Micros;

/// Merged above this many records a second.
const ABOVE: usize = 20;
/// Single again below this many.
const BELOW: usize = 14;
/// The two never change faster than this many seconds, or the drawing would flicker between them.
const HOLDS: u64 = 3;

/// Counts the records of a partition on one leg.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    last_second: VecDeque<Micros>,
    merging: bool,
    switched: Option<Micros>,
}

impl Pace {
    /// Counts one record and says whether it is merged; `second` is how much of the session passes in one.
    pub(crate) fn count(&mut self, at: Micros, second: u64) -> bool {
        self.last_second.push_back(at);
        while self.last_second.front().is_some_and(|first| at.since(*first) > second) {
            self.last_second.pop_front();
        }
        // One more than the bar is enough to know.
        if self.last_second.len() > ABOVE + 1 {
            self.last_second.pop_front();
        }
        let may_switch = self.switched.is_none_or(|s| at.since(s) >= second * HOLDS);
        let count = self.last_second.len();
        if may_switch && ((!self.merging && count > ABOVE) || (self.merging && count < BELOW)) {
            self.merging = !self.merging;
            self.switched = Some(at);
        }
        self.merging
    }

    pub(crate) fn merging(&self) -> bool {
        self.merging
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn merges_above_twenty_a_second_and_not_for_a_short_calm() {
        let mut pace = Pace::default();
        let merged = (0..40).filter(|n| pace.count(Micros::from_millis(n * 25), SECOND)).count();
        assert_eq!(merged, 20, "the first twenty of forty a second are drawn one by one");
        assert!(pace.count(Micros::from_millis(2_500), SECOND), "calm for less than three seconds");
        assert!(!pace.count(Micros::from_millis(6_000), SECOND));
    }

    #[test]
    fn a_second_is_one_of_the_reader_s() {
        let mut slow = Pace::default();
        assert!(
            !(0..40).any(|n| slow.count(Micros::from_millis(n * 25), SECOND / 10)),
            "four a second at a tenth of the speed"
        );
        let mut fast = Pace::default();
        assert!((0..40).any(|n| fast.count(Micros::from_millis(n * 100), SECOND * 16)));
    }
}
