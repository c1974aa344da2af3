//! What lies over the stage where scenes are run: how far a run is, the list, the wire, the verdict.

use leptos::prelude::*;

use super::{choice, guards, progress, scenes, verdict};
use crate::{
    browser::element::{live, nothing},
    desk::Desk,
};

/// All of it, each in a place of its own, so that what is there stays while another comes.
pub(crate) fn backstage(desk: Desk) -> AnyView {
    live(move || {
        let shown = desk.screen.backstage.get();
        vec![
            shown.progress.map_or_else(nothing, |progress| progress::open(desk, progress)),
            shown.scenes.map_or_else(nothing, |scenes| scenes::open(desk, scenes)),
            shown.choice.map_or_else(nothing, |words| choice::open(desk, words)),
            if shown.wire_open { guards::open(desk, shown.wire) } else { nothing() },
            shown.verdict.map_or_else(nothing, |sheet| verdict::open(desk, sheet)),
        ]
        .into_any()
    })
}
