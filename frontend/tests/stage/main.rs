//! The stage, drawn natively from scripted facts.

mod contrast;
mod describe;
mod geometry;
mod hit;
mod marks;
mod motion;
mod ratio;
mod scenario;
mod sheet;
mod states;
mod walk;
mod widths;
mod wire;
mod words;

use kafkascope_page::{
    paint::{Form, Shape, Text},
    stage::{Drawing, Layout, Selected, View, draw},
};
use scenario::Scene;

/// The drawing of a scene.
fn drawn(scene: &Scene) -> Drawing {
    drawn_on(Layout::Wide, scene)
}

/// The drawing of a scene on a sheet.
fn drawn_on(layout: Layout, scene: &Scene) -> Drawing {
    draw(&view(layout, None, scene))
}

/// The drawing of a scene in which something is selected.
fn drawn_with(selected: &Selected, scene: &Scene) -> Drawing {
    draw(&view(Layout::Wide, Some(selected), scene))
}

fn view<'a>(layout: Layout, selected: Option<&'a Selected>, scene: &'a Scene) -> View<'a> {
    let Scene { picture, now, hops } = scene;
    View {
        picture,
        now: *now,
        hops,
        fresh: &[],
        named: (&[], u64::MAX),
        selected,
        proof: &[],
        hover: None,
        points: true,
        still: false,
        shows_key: true,
        layout,
        silent_micros: 0,
        chosen: None,
    }
}

/// The words of a drawing that begin in the rectangle (x, y, w, h), in the order they are drawn.
fn words_in(drawing: &Drawing, (x, y, w, h): (f64, f64, f64, f64)) -> Vec<&str> {
    let inside = |t: &&Text| {
        let (left, top, ..) = t.bounds();
        left >= x && left < x + w && top >= y && top < y + h
    };
    texts(drawing).filter(inside).map(|t| t.words.as_str()).collect()
}

fn texts(drawing: &Drawing) -> impl Iterator<Item = &Text> {
    drawing.shapes.iter().filter_map(|shape| match &shape.form {
        Form::Text(text) => Some(text),
        _ => None,
    })
}

/// The shapes whose bounds lie inside the rectangle (x, y, w, h).
fn shapes_in(drawing: &Drawing, (x, y, w, h): (f64, f64, f64, f64)) -> Vec<&Shape> {
    let inside = |s: &&Shape| {
        let (x0, y0, x1, y1) = s.bounds();
        x0 >= x && y0 >= y && x1 <= x + w && y1 <= y + h
    };
    drawing.shapes.iter().filter(inside).collect()
}
