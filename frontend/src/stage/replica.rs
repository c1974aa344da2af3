//! A replica: plate, words and state of one partition on one broker.

use model::ids::{BrokerId, Micros};

use super::{
    Selected, View,
    column::{Column, eased},
    grid::{self, Grid},
    pen::Pen,
    row::{Condition, Row},
    tape, transaction, words,
};
use crate::paint::{Ink, Shape, width};

/// How long a plate takes to grow.
const GROW_MICROS: u64 = 360_000;
/// How long it waits for the old one to go.
const SHRINK_MICROS: u64 = 160_000;
/// How long records that were taken back are shown.
const LOST_MICROS: u64 = 10_000_000;
/// How long they take to fall off the end.
const FALL_MICROS: u64 = 600_000;

/// What a replica is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Leader,
    /// The cluster still names it, but it cannot be reached.
    LeaderGone,
    /// Metadata says -1; it led before.
    LedBefore,
    /// It led until a moment ago.
    HandedOver,
    InSync,
    OutOfSync,
    /// Cannot be reached, and the controller still counts it in.
    StillCounted,
    /// Cannot be reached, and is counted out.
    Unreachable,
}

impl Standing {
    pub(super) fn of(column: &Column<'_>, row: &Row) -> Option<Self> {
        let (p, broker) = (column.partition, row.broker);
        let leads = p.leader == broker;
        if !leads && !p.replicas.contains(&broker) {
            return None;
        }
        let led_before = !p.leader.exists() && last_leader(column) == Some(broker);
        let handed_over = column.handover.is_some_and(|h| h.from == broker && h.unled.is_some());
        let counted = p.isr.contains(&broker);
        Some(match row.reachable {
            true if leads => Self::Leader,
            false if leads => Self::LeaderGone,
            _ if led_before => Self::LedBefore,
            false if handed_over => Self::HandedOver,
            true if counted => Self::InSync,
            true => Self::OutOfSync,
            false if counted => Self::StillCounted,
            false => Self::Unreachable,
        })
    }

    /// What a replica is drawn on.
    pub(super) fn ground(self, row: &Row) -> Ink {
        match (self, row.condition) {
            (Self::Leader, _) => Ink::Plate,
            (Self::LeaderGone, _) | (_, Condition::Gone | Condition::Fenced | Condition::Starting) => Ink::Page,
            _ => Ink::Band,
        }
    }
}

fn last_leader(column: &Column<'_>) -> Option<BrokerId> {
    let p = column.partition;
    let before = Some(p.previous_leader).filter(|b| b.exists());
    before.or(p.outage.map(|o| o.broker).filter(|b| b.exists()))
}

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, column: &Column<'_>, row: &Row) {
    let Some(standing) = Standing::of(column, row) else { return };
    let tall = tall(view, column, row, standing);
    plate(pen, column, row, standing, tall);
    let (y, h) = place(row);
    let what = Selected::Replica { id: column.id.clone(), broker: row.broker };
    let plate = (column.left(), y, column.right() - column.left(), h);
    pen.target(plate, what, format!("{}, replica on broker {}", grid::name(column.id), row.broker));
    tape::draw(pen, view, column, row, standing, tall);
    if standing == Standing::Leader && tall >= 1.0 {
        transaction::draw(pen, column, row);
    }
}

/// Says what a replica is; drawn over the watermark line.
pub(super) fn say(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>, column: &Column<'_>, row: &Row) {
    let Some(standing) = Standing::of(column, row) else { return };
    lost(pen, view, column, row, standing);
    let (choices, size, weight, ink) = said(view, grid, column, row, standing);
    let tall = matches!(standing, Standing::Leader | Standing::LeaderGone);
    let x = column.tape() + if tall { 4.0 } else { 0.0 };
    let end = match standing {
        // The arrow to the new leader begins here.
        Standing::HandedOver => column.tape_end() - 28.0,
        _ => column.right() - 4.0,
    };
    let size = if row.scale() < 0.7 { 17.0_f64.min(size) } else { size };
    let (words, size) = fitted(&choices, size, weight, end - x);
    let text = Shape::text(x, row.words(), words, size, weight).fill(ink);
    clear(pen, column, &text, standing.ground(row));
    pen.put(text);
}

/// Where the word over a leader's tape ends.
pub(super) fn leader_word_end(column: &Column<'_>) -> f64 {
    let word = if column.handover.is_some() { "leads now" } else { "leader" };
    column.tape() + 4.0 + width::of(word, 20.0, 700)
}

/// Takes the watermark line away behind words it would cross.
pub(super) fn clear(pen: &mut Pen, column: &Column<'_>, text: &Shape, ground: Ink) {
    let (x0, y0, x1, y1) = text.bounds();
    let line = column.watermark.map(|w| column.before(w));
    if line.is_some_and(|line| line > x0 - 2.0 && line < x1 + 2.0) {
        pen.put(Shape::rect(x0, y0 + 3.0, x1 - x0, y1 - y0 - 6.0).fill(ground));
    }
}

/// The first of `choices` that fits, smaller by a fifth where that helps.
fn fitted(choices: &[String], size: f64, weight: u16, room: f64) -> (String, f64) {
    let small = (size * 0.8).max(15.0);
    let fits = |words: &&String| width::of(words, small, weight) <= room;
    let Some(words) = choices.iter().find(fits).or(choices.last()) else { return (String::new(), size) };
    let size = width::size_for(words, size, weight, room).max(small);
    (width::cut(words, size, weight, room), size)
}

/// From a follower's 0 to a leader's 1: the old leader's plate and blocks go before the new one's come.
fn tall(view: &View<'_>, column: &Column<'_>, row: &Row, standing: Standing) -> f64 {
    let age = column.handover.filter(|_| !view.still).map(|h| (h.from, view.now.since(h.at)));
    match (standing, age) {
        (Standing::Leader, Some((_, age))) => eased(age.saturating_sub(SHRINK_MICROS), GROW_MICROS),
        (Standing::Leader | Standing::LeaderGone, _) => 1.0,
        (_, Some((from, age))) if from == row.broker => 1.0 - eased(age, SHRINK_MICROS),
        _ => 0.0,
    }
}

/// Top and height of a plate.
fn place(row: &Row) -> (f64, f64) {
    let inset = 8.0 * row.scale();
    (row.y + inset, row.h - 2.0 * inset)
}

fn plate(pen: &mut Pen, column: &Column<'_>, row: &Row, standing: Standing, tall: f64) {
    let (top, whole) = place(row);
    let h = whole * tall;
    let (x, y) = (column.left(), top + (whole - h) / 2.0);
    let w = column.right() - x;
    let gone = match standing {
        Standing::Leader | Standing::LeaderGone => standing == Standing::LeaderGone,
        _ if tall > 0.0 => !row.reachable,
        _ => return,
    };
    if gone {
        pen.put(Shape::rect(x, y, w, h).corner(10.0).fill(Ink::Page));
        pen.put(Shape::hatch(x, y, w, h, 9.0).corner(10.0).stroke(Ink::Rule, 3.0));
        pen.put(Shape::rect(x, y, w, h).corner(10.0).stroke(Ink::Edge, 2.0).dashed(6.0, 5.0));
    } else {
        pen.put(Shape::rect(x, y, w, h).corner(10.0).fill(Ink::Plate));
    }
}

type Said = (Vec<String>, f64, u16, Ink);

fn said(view: &View<'_>, grid: &Grid<'_>, column: &Column<'_>, row: &Row, standing: Standing) -> Said {
    let p = column.partition;
    let one = |words: &str| vec![words.to_owned()];
    // In narrow columns the first word goes.
    let absent = |from: Micros, to: Micros| {
        let span = words::span(from, to);
        vec![format!("leader {} {span}", absence(row)), format!("{} {span}", absence(row))]
    };
    let unled = p.unled_since().unwrap_or(row.since);
    let behind = behind(grid, column, row.broker);
    match standing {
        Standing::Leader if column.handover.is_some() => (one("leads now"), 20.0, 700, Ink::Text),
        Standing::Leader => (one("leader"), 20.0, 700, Ink::Text),
        Standing::LeaderGone => (absent(unled, view.now), 22.0, 700, Ink::Open),
        Standing::LedBefore => {
            let span = words::span(unled, view.now);
            (vec![format!("no leader {span}"), "no leader".to_owned()], 22.0, 700, Ink::Open)
        }
        Standing::HandedOver => {
            let (since, until) = column.handover.and_then(|h| h.unled).unwrap_or((unled, view.now));
            (absent(since, until), 22.0, 700, Ink::Open)
        }
        Standing::InSync => match behind {
            Some(n) if n > 0 => (vec![format!("{n} to copy")], 17.0, 400, Ink::Text3),
            _ => (one("in sync"), 17.0, 400, Ink::Text3),
        },
        Standing::OutOfSync => match behind {
            Some(n) if n > 0 => (vec![format!("out of sync, {n} behind"), format!("{n} behind")], 17.0, 600, Ink::Open),
            _ => (one("out of sync"), 17.0, 600, Ink::Open),
        },
        Standing::StillCounted => {
            (vec!["still counted in sync".to_owned(), "still in sync".to_owned()], 17.0, 400, Ink::Open)
        }
        Standing::Unreachable => (one("unreachable"), 17.0, 400, Ink::Text3),
    }
}

/// What keeps a leader from being reached.
fn absence(row: &Row) -> &'static str {
    match row.condition {
        Condition::Paused => "paused",
        _ => "gone",
    }
}

/// How many records a replica lacks; not known while the leader cannot be asked.
fn behind(grid: &Grid<'_>, column: &Column<'_>, broker: BrokerId) -> Option<i64> {
    let p = column.partition;
    let asked = grid.row(p.leader).is_some_and(|r| r.reachable);
    let own = p.log_end(broker)?;
    asked.then(|| (p.log_end_offset() - own).max(0))
}

/// Records that were taken back: crossed ghosts on the replica that had them.
fn lost(pen: &mut Pen, view: &View<'_>, column: &Column<'_>, row: &Row, standing: Standing) {
    let p = column.partition;
    if last_leader(column) != Some(row.broker) || standing == Standing::Leader {
        return;
    }
    let fresh = |at: Micros| at <= view.now && view.now.since(at) < LOST_MICROS;
    let lost: Vec<_> = p.lost.iter().filter(|l| fresh(l.at)).collect();
    let Some(first) = lost.first() else { return };
    let (h, mid) = (row.short(), row.mid());
    for lost in &lost {
        let x = column.middle(lost.offset);
        // At the end of their time they fall off.
        let left = LOST_MICROS.saturating_sub(view.now.since(lost.at)) as f64 / FALL_MICROS as f64;
        let fallen = if view.still { 0.0 } else { (1.0 - left).max(0.0) };
        let (y, seen) = (mid + fallen * fallen * row.h / 3.0, 1.0 - fallen);
        let outline = Shape::rect(x - 6.0, y - h / 2.0, 12.0, h).corner(4.0);
        let ink = if lost.acknowledged { Ink::Wrong } else { Ink::Ghost };
        pen.put(outline.stroke(ink, 2.0).dashed(3.0, 3.0).faint(seen));
        pen.put(Shape::cross(x, y, 4.5).stroke(Ink::Wrong, 3.0).round().faint(seen));
    }
    let acknowledged = lost.iter().filter(|l| l.acknowledged).count();
    let words = match acknowledged {
        0 => format!("{} taken back", words::counted(lost.len(), "record", "records")),
        n => format!("{n} acknowledged, then lost"),
    };
    let ink = if acknowledged > 0 { Ink::Wrong } else { Ink::Text2 };
    let room = column.right() - column.tape();
    let size = width::size_for(&words, 17.0, 600, room);
    let words = width::cut(&words, size, 600, room);
    let last = column.right() - width::of(&words, size, 600);
    let x = column.before(first.offset as f64).min(last);
    let text = Shape::text(x, mid + h / 2.0 + 19.0, words, size, 600).fill(ink);
    clear(pen, column, &text, standing.ground(row));
    pen.put(text);
}
