//! The log of a run: the cards around its records, as many as have room, and what comes behind them.

use super::{LEFT, Place, subject::Subject};
use crate::{
    lanes::{
        cards,
        lane::{Cards, Lane},
    },
    paint::{Ink, Shape, bounded, width},
    stage::{View, pen::Pen},
    story::Again,
};

/// A card is as wide as there is room for, and no wider.
const WIDEST: f64 = 157.0;
const NARROWEST: f64 = 92.0;
/// Cards and places where nothing else asks for more.
const SLOTS: i64 = 6;

pub(super) fn draw<'a>(pen: &mut Pen, view: &View<'_>, place: Place, subject: &'a Subject<'_>) -> Lane<'a> {
    let (first, last) = subject.offsets();
    let room = place.right - LEFT;
    let wanted = (last - first + 3).max(SLOTS) as f64;
    let wide = bounded(room / wanted - 12.0, NARROWEST, WIDEST);
    let cards = Cards { left: LEFT, wide, head: 158.0, scale: if wide > 130.0 { 1.4 } else { 1.0 } };
    let slots = (room / cards.pitch()).floor().max(2.0) as i64;
    let start = subject.partition.offsets.as_ref().map_or(0, |o| o.log_start_offset);
    let base = (last + 2 - slots).max(start);
    let end = subject.partition.log_end_offset();
    // The place behind the last one is the log's end, or what came later stands there and is not of this.
    let goes_on = end > last + 1;
    let shown = if goes_on { last + 1 - base } else { last + 2 - base };
    let lane = Lane::of_cards((&subject.id, subject.partition), (place.y, place.h), cards, (base, shown));
    cards::draw(pen, view, &lane);
    if goes_on {
        let x = lane.middle(last + 1);
        let words = format!("on to {}", end - 1);
        pen.put(Shape::text(x, lane.offsets(), words, 17.0, 400).fill(Ink::Text3).centred());
    }
    if let (Some(again), true) = (subject.again, first >= base) {
        bracket(pen, &lane, (first, last), again, place);
    }
    lane
}

/// What is on the log twice.
fn bracket(pen: &mut Pen, lane: &Lane<'_>, (first, last): (i64, i64), again: Again, place: Place) {
    let (from, to, y) = (lane.middle(first), lane.middle(last), lane.offsets() + 10.0);
    pen.put(Shape::lines(&[(from, y), (from, y + 11.0), (to, y + 11.0), (to, y)]).stroke(Ink::Wrong, 3.0));
    let words = match again {
        Again::SameEvent => "same bytes, two offsets",
        Again::SameType => "two events, one order",
    };
    let wide = width::of(words, 26.0, 650);
    let middle = bounded((from + to) / 2.0, LEFT + wide / 2.0, place.right - wide / 2.0);
    pen.put(Shape::text(middle, y + 42.0, words, 26.0, 650).fill(Ink::Wrong).centred());
}
