//! Whose run it is: its number, when it began, how its guard stood, and which log is shown.

use model::picture::Run;

use super::{LEFT, Place, TOP, subject::Subject};
use crate::{
    paint::{Ink, Shape, width},
    stage::{pen::Pen, words},
    words::{guards, numbers::clock, verdict},
};

const X: f64 = 32.0;

pub(super) fn draw(pen: &mut Pen, (id, run): (u64, &Run), place: Place, subject: Option<&Subject<'_>>) {
    let y = place.y;
    let name = format!("Run {id}");
    let x = X + width::of(&name, 20.0, 400) + 12.0;
    pen.put(Shape::text(X, y + 22.0, name, 20.0, 400).fill(Ink::Text2));
    pen.put(Shape::text(x, y + 22.0, clock(run.started.at), 18.0, 400).fill(Ink::Text3));
    let guard = guards::GUARDS.iter().find(|(guard, _)| *guard == run.guard).map(|(_, title)| *title);
    let side = verdict::side(run);
    let mut base = y + 66.0;
    if !side.is_empty() {
        switch(pen, (X, y + 38.0), run.guarded);
        base = y + 114.0;
    }
    let title = match (guard, side) {
        (Some(title), _) => title,
        (None, "") => run.title.as_str(),
        (None, _) => run.guard.as_str(),
    };
    for line in width::lines(title, 26.0, 650, LEFT - X - 14.0) {
        pen.put(Shape::text(X, base, line, 26.0, 650).fill(Ink::Text));
        base += 31.0;
    }
    let Some(subject) = subject else { return };
    let base = y + 216.0;
    let topic = width::cut(&subject.id.to_string(), 24.0, 650, LEFT - X - 14.0);
    pen.put(Shape::text(X, base, topic, 24.0, 650).fill(Ink::Text));
    let leader = subject.partition.leader;
    let leader = if leader.exists() { format!("leader: broker {leader}") } else { "no leader".to_owned() };
    pen.put(Shape::text(X, base + 26.0, leader, 18.0, 400).fill(Ink::Text2));
}

/// A switch as it stood.
fn switch(pen: &mut Pen, (x, y): (f64, f64), on: bool) {
    let knob = Shape::rect(x, y, 92.0, 40.0).corner(20.0);
    pen.put(if on { knob.fill(Ink::Text) } else { knob.stroke(Ink::Edge, 2.0) });
    let (disc, words, ink) = if on { (x + 71.0, x + 16.0, Ink::Page) } else { (x + 21.0, x + 40.0, Ink::Text) };
    let round = Shape::disc(disc, y + 20.0, 13.0);
    pen.put(if on { round.fill(Ink::Page) } else { round.stroke(Ink::Text2, 3.0) });
    pen.put(Shape::text(words, y + 27.0, if on { "ON" } else { "OFF" }, 20.0, 700).fill(ink));
}

/// The app's line, and how its producer names what it sends.
pub(super) fn app(pen: &mut Pen, place: Place, subject: &Subject<'_>) {
    let y = place.app();
    pen.line((LEFT, y), (place.right - 20.0, y), Ink::Edge, 3.5);
    if subject.app.is_empty() {
        return;
    }
    pen.icon(words::app_icon(&subject.app), (LEFT, place.y - 2.0), 28.0, Ink::Text);
    let name = words::app(&subject.app);
    let x = LEFT + 38.0 + width::of(&name, 24.0, 650) + 14.0;
    pen.put(Shape::text(LEFT + 38.0, place.y + 20.0, name, 24.0, 650).fill(Ink::Text));
    let numbered = match subject.sequence() {
        Some((producer, sequence)) => format!("producer {producer}, sequence {sequence}"),
        None if subject.parts.is_empty() => String::new(),
        None => "no sequence numbers".to_owned(),
    };
    pen.put(Shape::text(x, place.y + 20.0, numbered, 18.0, 400).fill(Ink::Text2));
}

/// No scene has come to a verdict.
pub(super) fn nothing(pen: &mut Pen, right: f64) {
    let words = "No scene has come to a verdict yet.";
    pen.put(Shape::text(right / 2.0, TOP + 320.0, words, 28.0, 400).fill(Ink::Text2).centred());
}

/// A run without an order, or of which nothing is kept.
pub(super) fn no_record(pen: &mut Pen, place: Place) {
    let words = "No record of an order of this run is kept.";
    pen.put(Shape::text(LEFT, place.y + 130.0, words, 22.0, 400).fill(Ink::Text2));
}
