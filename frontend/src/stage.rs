//! Placeholder of the stage until its own branch is merged: the types that the page and the stage meet at.

use model::{
    ids::{BrokerId, Micros, PartitionId},
    picture::Picture,
};

pub const WIDTH: f64 = 1920.0;
pub const HEIGHT: f64 = 1080.0;

#[derive(Debug)]
pub struct View<'a> {
    pub picture: &'a Picture,
    pub now: Micros,
    pub hops: &'a [Hop],
    pub selected: Option<&'a Selected>,
    pub hover: Option<(f64, f64)>,
    pub still: bool,
    pub shows_key: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Leg {
    Produce,
    Ack,
    Refused,
    Copy { to: BrokerId },
    Read { group: String },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    pub leg: Leg,
    pub app: Option<String>,
    pub topic: String,
    pub partition: Option<i32>,
    pub offset: Option<i64>,
    pub broker: Option<BrokerId>,
    pub starts: Micros,
    pub ends: Micros,
    pub count: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Selected {
    Record { id: PartitionId, offset: i64 },
    Broker(BrokerId),
    Member { group: String, member_id: String },
    App(String, u32),
    Partition(PartitionId),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
    pub what: Selected,
    pub label: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    pub targets: Vec<Target>,
}

pub fn draw(_view: &View<'_>) -> Drawing {
    Drawing::default()
}

pub fn hit(drawing: &Drawing, x: f64, y: f64) -> Option<&Target> {
    drawing.targets.iter().rev().find(|t| x >= t.x && x < t.x + t.w && y >= t.y && y < t.y + t.h)
}
