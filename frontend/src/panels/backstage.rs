//! What lies over the stage where scenes are run: how far a run is, the list, the wire, the verdict.

use leptos::prelude::*;

use super::{guards, progress, scenes, verdict};
use crate::desk::Desk;

/// All of it, each in a place of its own, so that what is there stays while another comes.
#[component]
pub(crate) fn Backstage(desk: Desk) -> impl IntoView {
    let words = desk.screen.backstage;
    move || {
        let shown = words.get();
        let none = || ().into_any();
        vec![
            shown.progress.map_or_else(none, |progress| progress::open(desk, progress)),
            shown.scenes.map_or_else(none, |scenes| scenes::open(desk, scenes)),
            if shown.wire_open { guards::open(desk, shown.wire) } else { none() },
            shown.verdict.map_or_else(none, |sheet| verdict::open(desk, sheet)),
        ]
    }
}
