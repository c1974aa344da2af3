//! The bottom of the page: the presenter's cues, a viewer's note, or the player of a recording.

use leptos::prelude::*;

use super::{cues::Cues, guards::Guards, outcomes::Outcomes, parts::Button, player::PlayerBar, question::QuestionBar};
use crate::{
    desk::{Cue, Desk},
    screen::Bottom,
};

const READ_ONLY: &str = "Read only. The presenter's own link has the controls.";
const REFUSED: &str = "Read only: the token of this link is not this gateway's. Open the link that it printed.";

#[component]
pub(crate) fn Controls(desk: Desk) -> impl IntoView {
    let bottom = Memo::new(move |_| desk.screen.bottom.get());
    move || match bottom.get() {
        Bottom::Opening => ().into_any(),
        Bottom::Viewer => view! {
            <div class="strip asks">
                <span class="lbl">"Guards"</span>
                <Guards desk=desk/>
            </div>
            <div class="strip cues" data-testid="viewer">
                <span class="lbl">"Viewing"</span>
                {move || if desk.screen.hands.with(|h| h.refused) { REFUSED } else { READ_ONLY }}
                {Button::new("btn", "cue-scenes", "E Scenes…").does(move || desk.cue(Cue::Scenes))}
            </div>
        }
        .into_any(),
        Bottom::Presenter => view! {
            <div class="strip asks">
                <span class="lbl">"Guards"</span>
                <QuestionBar desk=desk/>
                <Guards desk=desk/>
                <Outcomes desk=desk/>
            </div>
            <Cues desk=desk/>
        }
        .into_any(),
        Bottom::Recording => view! { <PlayerBar desk=desk/> }.into_any(),
    }
}
