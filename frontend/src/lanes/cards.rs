//! The cards of a lane: one a record, with key, kind and offset, in the shape of what is known of it.

use model::{
    fact::{Appended, Control},
    picture::Record,
};

use super::{
    lane::Lane,
    spans::{self, Span},
};
use crate::{
    paint::{Ink, Shape, width},
    stage::{Selected, View, pen::Pen},
};

/// How long a record that was taken back is remembered (design §5).
const LOST_MICROS: u64 = 10_000_000;

/// How a record's card looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Safe,
    Open,
    InTransaction,
    Aborted,
    Twice,
    Ghost,
    Unknown,
}

pub(crate) fn draw(pen: &mut Pen, view: &View<'_>, lane: &Lane<'_>) {
    let mid = lane.mid();
    pen.put(Shape::lines(&[(lane.cards.left, mid), (lane.tape_end(), mid)]).stroke(Ink::Edge, 2.0).faint(0.75));
    let spans = spans::of(lane.partition);
    let ghost = lane.partition.leader.exists() && !view.picture.leader_reachable(lane.partition);
    for offset in lane.window() {
        let record = lane.partition.records.get(&offset);
        let span = spans::at(&spans, lane.partition, offset);
        card(pen, lane, offset, record, span, ghost);
        number(pen, lane, offset, Ink::Text2);
    }
    let end = lane.partition.log_end_offset();
    if lane.shows(end) {
        let place = outline(lane, end, 1.0).stroke(Ink::Edge, 2.0).dashed(4.0, 4.0);
        pen.put(Shape::rect(lane.at(end) - 2.0, mid - 4.0, lane.cards.wide + 4.0, 8.0).fill(Ink::Page));
        pen.put(place);
        number(pen, lane, end, Ink::Text3);
    }
    lost(pen, view, lane);
}

fn outline(lane: &Lane<'_>, offset: i64, inset: f64) -> Shape {
    let (w, h) = (lane.cards.wide - 2.0 * inset, lane.card_height() - 2.0 * inset);
    Shape::rect(lane.at(offset) + inset, lane.card_top() + inset, w, h).corner(8.0)
}

fn number(pen: &mut Pen, lane: &Lane<'_>, offset: i64, ink: Ink) {
    let size = 17.0 * (1.0 + lane.cards.scale) / 2.0;
    pen.put(Shape::text(lane.middle(offset), lane.offsets(), offset.to_string(), size, 400).fill(ink).centred());
}

fn look(lane: &Lane<'_>, offset: i64, record: Option<&Record>, span: Option<Span>, ghost: bool) -> Look {
    let safe = offset < lane.partition.high_watermark();
    match (record.and_then(|r| r.appended.as_ref()), span) {
        (None, _) => Look::Unknown,
        _ if ghost => Look::Ghost,
        (Some(_), _) if twin(lane, offset).is_some_and(|first| first < offset) => Look::Twice,
        (Some(_), Some(Span { ended: Some(Control::Abort), .. })) => Look::Aborted,
        (Some(_), Some(Span { ended: None, .. })) => Look::InTransaction,
        _ if safe => Look::Safe,
        _ => Look::Open,
    }
}

/// The other offset that holds the same event.
pub(crate) fn twin(lane: &Lane<'_>, offset: i64) -> Option<i64> {
    let id = |r: &Record| r.appended.as_ref().and_then(|a| a.header("event-id")).map(str::to_owned);
    let own = id(lane.partition.records.get(&offset)?)?;
    let same = |(at, r): &(&i64, &Record)| **at != offset && id(r).is_some_and(|other| other == own);
    lane.partition.records.iter().rev().find(same).map(|(at, _)| *at)
}

fn card(pen: &mut Pen, lane: &Lane<'_>, offset: i64, record: Option<&Record>, span: Option<Span>, ghost: bool) {
    let appended = record.and_then(|r| r.appended.as_deref());
    let acknowledged = record.is_some_and(|r| r.history.acknowledged_at.is_some());
    let look = look(lane, offset, record, span, ghost);
    let (x, top, h) = (lane.at(offset), lane.card_top(), lane.card_height());
    let what = Selected::Record { id: lane.id.clone(), offset };
    let label = label(lane, offset, appended, look, acknowledged);
    pen.target((x - 2.0, top - 10.0, lane.cards.wide + 4.0, h + 14.0), what, label);
    if let Some(control) = appended.and_then(|a| a.control) {
        return marker(pen, lane, offset, control);
    }
    // Takes the rail away behind what is hollow.
    pen.put(Shape::rect(x - 2.0, lane.mid() - 4.0, lane.cards.wide + 4.0, 8.0).fill(Ink::Page));
    let hollow = |ink: Ink, width: f64| outline(lane, offset, width / 2.0).stroke(ink, width);
    let ink = match look {
        Look::Safe => {
            pen.put(outline(lane, offset, 0.0).fill(Ink::Safe));
            Ink::OnFill
        }
        Look::Twice => {
            pen.put(outline(lane, offset, 0.0).fill(Ink::Wrong));
            pen.put(outline(lane, offset, 4.0).stroke(Ink::OnFill, 1.5));
            Ink::OnFill
        }
        Look::Open => {
            pen.put(hollow(Ink::Open, 3.0));
            Ink::Text
        }
        Look::InTransaction => {
            pen.put(hollow(Ink::Tx, 3.0));
            Ink::Text
        }
        Look::Aborted => {
            pen.put(hollow(Ink::Text3, 2.0).dashed(4.0, 3.0));
            Ink::Text3
        }
        Look::Ghost => {
            pen.put(hollow(Ink::Ghost, 2.0).dashed(3.0, 3.0));
            Ink::Text2
        }
        Look::Unknown => {
            pen.put(hollow(Ink::Edge, 2.0));
            pen.put(
                Shape::text(lane.middle(offset), lane.mid() + 6.0, "not kept", 16.0, 400).fill(Ink::Text3).centred(),
            );
            return;
        }
    };
    words(pen, lane, offset, appended, ink);
    if look == Look::Aborted {
        let struck = [(x + 8.0, top + h - 10.0), (x + lane.cards.wide - 8.0, top + 10.0)];
        pen.put(Shape::lines(&struck).stroke(Ink::Wrong, 3.0).round());
    }
    if twin(lane, offset).is_some() {
        pen.put(outline(lane, offset, -2.5).stroke(Ink::Wrong, 2.5));
    }
    if acknowledged {
        pen.put(Shape::rect(x, top - 9.0, lane.cards.wide, 4.0).corner(1.5).fill(Ink::Safe));
    }
}

/// Key and kind.
fn words(pen: &mut Pen, lane: &Lane<'_>, offset: i64, appended: Option<&Appended>, ink: Ink) {
    let Some(appended) = appended else { return };
    let (x, mid) = (lane.middle(offset), lane.mid());
    let key = appended.key.as_deref().unwrap_or("no key");
    let kind = kind(appended);
    let scale = lane.cards.scale;
    let up = if kind.is_empty() { 7.0 } else { -4.0 };
    let size = width::size_for(key, 20.0 * scale, 650, lane.cards.wide - 10.0);
    let key = width::cut(key, size, 650, lane.cards.wide - 10.0);
    pen.put(Shape::text(x, mid + up, key, size, 650).fill(ink).centred());
    let small = 16.0 * (1.0 + scale) / 2.0;
    let kind = width::cut(&kind, small, 400, lane.cards.wide - 8.0);
    pen.put(Shape::text(x, mid + 4.0 + 14.0 * scale, kind, small, 400).fill(ink).centred());
}

/// The last word of an event's type, small: OrderPlaced is placed.
pub(crate) fn kind(appended: &Appended) -> String {
    let name = appended.header("type").or_else(|| appended.header("event-type")).unwrap_or_default();
    let from = name.rfind(|c: char| c.is_ascii_uppercase()).unwrap_or_default();
    name.get(from..).unwrap_or_default().to_ascii_lowercase()
}

/// A transaction's end takes one offset (KIP-98).
fn marker(pen: &mut Pen, lane: &Lane<'_>, offset: i64, control: Control) {
    let (x, y) = (lane.middle(offset), lane.mid() - 9.0);
    let diamond = Shape::diamond(x, y, 23.0);
    let (word, ink) = match control {
        Control::Commit => {
            pen.put(diamond.fill(Ink::Tx));
            let tick = [(x - 8.0, y + 0.5), (x - 2.5, y + 6.0), (x + 8.0, y - 6.0)];
            pen.put(Shape::lines(&tick).stroke(Ink::OnFill, 4.0).round());
            ("commit", Ink::Tx)
        }
        Control::Abort => {
            pen.put(diamond.fill(Ink::Page).stroke(Ink::Wrong, 3.0));
            pen.put(Shape::cross(x, y, 6.0).stroke(Ink::Wrong, 3.5).round());
            ("abort", Ink::Wrong)
        }
    };
    pen.put(Shape::text(x, lane.card_top() + lane.card_height(), word, 17.0, 600).fill(ink).centred());
}

/// What was taken back where no other record stands yet.
fn lost(pen: &mut Pen, view: &View<'_>, lane: &Lane<'_>) {
    let end = lane.partition.log_end_offset();
    for lost in lane.partition.lost.iter().filter(|l| view.now.since(l.at) < LOST_MICROS) {
        if lost.offset < end || !lane.shows(lost.offset) {
            continue;
        }
        pen.put(outline(lane, lost.offset, 1.5).fill(Ink::Page).stroke(Ink::Wrong, 3.0).dashed(5.0, 4.0));
        pen.put(Shape::cross(lane.middle(lost.offset), lane.mid() - 10.0, 8.0).stroke(Ink::Wrong, 4.0).round());
        let word = if lost.acknowledged { "lost" } else { "taken back" };
        let (x, y) = (lane.middle(lost.offset), lane.mid() + 22.0);
        pen.put(Shape::text(x, y, word, 16.0, 600).fill(Ink::Wrong).centred());
        if lost.offset != end {
            number(pen, lane, lost.offset, Ink::Wrong);
        }
    }
}

fn label(lane: &Lane<'_>, offset: i64, appended: Option<&Appended>, look: Look, acknowledged: bool) -> String {
    let key = appended.and_then(|a| a.key.as_deref()).map(|key| format!(", {key}")).unwrap_or_default();
    let state = match (appended.and_then(|a| a.control), look) {
        (Some(Control::Commit), _) => "commit marker",
        (Some(Control::Abort), _) => "abort marker",
        (None, Look::Safe) => "committed",
        (None, Look::Open) => "stored, not safe yet",
        (None, Look::InTransaction) => "in an open transaction",
        (None, Look::Aborted) => "aborted",
        (None, Look::Twice) => "same bytes, two offsets",
        (None, Look::Ghost) => "its leader does not answer",
        (None, Look::Unknown) => "not kept",
    };
    let twin = twin(lane, offset).map(|first| format!(", the same event as {first}")).unwrap_or_default();
    let acknowledged = if acknowledged { ", acknowledged" } else { "" };
    format!("{}, offset {offset}{key}, {state}{twin}{acknowledged}", lane.id)
}
