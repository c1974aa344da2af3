//! From view to view: the selection is kept, and one painter draws them all.

use super::{Desk, Held};
use crate::{
    lanes,
    sight::Sight,
    stage::{self, Drawing, View},
    words::verdict,
};

/// Draws the view that is open.
pub(super) fn draw(sight: Sight, view: &View<'_>) -> Drawing {
    match sight {
        Sight::Lanes => lanes::draw(view),
        Sight::Stage | Sight::Story | Sight::Verdict => stage::draw(view),
    }
}

impl Desk {
    /// The next view (`V`).
    pub(crate) fn next_sight(self) {
        let held = self.held();
        let next = {
            let session = held.session.borrow();
            session.sight.next(held.has_verdict())
        };
        self.open_sight(next);
    }

    /// Opens a view.
    pub(crate) fn open_sight(self, sight: Sight) {
        self.session(|s| s.sight = sight);
    }
}

impl Held {
    /// Whether a scene has come to a verdict.
    fn has_verdict(&self) -> bool {
        let session = self.session.borrow();
        session.player().is_some_and(|p| p.picture().runs.values().any(verdict::is_over))
    }
}
