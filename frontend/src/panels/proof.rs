//! The proof line: money and pieces.

use leptos::prelude::*;

use crate::{
    desk::Desk,
    icons,
    words::proof::{Check, Line, ProofWords},
};

#[component]
pub(crate) fn Proof(desk: Desk) -> impl IntoView {
    let words = desk.screen.proof;
    view! {
        <div class="proof" class:none=move || words.with(|w| !w.present) data-testid="proof">
            {line(words, "proof-money", |w| &w.money)}
            {line(words, "proof-stock", |w| &w.stock)}
        </div>
    }
}

fn line(words: RwSignal<ProofWords>, id: &'static str, of: fn(&ProofWords) -> &Line) -> impl IntoView {
    let check = move || words.with(|w| of(w).check);
    let icon = move || match check() {
        Check::None => "",
        Check::Tick => icons::TICK,
        Check::Cross => icons::CROSS,
        Check::Settling => icons::HALF,
    };
    let name = move || match check() {
        Check::None => "none",
        Check::Tick => "holds",
        Check::Cross => "broken",
        Check::Settling => "settling",
    };
    view! {
        <div class=move || format!("r {}", name()) data-testid=id data-check=name>
            <span class="ic" inner_html=icon></span>
            <div>
                <div class="v" class:long=move || words.with(|w| of(w).value.chars().count() > 30)>{move || words.with(|w| of(w).value.clone())}</div>
                <div class="k">{move || words.with(|w| of(w).key.clone())}</div>
            </div>
        </div>
    }
}
