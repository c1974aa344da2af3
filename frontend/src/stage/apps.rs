//! The apps' row: each app's name over the topic it writes, with what waits there, and the customers.

use model::{
    fact::ProcessState,
    ids::Micros,
    ordered::each_once,
    picture::{App, Picture},
};

use super::{
    Leg, Selected, View,
    column::Column,
    grid::{CAP_Y, FIRST, Grid, LEFT, Topic},
    hit,
    pen::Pen,
    words,
};
use crate::paint::{Ink, Shape, icon::Icon, width};

mod lines;

/// A send without an answer is normal for a moment; after this it is said to wait.
const PATIENCE_MICROS: u64 = 700_000;

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>) {
    lines::draw(pen, view.picture, grid);
    let mut customers = true;
    for topic in &grid.topics {
        match writer(view.picture, topic.name) {
            Some(app) => {
                if std::mem::take(&mut customers) {
                    self::customers(pen);
                }
                label(pen, view, grid, topic, app);
            }
            None => unwatched(pen, grid, topic),
        }
    }
}

/// The app that writes a topic.
pub(super) fn writer<'a>(picture: &'a Picture, topic: &str) -> Option<&'a str> {
    picture.apps.iter().find(|(_, a)| a.writes == topic).map(|((name, _), _)| name.as_str())
}

/// Where the line over a topic begins: the first one takes what customers send.
pub(super) fn cap_start(topic: &Topic<'_>) -> f64 {
    if topic.x <= FIRST { topic.x - 24.0 } else { topic.x + 4.0 }
}

fn customers(pen: &mut Pen) {
    pen.icon(Icon::Person, (LEFT + 4.0, CAP_Y - 34.0), 26.0, Ink::Text);
    pen.put(Shape::text(LEFT + 4.0, CAP_Y + 10.0, "customers", 18.0, 400).fill(Ink::Text2));
    pen.line((LEFT + 108.0, CAP_Y), (FIRST - 24.0, CAP_Y), Ink::Edge, 3.0);
}

fn label(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>, topic: &Topic<'_>, app: &str) {
    let (x, base) = (topic.x + 42.0, CAP_Y - 18.0);
    let name = words::app(app);
    let ink = if any(view.picture, app, ProcessState::Running) { Ink::Text } else { Ink::Text3 };
    let columns = grid.of_topic(topic);
    pen.icon(words::app_icon(app), (topic.x + 2.0, CAP_Y - 42.0), 30.0, ink);
    let note_x = x + width::of(&name, 28.0, 650) + 14.0;
    let waiting = Waiting::of(view, columns, app, topic.name);
    let (choices, note_ink) = note(view, columns, app, &waiting);
    let room = topic.x + topic.w + topic.gap - 10.0 - note_x;
    let weight = if note_ink == Ink::Text2 { 400 } else { 650 };
    let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
    let said = width::choose(&choices, 18.0, weight, room).into_owned();
    let instance = view.picture.apps.keys().find(|(n, _)| n == app).map_or(1, |(_, i)| *i);
    let end = note_x + width::of(&said, 18.0, weight);
    let place = (topic.x, CAP_Y - 46.0, end - topic.x, 36.0);
    pen.target(place, Selected::App(app.to_owned(), instance), format!("{name}, {said}"));
    pen.put(Shape::text(x, base, name, 28.0, 650).fill(ink));
    pen.put(Shape::text(note_x, base, said, 18.0, weight).fill(note_ink));
    waiting_discs(pen, view, columns, topic, waiting.unstored);
}

fn any(picture: &Picture, app: &str, state: ProcessState) -> bool {
    instances(picture, app).any(|a| a.process.state == state)
}

fn instances<'a>(picture: &'a Picture, app: &str) -> impl Iterator<Item = &'a App> {
    picture.apps.iter().filter(move |((name, _), _)| name == app).map(|(_, a)| a)
}

/// What is to be said beside an app's name, longest first.
fn note(view: &View<'_>, columns: &[Column<'_>], app: &str, waiting: &Waiting) -> (Vec<String>, Ink) {
    if let Some(said) = process_note(view, app) {
        return said;
    }
    if let Some(after) = hit::sent_again(view, columns) {
        return (vec![format!("sent again, {after} later"), "sent again".to_owned()], Ink::Open);
    }
    match (waiting.unstored, waiting.unanswered) {
        (0, 0) => (vec![acks(view.picture, columns, app), String::new()], Ink::Text2),
        (0, n) => (vec![format!("{n} not acked")], Ink::Open),
        (n, 0) => {
            (vec![format!("{} waiting", words::counted(n, "record", "records")), format!("{n} waiting")], Ink::Open)
        }
        (n, m) => (vec![format!("{n} waiting, {m} not acked"), format!("{} waiting", n + m)], Ink::Open),
    }
}

fn process_note(view: &View<'_>, app: &str) -> Option<(Vec<String>, Ink)> {
    let all = instances(view.picture, app).count();
    let count = |state| instances(view.picture, app).filter(|a| a.process.state == state).count();
    let since = || instances(view.picture, app).map(|a| a.process.stamp.at).max().unwrap_or(Micros(0));
    let (gone, paused) = (count(ProcessState::Dead), count(ProcessState::Paused));
    let span = words::span(since(), view.now);
    if count(ProcessState::Running) > 0 {
        return match (gone, paused) {
            (0, 0) => None,
            (0, n) => Some((vec![format!("{n} of {all} paused")], Ink::Open)),
            (n, _) => Some((vec![format!("{n} of {all} gone")], Ink::Wrong)),
        };
    }
    Some(match () {
        () if count(ProcessState::Starting) > 0 => (vec!["starting".to_owned()], Ink::Text2),
        () if paused > 0 => (vec![format!("paused {span}"), "paused".to_owned()], Ink::Open),
        () if gone == all => (vec![format!("gone {span}"), "gone".to_owned()], Ink::Wrong),
        () => (vec!["stopping".to_owned()], Ink::Open),
    })
}

/// With which acks an app sends: as its guard says, or as its last answer did.
fn acks(picture: &Picture, columns: &[Column<'_>], app: &str) -> String {
    if let Some((_, on)) = picture.guards.get(&(app.to_owned(), "acks-all".to_owned())) {
        return format!("acks = {}", if *on { "all" } else { "1" });
    }
    let answered = columns.iter().flat_map(|c| c.partition.records.values());
    let newest = answered.filter(|r| !r.history.acks.is_empty()).max_by_key(|r| r.history.acknowledged_at);
    newest.map_or_else(String::new, |r| {
        let acks = if r.history.acks == "-1" { "all" } else { &r.history.acks };
        format!("acks = {acks}")
    })
}

/// Sends without an answer.
struct Waiting {
    /// Not seen on any log.
    unstored: usize,
    /// On a log, not acknowledged.
    unanswered: usize,
}

impl Waiting {
    fn of(view: &View<'_>, columns: &[Column<'_>], app: &str, topic: &str) -> Self {
        let flights = view.picture.flights.iter().filter(|(_, f)| f.app == app && f.topic == topic);
        let late = flights.filter(|(_, f)| view.now.since(f.sent.at) > PATIENCE_MICROS);
        let records = columns.iter().flat_map(|c| c.partition.records.values());
        let unacknowledged = records.filter(|r| r.history.acknowledged_at.is_none());
        let stored = each_once(unacknowledged.filter_map(|r| r.appended.as_ref()?.header("event-id")));
        let is_stored = |id: &str| stored.binary_search(&id).is_ok();
        let (unanswered, unstored): (Vec<_>, Vec<_>) = late.partition(|(id, _)| is_stored(id));
        // What is drawn on its way does not stand and wait.
        let going = view.hops.iter().filter(|h| {
            matches!(h.leg, Leg::Produce | Leg::Again { .. })
                && h.topic == topic
                && h.app.as_deref() == Some(app)
                && h.starts <= view.now
                && view.now <= h.ends
        });
        let going: usize = going.map(|h| h.count as usize).sum();
        Self { unstored: unstored.len().saturating_sub(going), unanswered: unanswered.len() }
    }
}

/// Records that wait stand on the line before the channel of the partition that has no working leader.
fn waiting_discs(pen: &mut Pen, view: &View<'_>, columns: &[Column<'_>], topic: &Topic<'_>, waiting: usize) {
    let unled = columns.iter().find(|c| !view.picture.leader_reachable(c.partition));
    let moved = || columns.iter().find(|c| c.handover.is_some());
    let Some(column) = unled.or_else(moved).or(columns.first()) else { return };
    let end = column.channel() - 8.0;
    let room = ((end - cap_start(topic) - 12.0) / 22.0).max(0.0) as usize;
    for i in 0..waiting.min(room) {
        pen.put(Shape::disc(end - i as f64 * 22.0, CAP_Y, 8.0).fill(Ink::Open));
    }
}

/// Where no client is watched there are no lids, and that is said.
fn unwatched(pen: &mut Pen, grid: &Grid<'_>, topic: &Topic<'_>) {
    let columns = grid.of_topic(topic);
    let seen = columns.iter().flat_map(|c| c.partition.records.values()).any(|r| r.history.acknowledged_at.is_some());
    if let Some(first) = columns.first().filter(|_| !seen) {
        let words = width::cut("acks not watched", 17.0, 400, topic.w - 40.0);
        pen.put(Shape::text(first.tape(), CAP_Y + 8.0, words, 17.0, 400).fill(Ink::Text3));
    }
}
