//! When records come too fast to be told one by one: above 500 a second on a partition, until below 300.

use std::collections::VecDeque;

use model::ids::Micros;

const WINDOW_MICROS: u64 = 1_000_000;
const MERGE_ABOVE: i64 = 500;
const SINGLE_BELOW: i64 = 300;
/// Counts this close together share one entry, so the window stays short whatever the rate.
const GRAIN_MICROS: u64 = 20_000;

/// One partition's records of the last second.
#[derive(Debug, Default)]
pub(super) struct Rate {
    recent: VecDeque<(Micros, i64)>,
    merging: bool,
}

impl Rate {
    /// `count` more records came now; whether they are to be told as batches.
    pub(super) fn merges(&mut self, now: Micros, count: i64) -> bool {
        while self.recent.front().is_some_and(|(at, _)| now.since(*at) >= WINDOW_MICROS) {
            self.recent.pop_front();
        }
        match self.recent.back_mut() {
            Some((at, sum)) if now.since(*at) < GRAIN_MICROS => *sum += count,
            _ => self.recent.push_back((now, count)),
        }
        let in_window: i64 = self.recent.iter().map(|(_, count)| count).sum();
        self.merging = in_window > MERGE_ABOVE || (self.merging && in_window >= SINGLE_BELOW);
        self.merging
    }

    pub(super) const fn is_merging(&self) -> bool {
        self.merging
    }
}

#[cfg(test)]
mod tests {
    use model::ids::Micros;

    use super::Rate;

    /// `count` records each 100 ms, `times` times; how many of those times they were merged.
    fn run(rate: &mut Rate, from_millis: u64, count: i64, times: u64) -> usize {
        (0..times).filter(|step| rate.merges(Micros::from_millis(from_millis + step * 100), count)).count()
    }

    #[test]
    fn merges_above_500_and_stops_below_300() {
        let mut rate = Rate::default();
        assert_eq!(run(&mut rate, 0, 49, 20), 0);
        assert_eq!(run(&mut rate, 2000, 60, 20), 20, "9 times 49 and 60 are 501");
        assert_eq!(run(&mut rate, 4000, 40, 20), 20, "between the two bounds it stays as it was");
        assert_eq!(run(&mut rate, 6000, 20, 20), 5, "until fewer than 300 are in the window");
        assert_eq!(run(&mut rate, 8000, 40, 20), 0, "and between the two bounds it stays as it was");
    }

    #[test]
    fn a_backlog_is_merged_at_once_and_a_pause_ends_it() {
        let mut rate = Rate::default();
        assert!(rate.merges(Micros::from_millis(5), 10_000));
        assert!(rate.merges(Micros::from_millis(900), 1));
        assert!(!rate.merges(Micros::from_millis(1100), 1));
    }
}
