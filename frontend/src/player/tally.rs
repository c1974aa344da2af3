//! What became of the records that are shown: drawn one by one, in a pill, not on the screen, or never told to this page.

use std::collections::VecDeque;

use model::ids::Micros;

/// How a record was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Drawn,
    Merged,
    Elsewhere,
}

impl Way {
    pub(crate) const fn of(is_drawn: bool, is_merged: bool) -> Self {
        match (is_drawn, is_merged) {
            (false, _) => Self::Elsewhere,
            (true, true) => Self::Merged,
            (true, false) => Self::Drawn,
        }
    }
}

/// Records, each counted once.
#[derive(Debug, Default)]
pub struct Tally {
    /// Drawn one by one.
    pub drawn: u64,
    /// Drawn as part of a pill.
    pub merged: u64,
    /// Of a partition that is not drawn, or shown at once with all that was known.
    pub elsewhere: u64,
    /// Seen while this page was not told.
    pub missed: u64,
    /// Those that are shown ahead of display time: when they were seen, and how they were shown.
    ahead: VecDeque<(Micros, Way)>,
}

impl Tally {
    pub(crate) fn add(&mut self, at: Micros, way: Way) {
        *self.of(way) += 1;
        self.ahead.push_back((at, way));
    }

    fn of(&mut self, way: Way) -> &mut u64 {
        match way {
            Way::Drawn => &mut self.drawn,
            Way::Merged => &mut self.merged,
            Way::Elsewhere => &mut self.elsewhere,
        }
    }

    pub(crate) fn miss(&mut self, count: u64) {
        self.missed += count;
    }

    /// Display time passed them: they are shown for good.
    pub(crate) fn pass(&mut self, now: Micros) {
        while self.ahead.front().is_some_and(|(at, _)| *at <= now) {
            self.ahead.pop_front();
        }
    }

    /// `all` records are shown at once at display time `now`: what was ahead is not any more, and of the others those that
    /// were not drawn before are not drawn now.
    pub(crate) fn settle(&mut self, all: u64, now: Micros) {
        self.pass(now);
        for (_, way) in std::mem::take(&mut self.ahead) {
            *self.of(way) -= 1;
        }
        self.elsewhere = all.saturating_sub(self.drawn + self.merged + self.missed);
    }
}
