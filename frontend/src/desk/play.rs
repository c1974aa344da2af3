//! What keys and buttons do with time: they turn the deck.

use super::*;
use crate::player::{axis::PARTS, deck::Deck, manner::Manner, speed::Speed};

impl Desk {
    pub(super) fn turn(self, how: impl FnOnce(&mut Deck)) {
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

    /// To a tenth of the time axis.
    pub(crate) fn seek_tenth(self, tenth: u32) {
        self.turn(|deck| deck.seek_place(PARTS / 10 * u64::from(tenth)));
    }

    /// To a mark of the time axis.
    pub(crate) fn seek_mark(self, at: Micros) {
        self.turn(|deck| deck.seek(at));
        let marker = self.session(|s| s.markers.shown().find(|m| m.at == at).map(|m| m.id.clone()));
        if let Some(id) = marker {
            self.edit_note(&id);
        }
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

    /// To where the next caption begins, or the one before.
    pub(crate) fn step_caption(self, forward: bool) {
        self.turn(|deck| deck.step_caption(forward));
    }

    /// This chapter comes again and again, or nothing does any more.
    pub(crate) fn loop_chapter(self) {
        self.turn(|deck| {
            let range = match deck.manner().range {
                Some(_) => None,
                None => Some(
                    deck.timeline().chapter(deck.now()).map_or((deck.timeline().begins, deck.known()), |c| (c.1, c.2)),
                ),
            };
            deck.set_manner(Manner { range, ..deck.manner() });
        });
    }

    /// Stops where a chapter begins, or does not.
    pub(crate) fn stop_at_chapters(self) {
        self.turn(|deck| deck.set_manner(Manner { stops: !deck.manner().stops, ..deck.manner() }));
    }

    /// Leaves out where nothing was seen, or does not.
    pub(crate) fn skip_quiet_parts(self) {
        self.turn(|deck| deck.set_manner(Manner { skips: !deck.manner().skips, ..deck.manner() }));
    }

    /// Marks travel, or do not any more.
    pub(crate) fn less_motion(self) {
        self.session(|s| s.set_less_motion(!s.less_motion()));
    }

    /// What the system asks for, at first and whenever that is changed.
    pub(crate) fn prefer_less_motion(self, less: bool) {
        self.session(|s| s.set_less_motion(less));
    }
}
