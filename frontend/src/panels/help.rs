//! All keys, over the picture.

use leptos::prelude::*;

use super::parts::{block, panel, words};
use crate::desk::Desk;

#[component]
pub(crate) fn Help(desk: Desk) -> impl IntoView {
    let open = Memo::new(move |_| desk.screen.hands.with(|h| h.help.clone()));
    let line = |(caps, does): (Vec<String>, &'static str)| {
        let cap = |cap: String| words(if cap == "to" { "" } else { "kc" }, cap);
        block("", vec![block("kcs", caps.into_iter().map(cap).collect()), words("", does)])
    };
    move || {
        open.get().map(|keys| {
            let lines = block("keys", keys.into_iter().map(line).collect());
            panel("pop help", "help", "Keys".to_owned(), move || desk.toggle_help(), vec![lines])
        })
    }
}
