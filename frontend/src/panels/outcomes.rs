//! What became of the newest presses: pending, done with what was done and how long it took, or refused and why.

use leptos::prelude::*;

use crate::{
    desk::Desk,
    icons,
    session::{Outcome, Pressed},
    words::numbers::thousands,
};

#[component]
pub(crate) fn Outcomes(desk: Desk) -> impl IntoView {
    let pressed = desk.screen.pressed;
    view! { <span class="outcomes" role="status">{move || pressed.get().into_iter().rev().map(one).collect_view()}</span> }
}

fn one(pressed: Pressed) -> impl IntoView {
    let name = |rest: String| if pressed.label.is_empty() { rest } else { format!("{}: {rest}", pressed.label) };
    let (class, icon, words) = match &pressed.outcome {
        Outcome::Pending => ("pending", icons::HALF, name("waiting for the outcome".to_owned())),
        Outcome::Done(did, took_ms) => ("done", icons::TICK, name(format!("{did}, {} ms", thousands(*took_ms)))),
        Outcome::Said(what) => ("said", icons::PLAY, name(what.clone())),
        Outcome::Refused(reason) => ("refused", icons::CROSS, name(reason.clone())),
    };
    let title = words.clone();
    view! {
        <span class=format!("outcome {class}") data-testid="outcome" title=title>
            <span class="ic" inner_html=icon></span>
            {words}
        </span>
    }
}
