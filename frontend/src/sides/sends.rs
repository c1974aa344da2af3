//! What went between the app and the log: each request of the run's event, its answer, and what was taken away.

use model::fact::Attempt;

use super::{Place, subject::Subject};
use crate::{
    lanes::lane::Lane,
    paint::{Ink, Shape, width},
    stage::pen::Pen,
    story::{Again, legs},
    words::numbers::fine_seconds,
};

/// Where over a card a request leaves, where it comes down, where its answer goes up, and where that arrives.
const LEAVES: f64 = -54.0;
const COMES: f64 = -24.0;
const GOES: f64 = 26.0;
const ARRIVES: f64 = 50.0;

pub(super) fn draw(pen: &mut Pen, place: Place, lane: &Lane<'_>, subject: &Subject<'_>) {
    let attempts = subject.attempts();
    if attempts.is_empty() {
        return told(pen, place, lane, subject);
    }
    let (_, last) = subject.offsets();
    let mut behind = last + 1;
    let mut words_end = f64::MIN;
    for (n, (event_id, attempt)) in attempts.iter().enumerate() {
        let stored = subject.stored_by(attempt);
        let offset = stored.unwrap_or(behind);
        if stored.is_none() {
            behind += 1;
        }
        let way = Way { x: lane.middle(offset), app: place.app(), log: lane.card_top() - 14.0, stretch: stretch(lane) };
        if way.x + 60.0 > place.right {
            break;
        }
        let before = attempts.get(n.wrapping_sub(1));
        let later = before.map(|(of, before)| (of == event_id, attempt.at.since(before.at)));
        words_end = sent(pen, way, later, words_end);
        match stored {
            Some(_) => {
                legs::way(pen, (way.leaves(), way.app), (way.at(COMES), way.log), Ink::Open, false);
                answer(pen, way, attempt, way.log);
            }
            None if subject.recognised().is_some_and(|known| known.at == attempt.at) => {
                recognised(pen, lane, way, offset);
                answer(pen, way, attempt, way.log - 6.0);
            }
            None => not_stored(pen, way, attempt),
        }
        pen.put(Shape::disc(way.leaves(), way.app, 9.0).fill(Ink::Open));
    }
}

/// One request over its card.
#[derive(Clone, Copy)]
struct Way {
    x: f64,
    app: f64,
    log: f64,
    stretch: f64,
}

impl Way {
    fn at(self, aside: f64) -> f64 {
        self.x + aside * self.stretch
    }

    fn leaves(self) -> f64 {
        self.at(LEAVES)
    }
}

/// Narrow cards have narrow ways.
fn stretch(lane: &Lane<'_>) -> f64 {
    (lane.cards.wide / 157.0).min(1.0)
}

/// What is said where a request leaves, with whether it is the same event as before and how much later; gives back where
/// its words end.
fn sent(pen: &mut Pen, way: Way, later: Option<(bool, u64)>, free: f64) -> f64 {
    let (long, short) = match later {
        None => ("sent".to_owned(), "sent"),
        Some((true, micros)) => (format!("sent again, {} later", fine_seconds(micros)), "again"),
        Some((false, micros)) => (format!("another sent, {} later", fine_seconds(micros)), "another"),
    };
    let x = (way.leaves() - 24.0).max(free + 10.0);
    let words = width::choose(&[long.as_str(), short], 20.0, 400, way.at(130.0) - x).into_owned();
    let end = x + width::of(&words, 20.0, 400);
    pen.put(Shape::text(x, way.app - 16.0, words, 20.0, 400).fill(Ink::Text2));
    end
}

/// What came back, or did not.
fn answer(pen: &mut Pen, way: Way, attempt: &Attempt, from: f64) {
    if attempt.lost_at.is_some() {
        return lost(pen, (way.at(GOES), from), (way.at(GOES + 12.0), way.app + 42.0), "ack lost");
    }
    if attempt.answered_at.is_none() {
        return;
    }
    let to = (way.at(ARRIVES), way.app + 2.0);
    legs::acknowledged(pen, (way.at(GOES), from), to);
    pen.put(Shape::text(to.0 + 18.0, to.1 + 28.0, "ack", 18.0, 400).fill(Ink::Text2));
}

fn lost(pen: &mut Pen, from: (f64, f64), to: (f64, f64), words: &str) {
    pen.put(Shape::lines(&[from, to]).stroke(Ink::Wrong, 3.0).dashed(4.0, 5.0));
    pen.put(Shape::cross(to.0, to.1, 10.0).stroke(Ink::Wrong, 4.5).round());
    pen.put(Shape::text(to.0, to.1 - 16.0, words, 19.0, 650).fill(Ink::Wrong).centred());
}

/// The broker has it already: it answers, and nothing is stored.
fn recognised(pen: &mut Pen, lane: &Lane<'_>, way: Way, offset: i64) {
    let bar = way.log - 4.0;
    pen.put(Shape::lines(&[(way.leaves(), way.app), (way.at(0.0), bar - 4.0)]).stroke(Ink::Open, 2.75));
    pen.put(Shape::lines(&[(way.at(-48.0), bar), (way.at(48.0), bar)]).stroke(Ink::Text, 5.0));
    let (x, y) = (lane.middle(offset), lane.mid());
    let size = if lane.cards.wide > 130.0 { 19.0 } else { 15.0 };
    if !lane.shows(offset) {
        let place = Shape::rect(lane.at(offset), lane.card_top(), lane.cards.wide, lane.card_height());
        pen.put(place.corner(8.0).stroke(Ink::Edge, 2.0).dashed(4.0, 4.0));
    }
    pen.put(Shape::text(x, y - 4.0, "recognised:", size, 650).fill(Ink::Text).centred());
    pen.put(Shape::text(x, y + 20.0, "not stored", size, 650).fill(Ink::Text).centred());
}

/// Nothing stands on the log for it: taken on its way, refused, or not answered.
fn not_stored(pen: &mut Pen, way: Way, attempt: &Attempt) {
    let from = (way.leaves(), way.app);
    match (attempt.answered_at, attempt.lost_at) {
        (None, Some(_)) => lost(pen, from, (way.at(COMES), way.app + 52.0), "send lost"),
        (Some(_), _) if !attempt.error.is_empty() => {
            legs::way(pen, from, (way.at(0.0), way.log), Ink::Open, false);
            let to = (way.at(ARRIVES), way.app);
            pen.put(Shape::lines(&[(way.at(0.0), way.log), to]).stroke(Ink::Wrong, 3.0));
            pen.put(Shape::disc(to.0, to.1, 11.0).fill(Ink::Wrong));
            pen.put(Shape::cross(to.0, to.1, 5.0).stroke(Ink::OnFill, 3.0).round());
            let words = Shape::text(way.x, way.log + 32.0, attempt.error.clone(), 17.0, 650).fill(Ink::Wrong);
            pen.put(words.centred());
        }
        _ => legs::way(pen, from, (way.at(COMES), way.log), Ink::Open, false),
    }
}

/// Where nobody watches the wire there is what the app told.
fn told(pen: &mut Pen, place: Place, lane: &Lane<'_>, subject: &Subject<'_>) {
    let mut free = f64::MIN;
    for part in &subject.parts {
        let history = &part.record.history;
        let way =
            Way { x: lane.middle(part.offset), app: place.app(), log: lane.card_top() - 14.0, stretch: stretch(lane) };
        if history.sent_at.is_some() && part.again != Some(Again::SameEvent) {
            free = sent(pen, way, None, free);
            legs::way(pen, (way.leaves(), way.app), (way.at(COMES), way.log), Ink::Open, false);
            pen.put(Shape::disc(way.leaves(), way.app, 9.0).fill(Ink::Open));
        }
        if history.acknowledged_at.is_some() {
            let to = (way.at(ARRIVES), way.app + 2.0);
            legs::acknowledged(pen, (way.at(GOES), way.log), to);
            pen.put(Shape::text(to.0 + 18.0, to.1 + 28.0, "ack", 18.0, 400).fill(Ink::Text2));
        }
    }
}
