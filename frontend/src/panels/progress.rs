//! How far the run of a scene is: its steps, the present one large, and a way to cancel it.

use leptos::prelude::*;

use super::parts::{Button, block, icon, words};
use crate::{
    desk::Desk,
    icons,
    screen::Bottom,
    words::run::{Mark, Progress as Shown},
};

pub(super) fn open(desk: Desk, shown: Shown) -> AnyView {
    let step = |(text, mark): (String, Mark)| {
        let sign = match mark {
            Mark::Done => icons::TICK,
            Mark::Missed => icons::CROSS,
            Mark::Now => icons::HALF,
            Mark::Later => icons::LATER,
        };
        block(mark.class(), vec![icon(sign), words("", text)])
    };
    let mut head = vec![words("t", shown.title), words("q", shown.place)];
    if desk.screen.bottom.get_untracked() == Bottom::Presenter {
        let run = shown.run;
        head.push(Button::new("btn", "run-cancel", "Cancel run").does(move || desk.cancel_run(run)));
    }
    let class = if shown.step.chars().count() > 60 { "step long" } else { "step" };
    let mut children = vec![block("head", head), words(class, shown.step)];
    if !shown.waits.is_empty() {
        children.push(words("q waits", shown.waits));
    }
    children.push(block("steps", shown.steps.into_iter().map(step).collect()));
    block("progress", children)
}
