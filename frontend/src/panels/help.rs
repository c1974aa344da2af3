//! All keys, over the picture.

use leptos::prelude::*;

use super::parts::{block, key, panel, words};
use crate::{
    browser::element::{live, nothing},
    desk::Desk,
};

pub(crate) fn help(desk: Desk) -> AnyView {
    live(move || match desk.screen.hands.with(|h| h.help.clone()) {
        Some(keys) => {
            let lines = block("keys", keys.into_iter().map(line).collect());
            panel("pop help", "help", "Keys".to_owned(), move || desk.toggle_help(), vec![lines])
        }
        None => nothing(),
    })
}

fn line((caps, does): (Vec<String>, &'static str)) -> AnyView {
    let cap = |cap: String| if cap == "to" { words("", cap) } else { key(cap) };
    block("", vec![block("kcs", caps.into_iter().map(cap).collect()), words("", does)])
}
