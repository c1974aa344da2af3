//! What stands in a part of the stage, in words: how many of which mark, and what is written.

use std::collections::BTreeMap;

use kafkascope_page::{
    paint::{Form, Ink, Shape, Step},
    states::State,
};

/// The marks of a state, each with its ink.
pub(crate) fn marks(state: &State) -> String {
    described(state, |shape| {
        let inks = [shape.fill.map(|f| f.ink), shape.line.map(|l| l.ink)];
        let inks: Vec<&str> = inks.into_iter().flatten().map(Ink::name).collect();
        inks.join("/")
    })
}

/// The marks of a state without their colours.
pub(crate) fn grey(state: &State) -> String {
    described(state, |_| String::new())
}

fn described(state: &State, inks: impl Fn(&Shape) -> String) -> String {
    let [x, y, w, h] = state.area;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut words = Vec::new();
    for shape in &state.drawing.shapes {
        let (x0, y0, x1, y1) = shape.bounds();
        let (mid_x, mid_y) = (f64::midpoint(x0, x1), f64::midpoint(y0, y1));
        // A band is as long as the stage: what is seen of it counts.
        let long = matches!(shape.form, Form::Rect { w, .. } | Form::Hatch { w, .. } if w > 1000.0);
        let across = if long { x0 < x + w && x1 > x } else { mid_x >= x && mid_x < x + w };
        let inside = across && mid_y >= y && mid_y < y + h;
        if !inside || is_ground(shape) {
            continue;
        }
        if let Form::Text(text) = &shape.form {
            words.push(format!("\"{}\"", text.words));
            continue;
        }
        let name = format!("{} {}", kind(shape), inks(shape));
        *counts.entry(name.trim_end().to_owned()).or_default() += 1;
    }
    let count = |(name, n): (String, usize)| if n == 1 { name } else { format!("{n} {name}") };
    counts.into_iter().map(count).chain(words).collect::<Vec<_>>().join(", ")
}

/// What only takes away what lies behind it.
fn is_ground(shape: &Shape) -> bool {
    let behind = |ink: Ink| matches!(ink, Ink::Page | Ink::Band | Ink::Plate);
    let large = matches!(shape.form, Form::Rect { w, h, .. } if w > 40.0 && h > 30.0);
    match (shape.fill, shape.line) {
        (Some(fill), None) => behind(fill.ink) && !(large && fill.ink != Ink::Page),
        (None, Some(line)) => behind(line.ink),
        _ => false,
    }
}

fn kind(shape: &Shape) -> String {
    let solid = shape.fill.is_some_and(|f| !matches!(f.ink, Ink::Page | Ink::Band));
    let dash = match shape.line.map(|l| l.dash) {
        Some((dash, _)) if dash > 3.5 => "dashed ",
        Some((dash, _)) if dash > 0.0 => "dotted ",
        _ => "",
    };
    let form = match &shape.form {
        Form::Rect { h, w, .. } => match (*h, *w) {
            (_, w) if w > 1000.0 => "band",
            (h, w) if w < 20.0 && h <= 5.0 => "lid",
            (h, w) if w < 20.0 && h > 30.0 => "tall block",
            (_, w) if w < 20.0 => "block",
            (h, w) if h <= 30.0 && w <= 30.0 => "box",
            (h, _) if h < 20.0 => "bar",
            _ => "plate",
        },
        Form::Disc { r, .. } if *r < 6.0 => "dot",
        Form::Disc { .. } => "disc",
        Form::Hatch { .. } => "hatch",
        Form::Tail { .. } => "tail",
        Form::Text(_) => "words",
        Form::Path(steps) => path(steps, shape),
    };
    let hollow = if !solid && matches!(form, "tall block" | "block" | "disc" | "dot" | "diamond" | "caret" | "triangle")
    {
        "hollow "
    } else {
        ""
    };
    format!("{dash}{hollow}{form}")
}

fn path(steps: &[Step], shape: &Shape) -> &'static str {
    let (x0, y0, x1, y1) = shape.bounds();
    match steps {
        [Step::Move(..), Step::Line(..), Step::Move(..), Step::Line(..)] => "cross",
        [Step::Move(ax, _), Step::Line(_, by), Step::Line(cx, cy), Step::Line(..), Step::Close]
            if (ax - cx).abs() < 0.5 && by > &y0 && cy > by =>
        {
            "diamond"
        }
        [Step::Move(_, ay), Step::Line(_, by), Step::Line(_, cy), Step::Close] if by > ay && cy > ay => "caret",
        [Step::Move(..), Step::Line(..), Step::Line(..), Step::Close] => "triangle",
        [Step::Move(..), Step::Line(..)] if x1 - x0 > 2.0 * (y1 - y0) => "line across",
        [Step::Move(..), Step::Line(..)] if y1 - y0 > 2.0 * (x1 - x0) => "line down",
        [Step::Move(..), Step::Line(..)] => "stroke",
        [Step::Move(..), Step::Line(..), Step::Line(..)] => "tick",
        [Step::Move(..), Step::Line(..), Step::Line(..), Step::Line(..)] => "bracket",
        steps if steps.iter().any(|s| matches!(s, Step::Curve(..))) => "curve",
        _ => "path",
    }
}
