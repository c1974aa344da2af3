//! What a fault took away at the tap: a dashed way that ends in a cross, and what became of its record.

use model::picture::{Fate, Taken};

use super::{
    View,
    column::Column,
    grid::{CAP_Y, FRAME_Y, Grid},
    pen::Pen,
    replica, transaction, twice,
};
use crate::{
    paint::{Ink, Shape, width},
    words::numbers::fine_seconds,
};

/// Where the tap is: between the app lines and the brokers.
pub(super) const TAP_Y: f64 = (CAP_Y + FRAME_Y) / 2.0;
/// How long it is drawn.
const FRESH_MICROS: u64 = 12_000_000;

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>, column: &Column<'_>) {
    let hit = view.picture.hit.as_ref().filter(|hit| view.now.since(hit.at()) < FRESH_MICROS);
    let hit = hit.filter(|hit| hit.partition().as_ref() == Some(column.id));
    let Some(row) = grid.row(column.partition.leader) else { return };
    let said = match hit.map(|hit| (hit, hit.taken())) {
        Some((hit, Taken::Ack)) => {
            let record = column.partition.first_of(hit.event_ids()).map(|r| r.history.offset);
            let x = column.answers();
            let from = record.map(|offset| (column.middle(offset), row.mid()));
            let way: Vec<(f64, f64)> = from.into_iter().chain([(x, row.mid()), (x, TAP_Y)]).collect();
            trail(pen, &way);
            match hit.fate(record) {
                Fate::Recognised(_) => Some((["recognised", "known"], Ink::Text)),
                Fate::Twice(_) => None,
                Fate::Open | Fate::SentAgain => Some((["ack lost", "lost"], Ink::Wrong)),
            }
        }
        Some((_, Taken::Send)) => {
            pen.put(cross(column.channel(), TAP_Y));
            Some((["send lost", "lost"], Ink::Wrong))
        }
        _ => None,
    };
    let twice = || twice::pair(column).map(|_| (["stored twice", "twice"], Ink::Wrong));
    let said = said.or_else(twice).map(|(choices, ink)| (choices.map(str::to_owned).to_vec(), ink));
    // Of what is to be said the worst.
    let said = said.or_else(|| Some((transaction::remark(view, column)?.to_vec(), Ink::Tx)));
    if let Some((choices, ink)) = said {
        let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
        let end = column.right() - 8.0;
        let room = end - replica::leader_word_end(column) - 10.0;
        let words = width::choose(&choices, 18.0, 650, room).into_owned();
        let text = Shape::text(end, row.words(), words, 18.0, 650).fill(ink).ending();
        replica::clear(pen, column, &text, Ink::Plate);
        pen.put(text);
    }
}

/// A dashed way with a cross at its end.
pub(super) fn trail(pen: &mut Pen, points: &[(f64, f64)]) {
    pen.put(Shape::lines(points).stroke(Ink::Wrong, 3.0).dashed(4.0, 6.0));
    if let Some((x, y)) = points.last() {
        pen.put(cross(*x, *y));
    }
}

fn cross(x: f64, y: f64) -> Shape {
    Shape::cross(x, y, 8.0).stroke(Ink::Wrong, 4.5).round()
}

/// How much later than the hit the same record was sent again, where that is news of one of these columns.
pub(super) fn sent_again(view: &View<'_>, columns: &[Column<'_>]) -> Option<String> {
    let hit = view.picture.hit.as_ref()?;
    let again = hit.again().filter(|at| view.now.since(*at) < FRESH_MICROS)?;
    let id = hit.partition()?;
    columns.iter().any(|c| *c.id == id).then(|| fine_seconds(again.since(hit.at())))
}
