//! What lies over the cards: transactions as brackets, equal records, and the lines of high watermark and LSO with flags.

use model::fact::Control;

use super::{
    cards,
    lane::Lane,
    spans::{self, Span},
};
use crate::{
    paint::{Ink, Shape, width},
    stage::{Selected, View, pen::Pen},
    words::numbers::seconds,
};

/// The flags stand over everything, their words' baseline under the lane's top.
const FLAG: f64 = 26.0;

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, lane: &Lane<'_>) {
    let mut free = f64::MIN;
    for span in spans::of(lane.partition).iter().filter(|s| s.last >= lane.base && s.first < lane.base + lane.slots) {
        free = transaction(pen, view, lane, span, free);
    }
    equal(pen, lane, free);
    lines(pen, lane);
}

/// One bracket; `free` is from where on words may stand, and the new such place is given back.
fn transaction(pen: &mut Pen, view: &View<'_>, lane: &Lane<'_>, span: &Span, free: f64) -> f64 {
    let (name, ink) = match span.ended {
        Some(Control::Abort) => (format!("tx {} aborted", span.producer_id), Ink::Wrong),
        Some(Control::Commit) => (format!("tx {}", span.producer_id), Ink::Tx),
        None => (format!("tx {} open {}", span.producer_id, seconds(view.now.since(span.since))), Ink::Tx),
    };
    let left = lane.at(span.first.max(lane.base));
    let right = match span.ended {
        Some(_) => lane.at(span.last.min(lane.base + lane.slots - 1)) + lane.cards.wide,
        // Without end: what comes next may belong to it.
        None => lane.tape_end(),
    };
    let y = lane.card_top() - 19.0;
    let begins = if span.first >= lane.base { Some((left, y + 7.0)) } else { None };
    let ends = if span.ended.is_some() && lane.shows(span.last) { Some((right, y + 7.0)) } else { None };
    let points: Vec<(f64, f64)> = begins.into_iter().chain([(left, y), (right, y)]).chain(ends).collect();
    let line = Shape::lines(&points).stroke(ink, 2.5);
    pen.put(if span.ended.is_none() { line.dashed(6.0, 5.0) } else { line });
    let what = Selected::Transaction { id: lane.id.clone(), producer_id: span.producer_id, from: span.first };
    pen.target((left, y - 12.0, right - left, 20.0), what, format!("{}, {name}", lane.id));
    let wide = width::of(&name, 17.0, 600);
    let from = ((left + right - wide) / 2.0).max(left + 8.0);
    if from - 6.0 < free || from + wide > lane.right {
        return free;
    }
    pen.put(Shape::rect(from - 6.0, y - 10.0, wide + 12.0, 20.0).fill(Ink::Page));
    pen.put(Shape::text(from, y + 6.0, name, 17.0, 600).fill(ink));
    from + wide + 6.0
}

/// The newest two records of the window that hold the same event.
fn equal(pen: &mut Pen, lane: &Lane<'_>, free: f64) {
    let pair = lane.window().rev().find_map(|second| {
        let first = cards::twin(lane, second)?;
        (first < second && lane.shows(first)).then_some((first, second))
    });
    let Some((first, second)) = pair else { return };
    let (from, to, y) = (lane.middle(first), lane.middle(second), lane.card_top() - 19.0);
    pen.put(Shape::lines(&[(from, y + 7.0), (from, y), (to, y), (to, y + 7.0)]).stroke(Ink::Wrong, 2.5));
    let wide = width::of("equal", 17.0, 600);
    let (left, free) = (from - 10.0 - wide, free.max(lane.cards.left));
    let x = if left > free { left } else { to + 10.0 };
    if x > free {
        pen.put(Shape::text(x, y + 6.0, "equal", 17.0, 600).fill(Ink::Wrong));
    }
}

fn lines(pen: &mut Pen, lane: &Lane<'_>) {
    let Some(offsets) = &lane.partition.offsets else { return };
    let (watermark, stable) = (offsets.high_watermark, offsets.last_stable_offset);
    let x = lane.before(watermark);
    let line = |x: f64, from: f64| Shape::lines(&[(x, from), (x, lane.bottom())]);
    if stable < watermark {
        let sx = lane.before(stable);
        pen.put(line(sx, lane.y + 4.0).stroke(Ink::Tx, 3.0).dashed(7.0, 5.0));
        let words = format!("LSO {stable}");
        let w = width::of(&words, 17.0, 650) + 16.0;
        // Left of its line, where the watermark's flag is not.
        let left = (sx - w).max(lane.at(lane.base));
        let left = if left + w <= x { left } else { x - w - 2.0 };
        pen.put(Shape::rect(left, lane.y + 4.0, w, 25.0).corner(4.0).fill(Ink::Tx));
        pen.put(Shape::text(left + 8.0, lane.y + 23.0, words, 17.0, 650).fill(Ink::OnFill));
    }
    pen.put(line(x, lane.y + 4.0).stroke(Ink::Page, 6.0));
    pen.put(line(x, lane.y + 4.0).stroke(Ink::Text, 3.0));
    let words = format!("high watermark {watermark}");
    let w = width::of(&words, 17.0, 650) + 16.0;
    let left = x.min(lane.right - w);
    pen.put(Shape::rect(left, lane.y + 4.0, w, FLAG - 1.0).corner(4.0).fill(Ink::Text));
    pen.put(Shape::text(left + 8.0, lane.y + 23.0, words, 17.0, 650).fill(Ink::Page));
}
