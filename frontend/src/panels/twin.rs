//! The canvas's twin in words.

use leptos::prelude::*;

use crate::{desk::Desk, words::twin::HEADS};

#[component]
pub(crate) fn Twin(desk: Desk) -> impl IntoView {
    let rows = move || {
        let rows = desk.screen.twin.get().into_iter();
        rows.map(|row| view! { <tr>{row.map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr> }).collect_view()
    };
    view! {
        <table class="unseen" data-testid="twin">
            <caption>"The cluster in words"</caption>
            <thead>
                <tr>{HEADS.map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
