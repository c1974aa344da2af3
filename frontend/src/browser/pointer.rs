//! Where a pointer event happened inside its element.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, MouseEvent};

/// The place as fractions of the element's width and height, however it is scaled.
pub(crate) fn within(event: &Event) -> Option<(f64, f64)> {
    let event = event.dyn_ref::<MouseEvent>()?;
    let element: Element = event.current_target()?.dyn_into().ok()?;
    let bounds = element.get_bounding_client_rect();
    if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
        return None;
    }
    let x = (f64::from(event.client_x()) - bounds.left()) / bounds.width();
    let y = (f64::from(event.client_y()) - bounds.top()) / bounds.height();
    Some((x, y))
}
