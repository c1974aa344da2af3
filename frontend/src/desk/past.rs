//! Pictures of earlier moments, for what the present keeps no more: a run that is over, the story of an old order.

use std::rc::Rc;

use model::{picture::Picture, recording::Recording};

use super::*;
use crate::{
    player::{deck::Deck, past::picture_at},
    sides::Side,
};

/// Pictures that are kept: those of two runs and of a story, and as many again.
const KEPT: usize = 6;

/// What was looked up of one session.
#[derive(Debug, Default)]
pub(super) struct Past {
    session: RefCell<String>,
    kept: RefCell<Vec<(Micros, Rc<Picture>)>>,
    /// The live session's recording, where more was wanted than this page has heard.
    film: RefCell<Option<Recording>>,
    wanted: Cell<bool>,
    asked: Cell<bool>,
}

impl Held {
    /// The picture as it was at a moment; none where it is not here, or not yet.
    pub(super) fn picture_at(&self, deck: &Deck, at: Micros) -> Option<Rc<Picture>> {
        let past = &self.past;
        let session = deck.player().picture().session.as_ref().map(|(_, s)| s.session.as_str()).unwrap_or_default();
        if *past.session.borrow() != session {
            session.clone_into(&mut past.session.borrow_mut());
            past.kept.borrow_mut().clear();
            past.film.take();
            past.asked.set(false);
        }
        let mut kept = past.kept.borrow_mut();
        if let Some((_, picture)) = kept.iter().find(|(of, _)| *of == at) {
            return Some(Rc::clone(picture));
        }
        let film = past.film.borrow();
        let filmed = || picture_at(film.as_ref().filter(|film| at <= film.end())?, at);
        let Some(picture) = picture_at(deck.pieces(), at).or_else(filmed) else {
            past.wanted.set(deck.is_live());
            return None;
        };
        let picture = Rc::new(picture);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((at, Rc::clone(&picture)));
        Some(picture)
    }

    /// The runs that the verdict is about.
    pub(super) fn sides(&self, session: &Session) -> Vec<Side> {
        let Some(deck) = session.deck() else { return Vec::new() };
        let picture = deck.player().picture();
        let Some(scene) = self.scene_of_verdict(session) else { return Vec::new() };
        let beside = self.backstage.beside(&scene);
        let side = |(id, run): (&u64, &model::picture::Run)| {
            let then = verdict::decided_at(run).and_then(|at| self.picture_at(deck, at));
            Side { run: *id, picture: then.unwrap_or_else(|| Rc::new(picture.clone())) }
        };
        verdict::runs(picture, &scene, beside.as_deref()).into_iter().map(side).collect()
    }

    /// The scene whose verdict is open; where the view is, the newest there is.
    pub(super) fn scene_of_verdict(&self, session: &Session) -> Option<String> {
        let open = self.backstage.verdict.borrow().clone();
        let newest = || verdict::newest(session.player()?.picture()).map(str::to_owned);
        open.or_else(|| newest().filter(|_| session.sight == Sight::Verdict))
    }
}

impl Desk {
    /// Fetches the live session's recording, where something older is wanted than this page has heard.
    pub(super) fn look_back(self) {
        let held = self.held();
        if !held.past.wanted.replace(false) || held.past.asked.replace(true) {
            return;
        }
        spawn_local(async move {
            let Ok(list) = fetch::text("/api/recordings").await else { return };
            let Some(name) = opening::current_name(&list.body) else { return };
            let bytes = fetch::bytes(&format!("/api/recordings/{}", encoded(&name))).await;
            // Without it the view says what it has not.
            if let Some(film) = bytes.ok().and_then(|bytes| Recording::open(bytes, None).ok()) {
                let held = self.held();
                *held.past.film.borrow_mut() = Some(film);
                held.touch();
            }
        });
    }
}
