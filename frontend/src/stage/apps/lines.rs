//! The app lines: a foot under the topic an app reads, a riser in the gap, a cap over the topic it writes.

use model::{fact::ProcessState, picture::Picture};

use super::{any, cap_start, writer};
use crate::{
    paint::{Ink, Shape, Step},
    stage::{
        feet,
        grid::{CAP_Y, FRAME_Y, Grid, RETURN_Y, Topic},
        pen::Pen,
        readers::Reader,
        row::Row,
        track::Lane,
    },
};

const WIDTH: f64 = 3.0;
/// The line and 4 px of background on either side, where it crosses others.
const CUT: f64 = 11.0;
const CORNER: f64 = 10.0;

pub(super) fn draw(pen: &mut Pen, picture: &Picture, grid: &Grid<'_>) {
    for topic in grid.topics.iter().filter(|t| writer(picture, t.name).is_some()) {
        cap(pen, grid, topic);
    }
    for (i, topic) in grid.topics.iter().enumerate() {
        for (which, reader) in topic.readers.iter().enumerate() {
            let Some(app) = reader.app else { continue };
            let writes = picture.apps.iter().find(|((name, _), _)| name == app).map(|(_, a)| a.writes.as_str());
            let Some(to) = grid.topics.iter().position(|t| Some(t.name) == writes) else { continue };
            let Some(target) = grid.topics.get(to) else { continue };
            let lane = Lane::of(grid.layout, topic, which);
            let y = lane.leaves();
            between_feet(pen, grid, topic, reader, y);
            let riser = Riser {
                from: topic.x + topic.w - 32.0,
                y,
                x: if i + 1 == grid.topics.len() {
                    grid.layout.right() + 12.0
                } else {
                    topic.x + topic.w + topic.gap / 2.0
                },
                alive: any(picture, app, ProcessState::Running),
            };
            let over = if to == i + 1 { CAP_Y } else { RETURN_Y };
            riser.draw(pen, &grid.rows, over, target);
        }
    }
}

/// The line over a topic, with an arrow into each channel.
fn cap(pen: &mut Pen, grid: &Grid<'_>, topic: &Topic<'_>) {
    let columns = grid.of_topic(topic);
    let Some(last) = columns.last() else { return };
    pen.line((cap_start(topic), CAP_Y), (last.channel(), CAP_Y), Ink::Edge, WIDTH);
    for column in columns {
        let (x, tip) = (column.channel(), FRAME_Y - 2.0);
        let steps = [
            Step::Move(x, CAP_Y),
            Step::Line(x, tip),
            Step::Move(x - 6.0, tip - 8.0),
            Step::Line(x, tip),
            Step::Line(x + 6.0, tip - 8.0),
        ];
        pen.put(Shape::path(steps.to_vec()).stroke(Ink::Edge, WIDTH));
    }
}

fn between_feet(pen: &mut Pen, grid: &Grid<'_>, topic: &Topic<'_>, reader: &Reader<'_>, y: f64) {
    let columns = grid.of_topic(topic);
    let shared = feet::shared(topic, columns, reader);
    for (pair, shared) in columns.windows(2).zip(shared) {
        if let ([left, right], false) = (pair, shared) {
            pen.line((left.right(), y), (right.left(), y), Ink::Edge, WIDTH);
        }
    }
}

/// A line from the feet up to the topic the app writes.
struct Riser {
    from: f64,
    y: f64,
    x: f64,
    /// Whether the app runs at all.
    alive: bool,
}

impl Riser {
    fn draw(&self, pen: &mut Pen, rows: &[Row], over: f64, target: &Topic<'_>) {
        let (x, y, r) = (self.x, self.y, CORNER);
        let mut steps = vec![Step::Move(self.from, y), Step::Line(x - r, y), Step::Curve(x, y, x, y - r)];
        steps.push(Step::Line(x, over + r));
        if over == CAP_Y {
            steps.push(Step::Curve(x, over, x + r, over));
            steps.push(Step::Line(cap_start(target), over));
        } else {
            let end = target.x + 17.0;
            steps.push(Step::Curve(x, over, x - r, over));
            steps.push(Step::Line(end + 15.0, over));
            steps.push(Step::Curve(end, over, end, over + 12.0));
            steps.push(Step::Line(end, CAP_Y - 46.0));
        }
        let line = Shape::path(steps);
        pen.put(line.clone().stroke(Ink::Page, CUT));
        let line = line.stroke(Ink::Edge, WIDTH);
        pen.put(if self.alive { line } else { line.dashed(6.0, 6.0) });
        let arrow = |points: [(f64, f64); 3]| Shape::lines(&points).stroke(Ink::Edge, WIDTH).round();
        for row in rows.iter().skip(1) {
            let tip = row.y - 11.0;
            pen.put(arrow([(x - 7.0, tip + 9.0), (x, tip), (x + 7.0, tip + 9.0)]));
        }
        if over != CAP_Y {
            let tip = f64::midpoint(x, target.x) - 53.0;
            pen.put(arrow([(tip + 9.0, over - 7.0), (tip, over), (tip + 9.0, over + 7.0)]));
        }
    }
}
