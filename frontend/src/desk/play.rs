//! What keys and buttons do with time: they turn the deck.

use super::*;
use crate::{
    paint::bounded,
    player::{deck::Deck, speed::Speed},
};

impl Desk {
    fn turn(self, how: impl FnOnce(&mut Deck)) {
        self.session(|s| s.deck_mut().map(how));
    }

    /// Stops or goes on.
    pub(crate) fn play_or_pause(self) {
        self.turn(Deck::play_or_pause);
    }

    /// Changes the speed.
    pub(crate) fn speed(self, speed: Speed) {
        self.turn(|deck| deck.set_speed(speed));
    }

    /// One speed up or down.
    pub(crate) fn change_speed(self, faster: bool) {
        self.turn(|deck| {
            if let Some(speed) = deck.speed().next(faster) {
                deck.set_speed(speed);
            }
        });
    }

    /// Jumps to a place of a recording, given as a fraction of its axis.
    pub(crate) fn seek_to(self, fraction: f64) {
        self.turn(|deck| deck.seek(Micros((deck.ends().0 as f64 * bounded(fraction, 0.0, 1.0)) as u64)));
    }

    /// Goes so many seconds back or on.
    pub(crate) fn seek_by(self, seconds: i64) {
        self.turn(|deck| deck.seek(Micros(deck.now().0.saturating_add_signed(seconds * 1_000_000))));
    }

    /// To the beginning of what there is.
    pub(crate) fn to_start(self) {
        self.turn(Deck::to_start);
    }

    /// To a recording's end, or back to the present.
    pub(crate) fn to_end(self) {
        self.turn(Deck::to_end);
    }

    /// To the next fact that is drawn, or the one before.
    pub(crate) fn step_fact(self, forward: bool) {
        self.turn(|deck| deck.step(forward));
    }

    /// Marks travel, or do not any more.
    pub(crate) fn less_motion(self) {
        self.session(|s| s.set_less_motion(!s.less_motion()));
    }
}
