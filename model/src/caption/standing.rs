//! The caption that stands: it stays until it was read, unless something more important is to be said.

use super::{Caption, RULES, said};
use crate::{ids::Micros, picture::Picture};

/// The rules are asked ten times a second, at the same times whoever looks and however they came there.
const STEP_MICROS: u64 = 100_000;
/// After a longer pause only its end is gone through.
const STEPS_AT_ONCE: u64 = 50;
/// Who reads needs a moment to begin, and so long for each letter.
const BEGIN_MICROS: u64 = 1_000_000;
const LETTER_MICROS: u64 = 25_000;

/// What stands above the stage; a function of the pictures and times it was shown.
#[derive(Clone, Debug)]
pub struct Standing {
    caption: Caption,
    /// The place of its rule among the rules.
    rank: usize,
    /// Since when it stands.
    since: Micros,
    /// Whether the rule has nothing more to say of it.
    is_over: bool,
    /// The step up to which the rules were asked.
    step: Option<u64>,
}

impl Default for Standing {
    fn default() -> Self {
        Self { caption: Caption::default(), rank: RULES.len(), since: Micros(0), is_over: true, step: None }
    }
}

impl Standing {
    /// What stands when a picture is shown that nothing was shown before: as if it had stood for long.
    pub fn at(picture: &Picture, now: Micros) -> Self {
        let mut standing = Self::default();
        standing.advance(picture, now);
        standing.since = Micros(0);
        standing
    }

    /// Time has come to `now` with this picture.
    pub fn advance(&mut self, picture: &Picture, now: Micros) {
        let last = now.0 / STEP_MICROS;
        let first = self.step.map_or(last, |step| step.saturating_add(1).max(last.saturating_sub(STEPS_AT_ONCE)));
        for step in first..=last {
            self.ask(picture, Micros(step * STEP_MICROS));
            self.step = Some(step);
        }
    }

    fn ask(&mut self, picture: &Picture, now: Micros) {
        let (rank, caption) = said(picture, now);
        if rank == self.rank && caption.of == self.caption.of {
            // The same is said, in the words and numbers of now.
            self.caption = caption;
            self.is_over = false;
        } else if rank < self.rank || self.was_read(now) {
            *self = Self { caption, rank, since: now, is_over: false, step: self.step };
        } else if !self.is_over {
            self.is_over = true;
            if !self.caption.once_over.is_empty() {
                // A sentence of its own, that has to be read as well.
                let over = Caption::new(super::Tone::Plain, std::mem::take(&mut self.caption.once_over));
                self.caption = over.of(self.caption.of).fitted();
                self.since = now;
            }
        }
    }

    fn was_read(&self, now: Micros) -> bool {
        now.since(self.since) >= self.caption.least_micros()
    }

    /// What is to be read.
    pub fn caption(&self) -> &Caption {
        &self.caption
    }

    /// Since when it stands; from the beginning where it was there when somebody began to look.
    pub fn since(&self) -> Micros {
        self.since
    }

    /// How important it is: the place of its rule among the rules, the first the most.
    pub fn rank(&self) -> usize {
        self.rank
    }
}

impl Caption {
    /// How long it stands at least, unless something more important is to be said.
    pub fn least_micros(&self) -> u64 {
        BEGIN_MICROS + LETTER_MICROS * self.length() as u64
    }
}
