//! What the address says and is made to say: the presenter's token, the display delay, the recording and the moment to open.

use wasm_bindgen::{JsCast as _, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Location, Storage};

use crate::link::Link;

/// Where the token is kept while the tab lives.
const TOKEN: &str = "kafkascope.token";

/// What stands behind `?` and `#`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Address {
    pairs: Vec<(String, String)>,
}

impl Address {
    /// Reads the address.
    pub(crate) fn read() -> Self {
        let mut pairs = Vec::new();
        if let Some(location) = location() {
            for part in [location.search().unwrap_or_default(), location.hash().unwrap_or_default()] {
                let part = part.trim_start_matches(['?', '#']);
                for pair in part.split('&').filter(|p| !p.is_empty()) {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    pairs.push((decoded(name), decoded(value)));
                }
            }
        }
        Self { pairs }
    }

    /// What of it is a link's.
    pub(crate) fn link(&self) -> Link {
        Link::of(&self.pairs)
    }

    /// A value by its name.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// The presenter's token: from the address, where it is taken away at once so that no screenshot shows it, or kept
/// from before in this tab.
pub(crate) fn take_token() -> Option<String> {
    let kept = storage().and_then(|s| s.get_item(TOKEN).ok().flatten());
    let Some(token) = Address::read().value("token").map(str::to_owned).filter(|t| !t.is_empty()) else { return kept };
    if let Some(storage) = storage() {
        // A browser that keeps nothing still has it until the page is loaded again.
        storage.set_item(TOKEN, &token).ok();
    }
    hide_token();
    Some(token)
}

fn hide_token() {
    let Some(location) = location() else { return };
    let hash = location.hash().unwrap_or_default();
    let rest: Vec<&str> =
        hash.trim_start_matches('#').split('&').filter(|p| !p.is_empty() && !p.starts_with("token=")).collect();
    write_fragment(&rest.join("&"));
}

/// What stands behind the `#`.
pub(crate) fn fragment() -> String {
    let hash = location().and_then(|l| l.hash().ok()).unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// Writes that behind the `#`, without a step in the browser's history.
pub(crate) fn write_fragment(fragment: &str) {
    let Some(location) = location() else { return };
    let mut address = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    if !fragment.is_empty() {
        address.push('#');
        address.push_str(fragment);
    }
    let history = web_sys::window().and_then(|w| w.history().ok());
    if let Some(history) = history {
        // A page from a file is moved within itself by its fragment only.
        history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address)).ok();
    }
}

/// Calls `then` when a person writes another fragment into the address bar, or follows a link to one.
pub(crate) fn each_fragment(then: impl Fn() + 'static) {
    let call: Closure<dyn FnMut()> = Closure::new(then);
    if let Some(window) = web_sys::window() {
        window.add_event_listener_with_callback("hashchange", call.as_ref().unchecked_ref()).ok();
    }
    // The page listens for as long as it lives.
    call.forget();
}

/// A path of this page's origin as a whole address.
pub(crate) fn of(path: &str) -> String {
    location().and_then(|l| l.origin().ok()).unwrap_or_default() + path
}

/// This page's address up to the `#`.
pub(crate) fn without_hash() -> String {
    let href = location().and_then(|l| l.href().ok()).unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// Whether nobody else can open an address of this host.
pub(crate) fn is_loopback() -> bool {
    let host = location().and_then(|l| l.hostname().ok()).unwrap_or_default();
    host.is_empty()
        || host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || host == "[::1]"
}

/// Puts a text on the clipboard; false where the browser lets nobody, as on a page without https.
pub(crate) async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window().filter(web_sys::Window::is_secure_context) else { return false };
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}

/// Keeps a text in this browser, also when the page is closed.
pub(crate) fn keep(name: &str, text: &str) {
    if let Some(storage) = web_sys::window().and_then(|w| w.local_storage().ok().flatten()) {
        // A browser that keeps nothing still has it until the page is loaded again.
        storage.set_item(name, text).ok();
    }
}

/// A text that this browser keeps.
pub(crate) fn kept(name: &str) -> Option<String> {
    web_sys::window()?.local_storage().ok()??.get_item(name).ok()?
}

/// The websocket's address on the page's own host.
pub(crate) fn socket_url() -> String {
    let location = location();
    let host = location.as_ref().and_then(|l| l.host().ok()).unwrap_or_default();
    let secure = location.and_then(|l| l.protocol().ok()).is_some_and(|p| p == "https:");
    format!("{}://{host}/ws", if secure { "wss" } else { "ws" })
}

/// A name as a part of a path.
pub(crate) fn encoded(name: &str) -> String {
    js_sys::encode_uri_component(name).into()
}

/// A random id of 16 hex digits.
pub(crate) fn random_id() -> String {
    let half = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    format!("{:08x}{:08x}", half(), half())
}

/// How many minutes the reader's clock is east of Greenwich.
pub(crate) fn minutes_east() -> i64 {
    -(js_sys::Date::new_0().get_timezone_offset() as i64)
}

fn decoded(text: &str) -> String {
    js_sys::decode_uri_component(text).map_or_else(|_| text.to_owned(), String::from)
}

fn location() -> Option<Location> {
    web_sys::window().map(|w| w.location())
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}
