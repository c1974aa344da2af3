//! The guards as switches, and the drawer with the wire: how slow it is, and what is armed.

use leptos::prelude::*;

use super::parts::{Button, block, heading, icon, panel, words};
use crate::{
    cues::Press,
    desk::{Cue, Desk},
    icons,
    screen::WireWords,
    words::guards::{Armed, Switch},
};

/// The row over the cues.
#[component]
pub(crate) fn Guards(desk: Desk) -> impl IntoView {
    let wire = desk.screen.wire;
    move || {
        let shown = wire.get();
        let switches = shown.guards.into_iter().map(|s| switch(desk, s, shown.presenter, "guard"));
        block("guards", switches.collect())
    }
}

/// The drawer.
#[component]
pub(crate) fn Wire(desk: Desk) -> impl IntoView {
    let screen = desk.screen;
    move || {
        screen.wire_open.get().then(|| {
            let shown = move || open(desk, screen.wire.get());
            let children = vec![shown.into_any(), slider(desk)];
            panel("pop drawer wire", "wire", "Guards and the wire".to_owned(), move || desk.cue(Cue::Wire), children)
        })
    }
}

fn open(desk: Desk, shown: WireWords) -> AnyView {
    let presenter = shown.presenter;
    let mut children: Vec<AnyView> =
        shown.guards.into_iter().map(|s| switch(desk, s, presenter, "drawer-guard")).collect();
    if children.is_empty() {
        children.push(words("q", "No app that runs has guards."));
    }
    children.push(heading("Armed"));
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
    block("", children)
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
    let mut button = Button::new(class, format!("{id}-{}", shown.guard), "");
    button.face = vec![words("knob", shown.stand.word()), words("", shown.title)];
    if !shown.apps.is_empty() {
        button.face.push(words("q", format!("on in {}", shown.apps)));
    }
    if shown.pending {
        button.face.push(words("q", "…"));
    }
    button.disabled = !presenter;
    button.role = Some(("switch", shown.stand.checked()));
    let guard = shown.guard;
    button.does(move || desk.switch_guard(guard))
}

fn slider(desk: Desk) -> AnyView {
    let wire = desk.screen.wire;
    let ms = Memo::new(move |_| wire.with(|w| w.slow_ms));
    // Where the knob is while it is held; the wire changes when it is let go.
    let held = RwSignal::new(None::<u32>);
    let value = |ev: &leptos::ev::Event| event_target_value(ev).parse::<u32>().ok();
    view! {
        <h3>"Slow wire"</h3>
        <label class="slow">
            <input
                type="range"
                min="0"
                max="1000"
                step="50"
                data-testid="slow-wire"
                aria-label="Slow wire, milliseconds each way"
                disabled=move || wire.with(|w| !w.presenter)
                prop:value=move || ms.get().to_string()
                on:input=move |ev| held.set(value(&ev))
                on:change=move |ev| {
                    held.set(None);
                    if let Some(ms) = value(&ev) {
                        desk.press_as_presenter(Press::slow_wire(ms));
                    }
                }
            />
            <span data-testid="slow-wire-ms">{move || format!("{} ms each way", held.get().unwrap_or(ms.get()))}</span>
        </label>
    }
    .into_any()
}
