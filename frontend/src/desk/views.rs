//! From view to view: the selection is kept, and one painter draws them all.

use std::rc::Rc;

use model::{caption::Tone, ids::Micros, picture::Picture};

use super::{Desk, Held};
use crate::{
    lanes,
    session::{LinkState, Session},
    sides,
    sight::Sight,
    stage::{self, Drawing, Layout, Selected, View},
    story,
    words::{self, caption::Caption, numbers::clock, verdict},
};

/// The sheet that a view is drawn on: a hand holds a long one for lanes and stories.
pub(super) fn layout(window: Layout, sight: Sight) -> Layout {
    match (window, sight) {
        (Layout::Phone, Sight::Lanes) => Layout::Strip,
        (Layout::Phone, Sight::Story) => Layout::List,
        (window, _) => window,
    }
}

impl Desk {
    /// The next view (`V`).
    pub(crate) fn next_sight(self) {
        let next = {
            let held = self.held();
            let session = held.session.borrow();
            held.next_sight(&session)
        };
        self.open_sight(next);
    }

    /// Opens a view; a story is that of the selected record's order, or of the newest.
    pub(crate) fn open_sight(self, sight: Sight) {
        if self.is_talk() {
            self.pass_on_sight(sight);
        }
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
    /// Draws the view that is open.
    pub(super) fn draw_view(&self, session: &Session, view: &View<'_>) -> Drawing {
        match session.sight {
            Sight::Stage => stage::draw(view),
            Sight::Lanes => lanes::draw(view),
            Sight::Story => {
                let key = self.story_key(session);
                let then = self.picture_of_story(session, &key);
                let view =
                    then.as_deref().map_or(*view, |then| View { picture: then, now: then.at, hops: &[], ..*view });
                story::draw(&view, &key)
            }
            Sight::Verdict => sides::draw(view, &self.sides(session)),
        }
    }

    /// The picture of when an order was new, where the present has lost its records.
    fn picture_of_story(&self, session: &Session, key: &str) -> Option<Rc<Picture>> {
        /// So long after the last word of an order its records are committed and answered.
        const SETTLED_MICROS: u64 = 5_000_000;
        let deck = session.deck()?;
        let picture = deck.player().picture();
        let last = story::lost(picture, key, deck.now())?;
        self.picture_at(deck, Micros(last.0 + SETTLED_MICROS))
    }

    /// Which order's story is told; a page that was opened with a story follows the newest until it finds one.
    fn story_key(&self, session: &Session) -> String {
        if session.sight == Sight::Story && self.followed.borrow().is_empty() {
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
        let then = self.picture_of_story(session, &key);
        let picture = then.as_deref().unwrap_or(player.picture());
        let caption = words::story::caption(picture, &key, player.now()).filter(|_| heard)?;
        // What is told again of it later is not in the picture of then.
        Some(match &then {
            Some(then) => caption.and(Tone::Detail, format!("As it was at {}.", clock(then.at))),
            None => caption,
        })
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

    /// Which view is next; a verdict is one where a scene has come to it.
    pub(super) fn next_sight(&self, session: &Session) -> Sight {
        let has_verdict = session.player().is_some_and(|p| verdict::newest(p.picture()).is_some());
        session.sight.next(has_verdict)
    }
}
