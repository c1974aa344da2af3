//! Key presses, but not those that belong to a field one writes in.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Element, KeyboardEvent};

/// A key that was pressed.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// Its name: one character in lower case, or `Escape`, `Home`…
    pub(crate) name: String,
    /// The digit under it where it was pressed with Shift, whatever the keyboard's layout makes of that.
    pub(crate) shifted_digit: Option<u32>,
}

/// Calls `each` for every key; true says that the key was ours, and the browser does nothing with it.
pub(crate) fn each_key(each: impl Fn(Key) -> bool + 'static) {
    let call: Closure<dyn FnMut(KeyboardEvent)> = Closure::new(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() || event.repeat() {
            return;
        }
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let on = target.map(|t| t.tag_name()).unwrap_or_default();
        let name = event.key();
        let digit = event.code().strip_prefix("Digit").and_then(|d| d.parse().ok());
        let shifted_digit = digit.filter(|_| event.shift_key());
        let name = match event.code().as_str() {
            // Shift and the full stop, whatever the keyboard's layout writes there.
            "Period" if event.shift_key() => ">".to_owned(),
            _ if name.chars().count() == 1 => name.to_ascii_lowercase(),
            _ => name,
        };
        // A focused button has its own Space and Enter.
        let belongs = matches!(on.as_str(), "INPUT" | "TEXTAREA" | "SELECT") && name != "Escape"
            || on == "BUTTON" && matches!(name.as_str(), " " | "Enter");
        if !belongs && each(Key { name, shifted_digit }) {
            event.prevent_default();
        }
    });
    if let Some(window) = web_sys::window() {
        window.add_event_listener_with_callback("keydown", call.as_ref().unchecked_ref()).ok();
    }
    // The page listens for as long as it lives.
    call.forget();
}
