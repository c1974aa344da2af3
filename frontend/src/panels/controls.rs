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

pub(crate) fn controls(desk: Desk) -> AnyView {
    live(move || match desk.screen.bottom.get() {
        Bottom::Opening => nothing(),
        Bottom::Viewer => viewer(desk),
        Bottom::Presenter => {
            let asks = vec![words("lbl", "Guards"), question(desk), guards(desk), outcomes(desk)];
            vec![block("strip asks", asks), cues(desk)].into_any()
        }
        Bottom::Recording => vec![player(desk)].into_any(),
    })
}

fn viewer(desk: Desk) -> AnyView {
    let note = "Read only. The presenter's own link has the controls.".into_any();
    let scenes = Button::new("btn", "cue-scenes", "E Scenes…").does(move || desk.cue(Cue::Scenes));
    let cues = element("div", "strip cues").known_as("viewer").holds([words("lbl", "Viewing"), note, scenes]);
    vec![block("strip asks", vec![words("lbl", "Guards"), guards(desk)]), cues].into_any()
}
