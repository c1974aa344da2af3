//! Where the keyboard is: inside the dialog that is open, and back where it was when that closes.

use std::cell::{Cell, RefCell};

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Document, Element, HtmlElement, KeyboardEvent};

const DIALOG: &str = "[role=dialog]";
const MODAL: &str = "[aria-modal=true]";
/// What Tab comes to.
const STOPS: &str = "button:not(:disabled):not([tabindex='-1']), input:not(:disabled), a[href], [tabindex='0']";

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        element.focus().ok();
    }
}

/// The elements that match, in their order.
fn all(within: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = within.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.get(i)?.dyn_into().ok()).collect()
}

/// The dialog on top, where one has the keyboard to itself.
fn modal() -> Option<Element> {
    all(&document()?.document_element()?, MODAL).pop()
}

/// Where the keyboard was before a dialog took it.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    before: RefCell<Option<Element>>,
    inside: Cell<bool>,
    open: Cell<bool>,
}

impl Keeper {
    /// Gives the keyboard to a dialog that has opened, and back where it came from when it has closed.
    pub(crate) fn tend(&self) {
        let active = document().and_then(|d| d.active_element()).filter(|e| e.tag_name() != "BODY");
        let is_inside = active.as_ref().is_some_and(|e| matches!(e.closest(DIALOG), Ok(Some(_))));
        let was_inside = self.inside.replace(is_inside);
        match active {
            None if was_inside => focus(self.before.borrow().clone()),
            Some(element) if !is_inside => *self.before.borrow_mut() = Some(element),
            _ => {}
        }
        let modal = modal();
        let is_new = modal.is_some() && !self.open.replace(modal.is_some());
        if is_new && !is_inside {
            focus(modal.and_then(|m| all(&m, STOPS).into_iter().next()));
        }
    }
}

/// From its last stop Tab leads to a dialog's first, and back.
pub(crate) fn trap() {
    let call: Closure<dyn FnMut(KeyboardEvent)> = Closure::new(move |event: KeyboardEvent| {
        let Some(modal) = modal().filter(|_| event.key() == "Tab") else { return };
        let stops = all(&modal, STOPS);
        let at = document().and_then(|d| d.active_element()).and_then(|a| stops.iter().position(|s| *s == a));
        let last = stops.len().saturating_sub(1);
        let to = match (at, event.shift_key()) {
            (None, false) => 0,
            (Some(at), false) if at == last => 0,
            (None | Some(0), true) => last,
            _ => return,
        };
        event.prevent_default();
        focus(stops.into_iter().nth(to));
    });
    if let Some(window) = web_sys::window() {
        window.add_event_listener_with_callback("keydown", call.as_ref().unchecked_ref()).ok();
    }
    // The page listens for as long as it lives.
    call.forget();
}

/// Focuses the first element that matches, when it will be there: after the next two frames.
pub(crate) fn later(selector: &'static str) {
    let Some(window) = web_sys::window() else { return };
    let then = Closure::once_into_js(move || {
        let now =
            Closure::once_into_js(move || focus(document().and_then(|d| d.query_selector(selector).ok().flatten())));
        if let Some(window) = web_sys::window() {
            window.request_animation_frame(now.unchecked_ref()).ok();
        }
    });
    window.request_animation_frame(then.unchecked_ref()).ok();
}
