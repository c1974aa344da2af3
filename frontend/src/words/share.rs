//! What the share dialog says: the link, which part is given away, how large it is, and what is in it.

use model::{ids::Micros, picture::Picture};

use super::numbers::{clock, moment, thousands};
use crate::{
    link::{Link, time},
    player::{deck::Deck, speed::Speed, timeline::STRETCH_MICROS},
    qr,
};

/// Light around a code, in modules: without it no phone finds the code.
const QUIET_ZONE: usize = 4;

/// Which part is given away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    #[default]
    Whole,
    /// The chapter that is played.
    Chapter,
    /// From one moment to another.
    Range,
}

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Which part.
    pub part: Part,
    /// Whether it opens at the moment shown.
    pub starts_here: bool,
    /// Whether it plays slowly, or as it does here.
    pub keeps_speed: bool,
    /// A range's ends, as they were written.
    pub range: [String; 2],
}

/// A way to choose, what adds to it, and whether it is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The way.
    pub label: String,
    /// What adds to it.
    pub detail: String,
    /// Whether it is chosen.
    pub is_on: bool,
}

/// What the dialog says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareWords {
    /// Empty where nobody could open one.
    pub link: String,
    /// The link as a drawing of so many modules a side, and the dark ones as a path.
    pub code: Option<(usize, String)>,
    /// The parts that there are.
    pub parts: Vec<(Part, Way)>,
    /// A range's ends, where a range is chosen.
    pub range: Option<[String; 2]>,
    /// Opens at the moment shown.
    pub start: Way,
    /// Plays slowly.
    pub speed: Way,
    /// The page and the recording in one file: where it is, and what the button says; empty where nobody makes one.
    pub html: (String, String),
    /// The recording: where it is, and what the button says; it is made here where that is empty.
    pub file: (String, String),
    /// What is in it.
    pub inside: String,
    /// What came of copying, or what is wrong.
    pub said: String,
}

impl Choice {
    /// What the link says.
    pub fn link(&self, deck: &Deck) -> Link {
        let at = Some(deck.now()).filter(|_| self.starts_here);
        let speed = self.keeps_speed.then(|| slow(deck));
        let chapter = deck.timeline().chapter(deck.now()).map(|(place, ..)| place + 1);
        let link = Link { at, speed, ..Link::default() };
        match self.part {
            Part::Whole => link,
            Part::Chapter => Link { chapter, ..link },
            Part::Range => Link { range: self.ends(), ..link },
        }
    }

    /// What the gateway is asked for.
    pub fn query(&self, deck: &Deck) -> String {
        match self.part {
            Part::Whole => String::new(),
            Part::Chapter => self.link(deck).chapter.map(|c| format!("?chapter={c}")).unwrap_or_default(),
            Part::Range => {
                self.ends().map(|(from, to)| format!("?from={}&to={}", decimal(from), decimal(to))).unwrap_or_default()
            }
        }
    }

    /// A range's ends; none where they are not two moments, the earlier one first.
    pub fn ends(&self) -> Option<(Micros, Micros)> {
        let [from, to] = &self.range;
        Some((moment(from)?, moment(to)?)).filter(|(from, to)| from < to)
    }
}

/// The ways to choose.
pub fn ways(deck: &Deck, choice: &Choice) -> (Vec<(Part, Way)>, Way, Way) {
    let timeline = deck.timeline();
    let counted = |from: Micros, to: Micros| {
        let seconds = |at: Micros| usize::try_from(at.0 / STRETCH_MICROS).unwrap_or(0);
        let records =
            timeline.records.iter().skip(seconds(from)).take(seconds(to) + 1 - seconds(from).min(seconds(to)));
        let records: u64 = records.map(|n| u64::from(*n)).sum();
        format!("{}, {} records", clock(Micros(to.since(from))), thousands(records))
    };
    let whole = (timeline.begins, deck.ends());
    let mut parts = vec![(Part::Whole, "Whole session".to_owned(), counted(whole.0, whole.1))];
    if let Some((place, from, to)) = timeline.chapter(deck.now()) {
        parts.push((Part::Chapter, format!("Chapter {} only", place + 1), counted(from, to)));
    }
    let range = choice.ends().map(|(from, to)| counted(from, to)).filter(|_| choice.part == Part::Range);
    parts.push((Part::Range, "A range…".to_owned(), range.unwrap_or_default()));
    let part = |(part, label, detail)| (part, Way { label, detail, is_on: part == choice.part });
    let parts = parts.into_iter().map(part).collect();
    let near = |at: Micros| deck.now() >= at && deck.now().since(at) < 3 * STRETCH_MICROS;
    let mark = timeline.marks.iter().rev().find(|m| near(m.at)).map(|m| m.word.clone()).unwrap_or_default();
    let start = Way { label: format!("Start at {}", time(deck.now())), detail: mark, is_on: choice.starts_here };
    let label = format!("Play at {} speed", slow(deck).name());
    (parts, start, Way { label, detail: String::new(), is_on: choice.keeps_speed })
}

/// The speed that is offered: the one it plays at, or a slow one.
fn slow(deck: &Deck) -> Speed {
    if deck.speed() == Speed::REAL { Speed::REAL.next(false).unwrap_or(Speed::REAL) } else { deck.speed() }
}

/// A link's code with the light that it needs around it.
pub fn code(link: &str) -> Option<(usize, String)> {
    let code = qr::code(link)?;
    Some((code.size + 2 * QUIET_ZONE, code.path()))
}

/// Where a code's drawing begins, since its path begins behind the light.
pub fn code_begins() -> isize {
    -isize::try_from(QUIET_ZONE).unwrap_or(0)
}

/// `248.6`: seconds, as the gateway reads them.
fn decimal(at: Micros) -> String {
    format!("{}.{:03}", at.0 / 1_000_000, at.0 / 1000 % 1000)
}

/// `412 KB`, `3.4 MB`.
pub fn size(bytes: u64) -> String {
    let kilobytes = bytes.div_ceil(1000);
    if kilobytes < 1000 {
        format!("{kilobytes} KB")
    } else {
        format!("{}.{} MB", kilobytes / 1000, kilobytes / 100 % 10)
    }
}

/// What data a recording contains, before it is given away.
pub fn inside(picture: &Picture) -> String {
    let topics = picture.topics.values().filter(|t| !t.internal).count();
    let session = picture.session.as_ref().map(|(_, s)| s.clone()).unwrap_or_default();
    let values = match session.value_bytes {
        0 => "keys and sizes of records, no values".to_owned(),
        u32::MAX => "keys, headers and values".to_owned(),
        bytes => format!("keys, headers and the first {bytes} bytes of each value"),
    };
    let topics = if topics == 1 { "1 topic".to_owned() } else { format!("{topics} topics") };
    let orders = if picture.shop.orders.is_empty() { "" } else { ", orders and their sums" };
    format!("{topics}: {values}{orders}. Addresses of the brokers, and lines of their logs.")
}

#[cfg(test)]
mod tests {
    use model::{
        fact::{Event, Fact, SessionStarted},
        recording::Recording,
    };

    use super::*;
    use crate::player::deck::Pieces;

    struct One(Vec<Fact>);

    impl Pieces for One {
        fn count(&self) -> usize {
            1
        }
        fn starts(&self, _: usize) -> Micros {
            Micros(0)
        }
        fn load(&self, _: usize) -> (Vec<Fact>, Vec<Fact>) {
            (Vec::new(), self.0.clone())
        }
    }

    fn deck() -> Deck {
        let chapter = |seq: u64, second: u64, label: &str| Fact {
            seq,
            at: Micros(second * 1_000_000),
            event: Event::Marker { label: label.to_owned(), marker: model::fact::MarkerKind::Chapter },
        };
        let facts = vec![chapter(1, 10, "Calm"), chapter(2, 40, "A broker dies"), chapter(3, 90, "The end")];
        let mut deck = Deck::recording(Box::new(One(facts)), 0);
        while deck.scan() {}
        deck.seek(Micros(48_600_000));
        deck
    }

    #[test]
    fn a_link_says_what_was_chosen() {
        let deck = deck();
        let said = |choice: &Choice| choice.link(&deck).written("");
        assert_eq!(said(&Choice::default()), "");
        let here = Choice { starts_here: true, keeps_speed: true, ..Choice::default() };
        assert_eq!(said(&here), "t=00:48.6&speed=0.1");
        assert_eq!(said(&Choice { part: Part::Chapter, ..here.clone() }), "t=00:48.6&ch=2&speed=0.1");
        let range = Choice { part: Part::Range, range: ["0:40".to_owned(), "1m".to_owned()], ..Choice::default() };
        assert_eq!(said(&range), "r=00:40,01:00");
        assert_eq!(range.query(&deck), "?from=40.000&to=60.000");
        assert_eq!(Choice { part: Part::Chapter, ..Choice::default() }.query(&deck), "?chapter=2");
    }

    #[test]
    fn a_range_that_is_none_is_not_given_away() {
        for ends in [["1m", "40"], ["soon", "later"], ["", ""]] {
            let choice = Choice { part: Part::Range, range: ends.map(str::to_owned), ..Choice::default() };
            assert_eq!(choice.ends(), None, "{ends:?}");
        }
    }

    #[test]
    fn the_dialog_names_chapter_and_length() {
        let (parts, start, speed) = ways(&deck(), &Choice::default());
        let labels: Vec<String> = parts.into_iter().map(|(_, way)| format!("{} {}", way.label, way.detail)).collect();
        assert_eq!(labels, ["Whole session 01:30, 0 records", "Chapter 2 only 00:50, 0 records", "A range… "]);
        assert_eq!((start.label.as_str(), speed.label.as_str()), ("Start at 00:48.6", "Play at 1/10 speed"));
    }

    #[test]
    fn what_is_inside_is_said_before_it_is_given_away() {
        let says = |value_bytes: u32| {
            let session = SessionStarted { value_bytes, ..SessionStarted::default() };
            inside(&Picture::of(&[Fact { seq: 1, at: Micros(0), event: Event::SessionStarted(session) }]))
        };
        assert!(says(0).contains("no values"));
        assert!(says(256).contains("the first 256 bytes of each value"));
        assert!(says(u32::MAX).contains("headers and values"));
        // The sample is a local cluster with a shop on it.
        let bytes = include_bytes!("../../../static/sample.kscope").to_vec();
        let sample = Picture::of(Recording::open(bytes, None).unwrap().all_facts().iter());
        assert!(inside(&sample).contains("orders and their sums"), "{}", inside(&sample));
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!([61_000, 411_900, 3_449_000].map(size), ["61 KB", "412 KB", "3.4 MB"]);
    }
}
