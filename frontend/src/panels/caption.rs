//! The caption, seen as it changes and spoken at most every two seconds; a number shows on the stage what proves it.

use leptos::prelude::*;

use super::parts::{Button, icon, words};
use crate::{
    browser::element::{element, live},
    desk::Desk,
    icons,
    screen::CaptionWords,
    words::{
        Tone,
        caption::{Piece, is_long, is_parted, tone},
    },
};

pub(crate) fn caption(desk: Desk) -> AnyView {
    let spoken = live(move || element("p", "unseen").with("aria-live", "polite").text(desk.screen.spoken.get()));
    vec![live(move || seen(desk, desk.screen.caption.get())), spoken].into_any()
}

fn seen(desk: Desk, CaptionWords { said, chosen }: CaptionWords) -> AnyView {
    let class = if is_long(&said) { "cap long" } else { "cap" };
    let is_parted = is_parted(&said);
    let mut inside = Vec::new();
    for (place, part) in said.parts.into_iter().enumerate() {
        if place == 1 && is_parted {
            inside.push(element("br", "").holds([]));
        }
        let tone = tone(part.tone);
        let sign = match tone {
            Tone::Bad => Some(icon(icons::CROSS)),
            Tone::Good => Some(icon(icons::TICK)),
            _ => None,
        };
        let pieces = part.pieces.into_iter().map(|piece| shown(desk, piece, &chosen));
        inside.push(element("span", tone.class()).holds(sign.into_iter().chain(pieces)));
        inside.push(" ".into_any());
    }
    element("p", class).known_as("caption").holds(inside)
}

fn shown(desk: Desk, Piece { text, facts }: Piece, chosen: &[u64]) -> AnyView {
    if facts.is_empty() {
        return words("", text);
    }
    let mut button = Button::new(if facts == chosen { "num down" } else { "num" }, "caption-number", text);
    button.title = "Show what proves it".to_owned();
    button.does(move || desk.prove(facts.clone()))
}
