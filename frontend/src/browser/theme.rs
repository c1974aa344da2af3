//! The theme: what the system prefers, until a person chooses; the style sheet reads the choice from the root.

use wasm_bindgen::{JsCast as _, closure::Closure};

use crate::paint::Theme;

/// Calls `each` with what the system prefers, now and whenever that changes.
pub(crate) fn each_preference(each: impl Fn(Theme) + 'static) {
    let query = web_sys::window().and_then(|w| w.match_media("(prefers-color-scheme: light)").ok().flatten());
    let Some(query) = query else { return };
    let asked = query.clone();
    let tell = move || each(if asked.matches() { Theme::Light } else { Theme::Dark });
    tell();
    let call: Closure<dyn FnMut()> = Closure::new(tell);
    query.add_event_listener_with_callback("change", call.as_ref().unchecked_ref()).ok();
    // The page listens for as long as it lives.
    call.forget();
}

/// Puts the chosen theme on the page.
pub(crate) fn wear(theme: Theme) {
    let root = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element());
    if let Some(root) = root {
        let name = if theme == Theme::Light { "light" } else { "dark" };
        root.set_attribute("data-theme", name).ok();
    }
}
