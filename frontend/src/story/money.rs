//! Money taken and not given back, as a line of steps: each one when the payment app said so.

use super::{
    Labels, Plot, Rows,
    axis::{self, Axis},
    rows::What,
};
use crate::{
    paint::{Ink, Shape, bounded},
    stage::pen::Pen,
    words::numbers::money,
};

/// How much higher the line is for the whole price.
const STEP: f64 = 27.0;

pub(super) fn draw(pen: &mut Pen, labels: &mut Labels, rows: &Rows<'_>, axis: &Axis, plot: &Plot<'_>) {
    let Some(row) = rows.find(|what| matches!(what, What::Money)) else { return };
    let price = plot.order.map_or(0, model::picture::Order::total_cents).max(1);
    let height = |cents: i64| row.y - bounded(cents as f64 / price as f64, 0.0, 2.2) * STEP;
    let mut at = (axis::LEFT - 8.0, row.y);
    let mut before = 0;
    for moment in plot.moments().iter().filter(|m| m.kept_cents != 0 || m.at > plot.begins()) {
        if moment.kept_cents == before {
            continue;
        }
        let (x, y) = (axis.x(moment.at), height(moment.kept_cents));
        let ink = ink(before, price);
        pen.put(Shape::lines(&[at, (x, at.1), (x, y)]).stroke(ink, 3.5));
        let ink = self::ink(moment.kept_cents, price);
        let said = Shape::text(x + 8.0, y - 8.0, money(moment.kept_cents), 21.0, 650).fill(ink);
        labels.first(pen, [said.clone(), said.ending()]);
        at = (x, y);
        before = moment.kept_cents;
    }
    pen.put(Shape::lines(&[at, (axis.right, at.1)]).stroke(ink(before, price), 3.5));
}

fn ink(cents: i64, price: i64) -> Ink {
    if cents > price { Ink::Wrong } else { Ink::Safe }
}
