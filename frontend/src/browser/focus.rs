//! Where the keyboard is: the first button of what has just been opened.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::HtmlElement;

/// Focuses the first element that matches, when it will be there: after the next two frames.
pub(crate) fn later(selector: &'static str) {
    let Some(window) = web_sys::window() else { return };
    let then = Closure::once_into_js(move || {
        let now = Closure::once_into_js(move || {
            let document = web_sys::window().and_then(|w| w.document());
            let element = document.and_then(|d| d.query_selector(selector).ok().flatten());
            if let Some(element) = element.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
                element.focus().ok();
            }
        });
        if let Some(window) = web_sys::window() {
            window.request_animation_frame(now.unchecked_ref()).ok();
        }
    });
    window.request_animation_frame(then.unchecked_ref()).ok();
}
