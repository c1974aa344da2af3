//! Where a moment stands on the time axis: long stretches in which nothing was seen are squeezed, and keep their true length.

use model::ids::Micros;

use super::timeline::Timeline;

/// The axis is divided into so many parts.
pub const PARTS: u64 = 1_000_000;
/// A live axis is at least this long, and grows in steps of a third of it.
const LIVE_MICROS: u64 = 900_000_000;
/// What is squeezed is drawn this many times shorter, at the least.
const SHORTER: u64 = 4;
/// All that is squeezed has at most this part of what is not.
const SHARE: u64 = 5;
/// One squeezed stretch has at most this part of what is not.
const WIDEST: u64 = 30;

/// A stretch in which nothing was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// Since when.
    pub from: Micros,
    /// Until when.
    pub until: Micros,
}

/// The time axis of a session or a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    begins: Micros,
    ends: Micros,
    /// What is squeezed, and how much of the time it is drawn as.
    squeezed: Vec<(Quiet, u64)>,
}

impl Axis {
    /// A live session's, whose present is `now`: as long as the talk may be, at one scale.
    pub fn live(now: Micros) -> Self {
        let step = LIVE_MICROS / 3;
        Self { ends: Micros(LIVE_MICROS.max((now.0 / step + 1) * step)), ..Self::default() }
    }

    /// A recording's; until all of it was read, nobody knows where nothing was seen.
    pub fn recording(timeline: &Timeline) -> Self {
        let quiet = if timeline.is_whole { timeline.quiet() } else { Vec::new() };
        let (begins, ends) = (timeline.begins, timeline.ends);
        let busy = ends.since(begins).saturating_sub(quiet.iter().map(|q| q.until.since(q.from)).sum());
        let most = (busy / WIDEST).min(busy / SHARE / (quiet.len() as u64).max(1));
        let drawn = |q: Quiet| (q, most.min(q.until.since(q.from) / SHORTER).max(1));
        Self { begins, ends, squeezed: quiet.into_iter().map(drawn).collect() }
    }

    /// What is squeezed.
    pub fn squeezed(&self) -> impl Iterator<Item = Quiet> {
        self.squeezed.iter().map(|(quiet, _)| *quiet)
    }

    /// How long it is drawn.
    pub fn drawn_micros(&self) -> u64 {
        self.drawn(self.ends)
    }

    /// Where a moment stands, in [`PARTS`].
    pub fn place(&self, at: Micros) -> u64 {
        let whole = self.drawn(self.ends).max(1);
        u64::try_from(u128::from(self.drawn(at)) * u128::from(PARTS) / u128::from(whole)).unwrap_or(PARTS)
    }

    /// The moment that stands at a place.
    pub fn at(&self, place: u64) -> Micros {
        let wanted = u128::from(self.drawn(self.ends)) * u128::from(place.min(PARTS)) / u128::from(PARTS);
        let mut left = u64::try_from(wanted).unwrap_or(u64::MAX);
        let mut at = self.begins;
        for (quiet, drawn) in &self.squeezed {
            let before = quiet.from.since(at);
            if left <= before {
                break;
            }
            let length = quiet.until.since(quiet.from);
            if left < before + drawn {
                let passed = u128::from(left - before) * u128::from(length) / u128::from(*drawn);
                return Micros(quiet.from.0 + u64::try_from(passed).unwrap_or(length));
            }
            left -= before + drawn;
            at = quiet.until;
        }
        Micros(at.0.saturating_add(left).min(self.ends.0))
    }

    /// How much of the drawn time is before a moment.
    fn drawn(&self, at: Micros) -> u64 {
        let at = at.min(self.ends).max(self.begins);
        let mut drawn = at.since(self.begins);
        for (quiet, short) in self.squeezed.iter().take_while(|(q, _)| q.from < at) {
            let passed = at.min(quiet.until).since(quiet.from);
            let length = quiet.until.since(quiet.from).max(1);
            let kept = u128::from(*short) * u128::from(passed) / u128::from(length);
            drawn = drawn - passed + u64::try_from(kept).unwrap_or(passed);
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use model::fact::{Event, Fact};

    use super::*;

    fn seconds(seconds: u64) -> Micros {
        Micros(seconds * 1_000_000)
    }

    /// Something was seen in each of these seconds.
    fn seen(busy: impl IntoIterator<Item = u64>) -> Timeline {
        let mut timeline = Timeline { is_whole: true, ..Timeline::default() };
        for second in busy {
            let event = Event::BatchAppended {
                topic: "orders".to_owned(),
                partition: 0,
                base_offset: 0,
                count: 1,
                bytes: 1,
                leader_epoch: 0,
                producer_id: -1,
                producer_epoch: -1,
                base_sequence: -1,
            };
            timeline.add(&Fact { seq: second + 1, at: seconds(second), event });
        }
        timeline
    }

    #[test]
    fn a_live_axis_is_longer_than_what_was_seen() {
        // The bug that this file ended: half of a fresh session's axis is not half of its time, but 450 s.
        let axis = Axis::live(seconds(20));
        assert_eq!((axis.at(PARTS / 2), axis.place(seconds(20))), (seconds(450), PARTS * 20 / 900));
        assert_eq!(Axis::live(seconds(950)).at(PARTS), seconds(1_200));
    }

    #[test]
    fn more_than_ten_quiet_seconds_are_squeezed_and_ten_are_not() {
        let quiet = |busy: &[u64]| Axis::recording(&seen(busy.iter().copied())).squeezed().collect::<Vec<_>>();
        assert_eq!(quiet(&[0, 10, 20]), []);
        assert_eq!(quiet(&[0, 12, 20]), [Quiet { from: seconds(1), until: seconds(12) }]);
        let mut timeline = seen([0, 40]);
        timeline.is_whole = false;
        assert_eq!(Axis::recording(&timeline).squeezed().count(), 0, "what was not read yet is not quiet");
    }

    #[test]
    fn what_is_squeezed_is_drawn_short() {
        let axis = Axis::recording(&seen((0..100).chain(400..500)));
        let (from, until) = (axis.place(seconds(100)), axis.place(seconds(400)));
        assert!(until - from < PARTS / 25, "{from} to {until}");
        let middle = axis.place(seconds(250));
        assert!(from < middle && middle < until);
    }

    #[test]
    fn a_place_leads_back_to_its_moment() {
        let axis = Axis::recording(&seen((0..50).chain(300..320).chain(400..470)));
        for second in 0..470 {
            let back = axis.at(axis.place(seconds(second)));
            let off = back.0.abs_diff(seconds(second).0);
            assert!(off < 400_000, "{second} s comes back {off} µs away");
        }
        assert_eq!(axis.at(0), seconds(0));
        assert_eq!(axis.at(PARTS), seconds(469));
    }

    #[test]
    fn a_part_of_a_recording_begins_where_it_was_cut() {
        let mut timeline = seen(200..300);
        timeline.begins = seconds(200);
        let axis = Axis::recording(&timeline);
        assert_eq!((axis.at(0), axis.place(seconds(200)), axis.place(seconds(100))), (seconds(200), 0, 0));
    }
}
