//! Markers: set with one key, written in a field over the picture, kept by the gateway or, where none is, by this browser.

use model::marker::Marker;
use serde_json::Map;

use super::*;
use crate::{browser::address, screen::NotesWords, words::numbers::clock_with_millis};

/// Where this browser keeps the markers of a session.
const KEPT: &str = "kafkascope.markers.";

/// The marker that is written.
#[derive(Debug, Default)]
pub(super) struct Notes {
    editing: RefCell<Option<Marker>>,
    /// Whether it was set by the key that opened the field, and goes when that is closed.
    is_new: Cell<bool>,
}

impl Desk {
    /// Marks this moment, and asks for words.
    pub(crate) fn mark(self) {
        let held = self.held();
        let (is_live, at) = {
            let session = held.session.borrow();
            let Some(deck) = session.deck() else { return };
            (deck.is_live(), deck.now())
        };
        let id = random_id();
        let marker = Marker { id: id.clone(), at, text: String::new(), removed: false };
        if is_live {
            // The moment is now, not when the words are written.
            let args: Map<String, Value> = [("text".to_owned(), Value::String(String::new()))].into_iter().collect();
            self.send_as(id, Press { command: "set_marker".to_owned(), args, label: "Set marker".to_owned() });
        }
        held.notes.is_new.set(true);
        self.write_note(marker);
    }

    /// Opens a marker to write it anew.
    pub(crate) fn edit_note(self, id: &str) {
        let held = self.held();
        let marker = held.session.borrow().markers.get(id).cloned();
        if let Some(marker) = marker {
            held.notes.is_new.set(false);
            self.write_note(marker);
        }
    }

    fn write_note(self, marker: Marker) {
        let held = self.held();
        *held.notes.editing.borrow_mut() = Some(marker);
        held.touch();
        focus::later(".notes-of input");
    }

    /// What is written so far.
    pub(crate) fn note_says(self, text: &str) {
        if let Some(marker) = self.held().notes.editing.borrow_mut().as_mut() {
            marker.text = text.chars().filter(|c| !c.is_control()).take(model::marker::LONGEST).collect();
        }
    }

    /// Keeps what is written.
    pub(crate) fn keep_note(self) {
        let written = self.held().notes.editing.take();
        if let Some(marker) = written {
            self.keep(marker);
        }
    }

    /// Takes a marker away.
    pub(crate) fn remove_note(self, id: &str) {
        let held = self.held();
        let marker = held.session.borrow().markers.get(id).cloned();
        held.notes.editing.take();
        if let Some(marker) = marker {
            self.keep(Marker { removed: true, ..marker });
        }
        held.touch();
    }

    /// Closes the field without keeping what is written; false where it was not open.
    pub(super) fn drop_note(self) -> bool {
        let held = self.held();
        let Some(marker) = held.notes.editing.take() else { return false };
        // Live, the fact is there already: what was not wanted is taken away.
        if held.notes.is_new.get() && held.session.borrow().is_live() {
            self.keep(Marker { removed: true, ..marker });
        }
        held.touch();
        true
    }

    /// Writes a marker over what is known, and keeps all of them.
    fn keep(self, marker: Marker) {
        let held = self.held();
        let list = {
            let mut session = held.session.borrow_mut();
            // The fact's own time, where it has come.
            let at = session.markers.get(&marker.id).map_or(marker.at, |known| known.at);
            session.markers.write(Marker { at, ..marker });
            list(session.markers.all())
        };
        held.touch();
        let (token, name) = (held.token.clone(), held.gateway_name());
        spawn_local(async move {
            match (token, name) {
                (Some(token), Some(name)) => {
                    let name = encoded(name.strip_suffix(".kscope").unwrap_or(&name));
                    let path = format!("/api/recordings/{name}/markers");
                    let answer = fetch::send_json("PUT", &path, Some(&token), &list).await;
                    if !answer.as_ref().is_ok_and(|a| (200..300).contains(&a.status)) {
                        let why = refusal(answer);
                        self.keep_here(&list);
                        self.session(|s| {
                            s.cannot(format!("The marker is kept in this browser only: {why}"), now_millis())
                        });
                    }
                }
                _ => self.keep_here(&list),
            }
        });
    }

    fn keep_here(self, list: &str) {
        let held = self.held();
        let id = held.session.borrow().session_id();
        address::keep(&[KEPT, &id].concat(), list);
    }
}

impl Held {
    /// What this browser keeps of the markers of what was opened.
    pub(super) fn lay_kept_over(&self) {
        let mut session = self.session.borrow_mut();
        let kept = address::kept(&[KEPT, &session.session_id()].concat());
        let edits = kept.and_then(|text| serde_json::from_str(&text).ok()).as_ref().and_then(model::marker::read);
        if let Some(edits) = edits {
            session.markers.lay_over(&edits);
        }
    }

    pub(super) fn notes_words(&self, session: &Session) -> Option<NotesWords> {
        let editing = self.notes.editing.borrow();
        let marker = editing.as_ref()?;
        let list = session.markers.shown().map(|m| (m.id.clone(), clock_with_millis(m.at), m.text.clone()));
        Some(NotesWords { time: clock_with_millis(marker.at), text: marker.text.clone(), list: list.collect() })
    }
}

fn list(markers: &[Marker]) -> String {
    let one = |marker: &Marker| {
        let fields = [
            ("id", Value::String(marker.id.clone())),
            ("at", Value::from(marker.at.0)),
            ("text", Value::String(marker.text.clone())),
            ("removed", Value::Bool(marker.removed)),
        ];
        Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    };
    json::list(markers.iter().map(one).collect())
}
