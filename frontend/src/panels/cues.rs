//! The presenter's row of buttons.

use leptos::prelude::*;

use super::parts::{block, key, words};
use crate::{
    browser::element::{element, live},
    desk::{Cue, Desk},
};

/// The key, the words, what it does, and the name tests know it by.
const CUES: [(&str, &str, Cue, &str); 13] = [
    ("O", "Order", Cue::Order, "cue-order"),
    ("P", "Pay twice", Cue::PayTwice, "cue-pay-twice"),
    ("", "Order, not paid", Cue::OrderUnpaid, "cue-order-unpaid"),
    ("", "Pay", Cue::Pay, "cue-pay"),
    ("", "New item…", Cue::NewItem, "cue-item"),
    ("K", "Kill broker…", Cue::Kill, "cue-kill"),
    ("Z", "Pause broker…", Cue::Pause, "cue-pause"),
    ("R", "Restart", Cue::Restart, "cue-restart"),
    ("C", "Crash app…", Cue::Crash, "cue-crash"),
    ("", "Machines…", Cue::Machines, "cue-machines"),
    ("E", "Scenes…", Cue::Scenes, "cue-scenes"),
    ("W", "Wire…", Cue::Wire, "cue-wire"),
    ("G", "All back to green", Cue::Green, "cue-green"),
];

pub(crate) fn cues(desk: Desk) -> AnyView {
    live(move || {
        let restart = desk.screen.restart.get();
        let mut row = vec![words("lbl", "Cues")];
        row.extend(CUES.map(|(stroke, said, cue, id)| {
            let (class, said) = match (cue, &restart) {
                (Cue::Restart, Some(what)) => ("btn hot", what.clone()),
                (Cue::Restart, None) => ("btn off", said.to_owned()),
                _ => ("btn", said.to_owned()),
            };
            let face = (!stroke.is_empty()).then(|| key(stroke)).into_iter().chain([said.into_any()]);
            element("button", class).known_as(id).click(move || desk.cue(cue)).holds(face)
        }));
        block("strip cues", row)
    })
}
