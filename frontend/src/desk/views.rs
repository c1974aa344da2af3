//! From view to view: the selection is kept, and one painter draws them all.

use super::{Desk, Held};
use crate::{
    lanes,
    session::{LinkState, Session},
    sight::Sight,
    stage::{self, Drawing, Layout, Selected, View},
    story,
    words::{self, caption::Caption, verdict},
};

/// Draws the view that is open.
pub(super) fn draw(sight: Sight, view: &View<'_>, followed: &str) -> Drawing {
    match sight {
        // A hand has room for the score alone.
        _ if view.layout == Layout::Phone => stage::draw(view),
        Sight::Lanes => lanes::draw(view),
        Sight::Story => story::draw(view, followed),
        Sight::Stage | Sight::Verdict => stage::draw(view),
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

    /// Opens a view; a story is that of the selected record's order, or of the newest.
    pub(crate) fn open_sight(self, sight: Sight) {
        if sight == Sight::Story {
            let held = self.held();
            let key = held.key_to_follow();
            *held.followed.borrow_mut() = key;
        }
        self.session(|s| s.sight = sight);
    }

    /// Selects a thing by its name, as a click on it would.
    pub(crate) fn select(self, what: Selected) {
        self.session(|s| s.selected = Some(what));
    }

    /// Follows the selected order (`F`).
    pub(crate) fn follow(self) {
        self.open_sight(Sight::Story);
    }
}

impl Held {
    /// Which order's story is told; a page that was opened with a story follows the newest until it finds one.
    pub(super) fn story_key(&self, sight: Sight) -> String {
        if sight == Sight::Story && self.followed.borrow().is_empty() {
            let key = self.key_to_follow();
            *self.followed.borrow_mut() = key;
        }
        self.followed.borrow().clone()
    }

    /// A story has a caption of its own, as long as somebody vouches for the picture.
    pub(super) fn caption_of_view(&self, session: &Session) -> Option<Caption> {
        let player = session.player().filter(|_| session.sight == Sight::Story)?;
        let heard = session.is_recording() || session.link.state == LinkState::Up;
        let key = self.followed.borrow();
        heard.then(|| words::story::caption(player.picture(), &key, player.now())).flatten()
    }

    /// The key of what is selected, or of the newest record.
    fn key_to_follow(&self) -> String {
        let session = self.session.borrow();
        let Some(picture) = session.player().map(|p| p.picture()) else { return String::new() };
        let selected = match &session.selected {
            Some(Selected::Record { id, offset }) => {
                let record = picture.partitions.get(id).and_then(|p| p.records.get(offset));
                record.and_then(|r| r.appended.as_ref()?.key.clone())
            }
            _ => None,
        };
        selected.or_else(|| story::newest_key(picture)).unwrap_or_default()
    }

    /// Whether a scene has come to a verdict.
    fn has_verdict(&self) -> bool {
        let session = self.session.borrow();
        session.player().is_some_and(|p| p.picture().runs.values().any(verdict::is_over))
    }
}
