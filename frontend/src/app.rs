//! The page's frame: one canvas for the score, and around it what is read and pressed.

use leptos::{html::Canvas, prelude::*, task::spawn_local};

use crate::{
    browser::{canvas::Painter, frame::each_frame, keys::each_key, pointer, resize::each_size, theme::each_preference},
    desk::Desk,
    panels::{
        backstage::Backstage, caption::Caption, controls::Controls, header::Header, help::Help, honesty::Honesty,
        inspector::Inspector, machines::Machines, notices::Notices, proof::Proof, talk::Talk, timeline::Timeline,
        twin::Twin,
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
        return view! { <Talk desk=desk/> }.into_any();
    }
    view! { <Page desk=desk/> }.into_any()
}

#[component]
fn Page(desk: Desk) -> impl IntoView {
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
    let class = move || match (screen.bottom.get(), screen.header.with(|h| h.badge)) {
        (Bottom::Recording, _) => "page replay",
        (_, Badge::Stale) => "page stale",
        _ => "page",
    };
    let (bare, black) = (move || screen.hands.with(|h| h.bare), move || screen.hands.with(|h| h.black));
    view! {
        <div class=class class:bare=bare class:black=black>
            <Header desk=desk/>
            <Caption desk=desk/>
            <Proof desk=desk/>
            <div
                class="score"
                on:keydown=move |ev| {
                    if desk.walk(&ev.key()) {
                        ev.prevent_default();
                        ev.stop_propagation();
                    }
                }
            >
                <canvas
                    node_ref=canvas
                    role="img"
                    aria-label="The cluster; the table below says the same in words"
                    title=move || screen.hovered.get()
                    data-testid="stage"
                    on:click=move |ev| {
                        if let Some(at) = pointer::within(&ev) {
                            desk.select_at(at);
                        }
                    }
                    on:mousemove=move |ev| desk.hover(pointer::within(&ev))
                    on:mouseleave=move |_| desk.hover(None)
                ></canvas>
                {["0", "-1"].map(|order| view! {
                    <button class="at-mark" tabindex=order aria-label="Marks" on:click=move |_| desk.select_walked()></button>
                }).collect_view()}
            </div>
            <Inspector desk=desk/>
            <Timeline desk=desk/>
            <Controls desk=desk/>
            <Honesty desk=desk/>
            <Machines desk=desk/>
            <Backstage desk=desk/>
            <Notices desk=desk/>
            <Help desk=desk/>
            <Twin desk=desk/>
        </div>
    }
}

fn start(desk: Desk) {
    desk.listen();
    each_size(move |size| desk.resized(size));
    each_preference(move |theme| desk.prefer(theme));
    each_key(move |key| desk.key(key));
    each_frame(move || desk.frame());
    spawn_local(desk.open());
}
