//! The caption, seen as it changes and spoken at most every two seconds.

use leptos::prelude::*;

use crate::{desk::Desk, icons, words::Tone};

/// About as many characters fit on one line of the caption.
const ONE_LINE: usize = 60;

#[component]
pub(crate) fn Caption(desk: Desk) -> impl IntoView {
    let words = desk.screen.caption;
    let parts = move || {
        let parts = words.with(|w| w.parts.clone());
        let is_wide = parts.iter().map(|(text, _)| text.len()).sum::<usize>() > ONE_LINE;
        parts
            .into_iter()
            .enumerate()
            .map(|(place, (text, tone))| {
                // What adds to a fact begins a line of its own where the two do not fit on one.
                let line = (place == 1 && tone == Tone::Detail && is_wide).then(|| view! { <br/> });
                let icon = match tone {
                    Tone::Bad => Some(icons::CROSS),
                    Tone::Good => Some(icons::TICK),
                    _ => None,
                };
                let icon = icon.map(|icon| view! { <span class="ic" inner_html=icon></span> });
                view! { {line}<span class=tone.class()>{icon}{text}</span>" " }
            })
            .collect_view()
    };
    view! {
        <p class="cap" class:long=move || words.with(|w| w.is_long()) data-testid="caption">{parts}</p>
        <p class="unseen" aria-live="polite">{move || desk.screen.spoken.get()}</p>
    }
}
