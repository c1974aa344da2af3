//! The caption, seen as it changes and spoken at most every two seconds; a number shows on the stage what proves it.

use leptos::prelude::*;

use super::parts::{Button, icon, words};
use crate::{
    browser::element::{Element, element, live},
    desk::Desk,
    icons,
    words::{
        Tone,
        caption::{Caption, Piece, is_long, is_parted, tone},
    },
};

pub(crate) fn caption(desk: Desk) -> AnyView {
    let spoken = live(move || element("p", "unseen").with("aria-live", "polite").text(desk.screen.spoken.get()));
    let change = StoredValue::new(Change::default());
    let seen = live(move || {
        let words = desk.screen.caption.get();
        let change = change.try_update_value(|change| change.to(&words.said)).unwrap_or_default();
        let fades = |way: &'static str| if words.still || change.leaving.parts.is_empty() { "" } else { way };
        let (comes, goes) = if change.is_odd { ("comes odd", "goes odd") } else { ("comes", "goes") };
        let leaving = said(&change.leaving, fades(goes)).with("aria-hidden", "true");
        let leaving = leaving.holds(clauses(&change.leaving, words_of));
        let here = said(&words.said, fades(comes)).known_as("caption");
        let here = here.holds(clauses(&words.said, |piece| shown(desk, piece, &words.chosen)));
        (if fades(goes).is_empty() { vec![here] } else { vec![here, leaving] }).into_any()
    });
    vec![seen, spoken].into_any()
}

/// The sentence that stands, and the one that it fades out over.
#[derive(Clone, Debug, Default)]
struct Change {
    here: Caption,
    leaving: Caption,
    /// Every other time, so that the fade begins anew.
    is_odd: bool,
}

impl Change {
    fn to(&mut self, caption: &Caption) -> Self {
        if self.here.text() != caption.text() {
            let letters = |caption: &Caption| caption.text().replace(|c: char| !c.is_alphabetic(), "");
            let before = std::mem::replace(&mut self.here, caption.clone());
            // The same sentence with the numbers of now does not fade.
            if letters(&before) != letters(caption) {
                (self.leaving, self.is_odd) = (before, !self.is_odd);
            }
        }
        self.clone()
    }
}

fn said(caption: &Caption, fades: &str) -> Element {
    element("p", format!("cap{} {fades}", if is_long(caption) { " long" } else { "" }))
}

fn clauses(said: &Caption, show: impl Fn(Piece) -> AnyView) -> Vec<AnyView> {
    let is_parted = is_parted(said);
    let mut inside = Vec::new();
    for (place, part) in said.parts.iter().enumerate() {
        if place == 1 && is_parted {
            inside.push(element("br", "").holds([]));
        }
        let tone = tone(part.tone);
        let sign = match tone {
            Tone::Bad => Some(icon(icons::CROSS)),
            Tone::Good => Some(icon(icons::TICK)),
            _ => None,
        };
        let pieces = part.pieces.iter().cloned().map(&show);
        inside.push(element("span", tone.class()).holds(sign.into_iter().chain(pieces)));
        inside.push(" ".into_any());
    }
    inside
}

fn words_of(piece: Piece) -> AnyView {
    words("", piece.text)
}

fn shown(desk: Desk, Piece { text, facts }: Piece, chosen: &[u64]) -> AnyView {
    if facts.is_empty() {
        return words("", text);
    }
    let mut button = Button::new(if facts == chosen { "num down" } else { "num" }, "caption-number", text);
    button.title = "Show what proves it".to_owned();
    button.does(move || desk.prove(facts.clone()))
}
