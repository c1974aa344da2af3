//! The watermark line: one line for all replicas, since x is the offset on each; not drawn across a dead band. And what an
//! open transaction holds back before it.

use super::{column::Column, grid::Grid, pen::Pen, transaction};
use crate::paint::{Ink, Shape, width};

pub(super) fn draw(pen: &mut Pen, grid: &Grid<'_>, column: &Column<'_>) {
    let Some(watermark) = column.watermark else { return };
    let x = column.before(watermark);
    let mut from = grid.layout.rows().0 - 6.0;
    let mut parts = Vec::new();
    for row in grid.rows.iter().filter(|r| r.ghostly()) {
        parts.push((from, row.y - 5.0));
        from = row.bottom() + 5.0;
    }
    parts.push((from, grid.layout.track() + 12.0));
    for (from, to) in parts.into_iter().filter(|(from, to)| to - from > 8.0) {
        let part = Shape::lines(&[(x, from), (x, to)]);
        pen.put(part.clone().stroke(Ink::Page, 5.0).faint(0.85));
        pen.put(part.stroke(Ink::Text, if grid.layout.is_phone() { 2.0 } else { 2.75 }));
    }
    if !grid.layout.is_phone() {
        flag(pen, column, x);
    }
}

/// A flag with the number; it points left where the watermark has fallen out of the window.
fn flag(pen: &mut Pen, column: &Column<'_>, x: f64) {
    let number = column.partition.high_watermark();
    let behind = (number as f64) < column.base.floor();
    let words = number.to_string();
    let y = column.layout.track() - 5.0;
    let reach = if behind { -16.0 } else { 16.0 };
    pen.put(Shape::polygon(&[(x, y - 8.0), (x + reach, y), (x, y + 8.0)]).fill(Ink::Text));
    let start = x + if behind { 6.0 } else { 21.0 };
    let fits = start + width::of(&words, 19.0, 400) < (column.x + column.w + 36.0).min(column.layout.right());
    let text = Shape::text(if fits { start } else { x - 6.0 }, y + 7.0, words, 19.0, 400).fill(Ink::Text2);
    pen.put(if fits { text } else { text.ending() });
    if fits && !behind {
        held(pen, column, x - 10.0);
    }
}

/// What an open transaction keeps from readers of committed records, left of the flag.
fn held(pen: &mut Pen, column: &Column<'_>, end: f64) {
    let Some((held, by)) = transaction::held(column.partition) else { return };
    let named = by.map(|id| format!("{held} held by tx {id}"));
    let short = [format!("{held} held by tx"), format!("{held} held")];
    let choices: Vec<&str> = named.iter().chain(&short).map(String::as_str).collect();
    let words = width::choose(&choices, 17.0, 600, end - column.tape());
    pen.put(Shape::text(end, column.layout.track() + 2.0, words, 17.0, 600).fill(Ink::Tx).ending());
}
