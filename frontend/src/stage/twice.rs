//! The same event twice on a log: both ringed, the second filled, a bracket between.

use super::{column::Column, grid::Grid, pen::Pen};
use crate::paint::{Ink, Shape};

/// The newest two records in the window that hold the same event.
pub(super) fn pair(column: &Column<'_>) -> Option<(i64, i64)> {
    let id = |offset: i64| column.partition.records.get(&offset)?.appended.as_ref()?.header("event-id");
    let window = || column.window(column.partition.log_end_offset());
    window().rev().find_map(|second| {
        let known = id(second)?;
        let first = (window().start..second).rev().find(|first| id(*first) == Some(known))?;
        Some((first, second))
    })
}

pub(super) fn draw(pen: &mut Pen, grid: &Grid<'_>, column: &Column<'_>) {
    let Some((first, second)) = pair(column) else { return };
    let Some(row) = grid.row(column.partition.leader).filter(|row| row.reachable) else { return };
    let (y, h) = (row.mid() + 3.0 * row.scale(), row.tall());
    let block = |offset: i64, out: f64| {
        let x = column.at(offset as f64);
        Shape::rect(x - out, y - h / 2.0 - out, column.layout.block() + 2.0 * out, h + 2.0 * out)
            .corner(4.0 + out / 2.0)
    };
    pen.put(block(second, 0.0).fill(Ink::Wrong));
    pen.put(block(second, -2.5).stroke(Ink::OnFill, 1.5));
    for offset in [first, second] {
        pen.put(block(offset, 2.0).stroke(Ink::Wrong, 2.5));
    }
    let (from, to, top) = (column.middle(first), column.middle(second), y + h / 2.0 + 6.0);
    let bracket = [(from, top), (from, top + 6.0), (to, top + 6.0), (to, top)];
    pen.put(Shape::lines(&bracket).stroke(Ink::Wrong, 2.5));
}
