//! The honesty line.

use leptos::prelude::*;

use crate::desk::Desk;

#[component]
pub(crate) fn Honesty(desk: Desk) -> impl IntoView {
    let words = desk.screen.honesty;
    let screen = desk.screen;
    let pieces = move || {
        let pieces = words.get().into_iter();
        pieces.map(|p| view! { <span class:warns=p.warns>{p.before}<b>{p.value}</b>{p.after}</span> }).collect_view()
    };
    let notices = move || screen.notices.with(|n| n.count);
    view! {
        <div class="honest" data-testid="honesty">
            {pieces}
            <button
                class="link"
                class:none=move || notices() == 0
                data-testid="notices-button"
                on:click=move |_| screen.notices_open.update(|open| *open = !*open)
            >
                {move || format!("{} WARN and ERROR lines", notices())}
            </button>
        </div>
    }
}
