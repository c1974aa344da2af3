//! The story of one order: customer, apps and partitions as tracks, time to the right, every slope a real one.

use crate::stage::{Drawing, Layout, View, pen::Pen, rings};

mod axis;
mod key;
mod labels;
pub(crate) mod legs;
mod money;
mod plot;
mod records;
mod rows;
mod steps;
mod work;

pub(crate) use plot::{Again, Part, Plot, lost, newest_key};

use {axis::Axis, labels::Labels, rows::Rows};

/// Where tracks begin; the caption is above.
const TOP: f64 = 214.0;

/// Where they end; the key to the shapes and the controls are below.
const fn bottom(layout: Layout) -> f64 {
    match layout {
        Layout::Wide => 944.0,
        _ => 1015.0,
    }
}

/// The last moment stands here.
const fn right(layout: Layout) -> f64 {
    match layout {
        Layout::Wide => 1868.0,
        _ => 1568.0,
    }
}

/// Draws the story of the records with this key.
pub fn draw(view: &View<'_>, key: &str) -> Drawing {
    let mut pen = Pen::default();
    let plot = Plot::of(view.picture, key);
    if view.layout == Layout::List {
        steps::draw(&mut pen, view, &plot, key);
        return pen.finish(view.layout);
    }
    let rows = Rows::of(view, &plot);
    let axis = Axis::of(&plot, view.now, right(view.layout));
    let mut labels = Labels::of(right(view.layout));
    axis.draw(&mut pen, &mut labels, rows.bottom());
    rows.draw(&mut pen, view, &mut labels);
    pen.cut();
    for part in &plot.parts {
        records::draw(&mut pen, &mut labels, &rows, &axis, part);
    }
    pen.cut();
    for part in &plot.parts {
        legs::draw(&mut pen, &mut labels, &rows, &axis, part);
        work::draw(&mut pen, &mut labels, &rows, &axis, part);
    }
    legs::unstored(&mut pen, &mut labels, &rows, &axis, &plot);
    work::customer(&mut pen, &mut labels, &rows, &axis, &plot);
    money::draw(&mut pen, &mut labels, &rows, &axis, &plot);
    if plot.parts.is_empty() && plot.unstored.is_empty() {
        labels::nothing(&mut pen, key, right(view.layout) / 2.0);
    }
    pen.cut();
    key::draw(&mut pen, bottom(view.layout) + 24.0);
    pen.cut();
    rings::draw(&mut pen, view);
    pen.finish(view.layout)
}
