//! The ways between tracks: sent, answered, taken away, refused, read. Each ends where and when it was seen to end.

use model::{
    fact::{Attempt, Sends},
    ids::{BrokerId, Micros},
};

use super::{
    Labels, Plot, Rows,
    axis::Axis,
    plot::{Again, Part},
    rows::What,
};
use crate::{
    paint::{Ink, Shape},
    stage::{Selected, pen::Pen},
    words::numbers::millis,
};

/// Where a way touches the leader's line: the upper or lower edge of its box.
const EDGE: f64 = 14.0;

pub(super) fn draw(pen: &mut Pen, labels: &mut Labels, rows: &Rows<'_>, axis: &Axis, part: &Part<'_>) {
    let Some(row) = rows.partition(part) else { return };
    let again = part.again.is_some();
    if let Some(app) = rows.app(part.app) {
        if let Some(sent) = part.sent_at() {
            let from = (axis.x(sent), app);
            let to = (axis.x(part.stored_at()), row.y - EDGE);
            way(pen, from, to, if again { Ink::Wrong } else { Ink::Open }, again);
            pen.put(Shape::disc(from.0, from.1, 7.0).fill(if again { Ink::Wrong } else { Ink::Open }));
            connection(pen, part.attempt(), (from, to));
        }
        answers(pen, labels, axis, part, (app, row.y));
    }
    for (group, at) in &part.record.history.read {
        let Some(y) = rows.group(group) else { continue };
        let down = if y > row.y { EDGE } else { -EDGE };
        let from = (axis.x(part.left_at(*at)) + 6.0, row.y + down);
        let to = (axis.x(*at).max(from.0), y - down / 2.0);
        way(pen, from, to, if again { Ink::Wrong } else { Ink::Read }, again);
    }
}

/// What came back to the app, and what did not.
fn answers(pen: &mut Pen, labels: &mut Labels, axis: &Axis, part: &Part<'_>, (app, log): (f64, f64)) {
    let attempts = part.attempt().into_iter().chain(part.recognised());
    for attempt in attempts {
        if attempt.at > part.stored_at() && Some(attempt.at) != part.sent_at() {
            sent_again(pen, labels, axis, attempt, (app, log));
        }
        if let Some(at) = attempt.lost_at {
            let from = (axis.x(left(attempt, part, at)), log - EDGE);
            let tap = (axis.x(at).max(from.0 + 4.0), app + (log - app) * 0.4);
            lost(pen, labels, from, tap, "ack lost");
            waits(pen, labels, axis, part, (at, app));
        }
    }
    if part.again == Some(Again::SameEvent)
        && let Some(sent) = part.sent_at()
    {
        let x = axis.x(sent);
        let words = Shape::text(x - 4.0, app - 14.0, "sends again", 17.0, 600).fill(Ink::Wrong);
        labels.first(pen, [words.clone().ending(), words]);
    }
    let Some(at) = part.record.history.acknowledged_at else { return };
    let last = part.attempt().into_iter().chain(part.recognised()).filter(|a| a.at <= at).last();
    let left = last.map_or(part.left_at(at), |attempt| left(attempt, part, at));
    acknowledged(pen, (axis.x(left), log - EDGE), (axis.x(at), app));
}

/// When an answer left its broker: as the tap saw it, or else when the record was last heard of.
fn left(attempt: &Attempt, part: &Part<'_>, until: Micros) -> Micros {
    attempt.answered_at.filter(|at| *at <= until).unwrap_or_else(|| part.left_at(until))
}

/// Sent once more, and recognised: nothing is stored for it.
fn sent_again(pen: &mut Pen, labels: &mut Labels, axis: &Axis, attempt: &Attempt, (app, log): (f64, f64)) {
    let from = (axis.x(attempt.at), app);
    let to = (axis.x(attempt.answered_at.unwrap_or(attempt.at)), log - EDGE);
    way(pen, from, to, Ink::Open, false);
    pen.put(Shape::disc(from.0, from.1, 7.0).fill(Ink::Open));
    let words =
        |words: &str, y: f64, ink: Ink| Shape::text(from.0 - 4.0, y, words.to_owned(), 17.0, 600).fill(ink).ending();
    labels.put(pen, words("sends again", app - 14.0, Ink::Open));
    let known = |x: f64| Shape::text(x, log - EDGE - 8.0, "recognised, not stored again", 17.0, 600).fill(Ink::Text);
    labels.first(pen, [known(from.0 - 12.0).ending(), known(to.0 + 16.0)]);
    connection(pen, Some(attempt), (from, to));
}

/// Between a lost answer and the next request the app waits.
fn waits(pen: &mut Pen, labels: &mut Labels, axis: &Axis, part: &Part<'_>, (lost_at, app): (Micros, f64)) {
    let next = part.sends.iter().flat_map(|s| &s.attempts).find(|a| a.at > lost_at);
    let Some(next) = next else { return };
    let (from, to) = (axis.x(lost_at), axis.x(next.at));
    pen.put(Shape::lines(&[(from, app), (to - 10.0, app)]).stroke(Ink::Open, 3.5).dashed(3.0, 5.0));
    let words = format!("waits for the ack, {}", millis(next.at.since(lost_at)));
    let said = |words: String| Shape::text((from + to) / 2.0, app - 14.0, words, 17.0, 600).fill(Ink::Open).centred();
    labels.first(pen, [said(words), said("waits".to_owned())]);
}

/// Sends of the order that stand on no log.
pub(super) fn unstored(pen: &mut Pen, labels: &mut Labels, rows: &Rows<'_>, axis: &Axis, plot: &Plot<'_>) {
    for sends in &plot.unstored {
        let Some(app) = rows.app(&sends.app) else { continue };
        let of_topic = |what: &What<'_>| matches!(what, What::Partition(of, _) if of.id.topic == sends.topic);
        let log = rows.find(of_topic).map_or(app + 70.0, |row| row.y - EDGE);
        not_stored(pen, labels, axis, sends, (app, log));
    }
}

fn not_stored(pen: &mut Pen, labels: &mut Labels, axis: &Axis, sends: &Sends, (app, log): (f64, f64)) {
    for attempt in &sends.attempts {
        let from = (axis.x(attempt.at), app);
        pen.put(Shape::disc(from.0, from.1, 7.0).fill(Ink::Open));
        let tap = app + (log - app) * 0.4;
        match (attempt.answered_at, attempt.lost_at) {
            (None, Some(at)) => lost(pen, labels, from, (axis.x(at) + 8.0, tap), "send lost"),
            (Some(at), _) => {
                let x = axis.x(at);
                let middle = ((from.0 + x) / 2.0, log);
                way(pen, from, middle, Ink::Open, false);
                if attempt.error.is_empty() {
                    labels.put(pen, Shape::text(middle.0 + 10.0, log + 20.0, "taken back", 17.0, 600).fill(Ink::Wrong));
                    pen.put(Shape::cross(middle.0, log + 12.0, 7.0).stroke(Ink::Wrong, 4.0).round());
                } else {
                    refused(pen, labels, middle, (x, app), &attempt.error);
                }
            }
            (None, None) => way(pen, from, (from.0 + 14.0, tap), Ink::Open, false),
        }
        connection(pen, Some(attempt), (from, (from.0, tap)));
    }
    if let (Some(sent), true) = (sends.sent_at, sends.attempts.is_empty()) {
        // Handed to the producer, and nothing passed the tap: it has nobody to send it to.
        let (x, end) = (axis.x(sent), axis.x(sends.refused_at.unwrap_or(axis.ends())));
        pen.put(Shape::disc(x, app, 7.0).fill(Ink::Open));
        pen.put(Shape::lines(&[(x + 10.0, app), (end, app)]).stroke(Ink::Open, 3.5).dashed(3.0, 5.0));
        let words = format!("{} waits in its producer", sends.event_type);
        labels.put(pen, Shape::text(x + 12.0, app - 14.0, words, 17.0, 600).fill(Ink::Open));
    }
    if let Some(at) = sends.refused_at {
        let (x, words) = (axis.x(at), format!("refused: {}", sends.error));
        pen.put(Shape::disc(x, app, 10.0).fill(Ink::Wrong));
        pen.put(Shape::cross(x, app, 4.0).stroke(Ink::OnFill, 3.0).round());
        let said = Shape::text(x, app - 16.0, words, 17.0, 600).fill(Ink::Wrong);
        labels.first(pen, [said.clone(), said.ending()]);
    }
}

fn refused(pen: &mut Pen, labels: &mut Labels, from: (f64, f64), to: (f64, f64), error: &str) {
    pen.put(Shape::lines(&[from, to]).stroke(Ink::Wrong, 3.0));
    pen.put(Shape::disc(to.0, to.1, 9.0).fill(Ink::Wrong));
    pen.put(Shape::cross(to.0, to.1, 4.0).stroke(Ink::OnFill, 3.0).round());
    labels.put(pen, Shape::text(to.0 + 14.0, to.1 + 24.0, error, 16.0, 600).fill(Ink::Wrong));
}

/// An answer that arrived, with its tick.
pub(crate) fn acknowledged(pen: &mut Pen, from: (f64, f64), to: (f64, f64)) {
    pen.put(Shape::lines(&[from, to]).stroke(Ink::Safe, 2.75));
    let (x, y) = to;
    pen.put(Shape::disc(x, y, 10.0).fill(Ink::Safe));
    let tick = [(x - 5.0, y + 0.5), (x - 1.5, y + 4.0), (x + 5.0, y - 4.0)];
    pen.put(Shape::lines(&tick).stroke(Ink::OnFill, 3.0).round());
}

/// A dashed way that ends in a cross at the tap.
fn lost(pen: &mut Pen, labels: &mut Labels, from: (f64, f64), to: (f64, f64), words: &str) {
    pen.put(Shape::lines(&[from, to]).stroke(Ink::Wrong, 3.0).dashed(4.0, 5.0));
    pen.put(Shape::cross(to.0, to.1, 9.0).stroke(Ink::Wrong, 4.5).round());
    labels.keep_free((to.0 - 10.0, to.1 - 10.0, to.0 + 10.0, to.1 + 10.0));
    let said = |x: f64, y: f64| Shape::text(x, to.1 + y, words.to_owned(), 18.0, 650).fill(Ink::Wrong);
    labels.first(pen, [said(to.0 + 18.0, 6.0), said(to.0 + 18.0, -2.0), said(to.0 - 18.0, -4.0).ending()]);
}

/// A way with an arrowhead; what happens again goes a double one.
pub(crate) fn way(pen: &mut Pen, from: (f64, f64), to: (f64, f64), ink: Ink, double: bool) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let len = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / len, dy / len);
    let ahead = |along: f64, aside: f64| (to.0 - ux * along - uy * aside, to.1 - uy * along + ux * aside);
    let line = Shape::lines(&[from, to]);
    if double {
        pen.put(line.clone().stroke(ink, 7.0));
        pen.put(Shape::lines(&[from, ahead(8.0, 0.0)]).stroke(Ink::Page, 2.5));
    } else {
        pen.put(line.stroke(ink, 2.75));
    }
    pen.put(Shape::lines(&[ahead(13.0, -6.5), to, ahead(13.0, 6.5)]).stroke(ink, 3.0).round());
}

/// The connection is where the way crosses the tap.
fn connection(pen: &mut Pen, attempt: Option<&Attempt>, (from, to): ((f64, f64), (f64, f64))) {
    let Some(attempt) = attempt.filter(|a| a.broker != BrokerId::NONE) else { return };
    let (x, y) = (from.0 + (to.0 - from.0) * 0.4, from.1 + (to.1 - from.1) * 0.4);
    let what = Selected::Connection { broker: attempt.broker, connection: attempt.connection };
    let label = format!("connection {} to broker {}", attempt.connection, attempt.broker);
    pen.target((x - 12.0, y - 12.0, 24.0, 24.0), what, label);
}
