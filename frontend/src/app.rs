//! The page's frame: one canvas for the score, and around it what is read and pressed.

use leptos::{html::Canvas, prelude::*, task::spawn_local};

use crate::{
    browser::{canvas::Painter, focus, frame::each_frame, keys::each_key, resize::each_size, theme::each_preference},
    desk::Desk,
    panels::{
        backstage::backstage, caption::caption, controls::controls, header::header, honesty::honesty,
        inspector::inspector, machines::machines, notices::notices, proof::proof, score::score, timeline::timeline,
        twin::twin,
    },
    screen::Bottom,
    words::header::Badge,
};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let desk = Desk::new();
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |started: Option<bool>| {
        let started = started.unwrap_or(false);
        match canvas.get() {
            Some(element) if !started => {
                start(desk, element);
                true
            }
            _ => started,
        }
    });
    let screen = desk.screen;
    let class = move || match (screen.bottom.get(), screen.header.with(|h| h.badge)) {
        (Bottom::Recording, _) => "page replay",
        (_, Badge::Stale) => "page stale",
        _ => "page",
    };
    // Lists of one type, where a tree of many would be a program of its own.
    let above = vec![header(desk), caption(desk), proof(desk)];
    let below = [inspector, timeline, controls, honesty, machines, backstage, notices, twin].map(|panel| panel(desk));
    let below = Vec::from(below);
    view! {
        <main class=class data-sight=move || screen.sight.get().name()>
            {above}
            {score(desk, canvas)}
            {below}
        </main>
    }
}

fn start(desk: Desk, canvas: leptos::web_sys::HtmlCanvasElement) {
    desk.set_painter(Painter::new(canvas));
    each_size(move |size| desk.resized(size));
    focus::trap();
    each_preference(move |theme| desk.prefer(theme));
    each_key(move |key| desk.key(key));
    each_frame(move || desk.frame());
    spawn_local(desk.open());
}
