//! What is done on the tracks of apps and customer: work on a record, an offset committed, a press, and what came of it.

use model::fact::OrderStatus;

use super::{
    Labels, Plot, Rows,
    axis::Axis,
    legs,
    plot::{Again, Part},
    rows::What,
};
use crate::{
    paint::{Ink, Shape, width},
    stage::pen::Pen,
    words::numbers::millis,
};

const H: f64 = 24.0;

pub(super) fn draw(pen: &mut Pen, labels: &mut Labels, rows: &Rows<'_>, axis: &Axis, part: &Part<'_>) {
    let history = &part.record.history;
    for (group, read) in &history.read {
        let Some(y) = rows.group(group) else { continue };
        // An app is called as its group is.
        if let (Some(done), Some(effect)) = (history.handled_at.get(group), history.handled.get(group)) {
            let (from, to) = (axis.x(*read), axis.x(*done));
            worked(pen, labels, (from, to.max(from + 8.0), y), effect, part);
        }
    }
    for (group, at) in &history.passed {
        let Some(y) = rows.group(group) else { continue };
        let (x, top) = (axis.x(*at), y + 6.0);
        pen.put(Shape::polygon(&[(x, top), (x + 8.0, top + 15.0), (x - 8.0, top + 15.0)]).fill(Ink::Read));
        let words = Shape::text(x + 14.0, y + 20.0, "offset committed", 16.0, 400).fill(Ink::Read);
        labels.put(pen, words);
    }
}

/// A box as long as the work took, its words in it, or beside it where it is too short.
fn worked(pen: &mut Pen, labels: &mut Labels, (from, to, y): (f64, f64, f64), effect: &str, part: &Part<'_>) {
    let again = part.again.is_some();
    let (rim, ink) = if again { (Ink::Wrong, Ink::Wrong) } else { (Ink::Edge, Ink::Text) };
    let fill = if again { Ink::Page } else { Ink::Plate };
    pen.put(Shape::rect(from, y - H / 2.0, to - from, H).corner(5.0).fill(fill).stroke(rim, 2.5));
    let key = part.record.appended.as_ref().and_then(|a| a.key.as_deref()).unwrap_or_default();
    let effect = effect.replace(&format!(" for {key}"), "");
    let wide = width::of(&effect, 16.0, 600);
    let inside = Shape::text(from + 8.0, y + 6.0, effect.clone(), 16.0, 600).fill(ink);
    let over = Shape::text(to + 8.0, y - H / 2.0 - 5.0, effect.clone(), 16.0, 600).fill(ink);
    let before = Shape::text(from - 12.0, y - H / 2.0 - 5.0, effect.clone(), 16.0, 600).fill(ink).ending();
    let under = Shape::text(from - 12.0, y + H / 2.0 + 12.0, effect, 16.0, 600).fill(ink).ending();
    if wide + 16.0 > to - from || !labels.put(pen, inside) {
        labels.first(pen, [over, before, under]);
    }
}

/// The customer presses, and is told what came of it.
pub(super) fn customer(pen: &mut Pen, labels: &mut Labels, rows: &Rows<'_>, axis: &Axis, plot: &Plot<'_>) {
    let Some(row) = rows.find(|what| matches!(what, What::Customer(_))) else { return };
    let unstored = plot.unstored.first().map(|s| s.app.as_str());
    let writer = plot.parts.iter().find(|p| p.again.is_none()).map(|p| p.app).or(unstored);
    let app = writer.and_then(|app| rows.app(app));
    if let (Some(pressed), Some(placed), Some(app)) = (plot.pressed, plot.placed_at(), app) {
        let from = (axis.x(pressed), row.y);
        legs::way(pen, from, (axis.x(placed).max(from.0 + 2.0), app - 8.0), Ink::Open, false);
        pen.put(Shape::disc(from.0, from.1, 7.0).fill(Ink::Open));
        labels.put(pen, Shape::text(from.0 - 6.0, row.y - 14.0, "presses Order", 18.0, 600).fill(Ink::Text));
    }
    if let (Some(decided), Some(app)) = (plot.decided(), app) {
        let (word, ink) = match decided.status {
            OrderStatus::Cancelled => ("cancelled", Ink::Wrong),
            _ => ("confirmed", Ink::Safe),
        };
        let x = axis.x(decided.at);
        legs::way(pen, (x, app), (x, row.y + 8.0), ink, false);
        let words = format!("{word} after {}", millis(axis.since(decided.at)));
        let said = Shape::text(x + 6.0, row.y - 14.0, words, 18.0, 600).fill(Ink::Text);
        labels.first(pen, [said.clone(), said.ending()]);
    }
    let twice = plot.parts.iter().filter(|p| p.again == Some(Again::SameEvent)).count();
    if twice > 0 && plot.decided().is_none() {
        let words = Shape::text(320.0, row.y - 14.0, "not decided yet", 17.0, 400).fill(Ink::Text3);
        labels.put(pen, words);
    }
}
