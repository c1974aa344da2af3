//! A line between the pages of one gateway in one browser: what one says, the others hear.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

/// Whatever origin we are served from has its own.
const NAME: &str = "kafkascope";

/// This page's end of it; it listens for as long as the page lives.
#[derive(Debug)]
pub(crate) struct Line(BroadcastChannel);

impl Line {
    /// Opens the line; none where the browser has no such thing.
    pub(crate) fn open(hear: impl Fn(&str) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(NAME).ok()?;
        let call: Closure<dyn FnMut(MessageEvent)> = Closure::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                hear(&text);
            }
        });
        channel.set_onmessage(Some(call.as_ref().unchecked_ref()));
        call.forget();
        Some(Self(channel))
    }

    /// Says something to the other pages.
    pub(crate) fn say(&self, text: &str) {
        // It fails only on a line that is closed, and this one never is.
        self.0.post_message(&text.into()).ok();
    }
}
