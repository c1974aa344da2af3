//! Placeholder of the painter until the stage's own branch is merged.

use web_sys::HtmlCanvasElement;

use crate::stage::Drawing;

#[derive(Debug)]
pub struct Painter {
    _canvas: HtmlCanvasElement,
}

impl Painter {
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        Some(Self { _canvas: canvas })
    }

    pub fn paint(&mut self, _drawing: &Drawing) {}
}
