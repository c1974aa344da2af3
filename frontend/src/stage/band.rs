//! A broker's band and its label: is it up, since when, and what it leads.

use model::{ids::Micros, picture::Picture};

use super::{
    Selected, View,
    column::eased,
    grid::LEFT,
    pen::Pen,
    row::{Condition, Row},
    words,
};
use crate::paint::{Ink, Shape, icon::Icon, width};

/// How long the hatch takes to cover a band.
const WIPE_MICROS: u64 = 300_000;
/// A state older than this is said to be old; it is read at least each half second.
const STALE_MICROS: u64 = 1_000_000;
/// Left edge of the glyph and the words.
const WORDS_X: f64 = LEFT + 82.0;
/// Right edge of what may be written; the in-sync line's widest mark begins there.
const WORDS_END: f64 = 202.0;

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, row: &Row) {
    let box_ = (LEFT, row.y, view.layout.right() - LEFT, row.h);
    pen.target((LEFT, row.y, 170.0, row.h), Selected::Broker(row.broker), label(view, row));
    ground(pen, view, row, box_);
    numeral(pen, row);
    state(pen, view, row);
}

/// A broker's full name.
pub(super) fn label(view: &View<'_>, row: &Row) -> String {
    format!("broker {}, {}, {}", row.broker, word(row.condition), note(view, row))
}

pub(super) fn ground(pen: &mut Pen, view: &View<'_>, row: &Row, (x, y, w, h): (f64, f64, f64, f64)) {
    let rim = |ink, width| Shape::rect(x + 1.0, y + 1.0, w - 2.0, h - 2.0).corner(12.0).stroke(ink, width);
    match row.condition {
        Condition::Up | Condition::Stopping => pen.put(Shape::rect(x, y, w, h).corner(12.0).fill(Ink::Band)),
        Condition::Paused => pen.put(rim(Ink::Open, 2.5).fill(Ink::Band)),
        Condition::Silent => pen.put(rim(Ink::Open, 2.5).dashed(3.0, 6.0).fill(Ink::Band)),
        Condition::Fenced | Condition::Starting => pen.put(rim(Ink::Edge, 2.5).dashed(3.0, 6.0)),
        Condition::Gone => {
            let covered = if view.still { 1.0 } else { eased(view.now.since(row.since), WIPE_MICROS) };
            if covered < 1.0 {
                pen.put(Shape::rect(x, y, w, h).corner(12.0).fill(Ink::Band));
                pen.put(Shape::rect(x, y, w * covered, h).corner(12.0).fill(Ink::Page));
            }
            pen.put(Shape::hatch(x, y, w * covered, h, 14.0).corner(12.0).stroke(Ink::Rule, 2.0));
            pen.put(rim(Ink::Wrong, 2.5).dashed(10.0, 8.0));
        }
    }
    // It came back: the hatch goes out to the right.
    let uncovered = row.returned.map_or(1.0, |age| eased(age, WIPE_MICROS));
    if row.condition != Condition::Gone && uncovered < 1.0 {
        let (x, w) = (x + w * uncovered, w * (1.0 - uncovered));
        pen.put(Shape::rect(x, y, w, h).corner(12.0).fill(Ink::Page));
        pen.put(Shape::hatch(x, y, w, h, 14.0).corner(12.0).stroke(Ink::Rule, 2.0));
    }
}

fn numeral(pen: &mut Pen, row: &Row) {
    let gone = row.condition == Condition::Gone;
    let scale = row.scale();
    let id = row.broker.to_string();
    let size = fitted(&id, (76.0 * scale).max(44.0), 62.0);
    let base = row.y + row.h / 2.0 + 40.0 * scale.max(0.55);
    if row.h >= 86.0 {
        let ink = if gone { Ink::Text3 } else { Ink::Text2 };
        pen.put(Shape::text(LEFT + 20.0, row.y + row.h / 2.0 - 28.0 * scale, "Broker", 20.0, 400).fill(ink));
    }
    let ink = if gone { Ink::Text3 } else { Ink::Text };
    pen.put(Shape::text(LEFT + 18.0, base, id.clone(), size, 700).fill(ink));
    if gone {
        let wide = width::of(&id, size, 700);
        let strike = [(LEFT + 12.0, base + 2.0), (LEFT + 20.0 + wide, base - size * 0.76)];
        pen.put(Shape::lines(&strike).stroke(Ink::Wrong, 7.0 * scale.max(0.6)).round());
    }
}

/// Numbers may get smaller than words: they are the only thing that says which broker it is.
fn fitted(words: &str, size: f64, room: f64) -> f64 {
    let wide = width::of(words, size, 700);
    if wide <= room { size } else { size * room / wide }
}

fn state(pen: &mut Pen, view: &View<'_>, row: &Row) {
    let (icon, ink, weight) = glyph(row.condition);
    let word = word(row.condition);
    let (mid, scale) = (row.y + row.h / 2.0, row.scale());
    // Short words stand beside their glyph, long ones below it.
    let beside = WORDS_X + 28.0 + width::of(word, 24.0, weight) <= WORDS_END;
    let size = if beside { 24.0 } else { width::size_for(word, 22.0, weight, WORDS_END - WORDS_X) };
    let base = mid + 8.0 * scale;
    if beside {
        pen.icon(icon, (WORDS_X, base - 17.5), 19.0, ink);
        pen.put(Shape::text(WORDS_X + 26.0, base, word, size, weight).fill(ink));
    } else {
        if row.h >= 86.0 {
            pen.icon(icon, (WORDS_X + 10.0, base - 52.0), 19.0, ink);
        }
        pen.put(Shape::text(WORDS_X, base, word, size, weight).fill(ink));
    }
    let (note, ink) = match stale(view) {
        Some(age) if row.condition != Condition::Gone => (format!("{age} old"), Ink::Open),
        _ => (note(view, row), Ink::Text2),
    };
    let size = width::size_for(&note, 17.0, 400, WORDS_END - WORDS_X);
    pen.put(Shape::text(WORDS_X, base + (28.0 * scale).max(19.0), note, size, 400).fill(ink));
}

/// How old the cluster's state is, where that is too old to go without saying.
pub(super) fn stale(view: &View<'_>) -> Option<String> {
    let (read, _) = view.picture.read.as_ref()?;
    // The display stands still while nobody tells it anything.
    let now = Micros(view.now.0.saturating_add(view.silent_micros));
    (now.since(read.at) > STALE_MICROS).then(|| words::span(read.at, now))
}

pub(super) fn glyph(condition: Condition) -> (Icon, Ink, u16) {
    match condition {
        Condition::Up => (Icon::Up, Ink::Text, 600),
        Condition::Stopping => (Icon::Up, Ink::Open, 600),
        Condition::Silent => (Icon::Ring, Ink::Open, 600),
        Condition::Paused => (Icon::Paused, Ink::Open, 700),
        Condition::Gone => (Icon::Gone, Ink::Wrong, 700),
        Condition::Fenced => (Icon::Ring, Ink::Text2, 600),
        Condition::Starting => (Icon::Starting, Ink::Text, 600),
    }
}

pub(super) fn word(condition: Condition) -> &'static str {
    match condition {
        Condition::Up => "up",
        Condition::Stopping => "stopping",
        Condition::Silent => "no answer",
        Condition::Paused => "paused",
        Condition::Gone => "gone",
        Condition::Fenced => "fenced",
        Condition::Starting => "starting",
    }
}

pub(super) fn note(view: &View<'_>, row: &Row) -> String {
    let lasting = || format!("for {}", words::span(row.since, view.now));
    match row.condition {
        Condition::Up | Condition::Stopping => format!("leads {}", view.picture.leads(row.broker)),
        Condition::Gone => format!("{} ago", words::span(row.since, view.now)),
        Condition::Starting | Condition::Fenced => match to_copy(view.picture, row) {
            0 => lasting(),
            n => format!("{n} to copy"),
        },
        Condition::Silent | Condition::Paused => lasting(),
    }
}

/// What a broker that answers again still lacks, over all its partitions that are not in sync.
fn to_copy(picture: &Picture, row: &Row) -> i64 {
    if !row.reachable {
        return 0;
    }
    let behind =
        picture.shown_partitions().filter(|(_, p)| p.replicas.contains(&row.broker) && !p.isr.contains(&row.broker));
    behind.filter_map(|(_, p)| Some((p.log_end_offset() - p.log_end(row.broker)?).max(0))).sum()
}
