//! The pieces of a recording that are unpacked: those that were shown last, since who scrubs comes back to them.

use std::{cell::RefCell, fmt, rc::Rc};

use model::{fact::Fact, ids::Micros};

use super::Pieces;

/// So many are kept: the one that is played, and those beside it.
const KEPT: usize = 3;

/// A piece, unpacked.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// What was known when it began.
    pub(super) keyframe: Vec<Fact>,
    /// What was seen in it.
    pub(super) facts: Vec<Fact>,
}

impl Loaded {
    pub(super) fn of((keyframe, facts): (Vec<Fact>, Vec<Fact>)) -> Self {
        Self { keyframe, facts }
    }
}

/// A recording's pieces, unpacked on demand.
pub(super) struct Reel {
    pieces: Box<dyn Pieces>,
    /// The one used last at the end.
    kept: RefCell<Vec<(usize, Rc<Loaded>)>>,
}

impl fmt::Debug for Reel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reel").field("pieces", &self.count()).finish_non_exhaustive()
    }
}

impl Reel {
    pub(super) fn of(pieces: Box<dyn Pieces>) -> Self {
        Self { pieces, kept: RefCell::default() }
    }

    pub(super) fn pieces(&self) -> &dyn Pieces {
        &*self.pieces
    }

    pub(super) fn count(&self) -> usize {
        self.pieces.count()
    }

    pub(super) fn starts(&self, piece: usize) -> Micros {
        self.pieces.starts(piece)
    }

    /// A piece, which is kept for a while.
    pub(super) fn load(&self, piece: usize) -> Rc<Loaded> {
        let loaded = self.peek(piece);
        let mut kept = self.kept.borrow_mut();
        kept.retain(|(known, _)| *known != piece);
        kept.push((piece, Rc::clone(&loaded)));
        if kept.len() > KEPT {
            kept.remove(0);
        }
        loaded
    }

    /// A piece that is read once.
    pub(super) fn peek(&self, piece: usize) -> Rc<Loaded> {
        let known = self.kept.borrow().iter().find(|(known, _)| *known == piece).map(|(_, loaded)| Rc::clone(loaded));
        known.unwrap_or_else(|| Rc::new(Loaded::of(self.pieces.load(piece))))
    }
}
