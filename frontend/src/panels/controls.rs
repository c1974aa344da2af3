//! The bottom of the page: the presenter's cues, a viewer's note, or the player of a recording.

use leptos::prelude::*;

use super::{cues::Cues, outcomes::Outcomes, player::PlayerBar, question::QuestionBar};
use crate::{desk::Desk, screen::Bottom};

#[component]
pub(crate) fn Controls(desk: Desk) -> impl IntoView {
    let bottom = Memo::new(move |_| desk.screen.bottom.get());
    move || match bottom.get() {
        Bottom::Opening => ().into_any(),
        Bottom::Viewer => view! {
            <div class="strip cues" data-testid="viewer">
                <span class="lbl">"Viewing"</span>
                "Read only. The presenter's own link has the controls."
            </div>
        }
        .into_any(),
        Bottom::Presenter => view! {
            <div class="strip asks">
                <QuestionBar desk=desk/>
                <Outcomes desk=desk/>
            </div>
            <Cues desk=desk/>
        }
        .into_any(),
        Bottom::Recording => view! { <PlayerBar desk=desk/> }.into_any(),
    }
}
