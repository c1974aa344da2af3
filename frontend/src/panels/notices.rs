//! The newest WARN and ERROR lines of the processes.

use leptos::prelude::*;

use super::parts::{block, panel, words};
use crate::{
    browser::element::{live, nothing},
    desk::Desk,
    screen::NoticesWords,
};

pub(crate) fn notices(desk: Desk) -> AnyView {
    let screen = desk.screen;
    live(move || if screen.notices_open.get() { open(desk, screen.notices.get()) } else { nothing() })
}

fn open(desk: Desk, shown: NoticesWords) -> AnyView {
    let lines = shown.lines.into_iter().map(|(at, source, text, is_error)| {
        let level = if is_error { "ERROR" } else { "WARN" };
        let head = words("who", format!("{at} {source} {level}"));
        block(if is_error { "line bad" } else { "line" }, vec![head, words("text", text)])
    });
    let close = move || desk.screen.notices_open.set(false);
    panel("pop notices", "notices", "WARN and ERROR lines".to_owned(), close, lines.collect())
}
