//! The time axis: chapters, one thread a broker, marks and the playhead; in a recording a click seeks.

use leptos::prelude::*;

use super::parts::block;
use crate::{
    browser::{
        element::{element, live},
        pointer,
    },
    desk::Desk,
    screen::Bottom,
    words::timeline::{Label, Stretch, TimelineWords},
};

pub(crate) fn timeline(desk: Desk) -> AnyView {
    let screen = desk.screen;
    let playhead = live(move || {
        let left = format!("left: {}", screen.playhead.get());
        element("div", "playhead").known_as("playhead").with("style", left).holds([])
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
