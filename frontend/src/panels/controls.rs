//! The bottom of the page: the presenter's cues, a viewer's note, or the player of a recording.

use leptos::prelude::*;

use super::{
    cues::cues,
    guards::guards,
    outcomes::outcomes,
    parts::{Button, block, words},
    player::player,
    question::question,
};
use crate::{
    browser::element::{element, live, nothing},
    desk::{Cue, Desk},
    screen::Bottom,
};

const READ_ONLY: &str = "Read only. The presenter's own link has the controls.";
const REFUSED: &str = "Read only: the token of this link is not this gateway's. Open the link that it printed.";

pub(crate) fn controls(desk: Desk) -> AnyView {
    live(move || match desk.screen.bottom.get() {
        Bottom::Opening => nothing(),
        Bottom::Viewer => viewer(desk),
        Bottom::Presenter => {
            let asks = vec![words("lbl", "Guards"), question(desk), guards(desk), outcomes(desk)];
            vec![block("strip asks", asks), cues(desk), drawer(desk)].into_any()
        }
        Bottom::Recording => vec![player(desk)].into_any(),
    })
}

/// Where there is no room for guards and cues beside the stage, this pulls them up and puts them away.
fn drawer(desk: Desk) -> AnyView {
    let open = desk.screen.hands_open;
    live(move || {
        let words = if open.get() { "Put away" } else { "Guards and cues" };
        let knob = Button::new("btn", "hands", words).does(move || open.update(|open| *open = !*open));
        block("strip pull", vec![knob, back(desk), next_view(desk)])
    })
}

/// Ten seconds back, and on a page that is behind the way to the present.
fn back(desk: Desk) -> AnyView {
    let mut ways = vec![Button::new("btn hand", "viewer-back", "10 s back").does(move || desk.seek_by(-10))];
    if desk.screen.hands.with(|h| h.is_behind) {
        ways.push(Button::new("btn hand", "viewer-live", "To live").does(move || desk.to_end()));
    }
    ways.into_any()
}

fn next_view(desk: Desk) -> AnyView {
    let name = desk.screen.hands.with(|h| h.next_sight);
    let words = match name {
        "lanes" => "Log by lanes",
        "story" => "One order's story",
        "verdict" => "The verdict",
        _ => "The stage",
    };
    Button::new("btn hand hot", "viewer-view", words).does(move || desk.next_sight())
}

fn viewer(desk: Desk) -> AnyView {
    let refused = desk.screen.hands.with(|h| h.refused);
    let note = if refused { REFUSED } else { READ_ONLY }.into_any();
    let scenes = Button::new("btn", "cue-scenes", "E Scenes…").does(move || desk.cue(Cue::Scenes));
    let pause = Button::new("btn", "viewer-pause", "Pause, go on").does(move || desk.play_or_pause());
    let keys = Button::new("btn", "cue-keys", "? Keys").does(move || desk.cue(Cue::Keys));
    let cues = element("div", "strip cues").known_as("viewer");
    let share = Button::new("btn", "player-share", "S Share").does(move || desk.toggle_share());
    let cues = cues.holds([words("lbl", "Viewing"), back(desk), next_view(desk), pause, scenes, share, keys, note]);
    vec![block("strip asks", vec![words("lbl", "Guards"), guards(desk)]), cues].into_any()
}
