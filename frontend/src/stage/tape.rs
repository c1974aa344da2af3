//! A replica's tape: its records to its own log end, hollow until the high watermark has passed, with lids where acknowledged.

use std::ops::Range;

use model::fact::Control;

use super::{
    Selected, View,
    column::Column,
    grid,
    pen::Pen,
    replica::Standing,
    row::Row,
    transaction::{self, Fate},
};
use crate::paint::{Ink, Shape, bounded, width};

const LID: f64 = 4.0;

/// `tall`: from 0 for a follower to 1 for a leader.
pub(super) fn draw(pen: &mut Pen, view: &View<'_>, column: &Column<'_>, row: &Row, standing: Standing, tall: f64) {
    let mid = row.mid();
    rail(pen, column, row, standing);
    let h = row.tall() * tall + row.short() * (1.0 - tall);
    // A leader's blocks hang a little lower: the lids need the room.
    let y = mid + 3.0 * row.scale() * tall;
    let watermark = column.partition.high_watermark();
    let ground = standing.ground(row);
    let window = column.window(end(column, row));
    let from = if row.ghostly() { window.start } else { beyond(pen, column, row, y, &window) };
    for offset in from..window.end {
        let block = Block {
            x: column.at(offset as f64),
            y,
            w: column.layout.block(),
            h,
            ground,
            seen: seen(column, offset as f64),
            landed: column.stored(row.broker, offset),
        };
        let control = control(column, offset);
        match (control, transaction::fate(column, offset)) {
            _ if row.ghostly() => block.ghost(pen),
            (Some(control), _) => block.marker(pen, control),
            (None, Some(Fate::Open)) => block.open(pen, Ink::Tx),
            (None, Some(Fate::Aborted)) => block.aborted(pen),
            _ if offset < watermark => block.safe(pen, column.committed(offset)),
            _ => block.open(pen, Ink::Open),
        }
        let acknowledged = is_acknowledged(column, offset);
        if standing == Standing::Leader && acknowledged && block.seen >= 1.0 {
            let lid = Shape::rect(block.x, mid - h / 2.0 - 5.0, block.w, LID).corner(1.5);
            pen.put(lid.tint(Ink::Safe, column.acknowledged(offset)));
        }
        if block.seen >= 1.0 && view.names_records() {
            let name = label(view, column, row, offset, acknowledged);
            let what = Selected::Record { id: column.id.clone(), offset };
            pen.target((block.x - 2.0, y - h / 2.0 - 4.0, block.w + 4.0, h + 8.0), what, name);
        }
    }
}

/// A replica's own log end; a follower in sync that was not asked has at least what is committed (KIP-101).
fn end(column: &Column<'_>, row: &Row) -> i64 {
    let p = column.partition;
    let own = p.log_end(row.broker);
    let leads = || (p.leader == row.broker).then(|| p.log_end_offset());
    own.or_else(leads).unwrap_or(if p.isr.contains(&row.broker) { p.high_watermark() } else { 0 })
}

fn rail(pen: &mut Pen, column: &Column<'_>, row: &Row, standing: Standing) {
    let (from, to) = ((column.tape(), row.mid()), (column.tape_end(), row.mid()));
    let line = Shape::lines(&[from, to]).stroke(if row.ghostly() { Ink::Ghost } else { Ink::Edge }, 2.0);
    let whole = matches!(standing, Standing::Leader | Standing::InSync | Standing::StillCounted) && !row.ghostly();
    pen.put(if whole { line.faint(0.75) } else { line.dashed(2.0, 6.0) });
}

/// What is not safe yet and lies before the window is a number at its edge; says from which offset on blocks stand.
fn beyond(pen: &mut Pen, column: &Column<'_>, row: &Row, y: f64, window: &Range<i64>) -> i64 {
    const SIZE: f64 = 15.0;
    let first = window.start.max(column.base.ceil() as i64);
    let safe = column.partition.offsets.as_ref().map_or(first, |o| o.high_watermark.max(o.log_start_offset));
    // The number itself takes the place of some of them.
    let count = |covered: i64| (first + covered).min(window.end) - safe;
    if safe >= first || count(0) <= 0 || column.layout.is_phone() {
        return window.start;
    }
    let wide = width::of(&format!("+{}", count(3)), SIZE, 650) + 8.0;
    let covered = (wide / column.layout.slot()).ceil() as i64;
    let (x, w) = (column.tape(), covered as f64 * column.layout.slot() - 4.0);
    let h = row.short().max(18.0);
    pen.put(Shape::rect(x + 1.25, y - h / 2.0, w - 2.5, h).corner(4.0).fill(Ink::Page).stroke(Ink::Open, 2.5));
    let words = format!("+{}", count(covered));
    pen.put(Shape::text(x + w / 2.0, y + 5.5, words, SIZE, 650).fill(Ink::Open).centred());
    (first + covered).min(window.end)
}

/// How much of a block is inside the window while it moves on.
fn seen(column: &Column<'_>, offset: f64) -> f64 {
    let first = 1.0 - (column.base - offset).max(0.0);
    let last = column.base + column.slots as f64 - offset;
    bounded(first.min(last), 0.0, 1.0)
}

fn control(column: &Column<'_>, offset: i64) -> Option<Control> {
    column.partition.records.get(&offset)?.appended.as_ref()?.control
}

fn is_acknowledged(column: &Column<'_>, offset: i64) -> bool {
    column.partition.records.get(&offset).is_some_and(|r| r.history.acknowledged_at.is_some())
}

fn label(view: &View<'_>, column: &Column<'_>, row: &Row, offset: i64, acknowledged: bool) -> String {
    let record = column.partition.records.get(&offset).and_then(|r| r.appended.as_ref());
    let key = record.and_then(|a| a.key.as_deref()).map(|key| format!(", {key}")).unwrap_or_default();
    let control = record.and_then(|a| a.control);
    let safe = match transaction::fate(column, offset) {
        _ if control == Some(Control::Commit) => "commit marker",
        _ if control == Some(Control::Abort) => "abort marker",
        Some(Fate::Open) => "in an open transaction",
        Some(Fate::Aborted) => "aborted",
        _ if offset < column.partition.high_watermark() => "committed",
        _ => "stored, not safe yet",
    };
    let acknowledged = if acknowledged { ", acknowledged" } else { "" };
    let reached = if view.picture.reachable(row.broker) { "" } else { ", unreachable" };
    format!("{}, offset {offset}{key}, on broker {}, {safe}{acknowledged}{reached}", grid::name(column.id), row.broker)
}

/// Where a record stands.
struct Block {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
    ground: Ink,
    /// How much of it is inside the window.
    seen: f64,
    /// How far it has settled here.
    landed: f64,
}

impl Block {
    fn corner(&self) -> f64 {
        4.0_f64.min(self.h / 4.0).min(self.w / 3.0)
    }

    fn outline(&self, inset: f64) -> Shape {
        let (w, h) = (self.w - 2.0 * inset, self.h - 2.0 * inset);
        Shape::rect(self.x + inset, self.y - self.h / 2.0 + inset, w, h).corner(self.corner())
    }

    /// Takes the rail away behind a hollow block.
    fn clear(&self, pen: &mut Pen) {
        let (w, h) = (self.w + 4.0, self.h + 4.0);
        pen.put(Shape::rect(self.x - 2.0, self.y - self.h / 2.0 - 2.0, w, h).tint(self.ground, self.seen));
    }

    fn alpha(&self) -> f64 {
        self.seen * self.landed
    }

    /// Solid, or on its way there from hollow.
    fn safe(&self, pen: &mut Pen, solid: f64) {
        if solid < 1.0 {
            self.open(pen, Ink::Open);
        }
        pen.put(self.outline(0.0).tint(Ink::Safe, self.alpha() * solid));
    }

    /// Not safe yet, or not decided yet.
    fn open(&self, pen: &mut Pen, ink: Ink) {
        let thick = if self.w < 10.0 {
            1.5
        } else if self.h > 30.0 {
            3.0
        } else {
            2.5
        };
        self.clear(pen);
        pen.put(self.outline(thick / 2.0).stroke(ink, thick).faint(self.alpha()));
    }

    /// On the log for ever, and given to no reader of committed records.
    fn aborted(&self, pen: &mut Pen) {
        self.clear(pen);
        pen.put(self.outline(1.0).stroke(Ink::Text3, 2.0).dashed(3.0, 3.0).faint(self.seen));
        let (x, y, h) = (self.x, self.y, self.h / 2.0 - 3.0);
        let strike = Shape::lines(&[(x + 2.5, y + h), (x + self.w - 2.5, y - h)]);
        pen.put(strike.stroke(Ink::Wrong, 3.0).faint(self.seen).round());
    }

    fn ghost(&self, pen: &mut Pen) {
        self.clear(pen);
        pen.put(self.outline(1.0).stroke(Ink::Ghost, 2.0).dashed(3.0, 3.0).faint(self.seen));
    }

    /// A transaction's end takes one offset (KIP-98).
    fn marker(&self, pen: &mut Pen, control: Control) {
        self.clear(pen);
        let (x, y) = (self.x + self.w / 2.0, self.y);
        let diamond = Shape::diamond(x, y, self.w / 2.0 + 2.0);
        match control {
            Control::Commit => {
                pen.put(diamond.tint(Ink::Tx, self.alpha()));
                let tick = Shape::lines(&[(x - 3.5, y), (x - 1.0, y + 3.0), (x + 3.5, y - 2.5)]);
                pen.put(tick.stroke(Ink::OnFill, 2.0).faint(self.alpha()));
            }
            Control::Abort => {
                pen.put(diamond.stroke(Ink::Wrong, 2.0).faint(self.alpha()));
                pen.put(Shape::cross(x, y, 2.5).stroke(Ink::Wrong, 2.0).faint(self.alpha()));
            }
        }
    }
}
