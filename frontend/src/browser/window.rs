//! Windows of our own: the second one, and the moment when this one goes.

use wasm_bindgen::{JsCast as _, closure::Closure};

/// Opens this address with that behind its `#` in a window of that name, or shows the one that is open; false where the
/// browser does not let us.
pub(crate) fn open(hash: &str, name: &str, features: &str) -> bool {
    let Some(window) = web_sys::window() else { return false };
    let location = window.location();
    let address = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default() + "#" + hash;
    matches!(window.open_with_url_and_target_and_features(&address, name, features), Ok(Some(_)))
}

/// Calls `then` when this page is left or closed.
pub(crate) fn when_left(then: impl Fn() + 'static) {
    let call: Closure<dyn FnMut()> = Closure::new(then);
    if let Some(window) = web_sys::window() {
        window.add_event_listener_with_callback("pagehide", call.as_ref().unchecked_ref()).ok();
    }
    call.forget();
}
