//! The time axis as shapes and labels: threads broken while a broker is down, marks for what was done, a playhead.

use std::fmt::Write as _;

use model::ids::{BrokerId, Micros};

use super::numbers::percent;
use crate::player::timeline::{Life, STRETCH_MICROS, Sign, Timeline};

/// A live axis is at least this long, and grows in steps of a third of it.
const LIVE_MICROS: u64 = 900_000_000;
/// Steps of the records' curve.
const COLUMNS: usize = 232;
/// The curve's units: its width is 10 000, its height this.
const HEIGHT: u64 = 40;
/// Labels closer than this (in hundredths of a percent) would touch.
const CLOSE: u64 = 450;

/// A word under the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where, as a percentage.
    pub left: String,
    /// The word.
    pub text: String,
    /// Its classes.
    pub class: &'static str,
}

/// A stretch of a broker's thread.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// From where, as a percentage.
    pub left: String,
    /// How long, as a percentage.
    pub width: String,
    /// `up`, `held` or `down`.
    pub class: &'static str,
}

/// The axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimelineWords {
    /// Its whole length, in microseconds.
    pub whole: u64,
    /// Chapters.
    pub chapters: Vec<Label>,
    /// One list of stretches a broker.
    pub threads: Vec<(String, Vec<Stretch>)>,
    /// What was done.
    pub marks: Vec<Label>,
    /// Records a second as an outline, for a recording.
    pub curve: String,
}

/// A live session's axis, known up to `now`.
pub fn live(timeline: &Timeline, now: Micros) -> TimelineWords {
    let step = LIVE_MICROS / 3;
    let whole = Micros(LIVE_MICROS.max((now.0 / step + 1) * step));
    TimelineWords { curve: String::new(), ..axis(timeline, now, whole) }
}

/// A recording's axis.
pub fn recording(timeline: &Timeline) -> TimelineWords {
    TimelineWords { curve: curve(timeline), ..axis(timeline, timeline.ends, timeline.ends) }
}

fn axis(timeline: &Timeline, now: Micros, whole: Micros) -> TimelineWords {
    let chapters = timeline.chapters.iter().filter(|(at, _)| *at <= now).enumerate().map(|(n, (at, label))| Label {
        left: percent(*at, whole),
        text: format!("{} {label}", n + 1),
        class: "",
    });
    let threads = timeline.threads.iter().map(|(broker, changes)| (name(*broker), thread(changes, now, whole)));
    TimelineWords {
        whole: whole.0,
        chapters: chapters.collect(),
        threads: threads.collect(),
        marks: marks(timeline, now, whole),
        curve: String::new(),
    }
}

fn name(broker: BrokerId) -> String {
    format!("broker {broker}")
}

fn thread(changes: &[(Micros, Life)], now: Micros, whole: Micros) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for (place, (at, life)) in changes.iter().enumerate() {
        let until = changes.get(place + 1).map_or(now, |(next, _)| *next).min(now);
        if until <= *at {
            continue;
        }
        let class = match life {
            Life::Up => "up",
            Life::Held => "held",
            Life::Down => "down",
        };
        stretches.push(Stretch { left: percent(*at, whole), width: percent(Micros(until.since(*at)), whole), class });
    }
    stretches
}

fn marks(timeline: &Timeline, now: Micros, whole: Micros) -> Vec<Label> {
    let shown: Vec<_> = timeline.marks.iter().filter(|m| m.at <= now).collect();
    let place = |at: Micros| at.0.min(whole.0) * 10_000 / whole.0.max(1);
    let mut labels: Vec<Label> = Vec::new();
    for (n, mark) in shown.iter().enumerate() {
        let here = place(mark.at);
        let next_is_close = shown.get(n + 1).is_some_and(|next| place(next.at) < here + CLOSE);
        let last_is_close = n.checked_sub(1).and_then(|n| shown.get(n)).is_some_and(|l| here < place(l.at) + CLOSE);
        // Where two would touch, the first word stands left of its mark; between two others a mark has no word.
        let left = next_is_close;
        let text = if last_is_close && next_is_close { String::new() } else { mark.word.clone() };
        let class = match (mark.sign, left) {
            (Sign::Broken, false) => "broken",
            (Sign::Broken, true) => "broken left",
            (Sign::Frozen, false) => "frozen",
            (Sign::Frozen, true) => "frozen left",
            (Sign::Back, false) => "back",
            (Sign::Back, true) => "back left",
            (Sign::Press, false) => "press",
            (Sign::Press, true) => "press left",
        };
        labels.push(Label { left: percent(mark.at, whole), text, class });
    }
    labels
}

/// Records a second as an SVG path of numbers only, 10 000 wide and [`HEIGHT`] high.
fn curve(timeline: &Timeline) -> String {
    let stretches = usize::try_from(timeline.ends.0 / STRETCH_MICROS).unwrap_or(0) + 1;
    let columns = stretches.min(COLUMNS);
    let mut rates: Vec<u64> = vec![0; columns];
    for (stretch, records) in timeline.records.iter().enumerate().take(stretches) {
        if let Some(rate) = rates.get_mut(stretch * columns / stretches) {
            *rate += u64::from(*records);
        }
    }
    let most = rates.iter().copied().max().unwrap_or(0).max(1);
    let mut path = format!("M0 {HEIGHT}");
    for (column, rate) in rates.iter().enumerate() {
        let (left, right) = (column * 10_000 / columns, (column + 1) * 10_000 / columns);
        let height = HEIGHT - rate * HEIGHT / most;
        // Writing to a String cannot fail.
        write!(path, "L{left} {height}L{right} {height}").ok();
    }
    write!(path, "L10000 {HEIGHT}Z").ok();
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::player::timeline::Mark;

    fn seconds(seconds: u64) -> Micros {
        Micros(seconds * 1_000_000)
    }

    #[test]
    fn a_thread_is_cut_where_its_broker_was_down_and_ends_now() {
        let mut timeline = Timeline { ends: seconds(100), ..Timeline::default() };
        let changes = vec![(seconds(0), Life::Up), (seconds(40), Life::Down), (seconds(60), Life::Up)];
        timeline.threads.push((BrokerId(2), changes));
        let words = recording(&timeline);
        let shape: Vec<String> =
            words.threads[0].1.iter().map(|s| format!("{} {}+{}", s.class, s.left, s.width)).collect();
        assert_eq!(shape, ["up 0.00%+40.00%", "down 40.00%+20.00%", "up 60.00%+40.00%"]);
    }

    #[test]
    fn words_that_would_touch_stand_on_two_sides() {
        let mark = |at, word: &str| Mark { at: seconds(at), sign: Sign::Broken, word: word.to_owned() };
        let marks = vec![mark(100, "kill 2"), mark(110, "kill 3"), mark(500, "kill 1")];
        let timeline = Timeline { ends: seconds(900), marks, ..Timeline::default() };
        let classes: Vec<_> = recording(&timeline).marks.iter().map(|m| m.class).collect();
        assert_eq!(classes, ["broken left", "broken", "broken"]);
    }

    #[test]
    fn between_two_others_a_mark_has_no_word() {
        let mark = |at, word: &str| Mark { at: seconds(at), sign: Sign::Broken, word: word.to_owned() };
        let marks = vec![mark(100, "pay twice"), mark(110, "kill 3"), mark(120, "start 3")];
        let timeline = Timeline { ends: seconds(900), marks, ..Timeline::default() };
        let texts: Vec<_> = recording(&timeline).marks.into_iter().map(|m| m.text).collect();
        assert_eq!(texts, ["pay twice", "", "start 3"]);
    }

    #[test]
    fn the_curve_is_numbers_only() {
        let timeline = Timeline { ends: seconds(3), records: vec![0, 10, 5, 0], ..Timeline::default() };
        assert_eq!(curve(&timeline), "M0 40L0 40L2500 40L2500 0L5000 0L5000 20L7500 20L7500 40L10000 40L10000 40Z");
    }
}
