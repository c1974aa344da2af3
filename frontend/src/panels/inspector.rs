//! The side sheet with everything known of what was clicked.

use leptos::prelude::*;

use crate::{desk::Desk, words::inspector::Sheet};

#[component]
pub(crate) fn Inspector(desk: Desk) -> impl IntoView {
    move || desk.screen.sheet.get().map(|sheet| open(desk, sheet))
}

fn open(desk: Desk, sheet: Sheet) -> impl IntoView {
    let Sheet { title, flag, rows, story, value } = sheet;
    let rows = rows.into_iter().map(|(name, value, is_code)| {
        view! {
            <dt>{name}</dt>
            <dd class:code=is_code>{value}</dd>
        }
    });
    let has_story = !story.is_empty();
    let story = story.into_iter().map(|(at, what)| {
        view! {
            <dt>{at}</dt>
            <dd>{what}</dd>
        }
    });
    view! {
        <div class="sheet" data-testid="inspector" role="dialog" aria-label="Inspector">
            <h2>{title}<button class="esc" data-testid="inspector-close" on:click=move |_| desk.dismiss()>"Esc"</button></h2>
            {flag.map(|(text, tone)| view! { <p class=format!("flag {}", tone.class())>{text}</p> })}
            <dl>{rows.collect_view()}</dl>
            {has_story.then(|| view! { <h3>"What happened to it"</h3> })}
            <dl class="story">{story.collect_view()}</dl>
            {value.map(|value| view! { <h3>"Value"</h3><pre data-testid="inspector-value">{value}</pre> })}
        </div>
    }
}
