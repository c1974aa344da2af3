//! What is on its way in a lane: straight up or down, since a record with an offset never moves sideways.

use model::ids::Micros;

use super::lane::Lane;
use crate::{
    paint::{Ink, Shape},
    stage::{Hop, Leg, View, pen::Pen},
};

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, lane: &Lane<'_>) {
    let here = |h: &&Hop| h.topic == lane.id.topic && h.partition == Some(lane.id.partition);
    for hop in view.hops.iter().filter(here).filter(|h| h.starts <= view.now && view.now <= h.ends) {
        mark(pen, view.now, lane, hop);
    }
}

fn mark(pen: &mut Pen, now: Micros, lane: &Lane<'_>, hop: &Hop) {
    let offset = hop.offset.unwrap_or_else(|| lane.partition.log_end_offset());
    if !lane.shows(offset) {
        return;
    }
    let (x, card) = (lane.middle(offset), lane.mid());
    let (from, to, ink) = match &hop.leg {
        Leg::Produce | Leg::Again { .. } => (lane.y, card, Ink::Open),
        Leg::Ack => (card, lane.y, Ink::Safe),
        Leg::Refused | Leg::Lost => (card, lane.y, Ink::Wrong),
        Leg::Copy { to } => match lane.followers.iter().position(|b| b == to) {
            Some(which) => (lane.card_top() + lane.card_height(), lane.follower(which), Ink::Open),
            None => return,
        },
        Leg::Read { group } => match lane.readers.iter().position(|r| r.group_id == group) {
            Some(which) => (lane.card_top() + lane.card_height(), lane.track(which), Ink::Read),
            None => return,
        },
    };
    let whole = hop.ends.since(hop.starts);
    let share = if whole == 0 { 1.0 } else { now.since(hop.starts) as f64 / whole as f64 };
    let y = from + (to - from) * share;
    let back = if to > from { -1.0 } else { 1.0 };
    pen.put(Shape::tail((x, y), (x, y + back * 34.0), 6.0, false).fill(ink));
    match hop.leg {
        Leg::Read { .. } => {
            let triangle = Shape::polygon(&[(x - 9.0, y - 8.0), (x + 9.0, y - 8.0), (x, y + 9.0)]);
            pen.put(triangle.fill(ink).stroke(Ink::Page, 1.5));
        }
        Leg::Ack => {
            pen.put(Shape::disc(x, y, 10.0).fill(ink));
            let tick = Shape::lines(&[(x - 5.0, y + 0.5), (x - 1.5, y + 4.0), (x + 5.0, y - 4.0)]);
            pen.put(tick.stroke(Ink::OnFill, 3.0).round());
        }
        Leg::Refused | Leg::Lost => {
            pen.put(Shape::disc(x, y, 10.0).fill(ink));
            pen.put(Shape::cross(x, y, 4.0).stroke(Ink::OnFill, 3.0).round());
        }
        Leg::Produce | Leg::Again { .. } | Leg::Copy { .. } => {
            pen.put(Shape::disc(x, y, 9.0).fill(ink).stroke(Ink::Page, 2.0));
        }
    }
}
