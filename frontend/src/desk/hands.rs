//! What the presenter does to the page itself: help, black, no controls, a second window, and steps: through the talk
//! where the cluster is live, through what happened where it is recorded.

use super::*;
use crate::{
    browser::{line::Line, window},
    player::stops::{Stop, stop},
    words::talk::{self, Turn},
};

/// The presenter's window tells that it is there each so often, and is taken for closed after this long without.
const BEAT_MILLIS: f64 = 500.0;
const CLOSED_MILLIS: f64 = 2_500.0;
/// What it says; keys that are about the picture are said as `key K`, views that the talk comes to as `sight stage`.
const HERE: &str = "here";
const GONE: &str = "gone";

/// How the page is held.
#[derive(Debug, Default)]
pub(super) struct Hands {
    /// Whether this page is the presenter's window.
    pub(super) is_talk: bool,
    pub(super) help: Cell<bool>,
    pub(super) black: Cell<bool>,
    hidden: Cell<bool>,
    /// The turn that is next, where it is not the one after the newest run; and which run was the newest then.
    chosen: Cell<Option<(usize, usize)>>,
    /// The run whose verdict the talk has come to.
    looked_at: Cell<Option<u64>>,
    line: RefCell<Option<Line>>,
    /// When the presenter's window was heard last.
    heard_millis: Cell<Option<f64>>,
    told_millis: Cell<f64>,
    /// What is amiss with the token.
    pub(super) refused: Cell<bool>,
}

impl Hands {
    /// Of the page at this address.
    pub(super) fn of(address: &Address, has_token: bool) -> Self {
        Self { is_talk: has_token && address.value("presenter").is_some(), ..Self::default() }
    }

    /// Whether the presenter's window is open beside this page.
    pub(super) fn is_elsewhere(&self, now_millis: f64) -> bool {
        !self.is_talk && self.heard_millis.get().is_some_and(|heard| now_millis - heard < CLOSED_MILLIS)
    }

    /// Whether key, guards and cues are left out.
    pub(super) fn is_bare(&self, now_millis: f64) -> bool {
        self.hidden.get() || self.is_elsewhere(now_millis)
    }
}

impl Held {
    /// The turn that is next.
    pub(super) fn next_turn(&self, player: &crate::player::Player) -> Option<Turn> {
        let turns = talk::turns(&self.backstage.listed.borrow());
        let place = self.next_place(&turns, player.picture());
        turns.into_iter().nth(place)
    }

    fn next_place(&self, turns: &[Turn], picture: &model::picture::Picture) -> usize {
        let runs = picture.runs.len();
        let chosen = self.hands.chosen.get().filter(|(_, then)| *then == runs);
        chosen.map_or_else(|| talk::next(turns, picture), |(place, _)| place)
    }
}

impl Desk {
    /// Whether this page is the presenter's window.
    pub(crate) fn is_talk(self) -> bool {
        self.held().hands.is_talk
    }

    /// Hears other pages of this gateway in this browser.
    pub(crate) fn listen(self) {
        let line = Line::open(move |said| self.hear_page(said));
        *self.held().hands.line.borrow_mut() = line;
        if self.is_talk() {
            window::when_left(move || self.say(GONE));
        }
    }

    fn hear_page(self, said: &str) {
        let held = self.held();
        if held.hands.is_talk {
            return;
        }
        match said {
            HERE => held.hands.heard_millis.set(Some(now_millis())),
            GONE => held.hands.heard_millis.set(None),
            _ => {
                if let Some(key) = said.strip_prefix("key ") {
                    self.key(key);
                }
                if let Some(sight) = said.strip_prefix("sight ").and_then(Sight::of) {
                    self.open_sight(sight);
                }
            }
        }
        held.touch();
    }

    fn say(self, text: &str) {
        if let Some(line) = self.held().hands.line.borrow().as_ref() {
            line.say(text);
        }
    }

    /// The presenter's window tells that it is there; also called where frames are not, in a window that is covered.
    pub(super) fn beat(self, now: f64) {
        let held = self.held();
        if held.hands.is_talk && now - held.hands.told_millis.get() >= BEAT_MILLIS {
            held.hands.told_millis.set(now);
            self.say(HERE);
        }
    }

    /// Tells the projected page of a key that is about the picture.
    pub(super) fn pass_on(self, key: &str) {
        self.say(&format!("key {key}"));
    }

    /// Tells the projected page which view the talk has come to.
    pub(super) fn pass_on_sight(self, sight: Sight) {
        self.say(&format!("sight {}", sight.name()));
    }

    /// Opens the presenter's window.
    pub(crate) fn open_talk(self) {
        let held = self.held();
        if held.hands.is_elsewhere(now_millis()) || self.is_talk() {
            return self.session(|s| s.cannot("The presenter's window is open".to_owned(), now_millis()));
        }
        // The token goes with the tab's storage, which a window that we open gets a copy of.
        if !window::open("presenter", "kafkascope-presenter", "popup,width=1180,height=940") {
            let why = "The browser blocked the window: allow pop-ups for this page and press Q again, or open the \
                       presenter's link once more in a window of your own, with &presenter behind it";
            self.session(|s| s.cannot(why.to_owned(), now_millis()));
        }
    }

    /// Opens or closes the help.
    pub(crate) fn toggle_help(self) {
        let held = self.held();
        held.hands.help.set(!held.hands.help.get());
        held.touch();
        if held.hands.help.get() {
            focus::later(".pop.help button");
        }
    }

    /// Hides the controls, or shows them again.
    pub(crate) fn hide_controls(self) {
        let held = self.held();
        held.hands.hidden.set(!held.hands.hidden.get());
        held.touch();
    }

    /// Leaves the caption only, on black, or goes back.
    pub(crate) fn black(self) {
        let held = self.held();
        held.hands.black.set(!held.hands.black.get());
        held.touch();
    }

    /// Closes the help; false where it was not open.
    pub(super) fn close_help(self) -> bool {
        let held = self.held();
        let was_open = held.hands.help.replace(false) || held.hands.black.replace(false);
        held.touch();
        was_open
    }

    /// The next step of the talk: the runs of a scene, then their verdict, then the scene after it.
    pub(crate) fn next_turn(self) {
        let held = self.held();
        let (turn, verdict_of) = {
            let session = held.session.borrow();
            let Some(player) = session.player() else { return };
            let turn = match talk::busy(player.picture()) {
                Some(why) => Err(why),
                None => held.next_turn(player).ok_or_else(|| "The talk is over; Left goes back".to_owned()),
            };
            let newest = player.picture().runs.iter().next_back();
            let stays = |run: &model::picture::Run| turn.as_ref().is_ok_and(|turn| turn.scene == run.scene);
            let is_new = |id: &u64| held.hands.looked_at.get() != Some(*id);
            // A run that was cancelled has no verdict to show.
            let over = newest.filter(|(id, run)| run.verdict.is_some() && !stays(run) && is_new(id));
            (turn, over.filter(|_| talk::busy(player.picture()).is_none()).map(|(id, _)| *id))
        };
        if let Some(run) = verdict_of {
            held.hands.looked_at.set(Some(run));
            held.backstage.verdict.take();
            return self.open_sight(Sight::Verdict);
        }
        match turn {
            Ok(turn) => {
                self.open_sight(Sight::Stage);
                self.run_scene(&turn.scene, &turn.title, turn.guarded);
            }
            Err(why) => self.session(|s| s.cannot(why, now_millis())),
        }
    }

    /// The turn before is next again.
    pub(crate) fn turn_back(self) {
        let held = self.held();
        let said = {
            let session = held.session.borrow();
            let Some(player) = session.player() else { return };
            let picture = player.picture();
            let turns = talk::turns(&held.backstage.listed.borrow());
            let place = held.next_place(&turns, picture).saturating_sub(1);
            held.hands.chosen.set(Some((place, picture.runs.len())));
            turns.get(place).map(|turn| format!("Next is {}", turn.title))
        };
        if let Some(said) = said {
            self.session(|s| s.say(said, now_millis()));
        }
    }

    /// Steps through what happened.
    pub(crate) fn step_to(self, kind: Stop, forward: bool) {
        self.session(|s| {
            let Some(deck) = s.deck_mut() else { return };
            if let Some(at) = stop(deck.timeline(), kind, deck.now(), forward) {
                deck.seek(at);
            }
        });
    }

    /// The gateway does not know this page's token, which may be of another that is gone: from here on it is a viewer's.
    pub(super) fn lose_token(self) {
        self.held().hands.refused.set(true);
        self.session(|s| s.presenter = false);
    }
}
