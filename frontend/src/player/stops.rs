//! Where a recording can be stepped to: its chapters, the steps of its scenes, and what was done in it.

use model::ids::Micros;

use super::timeline::Timeline;

/// Going back from here stands at the stop before, not at this one again, although it plays on.
const JUST_PASSED_MICROS: u64 = 1_000_000;

/// What is stepped over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Everything below.
    Step,
    /// What was broken, frozen, brought back or pressed.
    Fault,
    /// A chapter.
    Chapter,
}

/// The next stop after `now`, or the last one before it.
pub fn stop(timeline: &Timeline, stop: Stop, now: Micros, forward: bool) -> Option<Micros> {
    let chapters = timeline.chapters.iter().map(|(at, _)| *at).filter(|_| stop != Stop::Fault);
    let faults = timeline.marks.iter().map(|mark| mark.at).filter(|_| stop != Stop::Chapter);
    let steps = timeline.steps.iter().copied().filter(|_| stop == Stop::Step);
    let all = chapters.chain(faults).chain(steps);
    if forward { all.filter(|at| *at > now).min() } else { all.filter(|at| at.0 + JUST_PASSED_MICROS < now.0).max() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::player::timeline::{Mark, Sign};

    #[test]
    fn each_kind_of_step_has_its_stops() {
        let at = |seconds: u64| Micros(seconds * 1_000_000);
        let timeline = Timeline {
            chapters: vec![(at(10), "a".to_owned()), (at(40), "b".to_owned())],
            marks: vec![Mark { at: at(20), sign: Sign::Broken, word: "kill 2".to_owned() }],
            steps: vec![at(12)],
            ..Timeline::default()
        };
        let from = |kind, seconds, forward| stop(&timeline, kind, at(seconds), forward).map(|at| at.0 / 1_000_000);
        assert_eq!(
            [0, 10, 12, 20, 40].map(|s| from(Stop::Step, s, true)),
            [Some(10), Some(12), Some(20), Some(40), None]
        );
        assert_eq!((from(Stop::Fault, 0, true), from(Stop::Fault, 20, true)), (Some(20), None));
        assert_eq!((from(Stop::Chapter, 10, true), from(Stop::Chapter, 41, false)), (Some(40), Some(10)));
        assert_eq!(from(Stop::Chapter, 43, false), Some(40), "the present chapter's beginning first");
        assert_eq!(from(Stop::Step, 10, false), None);
    }
}
