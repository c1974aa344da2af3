//! The honesty line.

use leptos::prelude::*;

use crate::{
    browser::element::{element, live},
    desk::Desk,
    words::honesty::Piece,
};

pub(crate) fn honesty(desk: Desk) -> AnyView {
    let screen = desk.screen;
    live(move || {
        let count = screen.notices.with(|n| n.count);
        let notices = element("button", if count == 0 { "link none" } else { "link" })
            .known_as("notices-button")
            .click(move || screen.notices_open.update(|open| *open = !*open))
            .text(format!("{count} WARN and ERROR lines"));
        let pieces = screen.honesty.get().into_iter().map(piece);
        element("div", "honest").known_as("honesty").holds(pieces.chain([notices]))
    })
}

fn piece(piece: Piece) -> AnyView {
    let value = element("b", "").text(piece.value);
    let class = if piece.warns { "warns" } else { "" };
    element("span", class).holds([piece.before.into_any(), value, piece.after.into_any()])
}
