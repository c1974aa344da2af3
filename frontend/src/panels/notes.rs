//! The field in which a marker is written, and the list of all of them.

use leptos::prelude::*;

use super::parts::{Button, block, key, panel, words};
use crate::{
    browser::{
        element::{element, live, nothing},
        keys,
    },
    desk::Desk,
    screen::NotesWords,
};

pub(crate) fn notes(desk: Desk) -> AnyView {
    live(move || desk.screen.hands.with(|h| h.notes.clone()).map_or_else(nothing, |shown| open(desk, shown)))
}

fn open(desk: Desk, shown: NotesWords) -> AnyView {
    let NotesWords { time, text, list } = shown;
    let field =
        element("input", "link").known_as("note-text").with("value", text).with("aria-label", "What happened here");
    let field = field.on("input", move |ev| desk.note_says(&event_target_value(ev)));
    let field = field.on("keydown", move |ev| {
        if keys::is_enter(ev) {
            desk.keep_note();
        }
    });
    let mut keep = Button::new("btn hot", "note-keep", "");
    keep.face = vec![words("", "Keep"), key("Enter")];
    let write = block("gives", vec![words("at", time), field.holds([]), keep.does(move || desk.keep_note())]);
    let known = list.into_iter().map(|(id, time, text)| known(desk, id, time, text)).collect();
    panel("pop notes-of", "notes", "Marker".to_owned(), move || desk.dismiss(), vec![write, block("known", known)])
}

fn known(desk: Desk, id: String, time: String, text: String) -> AnyView {
    let (edited, removed) = (id.clone(), id);
    block(
        "gives",
        vec![
            words("at", time),
            words("t", if text.is_empty() { "marker".to_owned() } else { text }),
            Button::new("btn", "note-edit", "Edit").does(move || desk.edit_note(&edited)),
            Button::new("btn", "note-remove", "Remove").does(move || desk.remove_note(&removed)),
        ],
    )
}
