//! The story in a hand: what happened, step under step, each with its shape and its time.

use model::{fact::OrderStatus, ids::Micros};

use super::{Plot, labels, plot::Part};
use crate::{
    paint::{Ink, Shape, bounded, width},
    stage::{View, pen::Pen},
    words::numbers::millis,
};

const X: f64 = 28.0;
const WORDS: f64 = 58.0;

/// In which shape a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Sent,
    Stored,
    Safe,
    Answered,
    Lost,
    Worked,
}

/// A step, and whether it happened once too often.
#[derive(Debug)]
struct Step {
    at: Micros,
    shown: Shown,
    words: String,
    again: bool,
}

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, plot: &Plot<'_>, key: &str) {
    let (wide, high) = view.layout.size();
    let steps = of(plot);
    if steps.is_empty() {
        let mut y = 60.0;
        for line in labels::missing(key).iter().flat_map(|line| width::lines(line, 19.0, 400, wide - 32.0)) {
            pen.put(Shape::text(16.0, y, line, 19.0, 400).fill(Ink::Text2));
            y += 26.0;
        }
        return;
    }
    // The newest, where not all have room.
    let room = ((high - 40.0) / 22.0) as usize;
    let before = steps.len().saturating_sub(room);
    let pitch = bounded((high - 40.0) / steps.len().min(room) as f64, 22.0, 42.0);
    let mut y = 26.0;
    if before > 0 {
        pen.put(Shape::text(WORDS, 16.0, format!("{before} steps before these"), 15.0, 400).fill(Ink::Text3));
        y += 10.0;
    }
    let shown = steps.get(before..).unwrap_or_default();
    let last = y + (shown.len() - 1) as f64 * pitch;
    pen.line((X, y), (X, last), Ink::Edge, 2.0);
    for step in shown {
        mark(pen, step, y);
        let time = millis(step.at.since(plot.begins()));
        let end = wide - 12.0;
        let room = end - width::of(&time, 16.0, 400) - 10.0 - WORDS;
        let ink = if step.again || step.shown == Shown::Lost { Ink::Wrong } else { Ink::Text };
        let weight = if matches!(step.shown, Shown::Safe | Shown::Answered) { 600 } else { 400 };
        let words = width::cut(&step.words, 18.0, weight, room);
        pen.put(Shape::text(WORDS, y + 6.0, words, 18.0, weight).fill(ink));
        pen.put(Shape::text(end, y + 6.0, time, 16.0, 400).fill(Ink::Text2).ending());
        y += pitch;
    }
    pen.cut();
}

/// All steps in order of time.
fn of(plot: &Plot<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut add = |at: Option<Micros>, shown: Shown, words: String, again: bool| {
        let Some(at) = at else { return };
        let place = steps.partition_point(|step| step.at <= at);
        steps.insert(place, Step { at, shown, words, again });
    };
    add(plot.pressed, Shown::Sent, "Order was pressed".to_owned(), false);
    for part in &plot.parts {
        of_part(part, &mut add);
    }
    for sends in &plot.unstored {
        add(sends.sent_at, Shown::Sent, format!("{} sent", sends.event_type), false);
        add(sends.refused_at, Shown::Lost, format!("refused: {}", sends.error), false);
        let lost = sends.attempts.iter().find_map(|attempt| attempt.lost_at);
        add(lost, Shown::Lost, format!("{} lost on its way", sends.event_type), false);
    }
    if let Some(decided) = plot.decided() {
        let word = if decided.status == OrderStatus::Cancelled { "Cancelled" } else { "Confirmed" };
        add(Some(decided.at), Shown::Answered, word.to_owned(), false);
    }
    steps
}

fn of_part(part: &Part<'_>, add: &mut impl FnMut(Option<Micros>, Shown, String, bool)) {
    let (history, again) = (&part.record.history, part.again.is_some());
    let name = if part.event_type().is_empty() { "Record" } else { part.event_type() };
    let twice = if again { " again" } else { "" };
    add(part.sent_at(), Shown::Sent, format!("{name} sent{twice}"), again);
    let stored = format!("Stored{twice}: {}, offset {}", part.id, part.offset);
    add(Some(part.stored_at()), Shown::Stored, stored, again);
    let copies = history.copied.len() + usize::from(!history.copied.contains_key(&part.partition.leader));
    let safe = if copies > 1 { format!("On {copies} brokers: safe") } else { "Committed".to_owned() };
    add(history.committed_at, Shown::Safe, safe, again);
    add(part.attempt().and_then(|a| a.lost_at), Shown::Lost, "Its ack was lost".to_owned(), false);
    let known = part.recognised().next().map(|a| a.at);
    add(known, Shown::Sent, "Sent again, and recognised".to_owned(), false);
    add(history.acknowledged_at, Shown::Answered, "Acknowledged".to_owned(), again);
    for (group, at) in &history.handled_at {
        let effect = history.handled.get(group).cloned().unwrap_or_default();
        let words = if effect.is_empty() { format!("Handled by {group}") } else { format!("{group}: {effect}") };
        add(Some(*at), Shown::Worked, words, again);
    }
}

fn mark(pen: &mut Pen, step: &Step, y: f64) {
    let ink = |ink: Ink| if step.again { Ink::Wrong } else { ink };
    let block = || Shape::rect(X - 5.0, y - 9.0, 10.0, 18.0).corner(3.0);
    match step.shown {
        Shown::Sent => pen.put(Shape::disc(X, y, 7.0).fill(ink(Ink::Open))),
        Shown::Stored => pen.put(block().fill(Ink::Page).stroke(ink(Ink::Open), 2.5)),
        Shown::Safe => pen.put(block().fill(ink(Ink::Safe))),
        Shown::Answered => {
            pen.put(Shape::disc(X, y, 9.0).fill(ink(Ink::Safe)));
            let tick = [(X - 4.5, y + 0.5), (X - 1.5, y + 3.5), (X + 4.5, y - 3.5)];
            pen.put(Shape::lines(&tick).stroke(Ink::OnFill, 2.5).round());
        }
        Shown::Lost => {
            pen.put(Shape::disc(X, y, 9.0).fill(Ink::Page));
            pen.put(Shape::cross(X, y, 6.0).stroke(Ink::Wrong, 3.5).round());
        }
        Shown::Worked => {
            pen.put(Shape::rect(X - 9.0, y - 7.0, 18.0, 14.0).corner(4.0).fill(Ink::Plate).stroke(ink(Ink::Edge), 2.0))
        }
    }
}
