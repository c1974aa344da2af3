//! The grid: which columns and rows there are, and the zones between them, in stage pixels.

use model::{
    ids::{BrokerId, PartitionId},
    ordered::each_once,
};

use super::{
    Selected, View,
    column::Column,
    layout::Layout,
    order::{Choice, Known},
    pen::Pen,
    readers::Reader,
    row::{FULL, Row},
    words,
};
use crate::paint::{Ink, Shape, bounded, width};

pub(super) const LEFT: f64 = 32.0;
/// Left edge of the first column.
pub(super) const FIRST: f64 = 212.0;
/// The return line from the last topic to the first app.
pub(super) const RETURN_Y: f64 = 192.0;
/// The app lines over the topics.
pub(super) const CAP_Y: f64 = 254.0;
pub(super) const FRAME_Y: f64 = 276.0;
pub(super) const FRAME_H: f64 = 46.0;
/// Below the top of the tracks.
pub(super) const FOOT: f64 = 42.0;
pub(super) const FOOT_BOTTOM: f64 = 92.0;
pub(super) const NAME: f64 = 122.0;
pub(super) const KEY: f64 = 152.0;

const WIDE: f64 = 256.0;
const WIDEST_IN_HAND: f64 = 105.0;
/// A few columns may be wider: the longer window is worth more than the empty room.
const WIDEST: f64 = 380.0;
const NARROW: f64 = 176.0;
const GAP: f64 = 58.0;
pub(super) const SHELF: f64 = 28.0;
/// Bands lower than this cannot carry words and a tape.
pub(super) const MOST_ROWS: usize = 6;

/// Where everything is.
#[derive(Debug)]
pub(super) struct Grid<'a> {
    pub(super) layout: Layout,
    pub(super) columns: Vec<Column<'a>>,
    pub(super) topics: Vec<Topic<'a>>,
    pub(super) rows: Vec<Row>,
    /// Partitions drawn as shelves, with their left edge.
    pub(super) shelves: Vec<(Known<'a>, f64)>,
    /// What is not drawn.
    left_out: Vec<String>,
}

/// The columns of one topic.
#[derive(Debug)]
pub(super) struct Topic<'a> {
    pub(super) name: &'a str,
    pub(super) x: f64,
    pub(super) w: f64,
    /// Room to its right, before the next one.
    pub(super) gap: f64,
    /// Its columns in [`Grid::columns`].
    pub(super) columns: std::ops::Range<usize>,
    /// The groups that read it, most important first.
    pub(super) readers: Vec<Reader<'a>>,
    /// How many further groups are not drawn.
    pub(super) more_readers: usize,
}

impl<'a> Grid<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        let picture = view.picture;
        let by_hand = view.chosen.map_or(&[][..], |chosen| &chosen.partitions);
        let mut choice = Choice::of(picture, view.selected.and_then(Selected::partition), by_hand);
        if view.layout.is_phone() {
            choice.shelves.clear();
        }
        let count: usize = choice.columns.iter().map(|(_, p)| p.len()).sum();
        let shelves_w = choice.shelves.len() as f64 * SHELF + if choice.shelves.is_empty() { 0.0 } else { 32.0 };
        let layout = view.layout;
        let room = layout.last() - layout.first() - shelves_w;
        let (w, gap) = spread(layout, room, count, choice.columns.len());

        let (mut columns, mut topics, mut x) = (Vec::new(), Vec::new(), layout.first());
        for (name, partitions) in &choice.columns {
            let first = columns.len();
            for (i, known) in partitions.iter().enumerate() {
                columns.push(Column::new(view, *known, x + i as f64 * w, w));
            }
            let topic_w = partitions.len() as f64 * w;
            let (mut readers, mut more_readers) = Reader::of_topic(picture, name, view.chosen);
            if layout.is_phone() && readers.len() > 1 {
                more_readers += readers.len() - 1;
                readers.truncate(1);
            }
            topics.push(Topic { name, x, w: topic_w, gap, columns: first..columns.len(), readers, more_readers });
            x += topic_w + gap;
        }
        let shelves_x = x - gap + 32.0;
        let shelves: Vec<_> =
            choice.shelves.iter().enumerate().map(|(i, known)| (*known, shelves_x + i as f64 * SHELF)).collect();
        let (rows, all_rows) = rows(view, &columns);
        let mut grid = Self { layout, columns, topics, rows, shelves, left_out: Vec::new() };
        grid.left_out = grid.what_is_left_out(choice.all, all_rows);
        grid
    }

    fn what_is_left_out(&self, partitions: usize, brokers: usize) -> Vec<String> {
        let mut notes = Vec::new();
        let (columns, shelves) = (self.columns.len(), self.shelves.len());
        if columns < partitions {
            notes.push(format!("{} of {partitions} partitions shown.", words::number(columns)));
        }
        if columns + shelves < partitions && shelves > 0 {
            notes.push(format!("{shelves} more are shelves."));
        }
        if self.rows.len() < brokers {
            notes.push(format!("{} of {brokers} brokers shown.", words::number(self.rows.len())));
        }
        let groups: usize = self.topics.iter().map(|t| t.more_readers).sum();
        if groups > 0 {
            notes.push(format!("{} not drawn.", words::counted(groups, "group is", "groups are")));
        }
        if !notes.is_empty() {
            notes.push(if self.layout.is_phone() { "Choose others." } else { "Choose others with I." }.to_owned());
        }
        notes
    }

    /// What is not drawn, in a sentence or several.
    pub(super) fn left_out(&self) -> String {
        self.left_out.join(" ")
    }

    pub(super) fn row(&self, broker: BrokerId) -> Option<&Row> {
        self.rows.iter().find(|r| r.broker == broker)
    }

    pub(super) fn column(&self, id: (&str, i32)) -> Option<&Column<'a>> {
        self.columns.iter().find(|c| c.id.partition == id.1 && c.id.topic == id.0)
    }

    pub(super) fn topic(&self, name: &str) -> Option<&Topic<'a>> {
        self.topics.iter().find(|t| t.name == name)
    }

    pub(super) fn of_topic(&self, topic: &Topic<'_>) -> &[Column<'a>] {
        self.columns.get(topic.columns.clone()).unwrap_or_default()
    }

    /// The group that has this lane under every topic that has the lane at all: its name can stand beside it.
    pub(super) fn lane_of_all(&self, which: usize) -> Option<&'a str> {
        let shared = self.topics.iter().all(|t| t.readers.len() != 1);
        let mut groups = self.topics.iter().filter_map(|t| t.readers.get(which)).map(|r| r.group_id);
        let first = groups.next().filter(|_| shared)?;
        groups.all(|g| g == first).then_some(first)
    }

    /// Says what is not drawn: in the apps' row where there are no apps, else under the brokers.
    /// Says how far down the notes reach beside the tracks.
    pub(super) fn notes(&self, pen: &mut Pen, apps: bool) -> f64 {
        if !apps {
            let said = width::cut(&self.left_out(), 20.0, 400, self.layout.right() - FIRST - 38.0);
            self.rest(pen, (FIRST + 32.0, CAP_Y - 48.0, width::of(&said, 20.0, 400) + 12.0, 32.0));
            pen.put(Shape::text(FIRST + 38.0, CAP_Y - 26.0, said, 20.0, 400).fill(Ink::Text2));
            return self.layout.track() + 26.0;
        }
        let mut y = self.layout.track() + 26.0;
        for note in &self.left_out {
            for line in wrapped(note, FIRST - LEFT - 24.0) {
                pen.put(Shape::text(LEFT + 4.0, y, line, 17.0, 400).fill(Ink::Text2));
                y += 21.0;
            }
            y += 6.0;
        }
        let top = self.layout.track() + 6.0;
        self.rest(pen, (LEFT, top, FIRST - LEFT - 16.0, y - 18.0 - top));
        y
    }

    /// The way to what is not drawn: the words that say so.
    pub(super) fn rest(&self, pen: &mut Pen, place: (f64, f64, f64, f64)) {
        if !self.left_out.is_empty() {
            pen.target(place, Selected::Rest, format!("{} Choose what is drawn", self.left_out()));
        }
    }
}

/// Width of a column and of the gap between topics.
fn spread(layout: Layout, room: f64, columns: usize, topics: usize) -> (f64, f64) {
    let (count, gaps) = (columns.max(1) as f64, topics.saturating_sub(1) as f64);
    if layout.is_phone() {
        return ((room / count).min(WIDEST_IN_HAND), 0.0);
    }
    let widest = if columns <= 4 { WIDEST } else { WIDE };
    let wide = ((room - gaps * GAP) / count).min(widest);
    if wide >= NARROW || gaps == 0.0 {
        return (wide, GAP);
    }
    let gap = bounded((room - count * NARROW) / gaps, 8.0, GAP);
    ((room - gaps * gap) / count, gap)
}

fn rows(view: &View<'_>, columns: &[Column<'_>]) -> (Vec<Row>, usize) {
    let replicas: Vec<BrokerId> =
        columns.iter().flat_map(|c| c.partition.replicas.iter().copied().chain([c.partition.leader])).collect();
    let mut brokers = each_once(replicas.iter().chain(view.picture.brokers.keys()).copied().filter(|b| b.exists()));
    let all = brokers.len();
    let chosen = view.chosen.map_or(&[][..], |chosen| &chosen.brokers);
    if brokers.iter().any(|broker| chosen.contains(broker)) {
        brokers.retain(|broker| chosen.contains(broker));
    }
    // Where there are too many, those that have nothing to show go first.
    let idle: Vec<BrokerId> = brokers.iter().rev().copied().filter(|b| !replicas.contains(b)).collect();
    let left_out: Vec<BrokerId> = idle.into_iter().take(brokers.len().saturating_sub(MOST_ROWS)).collect();
    brokers.retain(|b| !left_out.contains(b));
    let shown = brokers.len().clamp(1, MOST_ROWS);
    let (from, height) = view.layout.rows();
    let (tallest, apart) = if view.layout.is_phone() { (84.0, 8.0) } else { (1.5 * FULL, 10.0) };
    let pitch = (height / shown as f64).min(tallest);
    let top = from + (height - pitch * shown as f64) / 2.0;
    let at = |(i, broker): (usize, BrokerId)| Row::new(view, broker, top + i as f64 * pitch, pitch - apart);
    (brokers.into_iter().take(MOST_ROWS).enumerate().map(at).collect(), all)
}

/// Words in lines of at most `room`.
pub(super) fn wrapped(words: &str, room: f64) -> Vec<String> {
    width::lines(words, 17.0, 400, room)
}

/// The partition of a column, for a label.
pub(super) fn name(id: &PartitionId) -> String {
    format!("{} {}", id.topic, id.partition)
}
