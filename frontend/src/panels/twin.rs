//! The canvas's twin in words.

use leptos::prelude::*;

use super::parts::row;
use crate::{
    browser::element::{element, live},
    desk::Desk,
    words::twin::HEADS,
};

pub(crate) fn twin(desk: Desk) -> AnyView {
    live(move || {
        let heads = row(HEADS.map(|head| element("th", "").with("scope", "col").text(head)).into());
        let rows = desk.screen.twin.get().into_iter().map(|cells| row(cells.map(|c| element("td", "").text(c)).into()));
        element("table", "unseen").known_as("twin").holds([
            element("caption", "").text("The cluster in words"),
            element("thead", "").holds([heads]),
            element("tbody", "").holds(rows),
        ])
    })
}
