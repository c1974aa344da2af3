//! The window's size, and the one scale that follows from it.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::HtmlElement;

/// Below this width the page is stacked instead of scaled (design §10).
const STACKED_BELOW: f64 = 1_200.0;

/// How large the stage stands in the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Size {
    /// Physical pixels for each stage pixel.
    pub(crate) pixels: f64,
}

/// Measures the window, scales the page to it, and calls `each` now and at every change.
pub(crate) fn each_size(each: impl Fn(Size) + 'static) {
    let call: Closure<dyn FnMut()> = Closure::new(move || each(fit()));
    if let Some(window) = web_sys::window() {
        window.add_event_listener_with_callback("resize", call.as_ref().unchecked_ref()).ok();
        window.request_animation_frame(call.as_ref().unchecked_ref()).ok();
    }
    // The page listens for as long as it lives.
    call.forget();
}

fn fit() -> Size {
    let Some(window) = web_sys::window() else { return Size { pixels: 1.0 } };
    let root = window.document().and_then(|d| d.document_element());
    // Not the window's innerWidth: a phone widens that to whatever is laid out too wide.
    let (width, height) = root.as_ref().map_or((0, 0), |r| (r.client_width(), r.client_height()));
    let (width, height) = (f64::from(width), f64::from(height));
    let stacked = width < STACKED_BELOW;
    let scale = if stacked { width / 1920.0 } else { (width / 1920.0).min(height / 1080.0) }.max(0.05);
    if let Some(root) = root.and_then(|r| r.dyn_into::<HtmlElement>().ok()) {
        root.set_attribute("data-layout", if stacked { "stacked" } else { "stage" }).ok();
        let left = if stacked { 0.0 } else { ((width - 1920.0 * scale) / 2.0).max(0.0) };
        // The style sheet reads both; whole thousandths are enough and keep float formatting out of the program.
        root.set_attribute("style", &format!("--scale:{};--left:{}px", thousandths(scale), thousandths(left))).ok();
    }
    Size { pixels: scale * window.device_pixel_ratio().max(0.5) }
}

fn thousandths(value: f64) -> String {
    let whole = (value * 1000.0).round() as u64;
    format!("{}.{:03}", whole / 1000, whole % 1000)
}
