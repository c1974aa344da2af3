//! The pen of every view: collects shapes and what one can point at, in the order they are drawn.

use crate::{
    paint::{Form, Ink, Shape, icon::Icon},
    stage::{Drawing, Layout, Selected, Target},
};

/// A drawing in the making.
#[derive(Debug, Default)]
pub(crate) struct Pen {
    drawing: Drawing,
}

impl Pen {
    pub(crate) fn put(&mut self, shape: Shape) {
        if matches!(&shape.form, Form::Text(text) if text.words.is_empty()) {
            return;
        }
        self.drawing.shapes.push(shape);
    }

    pub(crate) fn icon(&mut self, icon: Icon, (x, y): (f64, f64), size: f64, ink: Ink) {
        self.drawing.shapes.extend(icon.shapes(x, y, size, ink));
    }

    /// A straight line.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, width: f64) {
        self.put(Shape::lines(&[from, to]).stroke(ink, width));
    }

    /// Names the rectangle (x, y, w, h).
    pub(crate) fn target(&mut self, (x, y, w, h): (f64, f64, f64, f64), what: Selected, label: String) {
        self.drawing.targets.push(Target { x, y, w, h, what, label });
    }

    /// Names a rectangle that is somewhere else in the next moment: a pointer can catch it, a walk cannot.
    pub(crate) fn passing(&mut self, (x, y, w, h): (f64, f64, f64, f64), what: Selected, label: String) {
        self.drawing.passing.push(Target { x, y, w, h, what, label });
    }

    /// Ends a part of the still layer.
    pub(crate) fn cut(&mut self) {
        self.drawing.cuts.push(self.drawing.shapes.len());
    }

    /// What one can point at, the last drawn last.
    pub(crate) fn targets(&self) -> impl DoubleEndedIterator<Item = &Target> {
        self.drawing.targets.iter().chain(&self.drawing.passing)
    }

    pub(crate) fn finish(self, layout: Layout) -> Drawing {
        Drawing { layout, ..self.drawing }
    }
}
