//! The in-sync line: the leader and every replica in the ISR are stations on it; the others are beside it.

use super::{
    column::Column,
    grid::Grid,
    pen::Pen,
    replica::Standing,
    row::{Condition, Row},
};
use crate::paint::{Ink, Shape, Step};

const WIDTH: f64 = 3.5;

pub(super) fn draw(pen: &mut Pen, grid: &Grid<'_>, column: &Column<'_>) {
    let isr = &column.partition.isr;
    let stations: Vec<&Row> = grid.rows.iter().filter(|r| isr.contains(&r.broker)).collect();
    if let [first, .., last] = stations.as_slice() {
        let beside = |r: &&Row| r.y > first.y && r.y < last.y && !isr.contains(&r.broker);
        let holds = |r: &&Row| Standing::of(column, r).is_some();
        let detours: Vec<&Row> = grid.rows.iter().filter(beside).filter(holds).collect();
        pen.put(line(column.rail(), first.mid(), last.mid(), &detours));
    }
    for row in &grid.rows {
        if let Some(standing) = Standing::of(column, row) {
            station(pen, column, row, standing);
        }
    }
}

/// From the first station to the last, around those that are out of sync.
fn line(x: f64, from: f64, to: f64, detours: &[&Row]) -> Shape {
    let mut steps = vec![Step::Move(x, from)];
    for row in detours {
        let (m, s) = (row.mid(), row.scale().max(0.6));
        steps.push(Step::Line(x, m - 34.0 * s));
        steps.push(Step::Curve(x, m - 22.0 * s, x - 7.0, m - 16.0 * s));
        steps.push(Step::Curve(x - 12.0, m - 12.0 * s, x - 12.0, m));
        steps.push(Step::Curve(x - 12.0, m + 12.0 * s, x - 7.0, m + 16.0 * s));
        steps.push(Step::Curve(x, m + 22.0 * s, x, m + 34.0 * s));
    }
    steps.push(Step::Line(x, to));
    Shape::path(steps).stroke(Ink::Text2, WIDTH)
}

fn station(pen: &mut Pen, column: &Column<'_>, row: &Row, standing: Standing) {
    let (x, y, s) = (column.rail(), row.mid(), row.scale().max(0.7));
    let band = match row.condition {
        Condition::Gone | Condition::Fenced | Condition::Starting => Ink::Page,
        _ => Ink::Band,
    };
    let cross = || Shape::cross(x, y, 6.0 * s).stroke(Ink::Wrong, WIDTH).round();
    let dashed = |shape: Shape| shape.fill(Ink::Page).stroke(Ink::Text2, 2.5).dashed(4.0, 3.0);
    match standing {
        Standing::Leader => pen.put(Shape::diamond(x, y, 14.0 * s).fill(Ink::Text).stroke(band, 3.0)),
        Standing::LeaderGone | Standing::LedBefore => {
            pen.put(dashed(Shape::diamond(x, y, 18.0 * s)));
            if !row.reachable {
                pen.put(cross());
            }
        }
        Standing::StillCounted => {
            pen.put(dashed(Shape::disc(x, y, 14.0 * s)));
            pen.put(cross());
        }
        Standing::HandedOver | Standing::Unreachable => pen.put(cross()),
        Standing::InSync => pen.put(Shape::disc(x, y, 7.5 * s).fill(band).stroke(Ink::Text2, WIDTH)),
        Standing::OutOfSync => {
            pen.put(Shape::disc(x, y, 6.5 * s).fill(band).stroke(Ink::Open, 3.0).dashed(3.0, 3.0));
        }
    }
}
