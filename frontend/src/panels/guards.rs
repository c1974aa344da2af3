//! The guards as switches, and the drawer with the wire: how slow it is, and what is armed.

use leptos::{ev::Event, prelude::*};

use super::parts::{Button, block, heading, icon, panel, words};
use crate::{
    browser::element::{element, live},
    cues::Press,
    desk::{Cue, Desk},
    icons,
    screen::WireWords,
    words::guards::{Armed, Switch},
};

/// The row over the cues.
pub(crate) fn guards(desk: Desk) -> AnyView {
    live(move || {
        let shown = desk.screen.backstage.with(|w| w.wire.clone());
        let switches = shown.guards.into_iter().map(|s| switch(desk, s, shown.presenter, "guard"));
        block("guards", switches.collect())
    })
}

/// The drawer.
pub(super) fn open(desk: Desk, shown: WireWords) -> AnyView {
    let presenter = shown.presenter;
    let mut children: Vec<AnyView> =
        shown.guards.into_iter().map(|s| switch(desk, s, presenter, "drawer-guard")).collect();
    if children.is_empty() {
        children.push(words("q", "No app that runs has guards."));
    }
    let slow = if presenter { slider(desk, shown.slow_ms) } else { wait(shown.slow_ms) };
    children.extend([heading("Slow wire"), slow, heading("Armed")]);
    if shown.armed.is_empty() {
        children.push(words("q", "Nothing is armed."));
    }
    let any = !shown.armed.is_empty();
    children.extend(shown.armed.into_iter().map(armed));
    if presenter {
        let send = move |press: fn() -> Press| move || desk.press_as_presenter(press());
        let drop = Button::new("btn", "drop-ack", "Drop next ack").does(send(Press::drop_ack));
        let mut clear = Button::new("btn", "clear-faults", "Clear");
        clear.disabled = !any;
        children.push(block("ways", vec![drop, clear.does(send(Press::clear_faults))]));
    }
    let close = move || desk.cue(Cue::Wire);
    panel("pop drawer wire", "wire", "Guards and the wire".to_owned(), close, vec![block("", children)])
}

fn armed(armed: Armed) -> AnyView {
    let class = if armed.reached { "armed bad" } else { "armed" };
    block(class, vec![icon(icons::WARN), words("", armed.text)])
}

fn switch(desk: Desk, shown: Switch, presenter: bool, id: &str) -> AnyView {
    let class = match (shown.pending, shown.stand.checked()) {
        (true, _) => "switch pending",
        (false, "true") => "switch on",
        (false, _) => "switch",
    };
    let mut face = vec![words("knob", shown.stand.word()), words("", shown.title)];
    if !shown.apps.is_empty() {
        face.push(words("q", format!("on in {}", shown.apps)));
    }
    if shown.pending {
        face.push(words("q", "…"));
    }
    // Who may not press it gets no button: how it stands is all there is to see.
    if !presenter {
        return block(class, face);
    }
    let mut button = Button::new(class, format!("{id}-{}", shown.guard), "");
    button.face = face;
    button.role = Some(("switch", shown.stand.checked()));
    let guard = shown.guard;
    button.does(move || desk.switch_guard(guard))
}

fn wait(ms: u32) -> AnyView {
    words("", format!("{ms} ms each way"))
}

fn slider(desk: Desk, ms: u32) -> AnyView {
    let moved = move |ev: &Event| {
        if let Ok(ms) = event_target_value(ev).parse() {
            desk.slow_wire(ms, ev.type_() == "change");
        }
    };
    let range = element("input", "")
        .with("type", "range")
        .with("min", "0")
        .with("max", "1000")
        .with("step", "50")
        .known_as("slow-wire")
        .with("value", ms.to_string())
        .on("input", moved)
        .on("change", moved)
        .holds([]);
    element("label", "slow").holds([range, wait(ms)])
}
