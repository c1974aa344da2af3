//! The page's frame: one canvas for the score, and around it what is read and pressed.

use leptos::{html::Canvas, prelude::*, task::spawn_local};

use crate::{
    browser::{
        address::each_fragment, canvas::Painter, files::each_drop, focus, frame::each_frame, keys::each_key, motion,
        resize::each_size, theme,
    },
    desk::Desk,
    panels::{
        backstage::backstage, caption::caption, controls::controls, header::header, help::help, honesty::honesty,
        inspector::inspector, machines::machines, notes::notes, notices::notices, proof::proof, score::score,
        share::share, talk::talk, timeline::timeline, twin::twin,
    },
    screen::Bottom,
    words::header::Badge,
};

/// The whole page: the picture, or the presenter's window beside it.
#[component]
pub fn App() -> impl IntoView {
    let desk = Desk::new();
    if desk.is_talk() {
        start(desk);
        return talk(desk);
    }
    page(desk)
}

fn page(desk: Desk) -> AnyView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |started: Option<bool>| {
        let started = started.unwrap_or(false);
        match canvas.get() {
            Some(element) if !started => {
                desk.set_painter(Painter::new(element));
                start(desk);
                true
            }
            _ => started,
        }
    });
    let screen = desk.screen;
    let class = move || {
        let kind = match (screen.bottom.get(), screen.header.with(|h| h.badge)) {
            (Bottom::Recording, _) => "page replay",
            (_, Badge::Stale) => "page stale",
            _ => "page",
        };
        let hands = screen.hands.with(|h| [(h.bare, " bare"), (h.black, " black"), (h.less_motion, " less-motion")]);
        let hands = hands.into_iter().chain([(screen.hands_open.get(), " pulled")]);
        let more: String = hands.filter(|(is_so, _)| *is_so).map(|(_, class)| class).collect();
        [kind, &more].concat()
    };
    // Lists of one type, where a tree of many would be a program of its own.
    let above = vec![header(desk), caption(desk), proof(desk)];
    let below = [inspector, timeline, controls, honesty, machines, backstage, notices, help, share, notes, twin]
        .map(|panel| panel(desk));
    let below = Vec::from(below);
    view! {
        <main class=class data-sight=move || screen.sight.get().name()>
            {above}
            {score(desk, canvas)}
            {below}
        </main>
    }
    .into_any()
}

fn start(desk: Desk) {
    desk.listen();
    each_size(move |size| desk.resized(size));
    focus::trap();
    theme::each_preference(move |theme| desk.prefer(theme));
    motion::each_preference(move |less| desk.prefer_less_motion(less));
    each_key(move |key| desk.key(key));
    each_drop(move |name, bytes| desk.open_file(&name, bytes));
    each_fragment(move || desk.address_changed());
    each_frame(move || desk.frame());
    spawn_local(desk.open());
}
