//! The window's size, and the one scale that follows from it.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::HtmlElement;

use crate::stage::Layout;

/// How large the stage stands in the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Size {
    /// Physical pixels for each stage pixel.
    pub(crate) pixels: f64,
    /// The sheet that fits the window.
    pub(crate) layout: Layout,
    /// The window's width, where the page is not scaled as one.
    pub(crate) narrow: Option<f64>,
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
    let Some(window) = web_sys::window() else { return Size { pixels: 1.0, layout: Layout::Wide, narrow: None } };
    let root = window.document().and_then(|d| d.document_element());
    // Not the window's innerWidth: a phone widens that to whatever is laid out too wide.
    let (width, height) = root.as_ref().map_or((0, 0), |r| (r.client_width(), r.client_height()));
    let (width, height) = (f64::from(width), f64::from(height));
    let (layout, whole) = Layout::of(width, height);
    let (page_width, page_height) = layout.page();
    let fits = (width / page_width).min(height / page_height);
    let scale = if whole { fits } else { width / layout.size().0 }.max(0.05);
    if let Some(root) = root.and_then(|r| r.dyn_into::<HtmlElement>().ok()) {
        root.set_attribute("data-layout", if whole { "stage" } else { "stacked" }).ok();
        root.set_attribute("data-sheet", layout.name()).ok();
        let left = if whole { ((width - page_width * scale) / 2.0).max(0.0) } else { 0.0 };
        // The style sheet reads both; whole thousandths are enough and keep float formatting out of the program.
        root.set_attribute("style", &format!("--scale:{};--left:{}px", thousandths(scale), thousandths(left))).ok();
    }
    Size { layout, narrow: (!whole).then_some(width), pixels: scale * window.device_pixel_ratio().max(0.5) }
}

fn thousandths(value: f64) -> String {
    let whole = (value * 1000.0).round() as u64;
    format!("{}.{:03}", whole / 1000, whole % 1000)
}
