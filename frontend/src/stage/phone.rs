//! The score in a hand: what the words around the tapes become where there is room for few.

use model::{ids::Micros, picture::Picture};

use super::{
    Hop, Leg, Selected, View, band,
    column::Column,
    frame,
    grid::{Grid, Topic},
    marks,
    pen::Pen,
    replica::{self, Standing},
    row::{Condition, Row},
    track, watermark, words,
};
use crate::paint::{Ink, Shape, width};

/// Nothing is written smaller.
const SMALL: f64 = 15.0;

/// Bands, tapes, watermark and tracks are the stage's own.
pub(super) fn draw(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>) {
    for row in &grid.rows {
        label(pen, view, row);
    }
    pen.cut();
    for topic in &grid.topics {
        names(pen, grid, topic);
    }
    pen.cut();
    for column in &grid.columns {
        for row in &grid.rows {
            replica::draw(pen, view, column, row);
        }
        watermark::draw(pen, grid, column);
        pen.cut();
    }
    for row in &grid.rows {
        state(pen, view, grid, row);
    }
    pen.cut();
    for topic in &grid.topics {
        track::draw(pen, view, grid, topic);
        for column in grid.of_topic(topic) {
            lag(pen, view.picture, grid, topic, column);
        }
    }
    let note = width::cut(&grid.left_out(), SMALL, 400, view.layout.right() - view.layout.left());
    let (left, base) = (view.layout.left(), grid.layout.track() + 64.0);
    grid.rest(pen, (0.0, base - 24.0, view.layout.right(), 48.0));
    pen.put(Shape::text(left, base, note, SMALL, 400).fill(Ink::Text2));
    pen.cut();
    marks::handovers(pen, view, grid);
    for hop in view.hops {
        moving(pen, view, grid, hop);
    }
}

/// Where in its column something is on its way, straight up or down; none where that is not drawn.
fn way(grid: &Grid<'_>, hop: &Hop) -> Option<(f64, f64, f64)> {
    let column = grid.column((&hop.topic, hop.partition?))?;
    let offset = hop.offset.unwrap_or_else(|| column.partition.log_end_offset());
    let top = grid.layout.rows().0 - 4.0;
    let leader = grid.row(hop.broker.unwrap_or(column.partition.leader))?.mid();
    let (from, to) = match &hop.leg {
        Leg::Produce | Leg::Again { .. } => (top, leader),
        Leg::Ack | Leg::Refused => (leader, top),
        Leg::Lost => (leader, (leader + top) / 2.0),
        Leg::Copy { to } => (leader, grid.row(*to)?.mid()),
        Leg::Read { group } => {
            let topic = grid.topic(&hop.topic)?;
            let which = topic.readers.iter().position(|r| r.group_id == group)?;
            (leader, track::Lane::of(grid.layout, topic, which).tip())
        }
    };
    Some((column.middle(offset), from, to))
}

fn moving(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>, hop: &Hop) {
    let Some((x, from, to)) = way(grid, hop) else { return };
    if marks::is_trace(hop, view.now) {
        return marks::trace(pen, hop, &[(x, from), (x, to)]);
    }
    let Some(share) = marks::share(hop, view.now) else { return };
    let (ink, y) = (marks::ink(&hop.leg), from + (to - from) * share);
    let back = if to > from { -20.0 } else { 20.0 };
    pen.put(Shape::tail((x, y), (x, y + back), 4.0, true).fill(ink));
    if hop.count > 1 {
        let words = format!("×{}", hop.count);
        let wide = width::of(&words, SMALL, 700) + 12.0;
        pen.put(Shape::rect(x - wide / 2.0, y - 10.0, wide, 20.0).corner(10.0).fill(ink));
        return pen.put(Shape::text(x, y + 5.5, words, SMALL, 700).fill(Ink::OnFill).centred());
    }
    match hop.leg {
        Leg::Read { .. } => pen.put(Shape::polygon(&[(x - 6.0, y - 5.0), (x + 6.0, y - 5.0), (x, y + 6.0)]).fill(ink)),
        Leg::Refused | Leg::Lost => pen.put(Shape::cross(x, y, 5.0).stroke(ink, 3.0).round()),
        Leg::Ack => {
            pen.put(Shape::disc(x, y, 7.0).fill(ink));
            let tick = [(x - 3.5, y + 0.5), (x - 1.0, y + 3.0), (x + 3.5, y - 2.5)];
            pen.put(Shape::lines(&tick).stroke(Ink::OnFill, 2.0).round());
        }
        _ => pen.put(Shape::disc(x, y, 5.5).fill(ink)),
    }
}

fn label(pen: &mut Pen, view: &View<'_>, row: &Row) {
    let (left, first) = (view.layout.left(), view.layout.first());
    pen.target((left, row.y, first - left, row.h), Selected::Broker(row.broker), band::label(view, row));
    band::ground(pen, view, row, (left, row.y, view.layout.right() - left, row.h));
    let id = row.broker.to_string();
    let size = width::size_for(&id, 36.0_f64.min(row.h * 0.6), 700, first - left - 18.0);
    let (x, base) = (left + 10.0, row.mid() + size * 0.36);
    let gone = row.condition == Condition::Gone;
    pen.put(Shape::text(x, base, id.clone(), size, 700).fill(if gone { Ink::Text3 } else { Ink::Text }));
    if gone {
        let strike = [(x - 4.0, base + 2.0), (x + width::of(&id, size, 700) + 4.0, base - size * 0.76)];
        pen.put(Shape::lines(&strike).stroke(Ink::Wrong, 4.5).round());
    }
}

/// A topic's name over its columns, each with its number.
fn names(pen: &mut Pen, grid: &Grid<'_>, topic: &Topic<'_>) {
    let top = grid.layout.rows().0;
    let room = topic.w - 8.0;
    let size = width::size_for(topic.name, 17.0, 650, room);
    let name = width::cut(topic.name, size, 650, room);
    pen.put(Shape::text(topic.x + 3.0, top - 30.0, name, size, 650).fill(Ink::Text));
    for column in grid.of_topic(topic) {
        let number = column.id.partition.to_string();
        pen.put(Shape::text(column.tape(), top - 11.0, number, 16.0, 600).fill(Ink::Text2));
        let place = (column.x, top - 44.0, column.w - 2.0, 40.0);
        pen.target(place, Selected::Partition(column.id.clone()), frame::label(column));
    }
}

/// What is to be said of a broker that is not simply up, over whatever else its band holds.
fn state(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>, row: &Row) {
    let ground = match row.condition {
        Condition::Gone | Condition::Fenced | Condition::Starting => Ink::Page,
        _ => Ink::Band,
    };
    let mut say = |x: f64, y: f64, words: String, ink: Ink, ends: bool| {
        let text = Shape::text(x, y, words, SMALL, 600).fill(ink);
        let text = if ends { text.ending() } else { text };
        let (x0, y0, x1, y1) = text.bounds();
        pen.put(Shape::rect(x0, y0 + 1.0, x1 - x0, y1 - y0 - 2.0).corner(3.0).fill(ground));
        pen.put(text);
    };
    if row.condition == Condition::Up {
        if let Some(age) = band::stale(view) {
            say(view.layout.right() - 9.0, row.bottom() - 8.0, format!("{age} old"), Ink::Open, true);
        }
    } else {
        let note = band::note(view, row);
        let comma = if note.starts_with("for ") { "" } else { "," };
        let words = format!("{}{comma} {note}", band::word(row.condition));
        say(view.layout.right() - 9.0, row.bottom() - 8.0, words, band::glyph(row.condition).1, true);
    }
    // Without a leader: since when, or for how long until another was named.
    let unled = |column: &Column<'_>| match Standing::of(column, row)? {
        Standing::LeaderGone | Standing::LedBefore => column.partition.unled_since().map(|since| (since, view.now)),
        Standing::HandedOver => column.handover?.unled,
        _ => None,
    };
    let longest = grid.columns.iter().filter_map(unled).max_by_key(|(from, to): &(Micros, Micros)| to.since(*from));
    if let Some((from, to)) = longest {
        let words = format!("no leader for {}", words::span(from, to));
        say(view.layout.first() + 2.0, row.y + 17.0, words, Ink::Open, false);
    }
}

fn lag(pen: &mut Pen, picture: &Picture, grid: &Grid<'_>, topic: &Topic<'_>, column: &Column<'_>) {
    let Some(reader) = topic.readers.first() else { return };
    let lag = picture.lag(reader.group, column.id);
    let choices = [format!("lag {lag}"), lag.to_string()];
    let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
    let words = width::choose(&choices, 16.0, 650, column.w - 6.0).into_owned();
    pen.put(Shape::text(column.tape(), grid.layout.track() + 43.0, words, 16.0, 650).fill(Ink::Read));
}
