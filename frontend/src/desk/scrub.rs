//! The pointer on the time axis: what it asks for is done once a frame, however often it moves.

use super::*;
use crate::{
    paint::bounded,
    player::{
        axis::PARTS,
        deck::{Deck, Mode},
        manner::Manner,
    },
    screen::PeekWords,
    words::{
        numbers::clock_with_millis,
        timeline::{Room, percent},
    },
};

/// What is said of a moment stands at least so far from the axis' ends, in parts of a hundred.
const BESIDE: u64 = 12;

/// What a pointer that is pressed holds.
#[derive(Clone, Copy, Debug)]
enum Grip {
    /// The time; and whether it goes on when it is let go.
    Time { plays: bool },
    /// A range that began there.
    Range(Micros),
}

/// The pointer.
#[derive(Debug, Default)]
pub(super) struct Pointer {
    grip: Cell<Option<Grip>>,
    /// Where it is, in parts of the axis.
    at: Cell<Option<u64>>,
    /// What it asked for and was not done yet.
    wanted: Cell<Option<u64>>,
    told: Cell<Option<u64>>,
}

fn place(fraction: f64) -> u64 {
    (bounded(fraction, 0.0, 1.0) * PARTS as f64) as u64
}

impl Desk {
    /// The axis is pressed there.
    pub(crate) fn grip(self, fraction: f64, with_shift: bool) {
        let held = self.held();
        let grip = {
            let mut session = held.session.borrow_mut();
            let Some(deck) = session.deck_mut() else { return };
            if with_shift {
                Grip::Range(deck.axis().at(place(fraction)))
            } else {
                let plays = deck.mode() != Mode::Paused;
                deck.set_playing(false);
                Grip::Time { plays }
            }
        };
        held.pointer.grip.set(Some(grip));
        held.pointer.wanted.set(Some(place(fraction)));
    }

    /// The pointer is there, or has left.
    pub(crate) fn point(self, fraction: Option<f64>) {
        let held = self.held();
        let at = fraction.map(place);
        held.pointer.at.set(at);
        if held.pointer.grip.get().is_some() && at.is_some() {
            held.pointer.wanted.set(at);
        }
    }

    /// The axis is let go.
    pub(crate) fn let_go(self) {
        let held = self.held();
        self.scrub();
        if let Some(Grip::Time { plays: true }) = held.pointer.grip.take() {
            self.session(|s| s.deck_mut().map(|deck| deck.set_playing(true)));
        }
    }

    /// Does what the pointer asked for since the last frame.
    pub(super) fn scrub(self) {
        let held = self.held();
        if let Some(wanted) = held.pointer.wanted.take() {
            match held.pointer.grip.get() {
                Some(Grip::Range(from)) => self.session(|s| s.deck_mut().map(|deck| set_range(deck, from, wanted))),
                Some(Grip::Time { .. }) | None => self.session(|s| s.deck_mut().map(|deck| deck.seek_place(wanted))),
            };
        }
        let at = held.pointer.at.get();
        if at != held.pointer.told.replace(at) {
            put(self.screen.peek, at.and_then(|at| held.peek(at)));
        }
    }
}

impl Easel {
    /// How much room there is for the time axis (static/style.css).
    pub(super) fn axis_room(&self, is_live: bool) -> Room {
        let width = match self.narrow {
            Some(narrow) => narrow - 32.0,
            None => self.layout.page().0 - if is_live { 244.0 } else { 64.0 },
        };
        Room { width, size: if is_live { 16.0 } else { 18.0 } }
    }
}

fn set_range(deck: &mut Deck, from: Micros, to: u64) {
    let to = deck.axis().at(to).min(deck.known());
    let range = Some((from.min(to), from.max(to))).filter(|(from, to)| to > from);
    deck.set_manner(Manner { range, ..deck.manner() });
}

impl Held {
    /// What was said at a moment of the axis.
    fn peek(&self, place: u64) -> Option<PeekWords> {
        let session = self.session.borrow();
        let deck = session.deck()?;
        let at = deck.axis().at(place);
        if at > deck.known() {
            return None;
        }
        // Whoever drags sees that moment's own caption above the stage.
        let is_held = self.pointer.grip.get().is_some();
        let said = match session.markers.said(at) {
            Some(note) => note.to_owned(),
            None if is_held => String::new(),
            None => deck.caption_at(at).text(),
        };
        let left = percent(place.clamp(PARTS / 100 * BESIDE, PARTS / 100 * (100 - BESIDE)));
        Some(PeekWords { left, time: clock_with_millis(at), said })
    }
}
