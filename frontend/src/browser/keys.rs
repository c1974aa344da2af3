//! Key presses by the names that stand on the keys, but not those that belong to a field one writes in.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Element, Event, KeyboardEvent};

/// Calls `each` with the name of every key; true says that the key was ours, and the browser does nothing with it.
pub(crate) fn each_key(each: impl Fn(&str) -> bool + 'static) {
    let call: Closure<dyn FnMut(KeyboardEvent)> = Closure::new(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() || event.repeat() {
            return;
        }
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let on = target.map(|t| t.tag_name()).unwrap_or_default();
        let name = name(&event.key(), &event.code(), event.shift_key());
        // A focused button has its own Space and Enter.
        let belongs = matches!(on.as_str(), "INPUT" | "TEXTAREA" | "SELECT") && name != "Esc"
            || on == "BUTTON" && matches!(name.as_str(), "Space" | "Enter");
        if !belongs && each(&name) {
            event.prevent_default();
        }
    });
    if let Some(window) = web_sys::window() {
        window.add_event_listener_with_callback("keydown", call.as_ref().unchecked_ref()).ok();
    }
    // The page listens for as long as it lives.
    call.forget();
}

/// An arrow key on a slider: one step back or forth; nobody else hears of it.
pub(crate) fn by_arrow(event: &Event, step: impl Fn(i64)) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    match event.key().as_str() {
        "ArrowLeft" | "ArrowDown" => step(-1),
        "ArrowRight" | "ArrowUp" => step(1),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

/// Whether it is Enter, in a field one writes in.
pub(crate) fn is_enter(event: &Event) -> bool {
    event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Enter" && !event.is_composing())
}

/// What stands on the key: `K`, `Space`, `Right`. Shift is named where it makes another key of it: with digits and the
/// full stop by their place, whatever the keyboard's layout writes there, and with keys that write nothing.
fn name(key: &str, code: &str, shifted: bool) -> String {
    let name = match (key, code) {
        (" ", _) => "Space".to_owned(),
        ("Escape", _) => "Esc".to_owned(),
        (_, "Period") if shifted => ".".to_owned(),
        _ => match code.strip_prefix("Digit").filter(|_| shifted) {
            Some(digit) => digit.to_owned(),
            None if key.chars().count() == 1 => return key.to_uppercase(),
            None => key.strip_prefix("Arrow").unwrap_or(key).to_owned(),
        },
    };
    if shifted { format!("Shift+{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_key_has_the_name_that_stands_on_it() {
        assert_eq!(name("k", "KeyK", false), "K");
        assert_eq!(name("K", "KeyK", true), "K");
        assert_eq!(name(" ", "Space", false), "Space");
        assert_eq!(name("Escape", "Escape", false), "Esc");
        assert_eq!(name("ArrowRight", "ArrowRight", true), "Shift+Right");
        assert_eq!(name("PageDown", "PageDown", false), "PageDown");
        // A German keyboard writes other characters with Shift, and has its plus without.
        assert_eq!(name("\"", "Digit2", true), "Shift+2");
        assert_eq!(name("2", "Digit2", false), "2");
        assert_eq!(name(":", "Period", true), "Shift+.");
        assert_eq!(name(".", "Period", false), ".");
        assert_eq!(name("+", "Equal", true), "+");
        assert_eq!(name("?", "Minus", true), "?");
    }
}
