//! The proof line: money and pieces.

use leptos::prelude::*;

use super::parts::{block, icon};
use crate::{
    browser::element::{element, live},
    desk::Desk,
    icons,
    words::proof::{Check, Line},
};

pub(crate) fn proof(desk: Desk) -> AnyView {
    live(move || {
        let shown = desk.screen.proof.get();
        let class = if shown.present { "proof" } else { "proof none" };
        element("div", class)
            .known_as("proof")
            .holds([line(shown.money, "proof-money"), line(shown.stock, "proof-stock")])
    })
}

fn line(line: Line, id: &'static str) -> AnyView {
    let (sign, name) = match line.check {
        Check::None => ("", "none"),
        Check::Tick => (icons::TICK, "holds"),
        Check::Cross => (icons::CROSS, "broken"),
        Check::Settling => (icons::HALF, "settling"),
    };
    let class = if line.value.chars().count() > 30 { "v long" } else { "v" };
    let said = vec![element("div", class).text(line.value), element("div", "k").text(line.key)];
    element("div", format!("r {name}")).known_as(id).with("data-check", name).holds([icon(sign), block("", said)])
}
