//! The theme: what the system prefers, until a person chooses, which this browser then keeps; the style sheet reads it
//! from the root.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::Storage;

use crate::paint::Theme;

/// Where a person's choice is kept.
const CHOSEN: &str = "kafkascope.theme";

/// Calls `each` with what the system prefers, now and whenever that changes.
pub(crate) fn each_preference(each: impl Fn(Theme) + 'static) {
    each_answer("(prefers-color-scheme: light)", move |light| each(if light { Theme::Light } else { Theme::Dark }));
}

/// Asks the browser about the system, and calls `each` with its answer, now and whenever that changes.
pub(super) fn each_answer(question: &str, each: impl Fn(bool) + 'static) {
    let query = web_sys::window().and_then(|w| w.match_media(question).ok().flatten());
    let Some(query) = query else { return };
    let asked = query.clone();
    let tell = move || each(asked.matches());
    tell();
    let call: Closure<dyn FnMut()> = Closure::new(tell);
    query.add_event_listener_with_callback("change", call.as_ref().unchecked_ref()).ok();
    // The page listens for as long as it lives.
    call.forget();
}

/// What a person chose here before.
pub(crate) fn chosen() -> Option<Theme> {
    let name = storage()?.get_item(CHOSEN).ok()??;
    [Theme::Dark, Theme::Light].into_iter().find(|theme| name == self::name(*theme))
}

/// Keeps a person's choice; a browser that keeps nothing has it until the page is loaded again.
pub(crate) fn keep(theme: Theme) {
    if let Some(storage) = storage() {
        storage.set_item(CHOSEN, name(theme)).ok();
    }
}

/// Puts the chosen theme on the page.
pub(crate) fn wear(theme: Theme) {
    let root = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element());
    if let Some(root) = root {
        root.set_attribute("data-theme", name(theme)).ok();
    }
}

fn name(theme: Theme) -> &'static str {
    if theme == Theme::Light { "light" } else { "dark" }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
