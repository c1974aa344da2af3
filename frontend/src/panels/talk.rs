//! The presenter's window, on a second screen: what is next and what to say to it, the clock, what the audience reads,
//! and all controls.

use leptos::prelude::*;

use super::{
    caption::Caption,
    cues::Cues,
    guards::Guards,
    machines::Machines,
    outcomes::Outcomes,
    parts::{Button, block, heading, icon, words},
    progress,
    proof::Proof,
    question::QuestionBar,
    scenes,
    verdict::sign,
};
use crate::{
    desk::Desk,
    screen::Bottom,
    words::{talk::Turn, verdict::End},
};

#[component]
pub(crate) fn Talk(desk: Desk) -> impl IntoView {
    let screen = desk.screen;
    let clock = move || {
        let ((time, since), header) = (screen.hands.with(|h| h.clock.clone()), screen.header.get());
        let since = format!("session {since}");
        vec![words("time", time), words("", since), words("mode", header.badge.word()), words("", header.behind)]
    };
    let presents = Memo::new(move |_| screen.bottom.get() == Bottom::Presenter);
    view! {
        <main class="talk" data-testid="talk">
            <div class="clock">{clock}</div>
            <Caption desk=desk/>
            {move || if presents.get() { controls(desk) } else { absent() }}
            <Machines desk=desk/>
        </main>
    }
}

fn absent() -> AnyView {
    words("q", "Here stand the next step and the controls while this page has a live session and its token.")
}

fn controls(desk: Desk) -> AnyView {
    let screen = desk.screen;
    // In a memo: a clock that ticks must not take the button away from under the pointer.
    let shown = Memo::new(move |_| {
        let (ends, listed) = screen.backstage.with(|b| (b.verdict.as_ref().map(|v| v.words.clone()), b.scenes.clone()));
        (screen.hands.with(|h| h.next.clone()), ends, listed)
    });
    let first = move || {
        let (next, verdict, _) = shown.get();
        let ends = verdict.map_or_else(Vec::new, |v| v.ends.into_iter().map(end).collect());
        vec![turn(desk, next), block("ends", ends)]
    };
    let list = move || block("list", scenes::list(desk, shown.get().2.unwrap_or_default()));
    view! {
        {progress::place(desk)}
        {first}
        <div class="strip asks">
            <QuestionBar desk=desk/>
            <Guards desk=desk/>
        </div>
        <Cues desk=desk/>
        <div class="strip said"><Outcomes desk=desk/></div>
        <Proof desk=desk/>
        {list}
    }
    .into_any()
}

fn turn(desk: Desk, next: Option<Turn>) -> AnyView {
    let Some(turn) = next else { return words("q", "The talk is over: Left goes back, and the list runs any scene.") };
    let buttons = vec![
        Button::new("btn hot", "talk-run", "Right: play").does(move || desk.next_turn()),
        Button::new("btn", "talk-back", "Left: one back").does(move || desk.turn_back()),
    ];
    let steps = turn.steps.into_iter().map(|step| words("", step)).collect();
    let head = vec![words("q", "Next"), words("t", turn.title), words("q", turn.chapter), block("ways", buttons)];
    block("next", vec![block("turn", head), words("notes", turn.notes), block("todo", steps)])
}

fn end(end: End) -> AnyView {
    block("end", vec![icon(sign(end.check)), heading(end.line)])
}
