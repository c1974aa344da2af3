//! The time axis: chapters, one thread a broker, marks and the playhead; in a recording a click seeks.

use leptos::prelude::*;

use crate::{
    browser::pointer,
    desk::Desk,
    screen::Bottom,
    words::timeline::{Label, Stretch},
};

#[component]
pub(crate) fn Timeline(desk: Desk) -> impl IntoView {
    let words = desk.screen.timeline;
    let is_recording = move || desk.screen.bottom.get() == Bottom::Recording;
    view! {
        <div class="axis-label">"Session"</div>
        <div
            class="axis"
            data-testid="timeline"
            // In a recording the axis is a slider; live it only shows.
            role=move || is_recording().then_some("slider")
            tabindex=move || is_recording().then_some("0")
            aria-label=move || is_recording().then_some("Time")
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || desk.screen.playhead.with(|at| at.trim_end_matches('%').to_owned())
            aria-valuetext=move || desk.screen.player.with(|p| p.time.clone())
            on:keydown=move |ev| {
                let seconds = match ev.key().as_str() {
                    "ArrowLeft" | "ArrowDown" => -1,
                    "ArrowRight" | "ArrowUp" => 1,
                    _ => return,
                };
                ev.prevent_default();
                ev.stop_propagation();
                desk.seek_by(seconds);
            }
            on:click=move |ev| {
                if let Some((x, _)) = pointer::within(&ev) {
                    desk.seek_to(x);
                }
            }
        >
            {move || is_recording().then(|| curve(words.with(|w| w.curve.clone())))}
            <div class="chapters">{move || labels(words.with(|w| w.chapters.clone()), "chapter")}</div>
            <div class="threads">{move || words.with(|w| w.threads.clone()).into_iter().map(thread).collect_view()}</div>
            <div class="marks">{move || labels(words.with(|w| w.marks.clone()), "tick")}</div>
            <div class="playhead" data-testid="playhead" style:left=move || desk.screen.playhead.get()></div>
        </div>
    }
}

fn thread((name, stretches): (String, Vec<Stretch>)) -> impl IntoView {
    let stretches =
        stretches.into_iter().map(|s| view! { <i class=s.class style:left=s.left style:width=s.width></i> });
    view! { <div class="thread" title=name>{stretches.collect_view()}</div> }
}

fn labels(labels: Vec<Label>, class: &'static str) -> impl IntoView {
    let one = |l: Label| view! { <span class=format!("{class} {}", l.class) style:left=l.left>{l.text}</span> };
    labels.into_iter().map(one).collect_view()
}

/// The path holds numbers only: it is made from counts (words/timeline.rs).
fn curve(path: String) -> impl IntoView {
    let svg = format!(r#"<svg viewBox="0 0 10000 40" preserveAspectRatio="none"><path d="{path}"/></svg>"#);
    view! { <div class="curve" inner_html=svg></div> }
}
