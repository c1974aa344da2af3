//! The presenter's row of buttons.

use leptos::prelude::*;

use super::parts::{block, key, words};
use crate::{
    browser::element::{element, live},
    cues::row::{Button, ROW, SELDOM, Shown},
    desk::Desk,
};

pub(crate) fn cues(desk: Desk) -> AnyView {
    live(move || {
        let mut shown = desk.screen.hands.with(|h| h.cues.clone()).into_iter();
        let mut row = vec![words("lbl", "Cues")];
        row.extend(ROW.map(|button| one(desk, button, shown.next())));
        block("strip cues", row)
    })
}

/// What is seldom pressed, for the panel over the machines.
pub(super) fn seldom(desk: Desk) -> AnyView {
    block("ways", SELDOM.map(|button| one(desk, button, None)).into())
}

/// A button that cannot work stays one: pressed, it says why.
fn one(desk: Desk, (stroke, label, cue, id): Button, shown: Option<Shown>) -> AnyView {
    let Shown { label, cannot, hot } = shown.unwrap_or_else(|| Shown { label: label.to_owned(), ..Shown::default() });
    let class = match (hot, cannot.is_empty()) {
        (true, _) => "btn hot",
        (false, false) => "btn off",
        (false, true) => "btn",
    };
    let face = (!stroke.is_empty()).then(|| key(stroke)).into_iter().chain([label.into_any()]);
    let button = element("button", class).known_as(id).when("aria-disabled", !cannot.is_empty());
    button.with("title", cannot).click(move || desk.cue(cue)).holds(face)
}
