//! How often each panel's words are made anew: clocks ten times a second, axes and counts twice, tables once.

use std::cell::Cell;

use model::fact::Level;

use super::Held;
use crate::{
    cues::restart_label,
    screen::{Bottom, NoticesWords, PlayerWords, Screen, put},
    session::Session,
    words::{
        honesty, inspector, machines,
        numbers::{clock, clock_with_millis, percent},
        proof, timeline, twin,
    },
};

const WORDS_MILLIS: f64 = 100.0;
const AXIS_MILLIS: f64 = 500.0;
const TABLE_MILLIS: f64 = 1_000.0;
/// A screen reader hears the caption at most this often; the last one wins (design §11).
const SPOKEN_MILLIS: f64 = 2_000.0;

/// When each was made last.
#[derive(Debug, Default)]
pub(super) struct Refreshed {
    words: Cell<f64>,
    axis: Cell<f64>,
    table: Cell<f64>,
    spoken: Cell<f64>,
}

impl Refreshed {
    /// The next frame makes the words anew.
    pub(super) fn soon(&self) {
        self.words.set(f64::MIN);
        self.axis.set(f64::MIN);
    }
}

fn due(last: &Cell<f64>, period: f64, now: f64) -> bool {
    let due = now - last.get() >= period;
    if due {
        last.set(now);
    }
    due
}

pub(super) fn refresh(held: &Held, screen: Screen, now: f64) {
    if !due(&held.refreshed.words, WORDS_MILLIS, now) {
        return;
    }
    let session = held.session.borrow();
    put(screen.bottom, bottom(&session));
    put(screen.header, session.header());
    let caption = session.caption(now);
    if due(&held.refreshed.spoken, SPOKEN_MILLIS, now) {
        put(screen.spoken, caption.text());
    }
    put(screen.caption, caption);
    put(screen.question, session.question().cloned());
    put(screen.pressed, session.pressed.clone());
    let Some(player) = session.player() else { return };
    let (picture, at) = (player.picture(), player.now());
    put(screen.proof, proof::words(picture, &picture.proof(at)));
    put(screen.restart, restart_label(picture));
    put(screen.sheet, session.selected.as_ref().and_then(|what| inspector::sheet(picture, what, at)));
    put(screen.machines, held.machines_open.get().then(|| machines::rows(picture)));
    if let Some(replay) = session.recording() {
        let playing = replay.playing();
        let (time, whole) = (clock_with_millis(at), clock(replay.ends()));
        put(screen.player, PlayerWords { time, whole, playing, speed: replay.speed().name() });
        put(screen.playhead, percent(at, replay.ends()));
    }
    if due(&held.refreshed.axis, AXIS_MILLIS, now) {
        put(screen.honesty, honesty::words(player, session.link.silent_micros, session.skipped()));
        let words = match session.recording() {
            Some(replay) => timeline::recording(replay.timeline()),
            None => timeline::live(player.timeline(), at),
        };
        if !session.is_recording() {
            put(screen.playhead, percent(at, model::ids::Micros(words.whole)));
        }
        put(screen.timeline, words);
    }
    if due(&held.refreshed.table, TABLE_MILLIS, now) {
        put(screen.twin, twin::rows(picture));
        put(screen.notices, notices(picture));
    }
}

fn bottom(session: &Session) -> Bottom {
    match (session.is_recording(), session.is_live(), session.presenter) {
        (true, ..) => Bottom::Recording,
        (_, true, true) => Bottom::Presenter,
        (_, true, false) => Bottom::Viewer,
        (_, false, _) => Bottom::Opening,
    }
}

fn notices(picture: &model::picture::Picture) -> NoticesWords {
    let worth = picture.notices.iter().rev().filter(|n| n.level != Level::Info);
    let lines = worth.map(|n| (clock(n.stamp.at), n.source.clone(), n.text.clone(), n.level == Level::Error));
    NoticesWords { count: picture.counters.warnings, lines: lines.collect() }
}
