//! The time axis: chapters, one thread a broker, marks and the playhead; in a recording a click seeks and the playhead is
//! a slider.

use leptos::prelude::*;

use super::parts::block;
use crate::{
    browser::{
        element::{element, live},
        keys, pointer,
    },
    desk::Desk,
    screen::Bottom,
    words::timeline::{Label, Stretch, TimelineWords},
};

pub(crate) fn timeline(desk: Desk) -> AnyView {
    let screen = desk.screen;
    let playhead = live(move || {
        let at = screen.playhead.get();
        let playhead = element("div", "playhead").known_as("playhead").with("style", format!("left: {at}"));
        if screen.bottom.get() != Bottom::Recording {
            return playhead.holds([]);
        }
        let slider = playhead.with("role", "slider").with("tabindex", "0").with("aria-label", "Time");
        let slider = slider.with("aria-valuemin", "0").with("aria-valuemax", "100");
        let slider = slider.with("aria-valuenow", at.trim_end_matches('%').to_owned());
        let slider = slider.with("aria-valuetext", screen.player.with(|p| p.time.clone()));
        slider.on("keydown", move |ev| keys::by_arrow(ev, |seconds| desk.seek_by(seconds))).holds([])
    });
    let words = live(move || {
        let TimelineWords { chapters, threads, marks, curve, .. } = screen.timeline.get();
        let is_recording = screen.bottom.get() == Bottom::Recording;
        vec![
            if is_recording { drawn(&curve) } else { block("", vec![]) },
            block("chapters", labels(chapters, "chapter")),
            block("threads", threads.into_iter().map(thread).collect()),
            block("marks", labels(marks, "tick")),
        ]
        .into_any()
    });
    let axis = element("div", "axis").known_as("timeline").on("click", move |ev| {
        if let Some((x, _)) = pointer::within(ev) {
            desk.seek_to(x);
        }
    });
    vec![element("div", "axis-label").text("Session"), axis.holds([words, playhead])].into_any()
}

fn thread((name, stretches): (String, Vec<Stretch>)) -> AnyView {
    let stretch =
        |s: Stretch| element("i", s.class).with("style", format!("left: {}; width: {}", s.left, s.width)).holds([]);
    element("div", "thread").with("title", name).holds(stretches.into_iter().map(stretch))
}

fn labels(labels: Vec<Label>, class: &'static str) -> Vec<AnyView> {
    let one = |l: Label| {
        element("span", format!("{class} {}", l.class)).with("style", format!("left: {}", l.left)).text(l.text)
    };
    labels.into_iter().map(one).collect()
}

/// The path holds numbers only: it is made from counts (words/timeline.rs).
fn drawn(path: &str) -> AnyView {
    let svg = format!(r#"<svg viewBox="0 0 10000 40" preserveAspectRatio="none"><path d="{path}"/></svg>"#);
    element("div", "curve").svg(svg)
}
