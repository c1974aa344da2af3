//! How far something has come, and when each offset of it is shown: a log's end, a watermark, a group's reading.

use model::ids::Micros;

use super::sorted::Sorted;

/// Steps that are remembered.
const REMEMBERED: usize = 512;

/// Steps forward: each brought the end somewhere, and is shown at some time.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    steps: Sorted<i64, Micros>,
}

impl Reach {
    /// Everything before `end` is had from `shown` on; what is not further changes nothing.
    pub(crate) fn to(&mut self, end: i64, shown: Micros) {
        if end <= self.end() {
            return;
        }
        self.steps.insert(end, shown);
        if self.steps.len() > REMEMBERED {
            self.steps.pop_first();
        }
    }

    /// Everything before this is had.
    pub(crate) fn end(&self) -> i64 {
        self.steps.last().map_or(0, |(end, _)| *end)
    }

    /// When this offset is shown as had; none where it is not had yet.
    pub(crate) fn of(&self, offset: i64) -> Option<Micros> {
        self.steps.after(&offset).map(|(_, shown)| *shown)
    }

    /// When the first step past `from` is shown, of those that are not shown before `since`.
    pub(crate) fn first(&self, from: i64, since: Micros) -> Option<Micros> {
        let mut past = self.steps.iter().skip_while(|(end, _)| *end <= from);
        past.find(|(_, shown)| *shown >= since).map(|(_, shown)| *shown)
    }

    /// When the last step is shown.
    pub(crate) fn shown(&self) -> Micros {
        self.steps.last().map_or(Micros(0), |(_, shown)| *shown)
    }

    /// Takes everything back from `offset` on; what remains is had since `shown` at the latest.
    pub(crate) fn cut(&mut self, offset: i64, shown: Micros) {
        if self.end() > offset {
            self.steps.cut(&offset);
            self.to(offset, shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_had_with_the_first_step_past_it() {
        let mut reach = Reach::default();
        reach.to(3, Micros(10));
        reach.to(3, Micros(15));
        reach.to(7, Micros(20));
        assert_eq!([0, 2, 3, 6].map(|o| reach.of(o)), [10, 10, 20, 20].map(|m| Some(Micros(m))));
        assert_eq!((reach.of(7), reach.end(), reach.shown()), (None, 7, Micros(20)));
        assert_eq!(
            [Micros(0), Micros(11), Micros(21)].map(|since| reach.first(2, since)),
            [Some(Micros(10)), Some(Micros(20)), None]
        );
        reach.cut(5, Micros(30));
        assert_eq!((reach.of(4), reach.of(5), reach.end()), (Some(Micros(30)), None, 5));
    }
}
