//! Who reads a lane: each group's committed offset, its position and its lag, on the axis of offsets.

use super::{
    lane::{LEFT, Lane},
    spans,
};
use crate::{
    paint::{Ink, Shape, width},
    stage::{Selected, View, pen::Pen, readers::Reader},
};

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, lane: &Lane<'_>) {
    for (which, reader) in lane.readers.iter().enumerate() {
        track(pen, view, lane, reader, lane.track(which));
    }
    if lane.more_readers > 0 {
        let words = format!("+{} groups", lane.more_readers);
        let words = if lane.more_readers == 1 { "+1 group".to_owned() } else { words };
        pen.put(Shape::text(lane.tape_end() + 14.0, lane.offsets(), words, 17.0, 400).fill(Ink::Text2));
    }
}

fn track(pen: &mut Pen, view: &View<'_>, lane: &Lane<'_>, reader: &Reader<'_>, y: f64) {
    let group = reader.group;
    let assigned = |m: &&model::fact::Member| {
        m.assignment.iter().any(|a| a.topic == lane.id.topic && a.partition == lane.id.partition)
    };
    let member = group.members.iter().find(assigned);
    let name = width::cut(reader.group_id, 19.0, 650, 120.0);
    let x = LEFT + width::of(&name, 19.0, 650) + 9.0;
    pen.put(Shape::text(LEFT, y + 7.0, name, 19.0, 650).fill(Ink::Text));
    let who = member.map_or("no member", |m| m.client_id.as_str());
    let room = lane.cards.left - 12.0 - x;
    pen.put(Shape::text(x, y + 7.0, width::cut(who, 16.0, 400, room), 16.0, 400).fill(Ink::Text2));
    if let Some(member) = member {
        let what = Selected::Member { group: reader.group_id.to_owned(), member_id: member.member_id.clone() };
        let label = format!("group {}, {} reads {}", reader.group_id, member.client_id, lane.id);
        pen.target((LEFT, y - 12.0, lane.cards.left - LEFT - 12.0, 28.0), what, label);
    }
    pen.put(Shape::lines(&[(lane.cards.left, y), (lane.tape_end(), y)]).stroke(Ink::Edge, 2.0).faint(0.75));

    let start = lane.partition.offsets.as_ref().map_or(0, |o| o.log_start_offset);
    let committed = group.offsets.get(lane.id).map(|o| o.committed);
    let position = group.positions.get(lane.id).map(|p| p.offset);
    let (lag, watermark) = (view.picture.lag(group, lane.id), lane.partition.high_watermark());
    if lag > 0 && (committed.is_some() || position.is_some()) {
        let from = lane.before(committed.filter(|c| *c >= 0).unwrap_or(start));
        let bar = Shape::rect(from, y - 7.0, lane.before(watermark) - from, 13.0);
        pen.put(bar.tint(Ink::Read, 0.28).stroke(Ink::Read, 2.0));
    }
    held(pen, lane, position, y);
    if let Some(position) = position.filter(|p| committed != Some(*p)) {
        caret(pen, lane, position, y, false);
    }
    if let Some(committed) = committed.filter(|c| *c >= 0) {
        caret(pen, lane, committed, y, true);
    }
    let words = format!("lag {lag}");
    pen.put(Shape::text(lane.tape_end() + 14.0, y + 8.0, words, 23.0, 650).fill(Ink::Read));
}

/// A reader of committed records stands at the last stable offset until the transaction before it ends (KIP-98).
fn held(pen: &mut Pen, lane: &Lane<'_>, position: Option<i64>, y: f64) {
    let Some(offsets) = &lane.partition.offsets else { return };
    let (stable, watermark) = (offsets.last_stable_offset, offsets.high_watermark);
    let open = spans::of(lane.partition).into_iter().find(|s| s.ended.is_none() && s.first >= stable);
    let Some(span) = open.filter(|_| stable < watermark && position == Some(stable)) else { return };
    let words = format!("{} held by tx {}", watermark - stable, span.producer_id);
    let wide = width::of(&words, 17.0, 600);
    // Where the window ends the words stand before the line.
    let x = lane.before(stable) + 18.0;
    let x = if x + wide < lane.tape_end() { x } else { lane.before(stable) - 18.0 - wide };
    pen.put(Shape::rect(x - 5.0, y - 11.0, wide + 10.0, 22.0).fill(Ink::Page));
    pen.put(Shape::text(x, y + 6.0, words, 17.0, 600).fill(Ink::Tx));
}

/// A caret points up at the offset to be read next; at the window's edge it points out of it.
fn caret(pen: &mut Pen, lane: &Lane<'_>, offset: i64, y: f64, committed: bool) {
    let x = lane.before(offset);
    let outside = offset < lane.base;
    let points = if outside {
        [(x - 4.0, y + 9.0), (x + 12.0, y + 2.0), (x + 12.0, y + 16.0)]
    } else {
        [(x, y + 1.0), (x + 8.0, y + 16.0), (x - 8.0, y + 16.0)]
    };
    let caret = Shape::polygon(&points);
    pen.put(if committed { caret.fill(Ink::Read) } else { caret.fill(Ink::Page).stroke(Ink::Read, 2.5).round() });
    if outside && committed {
        pen.put(Shape::text(x + 17.0, y + 15.0, offset.to_string(), 15.0, 600).fill(Ink::Read));
    }
}
