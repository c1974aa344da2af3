//! The presenter's window, on a second screen: what is next and what to say to it, the clock, what the audience reads,
//! and all controls.

use leptos::prelude::*;

use super::{
    caption::caption,
    cues::cues,
    guards::guards,
    machines::machines,
    outcomes::outcomes,
    parts::{Button, block, heading, icon, words},
    progress,
    proof::proof,
    question::question,
    scenes,
    verdict::sign,
};
use crate::{
    browser::element::{element, live, nothing},
    desk::Desk,
    screen::Bottom,
    words::{talk::Turn, verdict::End},
};

pub(crate) fn talk(desk: Desk) -> AnyView {
    let screen = desk.screen;
    let clock = live(move || {
        let ((time, since), header) = (screen.hands.with(|h| h.clock.clone()), screen.header.get());
        let since = format!("session {since}");
        let said =
            [words("time", time), words("", since), words("mode", header.badge.word()), words("", header.behind)];
        block("clock", said.into())
    });
    let under = live(move || if screen.bottom.get() == Bottom::Presenter { controls(desk) } else { absent() });
    element("main", "talk").known_as("talk").holds([clock, caption(desk), under, machines(desk)])
}

fn absent() -> AnyView {
    words("q", "Here stand the next step and the controls while this page has a live session and its token.")
}

fn controls(desk: Desk) -> AnyView {
    let screen = desk.screen;
    let present = live(move || {
        let (progress, ends) =
            screen.backstage.with(|b| (b.progress.clone(), b.verdict.as_ref().map(|v| v.words.ends.clone())));
        let ends = ends.unwrap_or_default().into_iter().map(end).collect();
        let running = progress.map_or_else(nothing, |progress| progress::open(desk, progress));
        vec![running, turn(desk, screen.hands.with(|h| h.next.clone())), block("ends", ends)].into_any()
    });
    let list = live(move || {
        let listed = screen.backstage.with(|b| b.scenes.clone()).unwrap_or_default();
        block("list", scenes::list(desk, listed))
    });
    vec![
        present,
        block("strip asks", vec![question(desk), guards(desk)]),
        cues(desk),
        block("strip said", vec![outcomes(desk)]),
        proof(desk),
        list,
    ]
    .into_any()
}

fn turn(desk: Desk, next: Option<Turn>) -> AnyView {
    let over = "The talk is over: Left goes back, and the list below plays any scene.".to_owned();
    let turn = next.unwrap_or_else(|| Turn { title: over, ..Turn::default() });
    let buttons = vec![
        Button::new("btn hot", "talk-play", "Right: next").does(move || desk.next_turn()),
        Button::new("btn", "talk-back", "Left: one back").does(move || desk.turn_back()),
    ];
    let head = vec![words("q", "Next"), words("t", turn.title), words("q", turn.chapter), block("ways", buttons)];
    let steps = turn.steps.into_iter().map(|step| words("", step)).collect();
    let inside = [block("turn", head), words("notes", turn.notes), block("todo", steps)];
    element("section", "next").known_as("talk-next").holds(inside)
}

fn end(end: End) -> AnyView {
    block("end", vec![icon(sign(end.check)), heading(end.line)])
}
