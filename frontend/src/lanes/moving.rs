//! What is on its way in a lane: straight up or down, since a record with an offset never moves sideways.

use super::lane::Lane;
use crate::stage::{
    Hop, Leg, View, labels,
    marks::{self, Mark},
    pen::Pen,
};

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, lane: &Lane<'_>) {
    let here = |h: &&Hop| h.topic == lane.id.topic && h.partition == Some(lane.id.partition);
    let mut said = Vec::new();
    for hop in view.hops.iter().filter(here) {
        let Some((x, from, to)) = way(lane, hop) else { continue };
        if marks::is_trace(hop, view.now) {
            marks::trace(pen, hop, &[(x, from), (x, to)]);
        } else if let Some(share) = marks::share(hop, view.now) {
            let direction = (0.0, if to > from { 1.0 } else { -1.0 });
            let at = (x, from + (to - from) * share);
            marks::draw(pen, view, &Mark { hop, at, direction, flat: false });
            marks::target(pen, hop, at);
            if view.still {
                said.push((at, marks::key(view, hop)));
            }
        }
    }
    labels::draw(pen, &said);
}

/// Where a hop goes: none where the lane does not show its record.
fn way(lane: &Lane<'_>, hop: &Hop) -> Option<(f64, f64, f64)> {
    let offset = hop.offset.unwrap_or_else(|| lane.partition.log_end_offset());
    let (x, card) = (lane.middle(offset), lane.mid());
    let under = lane.card_top() + lane.card_height();
    let (from, to) = match &hop.leg {
        Leg::Produce | Leg::Again { .. } => (lane.y, card),
        Leg::Ack | Leg::Refused | Leg::Lost => (card, lane.y),
        Leg::Copy { to } => (under, lane.follower(lane.followers.iter().position(|b| b == to)?)),
        Leg::Read { group } => (under, lane.track(lane.readers.iter().position(|r| r.group_id == group)?)),
    };
    lane.shows(offset).then_some((x, from, to))
}
