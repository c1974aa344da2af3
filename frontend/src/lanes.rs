//! The lanes: three partitions record by record, each with its replicas, its transactions and its readers.

use crate::stage::{Drawing, Layout, View, pen::Pen, rings};

mod aside;
mod brackets;
pub(crate) mod cards;
mod choice;
mod copies;
pub(crate) mod lane;
mod moving;
pub(crate) mod spans;
mod tracks;

use lane::Lane;

/// Where the lanes begin and end; the caption is above, the controls are below.
const fn top(layout: Layout) -> f64 {
    match layout {
        Layout::Strip => 6.0,
        _ => 186.0,
    }
}

const fn bottom(layout: Layout) -> f64 {
    match layout {
        Layout::Wide => 966.0,
        Layout::Strip => 774.0,
        _ => 1037.0,
    }
}

/// Right edge of the lanes; the inspector stands right of it.
const fn right(layout: Layout) -> f64 {
    match layout {
        Layout::Wide => 1376.0,
        Layout::Strip => 992.0,
        _ => 1076.0,
    }
}

/// Draws the lanes.
pub fn draw(view: &View<'_>) -> Drawing {
    let mut pen = Pen::default();
    let choice = choice::of(view);
    for lane in &Lane::all(view, &choice.lanes) {
        lane.name(&mut pen, view, &choice);
        copies::draw(&mut pen, view, lane);
        cards::draw(&mut pen, view, lane);
        brackets::draw(&mut pen, view, lane);
        tracks::draw(&mut pen, view, lane);
        pen.cut();
    }
    if view.layout != Layout::Strip {
        aside::draw(&mut pen, view, &choice);
    }
    pen.cut();
    for lane in &Lane::all(view, &choice.lanes) {
        moving::draw(&mut pen, view, lane);
    }
    rings::draw(&mut pen, view);
    let records = choice.lanes.iter().map(|(id, _)| (*id).clone()).collect();
    Drawing { records, ..pen.finish(view.layout) }
}
