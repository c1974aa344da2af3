//! The player of a recording: start, play, end, time and speed.

use leptos::prelude::*;

use super::parts::Button;
use crate::{
    desk::{Cue, Desk},
    icons,
    player::speed::Speed,
};

#[component]
pub(crate) fn PlayerBar(desk: Desk) -> impl IntoView {
    let words = desk.screen.player;
    let playing = move || words.with(|w| w.playing);
    let icon = move || if playing() { icons::PAUSE } else { icons::PLAY };
    let label = move || if playing() { "Pause" } else { "Play" };
    let speed = move |speed: Speed| {
        let name = speed.name();
        let id = format!("speed-{}", name.replace('/', "-"));
        let on = {
            let name = name.clone();
            move || words.with(|w| w.speed == name)
        };
        view! { <button class:on=on data-testid=id on:click=move |_| desk.speed(speed)>{name}</button> }
    };
    view! {
        <div class="tp" data-testid="player">
            <button class="tb" data-testid="player-start" aria-label="To the start" inner_html=icons::TO_START
                on:click=move |_| desk.to_start()></button>
            <button class="tb p" data-testid="player-play" aria-label=label inner_html=icon
                on:click=move |_| desk.play_or_pause()></button>
            <button class="tb" data-testid="player-end" aria-label="To the end" inner_html=icons::TO_END
                on:click=move |_| desk.to_end()></button>
            <span class="time" data-testid="player-time">{move || words.with(|w| w.time.clone())}</span>
            <span>{move || format!("of {}", words.with(|w| w.whole.clone()))}</span>
            <span class="seg" role="group" aria-label="Speed">{Speed::ALL.map(speed).collect_view()}</span>
            {Button::new("btn", "cue-scenes", "S Scenes").does(move || desk.cue(Cue::Scenes))}
            {Button::new("btn", "cue-verdict", "V Verdict").does(move || desk.cue(Cue::Verdict))}
        </div>
    }
}
