//! What the presenter does behind the stage: runs scenes, looks at verdicts, switches guards, arms the wire.

use super::*;
use crate::{
    stage::{Chosen, Pick},
    words::{
        caption::{Caption, still_proves},
        scenes::{Listed, catalogue},
    },
};

/// What a drawer's keyboard begins with; its way out stands before it.
const FIRST: &str = ".drawer div button:not(:disabled)";

/// Which drawer is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Drawer {
    #[default]
    None,
    Scenes,
    Wire,
    Choice,
}

/// What of it stands on the page.
#[derive(Debug, Default)]
pub(super) struct Backstage {
    pub(super) drawer: Cell<Drawer>,
    pub(super) listed: RefCell<Vec<Listed>>,
    /// The scene whose verdict is open.
    pub(super) verdict: RefCell<Option<String>>,
    /// What was chosen to be drawn, and what is.
    pub(super) chosen: RefCell<Chosen>,
    pub(super) shown: RefCell<Chosen>,
    /// The facts that prove the number that was chosen.
    pub(super) proof: RefCell<Vec<u64>>,
    /// Where the slow wire's knob is while it is held; the wire changes when it is let go.
    pub(super) slow: Cell<Option<u32>>,
    /// The newest run that was seen to begin.
    begun: Cell<Option<u64>>,
    /// The newest run that was seen to have ended.
    pub(super) ended: Cell<Option<u64>>,
    /// The number of runs when the list was asked for last, and whether one was going on.
    asked: Cell<Option<(usize, bool)>>,
}

impl Backstage {
    /// The scene a listed scene is set beside.
    pub(super) fn beside(&self, scene: &str) -> Option<String> {
        self.listed.borrow().iter().find(|s| s.name == scene)?.beside.clone()
    }

    /// Closes what is open; false where nothing was.
    fn close(&self) -> bool {
        self.proof.borrow_mut().clear();
        let drawer = self.drawer.replace(Drawer::None);
        self.verdict.borrow_mut().take().is_some() || drawer != Drawer::None
    }
}

impl Desk {
    fn toggle(self, drawer: Drawer) {
        let held = self.held();
        let open = held.backstage.drawer.get() == drawer;
        held.backstage.drawer.set(if open { Drawer::None } else { drawer });
        held.refreshed.soon();
        if !open {
            focus::later(FIRST);
        }
    }

    /// Opens or closes the list of scenes.
    pub(crate) fn toggle_scenes(self) {
        self.held().backstage.asked.set(None);
        self.toggle(Drawer::Scenes);
        self.list_scenes();
    }

    /// Opens or closes the guards and the wire.
    pub(crate) fn toggle_wire(self) {
        self.toggle(Drawer::Wire);
    }

    /// Opens or closes the list of what can be drawn.
    pub(crate) fn toggle_choice(self) {
        self.toggle(Drawer::Choice);
        self.held().touch();
    }

    /// Takes one to what is drawn, or away from it.
    pub(crate) fn choose(self, pick: Pick) {
        let held = self.held();
        held.backstage.chosen.borrow_mut().toggle(pick, &held.backstage.shown.borrow());
        held.touch();
    }

    /// What is drawn is chosen by itself again.
    pub(crate) fn choose_nothing(self) {
        let held = self.held();
        held.backstage.chosen.take();
        held.touch();
    }

    /// Asks for the list again where a run has begun or ended since; what can run depends on it.
    pub(super) fn list_scenes(self) {
        let held = self.held();
        let runs = {
            let session = held.session.borrow();
            // The presenter goes through it with a clicker, without opening it.
            let wanted = session.presenter || held.backstage.drawer.get() == Drawer::Scenes;
            if !wanted || !session.is_live() {
                return;
            }
            let runs = session.player().map(|p| &p.picture().runs);
            runs.map(|runs| (runs.len(), runs.values().any(model::picture::Run::is_running)))
        };
        if runs.is_none() || held.backstage.asked.replace(runs) == runs {
            return;
        }
        spawn_local(async move {
            if let Ok(answer) = fetch::text("/api/scenes").await
                && let Some(listed) = catalogue(&answer.body)
            {
                let held = self.held();
                let first = held.backstage.listed.replace(listed).is_empty();
                held.refreshed.soon();
                if first && held.backstage.drawer.get() == Drawer::Scenes {
                    focus::later(FIRST);
                }
            }
        });
    }

    /// Runs a scene.
    pub(crate) fn run_scene(self, name: &str, title: &str, guarded: bool) {
        let held = self.held();
        held.backstage.close();
        let side = if guarded { ", guard on" } else { "" };
        let (path, body) = (format!("/api/scenes/{}", encoded(name)), format!(r#"{{"guard":{guarded}}}"#));
        self.ask_gateway("POST", path, body, Press::scene(&format!("{title}{side}")), "started");
    }

    /// Cancels a run.
    pub(crate) fn cancel_run(self, run: u64) {
        self.ask_gateway("DELETE", format!("/api/runs/{run}"), String::new(), Press::scene("Cancel"), "cancelled");
    }

    /// Asks for something whose effect comes as facts, and shows what became of the asking.
    fn ask_gateway(self, method: &'static str, path: String, body: String, press: Press, did: &'static str) {
        let id = random_id();
        self.session(|s| s.press(id.clone(), &press));
        let (token, asked) = (self.held().token.clone(), now_millis());
        spawn_local(async move {
            let outcome = match fetch::send_json(method, &path, token.as_deref(), &body).await {
                Ok(answer) if (200..300).contains(&answer.status) => {
                    Outcome::Done(did.to_owned(), (now_millis() - asked) as u64)
                }
                answer => self.refused(answer),
            };
            self.session(|s| s.settle(&id, outcome, now_millis()));
        });
    }

    /// Opens the verdict of a scene; in a recording whose moment lies elsewhere nothing is sought.
    pub(crate) fn show_verdict(self, scene: Option<String>) {
        let held = self.held();
        held.backstage.close();
        if scene.is_none() && held.session.borrow().sight == Sight::Verdict {
            self.open_sight(Sight::Stage);
        }
        *held.backstage.verdict.borrow_mut() = scene;
        held.touch();
    }

    /// Opens the newest verdict, or closes the one that is open.
    pub(crate) fn toggle_verdict(self) {
        let held = self.held();
        if held.backstage.verdict.borrow().is_some() {
            return self.show_verdict(None);
        }
        let newest = {
            let session = held.session.borrow();
            session.player().and_then(|player| verdict::newest(player.picture())).map(str::to_owned)
        };
        match newest {
            Some(scene) => self.show_verdict(Some(scene)),
            None => self.session(|s| s.cannot("No scene has come to a verdict yet".to_owned(), now_millis())),
        }
    }

    /// Rings what proves a number; the same number again lets go.
    pub(crate) fn prove(self, facts: Vec<u64>) {
        let held = self.held();
        let same = *held.backstage.proof.borrow() == facts;
        let is_drawn = held.session.borrow().player().is_none_or(|p| !p.places().of(&facts).is_empty());
        if !same && !is_drawn {
            let facts = if facts.len() == 1 { "a fact" } else { "facts" };
            self.session(|s| s.cannot(format!("Proven by {facts} that the stage has no place for"), now_millis()));
        }
        *held.backstage.proof.borrow_mut() = if same { Vec::new() } else { facts };
        held.touch();
    }

    /// Switches a guard in every app that knows it.
    pub(crate) fn switch_guard(self, guard: &str) {
        let press = {
            let held = self.held();
            let session = held.session.borrow();
            let switches = session.player().map(|p| guards::switches(p.picture(), &[])).unwrap_or_default();
            let Some(switch) = switches.into_iter().find(|s| s.guard == guard) else { return };
            Press::guard(switch.guard, switch.title, switch.stand != Stand::On)
        };
        self.press_as_presenter(press);
    }

    /// Switches the guard at a place of the row.
    pub(crate) fn switch_nth_guard(self, place: u32) {
        if let Some((guard, _)) = usize::try_from(place).ok().and_then(|place| guards::GUARDS.get(place)) {
            self.switch_guard(guard);
        }
    }

    /// The slow wire's knob is held here, or let go.
    pub(crate) fn slow_wire(self, ms: u32, let_go: bool) {
        let held = self.held();
        held.backstage.slow.set(Some(ms).filter(|_| !let_go));
        held.refreshed.soon();
        if let_go {
            self.press_as_presenter(Press::slow_wire(ms));
        }
    }

    /// Sends a command of the presenter's.
    pub(crate) fn press_as_presenter(self, press: Press) {
        if self.held().session.borrow().presenter {
            self.send(press);
        }
    }

    /// Closes a verdict or a drawer; false where none was open.
    pub(super) fn close_backstage(self) -> bool {
        let held = self.held();
        let was_open = held.backstage.close();
        held.touch();
        was_open
    }
}

impl Held {
    /// Words and stage are made anew.
    pub(super) fn touch(&self) {
        self.easel.borrow_mut().dirty = true;
        self.refreshed.soon();
    }

    /// What proves a number of the caption is shown as long as the number stands; that of a verdict as long as it is open.
    pub(super) fn let_go_of_proof(&self, caption: &Caption) {
        let stands = self.backstage.verdict.borrow().is_some() || still_proves(caption, &self.backstage.proof.borrow());
        if !stands && !self.backstage.proof.take().is_empty() {
            self.easel.borrow_mut().dirty = true;
        }
    }

    /// The verdict opens by itself when its run has ended, and closes where that is not so any more, or another run begins.
    pub(super) fn follow_runs(&self, player: &crate::player::Player) {
        const FRESH_MICROS: u64 = 3_000_000;
        let begun = player.picture().runs.keys().next_back().copied().unwrap_or_default();
        if self.backstage.begun.replace(Some(begun)).is_some_and(|known| begun > known) {
            self.backstage.close();
        }
        let ended = player.picture().runs.iter().rev().find(|(_, run)| run.ended.is_some());
        let newest = ended.map(|(id, _)| *id).unwrap_or_default();
        let known = self.backstage.ended.replace(Some(newest));
        let Some((_, run)) = ended.filter(|_| known.is_some_and(|known| newest > known)) else {
            if known.is_some_and(|known| newest < known) {
                self.backstage.close();
            }
            return;
        };
        let fresh = run.ended.as_ref().is_some_and(|(stamp, ..)| player.now().since(stamp.at) < FRESH_MICROS);
        if fresh && run.verdict.is_some() {
            self.backstage.close();
            *self.backstage.verdict.borrow_mut() = Some(run.scene.clone());
        }
    }
}
