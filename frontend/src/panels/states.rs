//! The sheet `#/states`: every state of the stage beside its word.

use leptos::{html::Canvas, prelude::*};

use super::parts::{block, heading, words};
use crate::{
    browser::{
        canvas::{font_is_there, paint_part},
        fetch,
    },
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
    leptos::mount::mount_to_body(move || match states {
        Ok(states) => sheet(states),
        Err(why) => words("state", why),
    });
}

fn sheet(states: Vec<State>) -> AnyView {
    let (mut all, mut group, mut part) = (Vec::new(), Vec::new(), String::new());
    for state in states {
        if state.part != part {
            all.push(block("part", std::mem::take(&mut group)));
            part.clone_from(&state.part);
            group.push(heading(part.clone()));
        }
        group.push(one(state));
    }
    all.push(block("part", group));
    block("states", all)
}

fn one(state: State) -> AnyView {
    let State { word, says, area, drawing, .. } = state;
    let canvas = NodeRef::<Canvas>::new();
    canvas.on_load(move |canvas| paint_part(canvas, &drawing, area, SCALE));
    let seen = view! { <canvas node_ref=canvas role="img" aria-label=word.clone()></canvas> }.into_any();
    block("state", vec![seen, words("word", word), words("q", says)])
}
