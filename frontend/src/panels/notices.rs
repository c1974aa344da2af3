//! The newest WARN and ERROR lines of the processes.

use leptos::prelude::*;

use crate::desk::Desk;

#[component]
pub(crate) fn Notices(desk: Desk) -> impl IntoView {
    let screen = desk.screen;
    let lines = move || {
        let lines = screen.notices.with(|n| n.lines.clone()).into_iter();
        lines
            .map(|(at, source, text, is_error)| {
                let level = if is_error { "ERROR" } else { "WARN" };
                view! {
                    <li class:bad=is_error>
                        <b>{at}" "{source}</b>
                        " "
                        {level}
                        <div>{text}</div>
                    </li>
                }
            })
            .collect_view()
    };
    move || {
        screen.notices_open.get().then(|| {
            view! {
                <aside class="pop notices" data-testid="notices">
                    <h2>
                        "WARN and ERROR lines"
                        <button class="esc" on:click=move |_| screen.notices_open.set(false)>"Esc"</button>
                    </h2>
                    <ul>{lines}</ul>
                </aside>
            }
        })
    }
}
