//! The controller's frame: it names the partitions, rings those it has just moved, and is dashed where nobody controls.

use model::{
    fact::ProcessState,
    ids::{BrokerId, Micros},
    picture::Picture,
};

use super::{
    Selected, View,
    column::Column,
    grid::{self, FRAME_H, FRAME_Y, Grid, LEFT},
    pen::Pen,
    words,
};
use crate::paint::{Ink, Shape, icon::Icon, width};

const NAME_SIZE: f64 = 25.0;

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>) {
    let frame = Shape::rect(LEFT, FRAME_Y, grid.layout.right() - LEFT, FRAME_H).corner(10.0);
    let label_x = LEFT + 48.0;
    match lost_since(view.picture) {
        Some(since) => {
            pen.put(frame.stroke(Ink::Open, 2.5).dashed(10.0, 8.0));
            let diamond = Shape::diamond(LEFT + 27.0, FRAME_Y + 23.0, 10.0);
            pen.put(diamond.stroke(Ink::Open, 2.5).dashed(4.0, 3.0));
            pen.put(Shape::text(label_x, FRAME_Y + 20.0, "no controller", 18.0, 700).fill(Ink::Open));
            let span = words::span(since, view.now);
            pen.put(Shape::text(label_x, FRAME_Y + 39.0, span, 17.0, 400).fill(Ink::Text2));
        }
        None => {
            pen.put(frame.stroke(Ink::Rule, 2.0));
            pen.icon(Icon::Controller, (LEFT + 16.0, FRAME_Y + 12.0), 22.0, Ink::Text);
            pen.put(Shape::text(label_x, FRAME_Y + 30.0, "Controller", 20.0, 400).fill(Ink::Text2));
        }
    }
    if let Some(quorum) = &view.picture.quorum {
        let id = quorum.leader_id;
        let label = if id.exists() { format!("controller {id}") } else { "no controller".to_owned() };
        pen.target((LEFT, FRAME_Y + 3.0, 150.0, FRAME_H - 6.0), Selected::Controller, label);
    }
    for column in &grid.columns {
        name(pen, column);
    }
}

/// Since when nobody controls: the quorum names no leader, or the one it names is known not to run.
fn lost_since(picture: &Picture) -> Option<Micros> {
    let quorum = picture.quorum.as_ref()?;
    if !quorum.leader_id.exists() {
        return Some(quorum.stamp.at);
    }
    let process = picture.controllers.get(&quorum.leader_id).map(|c| &c.process);
    let runs = |state| !matches!(state, ProcessState::Dead | ProcessState::Paused);
    process.filter(|p| !runs(p.state)).map(|p| p.stamp.at.max(quorum.stamp.at))
}

fn name(pen: &mut Pen, column: &Column<'_>) {
    let (x, base) = (column.tape(), FRAME_Y + 32.0);
    let number = column.id.partition.to_string();
    let box_w = (width::of(&number, 22.0, 700) + 14.0).max(28.0);
    let room = column.channel() - x - box_w - 9.0;
    let size = width::size_for(&column.id.topic, NAME_SIZE, 650, room).max(20.0);
    let topic = width::cut(&column.id.topic, size, 650, room);
    let box_x = x + width::of(&topic, size, 650) + 9.0;
    pen.put(Shape::text(x, base, topic, size, 650).fill(Ink::Text));
    pen.put(Shape::rect(box_x, FRAME_Y + 9.0, box_w, 28.0).corner(5.0).stroke(Ink::Text2, 2.0));
    pen.put(Shape::text(box_x + box_w / 2.0, base - 1.0, number, 22.0, 700).fill(Ink::Text).centred());

    let mut end = column.x + column.w - 16.0;
    if column.handover.is_some() {
        let epoch = format!("epoch {}", column.partition.leader_epoch);
        let wide = width::of(&epoch, 18.0, 600);
        // A long name pushes the ring into the gap; the next column's begins 38 px after this one's end.
        end = end.max(box_x + box_w + 10.0 + wide + 10.0).min(column.x + column.w + 26.0);
        let size = width::size_for(&epoch, 18.0, 600, end - 10.0 - (box_x + box_w + 8.0));
        pen.put(Shape::text(end - 10.0, FRAME_Y + 30.0, epoch, size, 600).fill(Ink::Text).ending());
        let ring = Shape::rect(column.left(), FRAME_Y + 3.0, end - column.left(), FRAME_H - 6.0);
        pen.put(ring.corner(7.0).stroke(Ink::Text2, 2.5));
    }
    let place = (column.left(), FRAME_Y + 3.0, end - column.left(), FRAME_H - 6.0);
    pen.target(place, Selected::Partition(column.id.clone()), label(column));
}

pub(super) fn label(column: &Column<'_>) -> String {
    let p = column.partition;
    let list = |brokers: &[BrokerId]| brokers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let leader = if p.leader.exists() { format!("leader {}", p.leader) } else { "no leader".to_owned() };
    let name = grid::name(column.id);
    format!(
        "{name}, {leader}, epoch {}, in sync {}, high watermark {}",
        p.leader_epoch,
        list(&p.isr),
        p.high_watermark()
    )
}
