//! The websocket: opened again by itself, and closed by us where nothing comes although it is open.

use std::{cell::RefCell, rc::Rc};

use model::frame::SUBPROTOCOL;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

use super::clock::now_millis;

/// The first wait before trying again; it doubles up to [`LONGEST_WAIT_MILLIS`].
const FIRST_WAIT_MILLIS: i32 = 200;
const LONGEST_WAIT_MILLIS: i32 = 2_000;
/// Frames come at least each half second: after this long the connection is dead, whatever the browser says.
const DEAD_MILLIS: f64 = 4_000.0;
const WATCH_MILLIS: i32 = 1_000;

/// Who hears what comes.
pub(crate) trait Listener {
    /// The connection is up.
    fn opened(&self);
    /// A text frame.
    fn frame(&self, text: &str);
    /// The connection is gone, or could not be made for the so-many-th time.
    fn lost(&self, attempt: u32);
}

struct Connection {
    socket: WebSocket,
    // Kept for as long as the socket may call them.
    _opened: Closure<dyn FnMut(Event)>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _closed: Closure<dyn FnMut(CloseEvent)>,
}

struct State {
    url: String,
    listener: Box<dyn Listener>,
    connection: RefCell<Option<Connection>>,
    attempt: RefCell<u32>,
    heard_millis: RefCell<f64>,
}

/// Connects, and stays connected for as long as the page lives.
pub(crate) fn connect(url: String, listener: Box<dyn Listener>) {
    let state = Rc::new(State {
        url,
        listener,
        connection: RefCell::new(None),
        attempt: RefCell::new(0),
        heard_millis: RefCell::new(now_millis()),
    });
    open(&state);
    watch(&state);
}

fn open(state: &Rc<State>) {
    *state.heard_millis.borrow_mut() = now_millis();
    let Ok(socket) = WebSocket::new_with_str(&state.url, SUBPROTOCOL) else { return lost(state) };
    let opened = {
        let state = Rc::clone(state);
        Closure::new(move |_: Event| {
            *state.attempt.borrow_mut() = 0;
            state.listener.opened();
        })
    };
    let message = {
        let state = Rc::clone(state);
        Closure::new(move |event: MessageEvent| {
            *state.heard_millis.borrow_mut() = now_millis();
            if let Some(text) = event.data().as_string() {
                state.listener.frame(&text);
            }
        })
    };
    let closed = {
        let state = Rc::clone(state);
        Closure::new(move |_: CloseEvent| lost(&state))
    };
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
    *state.connection.borrow_mut() = Some(Connection { socket, _opened: opened, _message: message, _closed: closed });
}

fn lost(state: &Rc<State>) {
    let attempt = {
        let mut attempt = state.attempt.borrow_mut();
        *attempt += 1;
        *attempt
    };
    state.listener.lost(attempt);
    let wait = FIRST_WAIT_MILLIS.saturating_mul(1 << attempt.min(8).saturating_sub(1)).min(LONGEST_WAIT_MILLIS);
    // A hall full of phones must not come back in one instant.
    let jitter = (js_sys::Math::random() * f64::from(wait) / 2.0) as i32;
    let state = Rc::clone(state);
    later(wait + jitter, move || open(&state));
}

fn watch(state: &Rc<State>) {
    let watched = Rc::clone(state);
    later(WATCH_MILLIS, move || {
        let silent = now_millis() - *watched.heard_millis.borrow();
        if silent > DEAD_MILLIS {
            drop_connection(&watched);
        }
        watch(&watched);
    });
}

fn drop_connection(state: &Rc<State>) {
    let Some(connection) = state.connection.borrow_mut().take() else { return };
    connection.socket.set_onopen(None);
    connection.socket.set_onmessage(None);
    connection.socket.set_onclose(None);
    // Closing a connection that is dead may fail; it is forgotten either way.
    connection.socket.close().ok();
    *state.heard_millis.borrow_mut() = now_millis();
    lost(state);
}

fn later(millis: i32, then: impl FnOnce() + 'static) {
    let call = Closure::once_into_js(then);
    if let Some(window) = web_sys::window() {
        // It fails only on a page that is going away.
        window.set_timeout_with_callback_and_timeout_and_arguments_0(call.unchecked_ref(), millis).ok();
    }
}

/// Waits.
pub(crate) async fn wait(millis: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis).ok();
        }
    });
    wasm_bindgen_futures::JsFuture::from(promise).await.ok();
}
