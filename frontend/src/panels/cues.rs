//! The presenter's row of buttons.

use leptos::prelude::*;

use super::parts::words;
use crate::{
    cues::row::{Button, ROW, SELDOM, Shown},
    desk::Desk,
};

#[component]
pub(crate) fn Cues(desk: Desk) -> impl IntoView {
    let buttons = ROW.into_iter().enumerate().map(|(place, button)| one(desk, button, Some(place)));
    view! {
        <div class="strip cues">
            <span class="lbl">"Cues"</span>
            {buttons.collect_view()}
        </div>
    }
}

/// What is seldom pressed, for the panel over the machines.
pub(super) fn seldom(desk: Desk) -> Vec<AnyView> {
    SELDOM.into_iter().map(|button| one(desk, button, None)).collect()
}

/// A button stays the same element while its words change: a press must not fall between two.
fn one(desk: Desk, (key, label, cue, id): Button, place: Option<usize>) -> AnyView {
    let shown = Memo::new(move |_| {
        let as_it_stands = place.and_then(|place| desk.screen.hands.with(|h| h.cues.get(place).cloned()));
        as_it_stands.unwrap_or_else(|| Shown { label: label.to_owned(), ..Shown::default() })
    });
    let class = move || match shown.with(|s| (s.hot, s.cannot.is_empty())) {
        (true, _) => "btn hot",
        (_, false) => "btn off",
        _ => "btn",
    };
    let cannot = move || (!shown.with(|s| s.cannot.is_empty())).then_some("true");
    view! {
        <button
            class=class
            data-testid=id
            title=move || shown.with(|s| s.cannot.clone())
            aria-disabled=cannot
            on:click=move |_| desk.cue(cue)
        >
            {(!key.is_empty()).then(|| view! { <kbd>{key}</kbd> })}
            {move || words("w", shown.with(|s| s.label.clone()))}
        </button>
    }
    .into_any()
}
