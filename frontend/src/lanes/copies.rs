//! The replicas of a lane beside its leader: how far each one's own log goes, and whether it is in sync.

use model::ids::BrokerId;

use super::lane::{Lane, RAIL, WORDS};
use crate::{
    paint::{Ink, Shape, width},
    stage::{Selected, View, pen::Pen},
};

/// Height of a copied record.
const BAR: f64 = 11.0;

/// What is to be said of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    InSync,
    Behind,
    Gone { counted: bool },
}

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, lane: &Lane<'_>) {
    let last = lane.followers.iter().rposition(|b| lane.partition.isr.contains(b));
    if let Some(last) = last {
        pen.line((RAIL, lane.mid() + 14.0), (RAIL, lane.follower(last)), Ink::Text2, 3.0);
    }
    for (which, broker) in lane.followers.iter().enumerate() {
        follower(pen, view, lane, *broker, lane.follower(which));
    }
}

fn follower(pen: &mut Pen, view: &View<'_>, lane: &Lane<'_>, broker: BrokerId, y: f64) {
    let p = lane.partition;
    let counted = p.isr.contains(&broker);
    let standing = match (view.picture.reachable(broker), counted) {
        (false, counted) => Standing::Gone { counted },
        (true, true) => Standing::InSync,
        (true, false) => Standing::Behind,
    };
    let end = p.log_end(broker).unwrap_or(if counted { p.high_watermark() } else { 0 });
    let behind = (p.log_end_offset() - end).max(0);
    let (word, ink) = match standing {
        Standing::InSync if behind > 0 => (format!("{behind} to copy"), Ink::Text2),
        Standing::InSync => ("in sync".to_owned(), Ink::Text2),
        Standing::Behind => ("out of sync".to_owned(), Ink::Open),
        Standing::Gone { counted: true } => ("gone, counted".to_owned(), Ink::Open),
        Standing::Gone { counted: false } => ("gone".to_owned(), Ink::Wrong),
    };
    station(pen, y, standing);
    let name = format!("broker {broker}");
    let x = WORDS + width::of(&name, 17.0, 400) + 9.0;
    pen.put(Shape::text(WORDS, y + 6.0, name.clone(), 17.0, 400).fill(Ink::Text2));
    pen.put(Shape::text(x, y + 6.0, word.clone(), 17.0, 600).fill(ink));
    let label = format!("{}, {name}, {word}", lane.id);
    pen.target(
        (WORDS - 40.0, y - 10.0, lane.cards.left - WORDS + 28.0, 20.0),
        Selected::Replica { id: lane.id.clone(), broker },
        label,
    );
    let rail = Shape::lines(&[(lane.cards.left, y), (lane.tape_end(), y)]).stroke(Ink::Edge, 2.0);
    let whole = standing == Standing::InSync;
    pen.put(if whole { rail.faint(0.6) } else { rail.dashed(2.0, 6.0) });
    let ghost = matches!(standing, Standing::Gone { .. });
    for offset in lane.window().start..lane.window().end.min(end) {
        let bar = |inset: f64| {
            let (w, h) = (lane.cards.wide - 2.0 * inset, BAR - 2.0 * inset);
            Shape::rect(lane.at(offset) + inset, y - BAR / 2.0 + inset, w, h).corner(3.5)
        };
        let hollow = |ink: Ink| bar(1.25).fill(Ink::Page).stroke(ink, 2.5);
        pen.put(match (ghost, offset < p.high_watermark()) {
            (true, _) => hollow(Ink::Ghost).dashed(3.0, 3.0),
            (false, true) => bar(0.0).fill(Ink::Safe),
            (false, false) => hollow(Ink::Open),
        });
    }
    if standing == Standing::Behind && behind > 0 && end < lane.base + lane.slots {
        let words = format!("{behind} behind");
        let x = lane.at(end.max(lane.base)) + 12.0;
        let wide = width::of(&words, 17.0, 650);
        if x + wide < lane.tape_end() {
            pen.put(Shape::rect(x - 4.0, y - 8.0, wide + 8.0, 16.0).fill(Ink::Page));
            pen.put(Shape::text(x, y + 6.0, words, 17.0, 650).fill(Ink::Open));
        }
    }
}

fn station(pen: &mut Pen, y: f64, standing: Standing) {
    match standing {
        Standing::InSync => pen.put(Shape::disc(RAIL, y, 6.5).fill(Ink::Page).stroke(Ink::Text2, 3.0)),
        Standing::Behind => pen.put(Shape::disc(RAIL - 14.0, y, 6.0).stroke(Ink::Open, 2.5).dashed(3.0, 3.0)),
        Standing::Gone { counted } => {
            if counted {
                pen.put(Shape::disc(RAIL, y, 8.5).fill(Ink::Page).stroke(Ink::Text2, 2.0).dashed(4.0, 3.0));
            }
            pen.put(Shape::cross(RAIL, y, 4.5).stroke(Ink::Wrong, 3.0).round());
        }
    }
}
