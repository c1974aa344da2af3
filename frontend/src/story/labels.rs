//! Words of the story: each stands where there is room for it, and where there is none it is left out.

use crate::{
    paint::{Form, Ink, Shape},
    stage::pen::Pen,
};

use super::TOP;

/// Room around words, so that two never touch.
const AIR: f64 = 3.0;

/// Where words stand already.
#[derive(Debug)]
pub(super) struct Labels {
    right: f64,
    taken: Vec<(f64, f64, f64, f64)>,
}

impl Labels {
    /// None yet; `right` is where the tracks end.
    pub(super) fn of(right: f64) -> Self {
        Self { right, taken: Vec::new() }
    }

    /// Puts words where there is room; says whether there was.
    pub(super) fn put(&mut self, pen: &mut Pen, shape: Shape) -> bool {
        let Form::Text(text) = &shape.form else { return false };
        let (x0, y0, x1, y1) = text.bounds();
        let area = (x0 - AIR, y0 - AIR, x1 + AIR, y1 + AIR);
        let inside = x0 > 20.0 && x1 < self.right + 24.0;
        let free = |t: &(f64, f64, f64, f64)| area.2 <= t.0 || t.2 <= area.0 || area.3 <= t.1 || t.3 <= area.1;
        if !inside || !self.taken.iter().all(free) {
            return false;
        }
        self.taken.push(area);
        pen.put(shape);
        true
    }

    /// Puts the first of these that has room.
    pub(super) fn first(&mut self, pen: &mut Pen, choices: impl IntoIterator<Item = Shape>) -> bool {
        choices.into_iter().any(|shape| self.put(pen, shape))
    }

    /// Keeps words away from a place.
    pub(super) fn keep_free(&mut self, area: (f64, f64, f64, f64)) {
        self.taken.push(area);
    }
}

/// Says that there is nothing to tell.
pub(super) fn nothing(pen: &mut Pen, key: &str, middle: f64) {
    let mut y = TOP + 320.0;
    for line in missing(key) {
        pen.put(Shape::text(middle, y, line, 28.0, 400).fill(Ink::Text2).centred());
        y += 38.0;
    }
}

/// What is missing of a key's story, and why.
pub(super) fn missing(key: &str) -> Vec<String> {
    if key.is_empty() {
        return vec!["No record with a key yet.".to_owned()];
    }
    vec![
        format!("No record of {key} is among the newest 64 of its partition any more,"),
        "and no piece of the recording that has it is at hand.".to_owned(),
    ]
}
