//! How far the run of a scene is: its steps, the present one large, and a way to cancel it.

use leptos::prelude::*;

use super::parts::{Button, block, icon, words};
use crate::{
    desk::Desk,
    icons,
    screen::Bottom,
    words::run::{Mark, Progress},
};

/// Where the run stands, as long as one is going on; its frame and its button are made once a run.
pub(super) fn place(desk: Desk) -> AnyView {
    let run = Memo::new(move |_| desk.screen.backstage.with(|b| b.progress.as_ref().map(|p| p.run)));
    (move || run.get().map(|run| open(desk, run))).into_any()
}

fn open(desk: Desk, run: u64) -> AnyView {
    let shown = move || desk.screen.backstage.with(|b| b.progress.clone()).unwrap_or_default();
    let title = move || {
        let shown = shown();
        vec![words("t", shown.title), words("q", shown.place)]
    };
    let mut head = vec![title.into_any()];
    if desk.screen.bottom.get_untracked() == Bottom::Presenter {
        head.push(Button::new("btn", "run-cancel", "Cancel run").does(move || desk.cancel_run(run)));
    }
    block("progress", vec![block("head", head), (move || steps(shown())).into_any()])
}

fn steps(shown: Progress) -> Vec<AnyView> {
    let step = |(text, mark): (String, Mark)| {
        let sign = match mark {
            Mark::Done => icons::TICK,
            Mark::Missed => icons::CROSS,
            Mark::Now => icons::HALF,
            Mark::Later => icons::LATER,
        };
        block(mark.class(), vec![icon(sign), words("", text)])
    };
    let class = if shown.step.chars().count() > 60 { "step long" } else { "step" };
    let mut children = vec![words(class, shown.step)];
    if !shown.waits.is_empty() {
        children.push(words("q waits", shown.waits));
    }
    children.push(block("steps", shown.steps.into_iter().map(step).collect()));
    children
}
