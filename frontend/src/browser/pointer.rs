//! Where a pointer event happened inside its element.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, MouseEvent, PointerEvent};

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

/// A press that the element takes: how far right, and whether Shift is held. From there on the element hears the pointer
/// wherever it goes. None where it is another button's, or on something that has a click of its own.
pub(crate) fn takes(event: &Event, but: &str) -> Option<(f64, bool)> {
    let pressed = event.dyn_ref::<PointerEvent>().filter(|p| p.button() == 0)?;
    let on: Element = event.target()?.dyn_into().ok()?;
    if matches!(on.closest(but), Ok(Some(_))) {
        return None;
    }
    let element: Element = event.current_target()?.dyn_into().ok()?;
    // A pointer that is gone already cannot be kept.
    element.set_pointer_capture(pressed.pointer_id()).ok();
    Some((within(event)?.0, pressed.shift_key()))
}
