//! The canvas, and on it the button of the mark one has walked to.

use leptos::{html::Canvas, prelude::*};

use crate::{browser::pointer, desk::Desk};

/// Clicks select, arrow keys walk.
pub(crate) fn score(desk: Desk, canvas: NodeRef<Canvas>) -> AnyView {
    let screen = desk.screen;
    let walk = move |ev: leptos::ev::KeyboardEvent| {
        if desk.walk(&ev.key()) {
            ev.prevent_default();
            ev.stop_propagation();
        }
    };
    // Two, that take turns: a name that changes under the focus is not read out.
    let mark = |order: &'static str| {
        view! { <button class="at-mark" tabindex=order aria-label="The marks of the stage, by arrow keys" on:click=move |_| desk.select_walked()></button> }
    };
    view! {
        <div class="score" on:keydown=walk>
            <div class="paper">
                <canvas
                    node_ref=canvas
                    role="img"
                    aria-label="The cluster; the table at the end says the same in words"
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
                {["0", "-1"].map(mark).collect_view()}
            </div>
        </div>
    }
    .into_any()
}
