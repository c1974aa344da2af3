//! Placeholder of the painter until the stage's own branch is merged.

use web_sys::HtmlCanvasElement;

use crate::{paint::Theme, stage::Drawing};

#[derive(Debug)]
pub struct Painter {
    _canvas: HtmlCanvasElement,
}

impl Painter {
    pub fn new(canvas: HtmlCanvasElement) -> Self {
        Self { _canvas: canvas }
    }

    pub fn paint(&mut self, _drawing: &Drawing, _theme: Theme, _scale: f64) {}
}
