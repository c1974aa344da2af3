//! The side sheet with everything known of what was clicked.

use leptos::prelude::*;

use super::parts::{Button, block, key, words};
use crate::{desk::Desk, stage::Selected, words::inspector::Sheet};

#[component]
pub(crate) fn Inspector(desk: Desk) -> impl IntoView {
    move || desk.screen.sheet.get().map(|sheet| open(desk, sheet))
}

fn open(desk: Desk, sheet: Sheet) -> impl IntoView {
    let Sheet { title, flag, rows, story, value, links, has_story } = sheet;
    let rows = rows.into_iter().map(|(name, value, is_code)| {
        view! {
            <dt>{name}</dt>
            <dd class:code=is_code>{value}</dd>
        }
    });
    let happened = !story.is_empty();
    let story = story.into_iter().map(|(at, what)| {
        view! {
            <dt>{at}</dt>
            <dd>{what}</dd>
        }
    });
    let mut ways = Vec::new();
    if has_story {
        let mut follow = Button::new("btn hot", "follow", "");
        follow.face = vec![key("F"), words("", "Follow this order")];
        ways.push(follow.does(move || desk.follow()));
    }
    let link = |(n, (text, what)): (usize, (String, Selected))| {
        Button::new("btn", format!("link-{n}"), text).does(move || desk.select(what.clone()))
    };
    ways.extend(links.into_iter().enumerate().map(link));
    view! {
        <aside class="sheet" data-testid="inspector">
            <h2>{title}<button class="esc" data-testid="inspector-close" on:click=move |_| desk.dismiss()>"Esc"</button></h2>
            {flag.map(|(text, tone)| view! { <p class=format!("flag {}", tone.class())>{text}</p> })}
            <dl>{rows.collect_view()}</dl>
            {happened.then(|| view! { <h3>"What happened to it"</h3> })}
            <dl class="story">{story.collect_view()}</dl>
            {value.map(|value| view! { <h3>"Value"</h3><pre data-testid="inspector-value">{value}</pre> })}
            {block("ways links", ways)}
        </aside>
    }
}
