//! The time axis: chapters, records, one thread a broker, marks and a playhead. Pressing it goes there, dragging scrubs, with
//! Shift it takes a range; who only points is told what was said at that moment.

use leptos::prelude::*;

use super::parts::{block, words};
use crate::{
    browser::{
        element::{Element, element, live, nothing},
        keys, pointer,
    },
    desk::Desk,
    screen::{Bottom, PeekWords},
    words::timeline::{Label, Span, Stretch, TimelineWords},
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
    let words = live(move || axis(desk, screen.timeline.get()));
    let peek = live(move || screen.peek.get().map_or_else(nothing, peek));
    let axis = element("div", "axis").known_as("timeline");
    let axis = axis.on("pointerdown", move |ev| {
        // A mark is a moment of its own.
        if let Some((x, with_shift)) = pointer::takes(ev, ".tick, .present") {
            desk.grip(x, with_shift);
        }
    });
    let axis = axis.on("pointermove", move |ev| desk.point(pointer::within(ev).map(|(x, _)| x)));
    let axis = axis.on("pointerup", move |_| desk.let_go()).on("pointercancel", move |_| desk.let_go());
    let axis = axis.on("pointerleave", move |_| desk.point(None));
    vec![element("div", "axis-label").text("Session"), axis.holds([words, playhead, peek])].into_any()
}

fn axis(desk: Desk, shown: TimelineWords) -> AnyView {
    let TimelineWords { chapters, quiet, threads, marks, curve, range, present } = shown;
    let chapter = |s: Span| spanned(if s.is_here { "chapter here" } else { "chapter" }, &s).text(s.text);
    let present = present.map(|left| {
        let handle = element("button", "present").known_as("present").with("style", format!("left: {left}"));
        handle
            .with("title", "the present (End)")
            .with("aria-label", "To the present")
            .click(move || desk.to_end())
            .text("")
    });
    vec![
        drawn(&curve),
        block("chapters", chapters.into_iter().map(chapter).collect()),
        block("quiets", quiet.into_iter().map(|s| spanned("quiet", &s).text(s.text)).collect()),
        block("threads", threads.into_iter().map(thread).collect()),
        block("marks", marks.into_iter().map(|label| tick(desk, label)).collect()),
        block("ranges", range.into_iter().map(|s| spanned("range", &s).holds([])).chain(present).collect()),
    ]
    .into_any()
}

fn spanned(class: &'static str, span: &Span) -> Element {
    let place = format!("left: {}; width: {}", span.left, span.width);
    element("div", class).with("style", place).with("title", span.title.clone())
}

fn thread((name, stretches): (String, Vec<Stretch>)) -> AnyView {
    let stretch =
        |s: Stretch| element("i", s.class).with("style", format!("left: {}; width: {}", s.left, s.width)).holds([]);
    element("div", "thread").with("title", name).holds(stretches.into_iter().map(stretch))
}

fn tick(desk: Desk, label: Label) -> AnyView {
    let Label { left, text, title, class, at } = label;
    let tick = element("span", format!("tick {class}")).with("style", format!("left: {left}")).with("title", title);
    tick.click(move || desk.seek_mark(at)).text(text)
}

fn peek(shown: PeekWords) -> AnyView {
    let peek = element("div", "peek").known_as("peek").with("style", format!("left: {}", shown.left));
    peek.holds([words("at", shown.time), words("", shown.said)])
}

/// The path holds numbers only: it is made from counts (words/timeline.rs).
fn drawn(path: &str) -> AnyView {
    let svg = format!(r#"<svg viewBox="0 0 10000 40" preserveAspectRatio="none"><path d="{path}"/></svg>"#);
    element("div", "curve").svg(svg)
}
