//! What lies over the stage where scenes are run: how far a run is, the list, the wire, the verdict.

use leptos::prelude::*;

use super::{guards, progress, scenes, verdict};
use crate::desk::Desk;

/// All of it, each in a place of its own, so that what is there stays while another comes; and apart from the run, whose
/// words change ten times a second, so that no button goes away from under the pointer.
#[component]
pub(crate) fn Backstage(desk: Desk) -> impl IntoView {
    let words = desk.screen.backstage;
    let open =
        Memo::new(move |_| words.with(|w| (w.scenes.clone(), w.wire_open.then(|| w.wire.clone()), w.verdict.clone())));
    let none = || ().into_any();
    let panels = move || {
        let (scenes, wire, verdict) = open.get();
        vec![
            scenes.map_or_else(none, |scenes| scenes::open(desk, scenes)),
            wire.map_or_else(none, |wire| guards::open(desk, wire)),
            verdict.map_or_else(none, |sheet| verdict::open(desk, sheet)),
        ]
    };
    view! {
        {progress::place(desk)}
        {panels}
    }
}
