//! The drawer in which one chooses what is drawn, where there is more than has room.

use leptos::prelude::*;

use super::parts::{Button, block, heading, panel, words};
use crate::{
    desk::{Cue, Desk},
    words::choice::{ChoiceWords, Item},
};

pub(super) fn open(desk: Desk, shown: ChoiceWords) -> AnyView {
    let mut children = Vec::new();
    for (n, (name, items)) in shown.parts.into_iter().enumerate() {
        children.push(heading(name));
        children.push(block("picks", items.into_iter().map(|item| one(desk, n, item)).collect()));
    }
    if shown.by_hand {
        let mut back = Button::new("btn", "choice-automatic", "Whatever comes first");
        back.title = "Undo what was chosen by hand".to_owned();
        children.push(block("ways", vec![back.does(move || desk.choose_nothing())]));
    } else {
        children.push(words("q", "What is drawn was chosen by itself: one partition of each topic in turn."));
    }
    let close = move || desk.cue(Cue::Choice);
    panel("pop drawer choice", "choice", "What is drawn".to_owned(), close, vec![block("", children)])
}

fn one(desk: Desk, part: usize, item: Item) -> AnyView {
    let Item { name, pick, shown } = item;
    let id = format!("pick-{part}-{name}");
    let mut button = Button::new(if shown { "btn hot" } else { "btn" }, id, name);
    button.role = Some(("checkbox", if shown { "true" } else { "false" }));
    button.does(move || desk.choose(pick.clone()))
}
