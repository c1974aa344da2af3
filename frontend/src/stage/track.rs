//! A group's track under a column: what it committed, where it reads, and its lag as a length on the axis of offsets.

use model::picture::Picture;

use super::{
    View,
    column::Column,
    grid::{FOOT, FOOT_BOTTOM, Grid, Topic},
    layout::Layout,
    pen::Pen,
    readers::Reader,
    transaction,
};
use crate::paint::{Ink, Shape};

/// Where the track of each group lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lane {
    /// Top of the lane.
    pub(super) y: f64,
    /// How many groups share the zone.
    among: usize,
    /// Whether it is one of a hand's score.
    small: bool,
}

impl Lane {
    /// One group has the whole height; more share it.
    pub(super) fn of(layout: Layout, topic: &Topic<'_>, which: usize) -> Self {
        let among = topic.readers.len().max(1);
        let pitch = if among > 2 { 44.0 } else { 60.0 };
        Self { y: layout.track() + which as f64 * pitch, among, small: layout.is_phone() }
    }

    /// Whether its feet have the whole zone.
    pub(super) fn alone(self) -> bool {
        self.among == 1
    }

    /// The line of the axis.
    pub(super) fn axis(self) -> f64 {
        self.y + if self.alone() { 12.0 } else { 8.0 }
    }

    /// Top, bottom and size of words of the feet.
    pub(super) fn foot(self) -> (f64, f64, f64) {
        match self.among {
            1 => (self.y + FOOT, self.y + FOOT_BOTTOM, 24.0),
            2 => (self.y + 26.0, self.y + 54.0, 19.0),
            _ => (self.y + 22.0, self.y + 41.0, 16.0),
        }
    }

    /// Where the app's line leaves the feet.
    pub(super) fn leaves(self) -> f64 {
        if self.alone() { self.y + FOOT_BOTTOM - 18.0 } else { self.foot().1 - 10.0 }
    }

    /// How high a caret is, and half how wide.
    fn caret(self) -> (f64, f64) {
        match self.among {
            _ if self.small => (13.0, 6.5),
            1 => (19.0, 8.5),
            2 => (15.0, 7.5),
            _ => (11.0, 6.0),
        }
    }

    /// Where a read record lands: the tip of the caret.
    pub(super) fn tip(self) -> f64 {
        self.axis() + if self.among > 2 { 0.0 } else { 2.0 }
    }
}

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>, topic: &Topic<'_>) {
    for column in grid.of_topic(topic) {
        if topic.readers.is_empty() {
            axis(pen, column, Lane::of(grid.layout, topic, 0));
        }
        for (which, reader) in topic.readers.iter().enumerate() {
            track(pen, view.picture, column, reader, Lane::of(grid.layout, topic, which));
        }
    }
}

fn axis(pen: &mut Pen, column: &Column<'_>, lane: Lane) {
    let ends = [(column.tape(), lane.axis()), (column.tape_end(), lane.axis())];
    pen.put(Shape::lines(&ends).stroke(Ink::Edge, 2.0).faint(0.6));
}

fn track(pen: &mut Pen, picture: &Picture, column: &Column<'_>, reader: &Reader<'_>, lane: Lane) {
    axis(pen, column, lane);
    let known = reader.group.offsets.get(column.id).map(|o| o.committed);
    let position = reader.group.positions.get(column.id).map(|p| p.offset);
    let start = column.partition.offsets.as_ref().map_or(0, |o| o.log_start_offset);
    let committed = known.filter(|c| *c >= 0);
    let from = column.before(committed.unwrap_or(start) as f64);
    // A group that has nothing to do with this partition has no bar.
    let reads = known.is_some() || position.is_some();
    if reads
        && picture.lag(reader.group, column.id) > 0
        && let Some(watermark) = column.watermark
    {
        // Readers of committed records stand at the last stable offset; a group that has come past it reads all.
        let stable = column.partition.offsets.as_ref().map_or(0, |o| o.last_stable_offset);
        let waits = committed.max(position).unwrap_or(start) <= stable;
        let held = transaction::held(column.partition).filter(|_| waits).map_or(0, |(held, _)| held);
        let stable = (watermark - held as f64).max(committed.unwrap_or(start) as f64);
        let (to, end) = (column.before(stable), column.before(watermark));
        let h = if lane.alone() && !lane.small { 14.0 } else { 11.0 };
        let bar = |from: f64, to: f64| Shape::rect(from, lane.axis() - 7.0, to - from, h);
        if to < end {
            pen.put(bar(to, end).stroke(Ink::Tx, 2.0).dashed(4.0, 4.0));
        }
        if from < to {
            pen.put(bar(from, to).tint(Ink::Read, 0.28).stroke(Ink::Read, 2.0));
        }
    }
    if let Some(position) = position.filter(|p| committed != Some(*p)) {
        caret(pen, column, position, lane, false);
    }
    if let Some(committed) = committed {
        caret(pen, column, committed, lane, true);
        if (committed as f64) < column.base.floor() && lane.alone() && !lane.small {
            let clear = position.is_none_or(|p| column.before(p as f64) > column.tape() + 96.0);
            if clear {
                let words = committed.to_string();
                pen.put(Shape::text(column.tape() + 16.0, lane.axis() + 21.0, words, 15.0, 600).fill(Ink::Read));
            }
        }
    }
}

/// A caret points up at the offset to be read next; at the window's edge it points out of it.
fn caret(pen: &mut Pen, column: &Column<'_>, offset: i64, lane: Lane, committed: bool) {
    let (h, half) = lane.caret();
    let (x, y) = (column.before(offset as f64), lane.tip());
    let outside = (offset as f64) < column.base.floor();
    let points = if outside {
        [(x - 6.0, y + h / 2.0 + 1.0), (x + h - 8.0, y + 1.0), (x + h - 8.0, y + h)]
    } else {
        [(x, y), (x + half, y + h), (x - half, y + h)]
    };
    let caret = Shape::polygon(&points);
    pen.put(if committed { caret.fill(Ink::Read) } else { caret.fill(Ink::Page).stroke(Ink::Read, 2.5).round() });
}
