//! How often each panel's words are made anew: clocks ten times a second, axes and counts twice, tables once.

use std::cell::Cell;

use model::fact::Level;

use super::{Held, backstage::Drawer, keys};
use crate::{
    browser::clock::time_of_day,
    cues::row,
    player::{Player, deck::Mode},
    screen::{
        BackstageWords, Bottom, CaptionWords, HandsWords, NoticesWords, PlayerWords, Screen, VerdictSheet, WireWords,
        put,
    },
    session::{Outcome, Session},
    stage::{self, Layout, Selected},
    words::{
        choice, guards, honesty, inspector, machines,
        numbers::{clock, clock_with_millis},
        proof, run, scenes, timeline, twin, verdict,
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

/// Says whether it was time.
pub(super) fn refresh(held: &Held, screen: Screen, now: f64) -> bool {
    if !due(&held.refreshed.words, WORDS_MILLIS, now) {
        return false;
    }
    let session = held.session.borrow();
    put(screen.bottom, bottom(&session));
    put(screen.sight, session.sight);
    put(screen.header, session.header(now));
    let caption = held.caption_of_view(&session).unwrap_or_else(|| session.caption(now));
    if due(&held.refreshed.spoken, SPOKEN_MILLIS, now) {
        put(screen.spoken, caption.text());
    }
    held.let_go_of_proof(&caption);
    let (chosen, still) = (held.backstage.proof.borrow().clone(), session.less_motion());
    put(screen.caption, CaptionWords { said: caption, chosen, still });
    put(screen.question, session.question().cloned());
    put(screen.pressed, session.pressed.clone());
    put(screen.hands, hands(held, &session, now));
    held.focus.tend();
    held.walk.follow(&held.easel.borrow().drawing);
    let Some(player) = session.player() else { return true };
    backstage(held, screen, &session, player);
    let (picture, at) = (player.picture(), player.now());
    put(screen.proof, proof::words(picture, &picture.proof(at)));
    // In a hand a lane that was asked for is not covered by what is known of its partition.
    let in_hand = held.easel.borrow().layout == Layout::Phone;
    let asked = session.selected.as_ref().filter(|what| !(in_hand && matches!(what, Selected::Partition(_))));
    put(screen.sheet, asked.and_then(|what| inspector::sheet(picture, what, at)));
    put(screen.machines, held.machines_open.get().then(|| machines::rows(picture)));
    let Some(deck) = session.deck() else { return true };
    let axis = deck.axis();
    if !deck.is_live() {
        let (playing, manner) = (deck.mode() == Mode::Playing, deck.manner());
        let (time, whole) = (clock_with_millis(at), clock(deck.ends()));
        let (stops, skips, loops) = (manner.stops, manner.skips, manner.range.is_some());
        let words = PlayerWords { time, whole, playing, speed: deck.speed().name(), stops, skips, loops };
        held.follow_in_address(&session, &words);
        put(screen.player, words);
    }
    put(screen.playhead, timeline::percent(axis.place(at)));
    if due(&held.refreshed.axis, AXIS_MILLIS, now) {
        put(screen.honesty, honesty::words(player, session.link.silent_micros));
        let known = deck.known();
        let room = held.easel.borrow().axis_room(deck.is_live());
        let mut words = timeline::words((deck.timeline(), &session.markers.marks()), &axis, (known, at), room);
        words.range = deck.manner().range.map(|(from, until)| timeline::span(&axis, from, until));
        words.present = deck.is_live().then(|| timeline::percent(axis.place(known)));
        put(screen.timeline, words);
    }
    if due(&held.refreshed.table, TABLE_MILLIS, now) {
        put(screen.twin, twin::rows(picture));
        put(screen.notices, notices(picture));
    }
    true
}

fn hands(held: &Held, session: &Session, now: f64) -> HandsWords {
    let (hands, player) = (&held.hands, session.player());
    let at_hand = player.filter(|_| session.presenter && session.is_live());
    let in_talk = at_hand.filter(|_| hands.is_talk);
    HandsWords {
        bare: hands.is_bare(now),
        black: hands.black.get(),
        less_motion: session.less_motion(),
        next_sight: held.next_sight(session).name(),
        is_behind: session.deck().is_some_and(|deck| deck.is_live() && deck.mode() != Mode::Following),
        refused: hands.refused.get(),
        help: hands.help.get().then(|| keys::help(session)),
        cues: at_hand.map(|p| row::row(p.picture())).unwrap_or_default(),
        next: in_talk.and_then(|p| held.next_turn(p)),
        clock: in_talk.map(|p| (time_of_day(), clock(p.now()))).unwrap_or_default(),
        share: held.share_words(session),
        notes: held.notes_words(session),
    }
}

fn backstage(held: &Held, screen: Screen, session: &Session, player: &Player) {
    held.follow_runs(player);
    let (picture, back) = (player.picture(), &held.backstage);
    let listed = (back.drawer.get() == Drawer::Scenes || held.hands.is_talk)
        .then(|| scenes::words(picture, &back.listed.borrow(), session.presenter && session.is_live()));
    let pending: Vec<&str> =
        session.pressed.iter().filter(|p| p.outcome == Outcome::Pending).map(pressed_guard).collect();
    let wire = WireWords {
        guards: guards::switches(picture, &pending),
        armed: guards::armed(picture),
        slow_ms: back.slow.get().or(picture.slow_wire.map(|(_, ms)| ms)).unwrap_or(0),
        presenter: session.presenter && session.is_live(),
    };
    let scene = held.scene_of_verdict(session);
    let sheet = scene.as_ref().and_then(|scene| verdict::words(picture, scene, back.beside(scene).as_deref()));
    let words = BackstageWords {
        progress: run::progress(picture, player.now()),
        scenes: listed,
        verdict: sheet.map(|words| proven(held, player, words)),
        choice: (back.drawer.get() == Drawer::Choice)
            .then(|| choice::words(picture, &back.shown.borrow(), &back.chosen.borrow())),
        wire,
        wire_open: back.drawer.get() == Drawer::Wire,
    };
    put(screen.backstage, words);
}

/// The guard that a press switches.
fn pressed_guard(pressed: &crate::session::Pressed) -> &'static str {
    let its = |(_, title): &&(&'static str, &'static str)| pressed.label.starts_with(title);
    guards::GUARDS.iter().find(its).map_or("", |(guard, _)| *guard)
}

/// What proves the chosen number, as far as it is drawn; the panel stands on the other side.
fn proven(held: &Held, player: &Player, words: verdict::VerdictWords) -> VerdictSheet {
    let chosen = held.backstage.proof.borrow().clone();
    let easel = held.easel.borrow();
    let at = |what: &stage::Selected| easel.drawing.targets.iter().find(|t| t.what == *what).map(|t| t.x);
    let all: Vec<u64> = words.lines.iter().flat_map(|l| &l.cells).flat_map(|c| c.facts.iter().copied()).collect();
    let of_interest = if chosen.is_empty() { &all } else { &chosen };
    let drawn: Vec<f64> = player.places().of(of_interest).iter().filter_map(|(_, what)| at(what)).collect();
    let (width, _) = easel.drawing.layout.size();
    let on_the_right = drawn.iter().filter(|x| **x > width * 0.68).count();
    let proven = if chosen.is_empty() { String::new() } else { verdict::proven(chosen.len(), drawn.len()) };
    VerdictSheet { words, chosen, proven, left: on_the_right * 2 > drawn.len() }
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
