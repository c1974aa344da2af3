//! The time axis under what is played: where moments stand on it, how far it is known, and how it is gone along.

use model::ids::Micros;

use super::{super::axis::Axis, Deck, Manner, Source};

impl Deck {
    /// How it is played.
    pub fn manner(&self) -> Manner {
        self.manner
    }

    /// Plays it otherwise from now on.
    pub fn set_manner(&mut self, manner: Manner) {
        self.manner = manner;
    }

    /// Where moments stand on the time axis.
    pub fn axis(&self) -> Axis {
        match &self.source {
            Source::Live { .. } => Axis::live(self.known()),
            Source::Recording { timeline, .. } => Axis::recording(timeline),
        }
    }

    /// Up to when there is something to show; live, that is the present less the delay.
    pub fn known(&self) -> Micros {
        match &self.source {
            Source::Live { .. } => Micros(self.ends().0.saturating_sub(self.player.delay_micros())),
            Source::Recording { .. } => self.ends(),
        }
    }

    /// To what stands at a place of the time axis; live, what is not yet is the present.
    pub fn seek_place(&mut self, place: u64) {
        let at = self.axis().at(place);
        if self.is_live() && at >= self.known() { self.to_end() } else { self.seek(at) }
    }
}
