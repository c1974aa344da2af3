//! The caption, seen as it changes and spoken at most every two seconds.

use leptos::prelude::*;

use super::parts::icon;
use crate::{
    browser::element::{element, live},
    desk::Desk,
    icons,
    words::{Tone, caption::Caption},
};

/// About as many characters fit on one line of the caption.
const ONE_LINE: usize = 60;

pub(crate) fn caption(desk: Desk) -> AnyView {
    let spoken = live(move || element("p", "unseen").with("aria-live", "polite").text(desk.screen.spoken.get()));
    vec![live(move || seen(desk.screen.caption.get())), spoken].into_any()
}

fn seen(caption: Caption) -> AnyView {
    let class = if caption.is_long() { "cap long" } else { "cap" };
    let is_wide = caption.parts.iter().map(|(text, _)| text.len()).sum::<usize>() > ONE_LINE;
    let mut inside = Vec::new();
    for (place, (text, tone)) in caption.parts.into_iter().enumerate() {
        // What adds to a fact begins a line of its own where the two do not fit on one.
        if place == 1 && tone == Tone::Detail && is_wide {
            inside.push(element("br", "").holds([]));
        }
        let sign = match tone {
            Tone::Bad => Some(icon(icons::CROSS)),
            Tone::Good => Some(icon(icons::TICK)),
            _ => None,
        };
        inside.push(element("span", tone.class()).holds(sign.into_iter().chain([text.into_any()])));
        inside.push(" ".into_any());
    }
    element("p", class).known_as("caption").holds(inside)
}
