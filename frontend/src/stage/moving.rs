//! What is on its way: a hop's path over the stage, and where on it the mark is at a given time.

use model::ids::BrokerId;

use super::{
    Hop, Leg, View, apps,
    column::Column,
    grid::{CAP_Y, FRAME_Y, Grid, Topic},
    hit, labels,
    marks::{self, Mark},
    pen::Pen,
    track::Lane,
};
use crate::paint::bounded;

/// Above this many marks tails lose their gradient.
const MANY: usize = 300;

/// A path from point to point; a hop has at most four corners.
#[derive(Clone, Copy, Debug, Default)]
struct Path {
    points: [(f64, f64); 4],
    len: usize,
}

impl Path {
    fn to(mut self, x: f64, y: f64) -> Self {
        if let Some(point) = self.points.get_mut(self.len) {
            *point = (x, y);
            self.len += 1;
        }
        self
    }

    fn points(&self) -> &[(f64, f64)] {
        self.points.get(..self.len).unwrap_or_default()
    }

    /// The points up to `share` of the way.
    fn until(&self, share: f64) -> Vec<(f64, f64)> {
        let (end, _) = self.at(share);
        let passed = (0..self.len).rev().find(|n| {
            let before = Self { len: n + 1, ..*self }.length();
            before <= self.length() * bounded(share, 0.0, 1.0)
        });
        let mut points = self.points().get(..=passed.unwrap_or_default()).unwrap_or_default().to_vec();
        points.push(end);
        points
    }

    fn length(&self) -> f64 {
        let pairs = self.points().windows(2).filter_map(|w| <[(f64, f64); 2]>::try_from(w).ok());
        pairs.map(|[(ax, ay), (bx, by)]| (bx - ax).hypot(by - ay)).sum()
    }

    /// The point after `share` of the way, and the direction of travel there.
    fn at(&self, share: f64) -> ((f64, f64), (f64, f64)) {
        let pairs = || self.points().windows(2).filter_map(|w| <[(f64, f64); 2]>::try_from(w).ok());
        let length = |[(ax, ay), (bx, by)]: [(f64, f64); 2]| (bx - ax).hypot(by - ay);
        let mut left = pairs().map(length).sum::<f64>() * bounded(share, 0.0, 1.0);
        let mut last = (self.points().first().copied().unwrap_or_default(), (0.0, 1.0));
        for pair in pairs() {
            let (whole, [(ax, ay), (bx, by)]) = (length(pair), pair);
            if whole <= 0.0 {
                continue;
            }
            let direction = ((bx - ax) / whole, (by - ay) / whole);
            if left <= whole {
                return ((ax + direction.0 * left, ay + direction.1 * left), direction);
            }
            left -= whole;
            last = ((bx, by), direction);
        }
        last
    }
}

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>) {
    marks::handovers(pen, view, grid);
    let flat = view.hops.iter().filter(|hop| marks::share(hop, view.now).is_some()).count() > MANY;
    let mut said = Vec::new();
    for hop in view.hops {
        let (trace, share) = (marks::is_trace(hop, view.now), marks::share(hop, view.now));
        if !trace && share.is_none() {
            continue;
        }
        let Some(path) = path(grid, hop) else { continue };
        match share.filter(|_| !trace) {
            None => marks::trace(pen, hop, path.points()),
            Some(share) if hop.leg == Leg::Lost => hit::trail(pen, &path.until(share)),
            Some(share) => {
                let (at, direction) = path.at(share);
                marks::draw(pen, view, &Mark { hop, at, direction, flat });
                marks::target(pen, hop, at);
                if view.still {
                    said.push((at, marks::key(view, hop)));
                }
            }
        }
    }
    labels::draw(pen, &said);
}

/// Where a hop goes: none where its partition is not drawn.
fn path(grid: &Grid<'_>, hop: &Hop) -> Option<Path> {
    let topic = grid.topic(&hop.topic)?;
    let Some(partition) = hop.partition else {
        // Not known yet which partition it goes to: it has only left.
        let first = grid.of_topic(topic).first()?;
        let (from, to) = (apps::cap_start(topic), first.channel());
        let left = Path::default().to(from, CAP_Y).to(to, CAP_Y);
        return match hop.leg {
            Leg::Produce => Some(left),
            Leg::Lost => Some(left.to(to, hit::TAP_Y)),
            Leg::Refused => Some(given_up(topic, to)),
            _ => None,
        };
    };
    let column = grid.column((&hop.topic, partition))?;
    let leader = hop.broker.and_then(|b| grid.row(b)).map(|r| r.mid());
    // What has no offset gets no further than the end of the channel.
    let slot = hop.offset.map_or(column.channel(), |o| column.middle(o));
    let top = FRAME_Y - 4.0;
    match &hop.leg {
        // What was refused before waits at the end of its app's line.
        Leg::Again { .. } if hop.offset.is_none() => {
            Some(Path::default().to(column.channel(), CAP_Y).to(column.channel(), leader?))
        }
        Leg::Produce | Leg::Again { .. } => {
            let down = Path::default().to(apps::cap_start(topic), CAP_Y).to(column.channel(), CAP_Y);
            Some(match leader {
                Some(y) => down.to(column.channel(), y).to(slot, y),
                None => down,
            })
        }
        Leg::Lost => {
            let x = column.answers();
            Some(Path::default().to(slot, leader?).to(x, leader?).to(x, hit::TAP_Y))
        }
        Leg::Refused if hop.broker.is_none() => Some(given_up(topic, column.channel())),
        Leg::Ack | Leg::Refused => {
            let x = column.answers();
            Some(match leader {
                Some(y) => Path::default().to(slot, y).to(x, y).to(x, top),
                None => Path::default().to(x, grid.rows.first()?.mid()).to(x, top),
            })
        }
        Leg::Copy { to } => {
            let (from, to) = (leader_y(grid, column, hop.broker)?, grid.row(*to)?.mid());
            Some(Path::default().to(slot, from).to(slot, to))
        }
        Leg::Read { group } => {
            let which = topic.readers.iter().position(|r| r.group_id == group)?;
            let tip = Lane::of(grid.layout, topic, which).tip();
            Some(Path::default().to(slot, leader_y(grid, column, hop.broker)?).to(slot, tip))
        }
    }
}

/// No broker said so: what its app lets go of waited at the tap.
fn given_up(topic: &Topic<'_>, x: f64) -> Path {
    Path::default().to(x, hit::TAP_Y).to(x, CAP_Y).to(apps::cap_start(topic), CAP_Y)
}

fn leader_y(grid: &Grid<'_>, column: &Column<'_>, named: Option<BrokerId>) -> Option<f64> {
    grid.row(named.unwrap_or(column.partition.leader)).map(|r| r.mid())
}
