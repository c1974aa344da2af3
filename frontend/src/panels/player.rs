//! The player of a recording: start, play, end, time, speed, and how it is played.

use leptos::prelude::*;

use super::parts::{Button, key, words};
use crate::{
    browser::element::{element, live},
    desk::{Cue, Desk},
    icons,
    player::{speed::Speed, stops::Stop},
    screen::PlayerWords,
};

pub(crate) fn player(desk: Desk) -> AnyView {
    live(move || bar(desk, desk.screen.player.get()))
}

fn bar(desk: Desk, shown: PlayerWords) -> AnyView {
    let (sign, label) = if shown.playing { (icons::PAUSE, "Pause") } else { (icons::PLAY, "Play") };
    let speed = |speed: Speed| {
        let name = speed.name();
        let class = if name == shown.speed { "on" } else { "" };
        let id = format!("speed-{}", name.replace('/', "-"));
        element("button", class).known_as(id).click(move || desk.speed(speed)).text(name)
    };
    let press = |id, class, label| element("button", class).known_as(id).with("aria-label", label);
    let speeds = element("span", "seg").with("role", "group").with("aria-label", "Speed");
    element("div", "tp").known_as("player").holds([
        press("player-start", "tb", "To the start").click(move || desk.to_start()).svg(icons::TO_START),
        press("player-play", "tb p", label).click(move || desk.play_or_pause()).svg(sign),
        press("player-end", "tb", "To the end").click(move || desk.to_end()).svg(icons::TO_END),
        element("span", "time").known_as("player-time").text(shown.time),
        element("span", "").text(format!("of {}", shown.whole)),
        speeds.holds(Speed::ALL.map(speed)),
        check("player-stops", "stop at chapters", shown.stops).does(move || desk.stop_at_chapters()),
        check("player-skips", "skip quiet parts", shown.skips).does(move || desk.skip_quiet_parts()),
        check("player-loop", "loop", shown.loops).does(move || desk.loop_chapter()),
        words("sp", ""),
        keyed("cue-scenes", "E", "Scenes").does(move || desk.cue(Cue::Scenes)),
        Button::new("btn", "cue-verdict", "Verdict").does(move || desk.cue(Cue::Verdict)),
        keyed("player-share", "S", "Share").does(move || desk.toggle_share()),
        keyed("player-fault", "N", "Next fault").does(move || desk.step_to(Stop::Fault, true)),
        Button::new("btn hand", "viewer-back", "10 s back").does(move || desk.seek_by(-10)),
        Button::new("btn hand", "viewer-view", "Next view").does(move || desk.next_sight()),
    ])
}

fn keyed(id: &'static str, stroke: &'static str, label: &'static str) -> Button {
    let mut button = Button::new("btn", id, "");
    button.face = vec![key(stroke), words("", label)];
    button
}

/// A box to tick.
pub(super) fn check(id: &'static str, label: impl Into<String>, is_on: bool) -> Button {
    let mut button = Button::new(if is_on { "check on" } else { "check" }, id, label);
    button.role = Some(("checkbox", if is_on { "true" } else { "false" }));
    button
}
