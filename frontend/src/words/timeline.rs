//! The time axis as shapes and words: chapters, how many records came, threads broken while a broker is down, and marks, of
//! whose words no two touch.

use std::fmt::Write as _;

use model::ids::{BrokerId, Micros};

use super::numbers::{clock, seconds};
use crate::{
    paint::width,
    player::{
        axis::{Axis, PARTS, Quiet},
        timeline::{Life, Mark, STRETCH_MICROS, Sign, Timeline},
    },
};

/// Steps of the records' curve.
const COLUMNS: u64 = 232;
/// The curve's units: its width is 10 000, its height this.
const HEIGHT: u64 = 40;
/// What a mark takes up on either side of its moment, and what stays free beside a word, in pixels.
const HALF_MARK: f64 = 8.0;
const GAP: f64 = 6.0;
/// From a mark's moment to its word.
const TO_WORD: f64 = 11.0;
/// A chapter narrower than this has no room for a word.
const NARROWEST: f64 = 26.0;
/// The weight that marks are written in.
const WEIGHT: u16 = 600;

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// The axis, in the pixels that words are measured in.
    pub width: f64,
    /// The size of the marks' words.
    pub size: f64,
}

/// What stands over the records: a chapter, or a stretch that is squeezed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// From where, as a percentage.
    pub left: String,
    /// How long, as a percentage.
    pub width: String,
    /// What is written in it.
    pub text: String,
    /// All there is to say of it.
    pub title: String,
    /// Whether it is played now.
    pub is_here: bool,
}

/// A mark under the axis, and its word where there is room.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Label {
    /// Where, as a percentage.
    pub left: String,
    /// Its word, or nothing.
    pub text: String,
    /// When, and its word, for whoever points at it.
    pub title: String,
    /// Its classes: the sign, and `left` where the word stands left of it.
    pub class: String,
    /// When.
    pub at: Micros,
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
    /// Chapters.
    pub chapters: Vec<Span>,
    /// What is squeezed, with its true length.
    pub quiet: Vec<Span>,
    /// One list of stretches a broker.
    pub threads: Vec<(String, Vec<Stretch>)>,
    /// What was done.
    pub marks: Vec<Label>,
    /// Records a second as an outline.
    pub curve: String,
    /// What is shared or comes again and again, between brackets.
    pub range: Option<Span>,
    /// Where the present of a live session stands.
    pub present: Option<String>,
}

/// Everything up to `known`; `now` is what is shown.
pub fn words(
    (timeline, notes): (&Timeline, &[Mark]),
    axis: &Axis,
    (known, now): (Micros, Micros),
    room: Room,
) -> TimelineWords {
    let mut all: Vec<&Mark> = timeline.marks.iter().filter(|m| m.at <= known).collect();
    for note in notes {
        let place = all.partition_point(|mark| mark.at <= note.at);
        all.insert(place, note);
    }
    let here = timeline.chapter(now).map(|(place, ..)| place);
    let known_chapters = timeline.chapters.iter().filter(|(at, _)| *at <= known).enumerate();
    let chapters = known_chapters.filter_map(|(n, (_, label))| {
        let (begins, ends) = timeline.nth_chapter(n)?;
        let title = format!("{} {label}, {}", n + 1, clock(Micros(ends.since(begins))));
        let mut span = span(axis, begins, ends.min(known));
        let wide = axis.place(ends.min(known)).saturating_sub(axis.place(begins)) as f64 * room.width / PARTS as f64;
        span.text = if wide < NARROWEST { String::new() } else { format!("{} {label}", n + 1) };
        Some(Span { title, is_here: here == Some(n), ..span })
    });
    let quiet = axis.squeezed().map(|Quiet { from, until }| {
        let length = seconds(until.since(from));
        let whole =
            length.split_once('.').map_or(length.as_str(), |(whole, _)| whole).trim_end_matches(" s").to_owned();
        let mut span = span(axis, from, until);
        let wide = (axis.place(until) - axis.place(from)) as f64 * room.width / PARTS as f64;
        let text = format!("{whole} s");
        span.text = if width::of(&text, 15.0, WEIGHT) + GAP <= wide { text } else { String::new() };
        Span { title: format!("nothing was seen for {whole} s"), ..span }
    });
    let threads = timeline.threads.iter().map(|(broker, changes)| (name(*broker), thread(changes, known, axis)));
    TimelineWords {
        chapters: chapters.collect(),
        quiet: quiet.collect(),
        threads: threads.collect(),
        marks: marks(&all, axis, room),
        curve: curve(timeline, axis),
        range: None,
        present: None,
    }
}

/// What is between two moments.
pub fn span(axis: &Axis, from: Micros, until: Micros) -> Span {
    let (left, right) = (axis.place(from), axis.place(until));
    Span { left: percent(left), width: percent(right.saturating_sub(left)), ..Span::default() }
}

/// A place on the axis as a percentage.
pub fn percent(place: u64) -> String {
    let hundredths = place.min(PARTS) * 10_000 / PARTS;
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn name(broker: BrokerId) -> String {
    format!("broker {broker}")
}

fn thread(changes: &[(Micros, Life)], known: Micros, axis: &Axis) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for (place, (at, life)) in changes.iter().enumerate() {
        let until = changes.get(place + 1).map_or(known, |(next, _)| *next).min(known);
        if until <= *at {
            continue;
        }
        let class = match life {
            Life::Up => "up",
            Life::Held => "held",
            Life::Down => "down",
        };
        let Span { left, width, .. } = span(axis, *at, until);
        stretches.push(Stretch { left, width, class });
    }
    stretches
}

/// A word stands right of its mark; where the next mark would touch it, left; where that is taken too, nowhere.
fn marks(shown: &[&Mark], axis: &Axis, room: Room) -> Vec<Label> {
    let place = |m: &Mark| axis.place(m.at) as f64 * room.width / PARTS as f64;
    let shown: Vec<(&Mark, f64)> = shown.iter().map(|m| (*m, place(m))).collect();
    let mut taken = f64::NEG_INFINITY;
    let mut labels = Vec::new();
    for (n, (mark, x)) in shown.iter().enumerate() {
        let wide = width::of(&mark.word, room.size, WEIGHT);
        // Marks of one moment stand on each other; their words must still find a place.
        let next = shown.iter().skip(n + 1).map(|(_, x)| x - HALF_MARK).next().unwrap_or(room.width);
        let right = x + TO_WORD + wide;
        let (text, side, until) = if x + TO_WORD >= taken && right + GAP <= next {
            (mark.word.clone(), "", right)
        } else if x - TO_WORD - wide >= taken + GAP && x - TO_WORD - wide >= 0.0 {
            (mark.word.clone(), " left", x + HALF_MARK)
        } else {
            (String::new(), "", x + HALF_MARK)
        };
        taken = taken.max(until);
        labels.push(Label {
            left: percent(axis.place(mark.at)),
            text,
            title: format!("{} {}", clock(mark.at), mark.word),
            class: [sign(mark.sign), side].concat(),
            at: mark.at,
        });
    }
    labels
}

fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Broken => "broken",
        Sign::Frozen => "frozen",
        Sign::Back => "back",
        Sign::Press => "press",
        Sign::Leader => "leader",
        Sign::Note => "note",
    }
}

/// Records a second as an SVG path of numbers only, 10 000 wide and [`HEIGHT`] high.
fn curve(timeline: &Timeline, axis: &Axis) -> String {
    let columns = (axis.drawn_micros() / STRETCH_MICROS + 1).min(COLUMNS);
    let mut rates: Vec<u64> = vec![0; usize::try_from(columns).unwrap_or_default()];
    for (stretch, records) in timeline.records.iter().enumerate().filter(|(_, records)| **records > 0) {
        let place = axis.place(Micros(stretch as u64 * STRETCH_MICROS));
        let column = usize::try_from(place * columns / PARTS).unwrap_or(0).min(rates.len().saturating_sub(1));
        if let Some(rate) = rates.get_mut(column) {
            *rate += u64::from(*records);
        }
    }
    let most = rates.iter().copied().max().unwrap_or(0).max(1);
    let mut path = format!("M0 {HEIGHT}");
    for (column, rate) in (0..columns).zip(&rates) {
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

    const ROOM: Room = Room { width: 1_856.0, size: 18.0 };

    fn seconds(seconds: u64) -> Micros {
        Micros(seconds * 1_000_000)
    }

    fn of(timeline: &Timeline, room: Room) -> TimelineWords {
        words((timeline, &[]), &Axis::recording(timeline), (timeline.ends, Micros(0)), room)
    }

    fn marked(marks: &[(u64, &str)]) -> Timeline {
        let mark = |(at, word): &(u64, &str)| Mark { at: seconds(*at), sign: Sign::Broken, word: (*word).to_owned() };
        Timeline { ends: seconds(900), marks: marks.iter().map(mark).collect(), ..Timeline::default() }
    }

    #[test]
    fn a_thread_is_cut_where_its_broker_was_down_and_ends_now() {
        let mut timeline = Timeline { ends: seconds(100), ..Timeline::default() };
        let changes = vec![(seconds(0), Life::Up), (seconds(40), Life::Down), (seconds(60), Life::Up)];
        timeline.threads.push((BrokerId(2), changes));
        let words = of(&timeline, ROOM);
        let shape: Vec<String> =
            words.threads[0].1.iter().map(|s| format!("{} {}+{}", s.class, s.left, s.width)).collect();
        assert_eq!(shape, ["up 0.00%+40.00%", "down 40.00%+20.00%", "up 60.00%+40.00%"]);
    }

    #[test]
    fn words_that_would_touch_stand_on_two_sides() {
        let timeline = marked(&[(100, "kill 2"), (110, "kill 3"), (500, "kill 1")]);
        let classes: Vec<_> = of(&timeline, ROOM).marks.into_iter().map(|m| m.class).collect();
        assert_eq!(classes, ["broken left", "broken", "broken"]);
    }

    #[test]
    fn between_two_others_a_mark_has_no_word_but_says_it_to_who_points_at_it() {
        let timeline = marked(&[(100, "pay twice"), (110, "kill 3"), (120, "start 3")]);
        let marks = of(&timeline, ROOM).marks;
        assert_eq!(marks.iter().map(|m| m.text.as_str()).collect::<Vec<_>>(), ["pay twice", "", "start 3"]);
        assert_eq!(marks[1].title, "01:50 kill 3");
    }

    #[test]
    fn no_two_words_touch_however_many_there_are_and_however_narrow_it_is() {
        let words = ["kill 2", "new leader", "pay twice", "start 2", "drop Produce answer", "a note of somebody"];
        for width in [288.0, 736.0, 1_676.0, 1_856.0] {
            for crowd in [3_u64, 12, 40, 120] {
                let at = |n: u64| (n * 7_919 + n * n * 31) % 900;
                let mut places: Vec<(u64, &str)> =
                    (0..crowd).map(|n| (at(n), words[usize::try_from(n).unwrap() % words.len()])).collect();
                places.sort_unstable();
                let room = Room { width, size: 18.0 };
                let timeline = marked(&places);
                let axis = Axis::recording(&timeline);
                let mut until = f64::NEG_INFINITY;
                for label in of(&timeline, room).marks {
                    let x = axis.place(label.at) as f64 * width / PARTS as f64;
                    let wide = width::of(&label.text, 18.0, WEIGHT);
                    let (from, to) = match (label.text.is_empty(), label.class.ends_with("left")) {
                        (true, _) => continue,
                        (_, true) => (x - TO_WORD - wide, x - TO_WORD),
                        (_, false) => (x + TO_WORD, x + TO_WORD + wide),
                    };
                    assert!(from >= until && from >= 0.0 && to <= width, "{}: {crowd} marks on {width}", label.title);
                    until = to;
                }
            }
        }
    }

    #[test]
    fn chapters_are_spans_and_the_one_that_is_played_says_so() {
        let chapters = vec![(seconds(10), "Calm".to_owned()), (seconds(40), "A broker dies".to_owned())];
        let timeline = Timeline { ends: seconds(100), chapters, ..Timeline::default() };
        let words = words((&timeline, &[]), &Axis::recording(&timeline), (timeline.ends, seconds(50)), ROOM);
        let shape: Vec<String> =
            words.chapters.iter().map(|s| format!("{} {}+{} {}", s.text, s.left, s.width, s.is_here)).collect();
        assert_eq!(shape, ["1 Calm 10.00%+30.00% false", "2 A broker dies 40.00%+60.00% true"]);
    }

    #[test]
    fn the_curve_is_numbers_only() {
        let timeline = Timeline { ends: seconds(3), records: vec![0, 10, 5, 0], ..Timeline::default() };
        let curve = curve(&timeline, &Axis::recording(&timeline));
        assert_eq!(curve, "M0 40L0 40L2500 40L2500 0L5000 0L5000 20L7500 20L7500 40L10000 40L10000 40Z");
    }
}
