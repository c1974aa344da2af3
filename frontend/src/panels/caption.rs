//! The caption, seen as it changes and spoken at most every two seconds.

use leptos::prelude::*;

use crate::{desk::Desk, icons, words::Tone};

#[component]
pub(crate) fn Caption(desk: Desk) -> impl IntoView {
    let words = desk.screen.caption;
    let parts = move || {
        let parts = words.with(|w| w.parts.clone());
        parts
            .into_iter()
            .map(|(text, tone)| {
                let icon = match tone {
                    Tone::Bad => Some(icons::CROSS),
                    Tone::Good => Some(icons::TICK),
                    _ => None,
                };
                let icon = icon.map(|icon| view! { <span class="ic" inner_html=icon></span> });
                view! { <span class=tone.class()>{icon}{text}</span>" " }
            })
            .collect_view()
    };
    view! {
        <p class="cap" class:long=move || words.with(|w| w.is_long()) data-testid="caption">{parts}</p>
        <p class="unseen" aria-live="polite">{move || desk.screen.spoken.get()}</p>
    }
}
