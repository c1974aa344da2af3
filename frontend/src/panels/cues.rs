//! The presenter's row of buttons.

use leptos::prelude::*;

use crate::desk::{Cue, Desk};

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

#[component]
pub(crate) fn Cues(desk: Desk) -> impl IntoView {
    let restart = desk.screen.restart;
    let button = move |(key, words, cue, id): (&'static str, &'static str, Cue, &'static str)| {
        let label = move || match (cue, restart.get()) {
            (Cue::Restart, Some(what)) => what,
            _ => words.to_owned(),
        };
        let class = move || match (cue, restart.with(Option::is_some)) {
            (Cue::Restart, true) => "btn hot",
            (Cue::Restart, false) => "btn off",
            _ => "btn",
        };
        let key = (!key.is_empty()).then(|| view! { <kbd>{key}</kbd> });
        view! { <button class=class data-testid=id on:click=move |_| desk.cue(cue)>{key}{label}</button> }
    };
    view! {
        <div class="strip cues">
            <span class="lbl">"Cues"</span>
            {CUES.map(button).collect_view()}
        </div>
    }
}
