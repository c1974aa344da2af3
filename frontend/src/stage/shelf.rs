//! Shelves: partitions beyond the six columns, 28 px each: who leads, who is in sync, and the lag.

use model::{ids::PartitionId, picture::Picture};

use super::{
    Selected, View,
    grid::{FRAME_Y, Grid, SHELF},
    order::Known,
    pen::Pen,
};
use crate::paint::{Ink, Shape, width};

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>) {
    let mut last_topic = "";
    for (i, (known, x)) in grid.shelves.iter().enumerate() {
        if known.0.topic != last_topic {
            last_topic = &known.0.topic;
            let run = grid.shelves.iter().skip(i).take_while(|((id, _), _)| id.topic == last_topic).count();
            let words = width::cut(last_topic, 15.0, 600, run as f64 * SHELF - 6.0);
            pen.put(Shape::text(*x, FRAME_Y + 18.0, words, 15.0, 600).fill(Ink::Text2));
        }
        // Every other lag stands lower: numbers are wider than shelves.
        let lag_y = grid.layout.track() + if i % 2 == 0 { 18.0 } else { 36.0 };
        shelf(pen, view, grid, *known, (*x + SHELF / 2.0, lag_y));
    }
}

fn shelf(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>, (id, p): Known<'_>, (x, lag_y): (f64, f64)) {
    let number = id.partition.to_string();
    pen.put(Shape::text(x, FRAME_Y + 38.0, number, 15.0, 600).fill(Ink::Text).centred());
    let stations: Vec<f64> = grid.rows.iter().filter(|r| p.isr.contains(&r.broker)).map(|r| r.mid()).collect();
    if let [first, .., last] = stations.as_slice() {
        pen.line((x, *first), (x, *last), Ink::Text2, 2.5);
    }
    for row in grid.rows.iter().filter(|r| p.replicas.contains(&r.broker) || p.leader == r.broker) {
        let y = row.mid();
        let station = if p.leader == row.broker {
            let diamond = Shape::diamond(x, y, 10.0);
            if row.reachable {
                diamond.fill(Ink::Text)
            } else {
                diamond.fill(Ink::Page).stroke(Ink::Open, 2.5).dashed(4.0, 3.0)
            }
        } else if !row.reachable {
            Shape::cross(x, y, 5.0).stroke(Ink::Wrong, 3.0).round()
        } else if p.isr.contains(&row.broker) {
            Shape::disc(x, y, 5.0).fill(Ink::Band).stroke(Ink::Text2, 2.5)
        } else {
            Shape::disc(x, y, 5.0).fill(Ink::Band).stroke(Ink::Open, 2.5).dashed(3.0, 3.0)
        };
        pen.put(station);
    }
    let lag = longest_lag(view.picture, id);
    if let Some(lag) = lag {
        let words = width::cut(&lag.to_string(), 15.0, 600, 2.0 * SHELF - 4.0);
        pen.put(Shape::text(x, lag_y, words, 15.0, 600).fill(Ink::Read).centred());
    }
    let label = format!("{} {}, leader {}, lag {}", id.topic, id.partition, p.leader, lag.unwrap_or_default());
    let (top, bottom) = (FRAME_Y + 22.0, grid.layout.track() + 42.0);
    pen.target((x - SHELF / 2.0, top, SHELF, bottom - top), Selected::Partition(id.clone()), label);
}

/// The largest lag any group has on a partition; none where nobody reads it.
fn longest_lag(picture: &Picture, id: &PartitionId) -> Option<i64> {
    let groups = picture.groups.values().filter(|g| g.offsets.contains_key(id));
    groups.map(|g| picture.lag(g, id)).max()
}
