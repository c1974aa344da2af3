//! The header: which session, which mode, how far behind.

use leptos::prelude::*;

use crate::{desk::Desk, icons, words::header::Badge};

#[component]
pub(crate) fn Header(desk: Desk) -> impl IntoView {
    let words = desk.screen.header;
    let icon = move || match words.with(|w| w.badge) {
        Badge::Live => icons::LIVE,
        Badge::Paused => icons::PAUSE,
        Badge::Behind => icons::PLAY,
        Badge::Stale => icons::WARN,
        Badge::Replay => icons::AGAIN,
        Badge::Opening => icons::HALF,
    };
    view! {
        <header class="head">
            <span class="mark" inner_html=icons::MARK></span>
            <b>"Kafkascope"</b>
            <span class="slash">"/"</span>
            <span class="title" data-testid="title">{move || words.with(|w| w.title.clone())}</span>
            <span class="sp"></span>
            <span class="right">{move || words.with(|w| w.right.clone())}</span>
            <span class=move || format!("mode {}", words.with(|w| w.badge.word())) data-testid="mode">
                <span class="ic" inner_html=icon></span>
                {move || words.with(|w| w.badge.word())}
            </span>
            <span class="behind" data-testid="behind">{move || words.with(|w| w.behind.clone())}</span>
        </header>
    }
}
