//! The header: which session, which mode, how far behind.

use leptos::prelude::*;

use super::parts::{icon, words};
use crate::{
    browser::element::{element, live},
    desk::Desk,
    icons,
    words::header::Badge,
};

pub(crate) fn header(desk: Desk) -> AnyView {
    live(move || {
        let shown = desk.screen.header.get();
        let sign = match shown.badge {
            Badge::Live => icons::LIVE,
            Badge::Paused => icons::PAUSE,
            Badge::Behind => icons::PLAY,
            Badge::Stale => icons::WARN,
            Badge::Replay => icons::AGAIN,
            Badge::Opening => icons::HALF,
        };
        let word = shown.badge.word();
        let mode = element("span", format!("mode {word}")).known_as("mode").holds([icon(sign), word.into_any()]);
        element("header", "head").holds([
            element("span", "mark").svg(icons::MARK),
            element("b", "").with("role", "heading").with("aria-level", "1").text("Kafkascope"),
            words("slash", "/"),
            element("span", "title").known_as("title").text(shown.title),
            words("sp", ""),
            words("right", shown.right),
            mode,
            element("span", "behind").known_as("behind").text(shown.behind),
        ])
    })
}
