//! What a live session has seen so far, piece by piece as a recording, bounded.

use std::collections::VecDeque;

use model::{fact::Fact, ids::Micros, keyframe::keyframe, picture::Picture};

use super::{deck::Pieces, records};

/// Facts of a piece.
const PIECE: usize = 4_096;
/// Facts that are kept, at the least; a quiet shop tells as many in an hour, a busy one in some minutes. A fact takes about
/// half a kilobyte. Where the display stands further back than this, it cannot go on from there: it returns to the present.
pub(super) const KEPT: usize = 100_000;

/// Everything that was heard since a moment.
#[derive(Debug)]
struct Stretch {
    starts: Micros,
    /// All that was known when it began.
    keyframe: Vec<Fact>,
    /// Whether nothing is missing between it and the one before.
    joins: bool,
    /// Records that were heard of before it.
    records: u64,
    facts: Vec<Fact>,
}

/// The newest facts, and what they add up to.
#[derive(Debug, Default)]
pub(crate) struct History {
    stretches: VecDeque<Stretch>,
    /// Stretches that are not kept any more.
    forgotten: usize,
    present: Picture,
    facts: usize,
    records: u64,
}

impl History {
    /// Begins with a keyframe, or goes on with one where something was missed.
    pub(crate) fn begin(&mut self, keyframe: &[Fact], at: Micros) {
        self.present = Picture::of(keyframe);
        self.open(at, false);
    }

    /// Takes a fact; returns the piece that it is in.
    pub(crate) fn push(&mut self, fact: Fact) -> usize {
        if self.stretches.back().is_none_or(|s| s.facts.len() >= PIECE) {
            self.open(fact.at, true);
        }
        self.present.fold(&fact);
        self.records += records(&fact.event);
        self.facts += 1;
        if let Some(stretch) = self.stretches.back_mut() {
            stretch.facts.push(fact);
        }
        while self.facts > KEPT + PIECE {
            self.facts -= self.stretches.pop_front().map_or(self.facts, |s| s.facts.len());
            self.forgotten += 1;
        }
        self.count() - 1
    }

    fn open(&mut self, starts: Micros, joins: bool) {
        let keyframe = keyframe(&self.present);
        self.stretches.push_back(Stretch { starts, keyframe, joins, records: self.records, facts: Vec::new() });
    }

    fn stretch(&self, piece: usize) -> Option<&Stretch> {
        self.stretches.get(piece.checked_sub(self.forgotten)?)
    }

    /// Records that were heard of.
    pub(crate) fn records(&self) -> u64 {
        self.records
    }
}

impl Pieces for History {
    fn first(&self) -> usize {
        self.forgotten
    }

    fn count(&self) -> usize {
        self.forgotten + self.stretches.len()
    }

    fn starts(&self, piece: usize) -> Micros {
        self.stretch(piece).map_or(Micros(u64::MAX), |s| s.starts)
    }

    fn load(&self, piece: usize) -> (Vec<Fact>, Vec<Fact>) {
        self.stretch(piece).map(|s| (s.keyframe.clone(), s.facts.clone())).unwrap_or_default()
    }

    fn joins(&self, piece: usize) -> bool {
        self.stretch(piece).is_none_or(|s| s.joins)
    }

    fn records_before(&self, piece: usize) -> u64 {
        self.stretch(piece).map_or(0, |s| s.records)
    }
}
