//! What became of the newest presses: pending, done with what was done and how long it took, or refused and why.

use leptos::prelude::*;

use super::parts::icon;
use crate::{
    browser::element::{element, live},
    desk::Desk,
    icons,
    session::{Outcome, Pressed},
    words::numbers::thousands,
};

pub(crate) fn outcomes(desk: Desk) -> AnyView {
    live(move || {
        let pressed = desk.screen.pressed.get().into_iter().rev();
        element("span", "outcomes").with("role", "status").holds(pressed.map(one))
    })
}

fn one(pressed: Pressed) -> AnyView {
    let name = |rest: String| if pressed.label.is_empty() { rest } else { format!("{}: {rest}", pressed.label) };
    let (class, sign, words) = match &pressed.outcome {
        Outcome::Pending => ("outcome pending", icons::HALF, name("waiting for the outcome".to_owned())),
        Outcome::Done(did, took_ms) => {
            ("outcome done", icons::TICK, name(format!("{did}, {} ms", thousands(*took_ms))))
        }
        Outcome::Said(what) => ("outcome said", icons::PLAY, name(what.clone())),
        Outcome::Refused(reason) => ("outcome refused", icons::CROSS, name(reason.clone())),
    };
    element("span", class).known_as("outcome").with("title", words.clone()).holds([icon(sign), words.into_any()])
}
