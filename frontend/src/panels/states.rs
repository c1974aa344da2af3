//! The sheet `#/states`, or `#/states&theme=light`: every state of the stage beside its word.

use leptos::{html::Canvas, prelude::*};

use super::parts::{block, heading, words};
use crate::{
    browser::{
        address::Address,
        canvas::{font_is_there, paint_part},
        fetch,
        theme::wear,
    },
    paint::Theme,
    states::{FILE, State},
};

/// How large the stage stands on the sheet.
const SCALE: f64 = 0.75;

/// Fetches the states' facts and puts the sheet into the document.
pub(crate) async fn open() {
    let states = match fetch::text(FILE).await {
        Ok(answer) => State::all(&answer.body),
        Err(why) => Err(why),
    };
    font_is_there().await;
    let theme = match Address::read().value("theme") {
        Some("light") => Theme::Light,
        _ => Theme::Dark,
    };
    wear(theme);
    leptos::mount::mount_to_body(move || match states {
        Ok(states) => sheet(states, theme),
        Err(why) => words("state", why),
    });
}

fn sheet(states: Vec<State>, theme: Theme) -> AnyView {
    let (mut all, mut group, mut part) = (Vec::new(), Vec::new(), String::new());
    for state in states {
        if state.part != part {
            all.push(block("part", std::mem::take(&mut group)));
            part.clone_from(&state.part);
            group.push(heading(part.clone()));
        }
        group.push(one(state, theme));
    }
    all.push(block("part", group));
    block("states", all)
}

fn one(state: State, theme: Theme) -> AnyView {
    let State { word, says, area, drawing, .. } = state;
    let canvas = NodeRef::<Canvas>::new();
    canvas.on_load(move |canvas| paint_part(canvas, &drawing, area, theme, SCALE));
    let seen = view! { <canvas node_ref=canvas role="img" aria-label=word.clone()></canvas> }.into_any();
    block("state", vec![seen, words("word", word), words("q", says)])
}
