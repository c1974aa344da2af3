//! The stage: from a picture and a time to a list of shapes. Columns are partitions, rows are brokers, x is the offset.

use model::{
    fact::Assigned,
    ids::{BrokerId, Micros, PartitionId},
    picture::Picture,
};

use crate::paint::Shape;

mod apps;
mod armed;
mod band;
pub mod chosen;
mod column;
mod doing;
mod feet;
mod frame;
mod grid;
mod hit;
mod in_sync;
mod key;
pub(crate) mod labels;
mod layout;
pub(crate) mod marks;
mod moving;
pub(crate) mod order;
pub(crate) mod pen;
mod phone;
pub(crate) mod readers;
mod replica;
pub(crate) mod rings;
mod row;
mod shelf;
mod tape;
mod track;
mod transaction;
mod twice;
pub mod walk;
mod watermark;
pub(crate) mod words;

pub use chosen::{Chosen, Pick};
pub use layout::Layout;
pub(crate) use row::is_gone;
use {grid::Grid, pen::Pen};

/// What is to be drawn, and when.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The facts shown so far, folded.
    pub picture: &'a Picture,
    /// Display time on the session's clock.
    pub now: Micros,
    /// What is on its way. A hop that takes no time is drawn as a thin line for a second after it ended.
    pub hops: &'a [Hop],
    /// What has just been shown: its marks are eased from there.
    pub fresh: &'a [Fresh],
    /// What the caption names, and for how long it has stood, in microseconds.
    pub named: (&'a [Selected], u64),
    /// What the inspector shows.
    pub selected: Option<&'a Selected>,
    /// What proves the number that was chosen in a verdict.
    pub proof: &'a [Selected],
    /// Where the pointer is, in stage pixels.
    pub hover: Option<(f64, f64)>,
    /// Whether somebody points at marks or walks over them: each record is a target then, with its full name.
    pub points: bool,
    /// Paused or reduced motion: arrowheads and keys on moving marks, no transitions.
    pub still: bool,
    /// Whether the key to the shapes is drawn.
    pub shows_key: bool,
    /// On which sheet.
    pub layout: Layout,
    /// For how long nobody has vouched for the picture, beyond what is ordinary.
    pub silent_micros: u64,
    /// What a person chose to be drawn.
    pub chosen: Option<&'a Chosen>,
}

impl View<'_> {
    /// Whether records are targets: hundreds of names a frame, which nobody hears as long as nobody asks.
    fn names_records(&self) -> bool {
        self.points || self.selected.is_some() || !self.proof.is_empty() || !self.named.0.is_empty()
    }
}

/// Which way something goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leg {
    /// A record to its leader.
    Produce,
    /// The same record to its leader once more.
    Again {
        /// How long after it was sent before.
        after_micros: u64,
    },
    /// The answer that it is stored.
    Ack,
    /// What a fault takes away at the tap: the answer, or where no offset is known the record.
    Lost,
    /// The answer that it is not.
    Refused,
    /// A record from its leader to a replica.
    Copy {
        /// The replica.
        to: BrokerId,
    },
    /// A record to a group.
    Read {
        /// The group.
        group: String,
    },
}

/// Something on its way, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Which way.
    pub leg: Leg,
    /// The app that sends.
    pub app: Option<String>,
    /// The record's key, as its app told it when it was sent.
    pub key: Option<String>,
    /// The topic.
    pub topic: String,
    /// The partition, where it is known.
    pub partition: Option<i32>,
    /// The offset, where it is known.
    pub offset: Option<i64>,
    /// The leader it goes to or comes from.
    pub broker: Option<BrokerId>,
    /// When it leaves.
    pub starts: Micros,
    /// When it arrives.
    pub ends: Micros,
    /// How many records it stands for; above one it is a pill with the number.
    pub count: u32,
}

/// Something that has just been shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// When, in display time.
    pub at: Micros,
    /// What.
    pub what: News,
}

/// What a fact changed of what is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A replica has more records.
    Stored {
        /// The partition.
        id: PartitionId,
        /// The broker.
        broker: BrokerId,
        /// Its log end before.
        from: i64,
        /// Its log end.
        to: i64,
    },
    /// A partition's furthest log end moved on.
    Grown {
        /// The partition.
        id: PartitionId,
        /// By how many records.
        by: i64,
    },
    /// The high watermark moved on.
    Committed {
        /// The partition.
        id: PartitionId,
        /// The high watermark before.
        from: i64,
        /// The high watermark.
        to: i64,
    },
    /// A record was acknowledged.
    Acknowledged {
        /// Its partition.
        id: PartitionId,
        /// Its offset.
        offset: i64,
    },
    /// A member reads other partitions.
    Assigned {
        /// Its group.
        group: String,
        /// The coordinator's id for it.
        member_id: String,
        /// What it read before.
        before: Vec<Assigned>,
    },
    /// A broker that was gone is not any more.
    Returned(BrokerId),
}

impl News {
    /// The partition it is of, if any.
    fn partition(&self) -> Option<&PartitionId> {
        match self {
            Self::Stored { id, .. }
            | Self::Grown { id, .. }
            | Self::Committed { id, .. }
            | Self::Acknowledged { id, .. } => Some(id),
            Self::Assigned { .. } | Self::Returned(_) => None,
        }
    }
}

/// Something one can point at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    /// A record, on every replica that has it.
    Record {
        /// Its partition.
        id: PartitionId,
        /// Its offset.
        offset: i64,
    },
    /// A broker.
    Broker(BrokerId),
    /// Whoever controls.
    Controller,
    /// A member of a group.
    Member {
        /// The group.
        group: String,
        /// The coordinator's id for the member.
        member_id: String,
    },
    /// An instance of an app.
    App(String, u32),
    /// A partition.
    Partition(PartitionId),
    /// A partition's replica on a broker.
    Replica {
        /// The partition.
        id: PartitionId,
        /// The broker.
        broker: BrokerId,
    },
    /// A transaction, as one partition has it: its producer's records from an offset to its marker.
    Transaction {
        /// The partition.
        id: PartitionId,
        /// Whose.
        producer_id: i64,
        /// Its first record that is known.
        from: i64,
    },
    /// A client's connection to the tap.
    Connection {
        /// The broker behind it.
        broker: BrokerId,
        /// Its number.
        connection: u64,
    },
    /// What is not drawn, to choose from.
    Rest,
}

impl Selected {
    /// The partition it names, if any.
    pub fn partition(&self) -> Option<&PartitionId> {
        match self {
            Self::Record { id, .. } | Self::Partition(id) | Self::Replica { id, .. } | Self::Transaction { id, .. } => {
                Some(id)
            }
            _ => None,
        }
    }
}

/// A place one can point at.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// What is there.
    pub what: Selected,
    /// Its full name, for those who do not see it.
    pub label: String,
}

/// The stage as shapes, back to front.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// What to draw.
    pub shapes: Vec<Shape>,
    /// Where each part of the still layer ends, so that a painter can tell what changed; the last one is where the
    /// moving layer begins.
    pub cuts: Vec<usize>,
    /// What one can point at.
    pub targets: Vec<Target>,
    /// What one can point at while it passes.
    pub passing: Vec<Target>,
    /// The partitions whose records it draws one by one.
    pub records: Vec<PartitionId>,
    /// The sheet it is drawn on.
    pub layout: Layout,
}

impl Drawing {
    /// The shapes that stay as they are while nothing is told.
    pub fn still(&self) -> &[Shape] {
        self.shapes.get(..self.moving_from()).unwrap_or_default()
    }

    /// The shapes on their way, and what lies over them.
    pub fn moving(&self) -> &[Shape] {
        self.shapes.get(self.moving_from()..).unwrap_or_default()
    }

    fn moving_from(&self) -> usize {
        self.cuts.last().copied().unwrap_or_default()
    }
}

/// Draws the whole stage.
pub fn draw(view: &View<'_>) -> Drawing {
    let grid = Grid::of(view);
    let mut pen = Pen::default();
    if view.layout.is_phone() {
        phone::draw(&mut pen, view, &grid);
    } else {
        still(&mut pen, view, &grid);
        moving::draw(&mut pen, view, &grid);
    }
    rings::draw(&mut pen, view);
    let records = grid.columns.iter().map(|column| column.id.clone()).collect();
    Drawing { records, ..pen.finish(view.layout) }
}

fn still(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>) {
    for row in &grid.rows {
        band::draw(pen, view, row);
    }
    pen.cut();
    frame::draw(pen, view, grid);
    pen.cut();
    apps::draw(pen, view, grid);
    pen.cut();
    for column in &grid.columns {
        for row in &grid.rows {
            replica::draw(pen, view, column, row);
        }
        in_sync::draw(pen, grid, column);
        watermark::draw(pen, grid, column);
        for row in &grid.rows {
            replica::say(pen, view, grid, column, row);
        }
        twice::draw(pen, grid, column);
        hit::draw(pen, view, grid, column);
        pen.cut();
    }
    for topic in &grid.topics {
        track::draw(pen, view, grid, topic);
        feet::draw(pen, view, grid, topic);
        pen.cut();
    }
    shelf::draw(pen, view, grid);
    let end = grid.notes(pen, !view.picture.apps.is_empty());
    armed::draw(pen, view.picture, grid, end);
    if view.shows_key {
        key::draw(pen, grid);
    }
    pen.cut();
}

/// What has a column, a band or a track on the stage.
pub(crate) fn shown(view: &View<'_>) -> Chosen {
    let grid = Grid::of(view);
    let groups = grid.topics.iter().flat_map(|t| &t.readers).map(|r| r.group_id.to_owned());
    Chosen {
        partitions: grid.columns.iter().map(|c| c.id.clone()).collect(),
        brokers: grid.rows.iter().map(|r| r.broker).collect(),
        groups: groups.collect(),
    }
}

/// What is at a point of the sheet, given as fractions of its width and height.
pub fn hit_at(drawing: &Drawing, (x, y): (f64, f64)) -> Option<&Target> {
    let (w, h) = drawing.layout.size();
    hit(drawing, x * w, y * h)
}

/// What is at a point of the stage: of several the one drawn last.
pub fn hit(drawing: &Drawing, x: f64, y: f64) -> Option<&Target> {
    let all = drawing.targets.iter().chain(&drawing.passing);
    all.rev().find(|t| x >= t.x && x < t.x + t.w && y >= t.y && y < t.y + t.h)
}
