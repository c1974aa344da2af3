//! Where everything meets: facts go into the session, the session onto the stage and the screen, presses to the gateway.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::{prelude::*, task::spawn_local};
use model::ids::Micros;
use serde_json::Value;

use crate::{
    browser::{
        address::{Address, encoded, minutes_east, random_id, socket_url, take_token},
        canvas::Painter,
        clock::now_millis,
        embedded::{self, Embedded},
        fetch, focus, json,
        resize::Size,
        script,
        socket::{self, Listener},
    },
    cues::{self, Press, Question, Step},
    paint::Theme,
    player::{DELAY_MILLIS, Player},
    screen::{Screen, put},
    session::{Outcome, Session},
    sight::Sight,
    stage::{self, Drawing, Layout, Selected, View},
    words::{
        guards::{self, Stand},
        machines::{Act, Machine},
        verdict,
    },
};

mod backstage;
mod crowd;
mod hands;
mod keys;
mod notes;
mod opening;
mod past;
mod play;
mod refresh;
mod scrub;
mod share;
mod views;
mod walk;

pub(crate) use crate::cues::row::Cue;

/// What the stage is drawn with.
#[derive(Default)]
struct Easel {
    painter: Option<Painter>,
    drawing: Drawing,
    hover: Option<(f64, f64)>,
    /// Somebody asks what there is to point at, for this one drawing.
    asked: bool,
    pixels: f64,
    layout: Layout,
    /// How wide the page is in its own pixels, where it is not scaled as one.
    narrow: Option<f64>,
    theme: Theme,
    /// Something that is not a fact changed: the pointer, the selection, the size.
    dirty: bool,
}

struct Held {
    session: RefCell<Session>,
    easel: RefCell<Easel>,
    token: Option<String>,
    address: Address,
    machines_open: Cell<bool>,
    /// The key whose story is told.
    followed: RefCell<String>,
    backstage: backstage::Backstage,
    hands: hands::Hands,
    refreshed: refresh::Refreshed,
    walk: walk::Walk,
    pointer: scrub::Pointer,
    sharing: share::Sharing,
    notes: notes::Notes,
    focus: focus::Keeper,
    crowd: RefCell<crowd::Crowd>,
    past: past::Past,
}

/// A handle that every panel has.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    held: StoredValue<Rc<Held>, LocalStorage>,
    pub(crate) screen: Screen,
}

impl Desk {
    /// Reads the address and waits.
    pub(crate) fn new() -> Self {
        let token = take_token();
        let address = Address::read();
        let delay = address.value("delay").and_then(|d| d.parse().ok()).unwrap_or(DELAY_MILLIS);
        let mut session = Session::new(delay, token.is_some(), minutes_east());
        session.sight = address.value("view").and_then(Sight::of).unwrap_or_default();
        let order = address.value("order").unwrap_or_default().to_owned();
        let hands = hands::Hands::of(&address, token.is_some());
        let crowd = crowd::Crowd::of(address.value("marks"));
        let held = Held {
            session: RefCell::new(session),
            easel: RefCell::default(),
            token,
            address,
            machines_open: Cell::new(false),
            followed: RefCell::new(order),
            backstage: backstage::Backstage::default(),
            hands,
            refreshed: refresh::Refreshed::default(),
            walk: walk::Walk::default(),
            pointer: scrub::Pointer::default(),
            sharing: share::Sharing::default(),
            notes: notes::Notes::default(),
            focus: focus::Keeper::default(),
            crowd: RefCell::new(crowd),
            past: past::Past::default(),
        };
        Self { held: StoredValue::new_local(Rc::new(held)), screen: Screen::new() }
    }

    fn held(self) -> Rc<Held> {
        self.held.with_value(Rc::clone)
    }

    fn session<T>(self, then: impl FnOnce(&mut Session) -> T) -> T {
        let held = self.held();
        let result = then(&mut held.session.borrow_mut());
        held.easel.borrow_mut().dirty = true;
        held.refreshed.soon();
        result
    }

    /// Gives the stage its canvas.
    pub(crate) fn set_painter(self, painter: Painter) {
        let held = self.held();
        let mut easel = held.easel.borrow_mut();
        easel.painter = Some(painter);
        easel.dirty = true;
    }

    /// Notes the sheet, and how many physical pixels a stage pixel has.
    pub(crate) fn resized(self, size: Size) {
        let held = self.held();
        let mut easel = held.easel.borrow_mut();
        (easel.pixels, easel.layout, easel.narrow) = (size.pixels, size.layout, size.narrow);
        easel.dirty = true;
    }

    /// One animation frame.
    pub(crate) fn frame(self) {
        let now = now_millis();
        self.scrub();
        let held = self.held();
        let must_draw = held.session.borrow_mut().frame(now);
        if let Some(deck) = held.session.borrow_mut().deck_mut() {
            deck.scan();
        }
        // The presenter's window has no stage.
        let must_draw = must_draw || held.easel.borrow().dirty || held.crowd.borrow().is_there();
        if must_draw && held.easel.borrow().painter.is_some() {
            held.draw();
        }
        if refresh::refresh(&held, self.screen, now) {
            self.list_scenes();
            self.look_back();
            self.beat(now);
        }
    }

    /// Something was pressed in the presenter's row.
    pub(crate) fn cue(self, cue: Cue) {
        let held = self.held();
        // Everybody may look.
        match cue {
            Cue::Scenes => return self.toggle_scenes(),
            Cue::Wire => return self.toggle_wire(),
            Cue::Choice => return self.toggle_choice(),
            Cue::Keys => return self.toggle_help(),
            Cue::Talk => return self.open_talk(),
            Cue::Verdict => return self.toggle_verdict(),
            Cue::Machines => {
                held.machines_open.set(!held.machines_open.get());
                held.refreshed.soon();
                return;
            }
            _ => {}
        }
        let step = {
            let session = held.session.borrow();
            if !session.presenter {
                return;
            }
            session.player().and_then(|p| cue.step(p.picture()))
        };
        if let Some(step) = step {
            self.step(step);
        }
    }

    fn step(self, step: Step) {
        match step {
            Step::Ask(question) => self.session(|s| s.ask(question, now_millis())),
            Step::Send(presses) => presses.into_iter().for_each(|press| self.send(press)),
            Step::Not(why) => self.session(|s| s.cannot(why, now_millis())),
        }
    }

    /// Does something to a process.
    pub(crate) fn act_on(self, act: Act, machine: &Machine) {
        let step = {
            let held = self.held();
            let session = held.session.borrow();
            session.player().map(|p| cues::act_on(act, machine, p.picture()))
        };
        if let Some(step) = step {
            self.step(step);
        }
    }

    /// Answers the question on the screen with a digit.
    pub(crate) fn answer(self, digit: u32) {
        let choice = match self.held().session.borrow().question() {
            Some(Question::Which { choices, .. }) => choices.iter().find(|c| c.digit == digit).cloned(),
            _ => return,
        };
        if let Some(choice) = choice {
            self.session(Session::take_question);
            self.act_on(choice.act, &choice.machine);
        }
    }

    /// Yes to the question on the screen.
    pub(crate) fn yes(self) {
        if let Some(Question::Sure { press, .. }) = self.session(Session::take_question) {
            self.send(press);
        }
    }

    /// Takes the question away, then closes what is open, then lets go of the selection.
    pub(crate) fn dismiss(self) {
        let held = self.held();
        if self.session(Session::take_question).is_some() || self.drop_note() || held.close_share() {
            return;
        }
        if self.close_help() || self.close_backstage() {
            return;
        }
        if held.machines_open.replace(false) || self.screen.notices_open.get_untracked() {
            self.screen.notices_open.set(false);
            return;
        }
        // The verdict is a view and a panel in one: to close it is to go back.
        self.session(|s| match s.selected.take() {
            None if s.sight == Sight::Verdict => s.sight = Sight::Stage,
            _ => {}
        });
    }

    /// Sends a command.
    pub(crate) fn send(self, press: Press) {
        self.send_as(random_id(), press);
    }

    fn send_as(self, id: String, press: Press) {
        self.session(|s| {
            s.take_question();
            s.press(id.clone(), &press);
        });
        let mut body = press.args;
        body.insert("command".to_owned(), Value::String(press.command));
        body.insert("id".to_owned(), Value::String(id.clone()));
        let body = json::text(&body);
        let token = self.held().token.clone();
        spawn_local(async move {
            let answer = fetch::send_json("POST", "/api/commands", token.as_deref(), &body).await;
            // Accepted: its own fact tells the outcome.
            if !answer.as_ref().is_ok_and(|a| (200..300).contains(&a.status)) {
                let outcome = self.refused(answer);
                self.session(|s| s.settle(&id, outcome, now_millis()));
            }
        });
    }

    /// Not done, and why; where the gateway does not know this page's token, it is a viewer's from here on.
    fn refused(self, answer: Result<fetch::Answer, String>) -> Outcome {
        if answer.as_ref().is_ok_and(|a| a.status == 401) {
            self.lose_token();
        }
        Outcome::Refused(refusal(answer))
    }

    /// Selects what stands at a place of the stage, given as fractions; nothing there lets go.
    pub(crate) fn select_at(self, (x, y): (f64, f64)) {
        let held = self.held();
        // A finger points without having hovered.
        held.ask();
        let what = {
            let easel = held.easel.borrow();
            stage::hit_at(&easel.drawing, (x, y)).map(|t| t.what.clone())
        };
        self.take_up(what);
    }

    /// Selects a thing that was pointed at; words about what is not drawn lead to the choice, and in a hand a column leads
    /// to its lane.
    fn take_up(self, what: Option<Selected>) {
        if what == Some(Selected::Rest) {
            return self.toggle_choice();
        }
        let held = self.held();
        let in_hand = held.easel.borrow().layout == Layout::Phone && held.session.borrow().sight == Sight::Stage;
        match what.as_ref().and_then(Selected::partition).filter(|_| in_hand) {
            Some(id) => {
                let id = id.clone();
                self.session(|s| s.selected = Some(Selected::Partition(id)));
                self.open_sight(Sight::Lanes);
            }
            None => self.session(|s| s.selected = what),
        }
    }

    /// The pointer is at a place of the stage, or left it.
    pub(crate) fn hover(self, at: Option<(f64, f64)>) {
        let held = self.held();
        if at.is_some() && held.easel.borrow().hover.is_none() {
            held.ask();
        }
        let mut easel = held.easel.borrow_mut();
        let (w, h) = easel.drawing.layout.size();
        easel.hover = at.map(|(x, y)| (x * w, y * h));
        let label = easel.hover.and_then(|(x, y)| stage::hit(&easel.drawing, x, y)).map(|t| t.label.clone());
        let label = label.unwrap_or_default();
        // Redrawn only where the pointer came to another thing.
        easel.dirty |= self.screen.hovered.with_untracked(|known| *known != label);
        put(self.screen.hovered, label);
    }
}

impl Held {
    /// Draws with everything that one can point at.
    fn ask(&self) {
        self.easel.borrow_mut().asked = true;
        self.draw();
        self.easel.borrow_mut().asked = false;
    }

    fn draw(&self) {
        let mut easel = self.easel.borrow_mut();
        let session = self.session.borrow();
        let Some(player) = session.player() else { return };
        let chosen = self.backstage.chosen.borrow();
        let proof = player.places().of(&self.backstage.proof.borrow());
        let proof: Vec<stage::Selected> = proof.into_iter().map(|(_, what)| what).collect();
        let named = named(player);
        let mut crowd = self.crowd.borrow_mut();
        let view = View {
            picture: player.picture(),
            now: player.now(),
            hops: if crowd.is_there() { crowd.at(player.picture(), player.now()) } else { player.hops() },
            fresh: player.fresh(),
            named: (&named, player.now().since(player.caption_since())),
            selected: session.selected.as_ref(),
            proof: &proof,
            hover: easel.hover,
            points: easel.hover.is_some() || easel.asked || self.walk.is_used(),
            still: session.stands_still(),
            // The player's bar takes the key's place.
            shows_key: !session.is_recording() && !self.hands.is_bare(now_millis()),
            layout: views::layout(easel.layout, session.sight),
            silent_micros: session.link.silent_micros,
            chosen: Some(&chosen),
        };
        if self.backstage.drawer.get() == backstage::Drawer::Choice {
            let shown = stage::shown(&view);
            if *self.backstage.shown.borrow() != shown {
                *self.backstage.shown.borrow_mut() = shown;
                self.refreshed.soon();
            }
        }
        let drawing = self.draw_view(&session, &view);
        let (pixels, theme) = (easel.pixels, easel.theme);
        if let Some(painter) = &mut easel.painter {
            painter.paint(&drawing, theme, pixels);
        }
        drop(session);
        if let Some(deck) = self.session.borrow_mut().deck_mut() {
            deck.watch(&drawing.records, drawing.layout != Layout::List);
        }
        easel.drawing = drawing;
        easel.dirty = false;
    }
}

/// What the caption names, while it has just begun to: where the first number points that is not a count of many things.
fn named(player: &Player) -> Vec<stage::Selected> {
    /// More than these are a crowd, not a thing.
    const FEW: usize = 3;
    if player.now().since(player.caption_since()) >= stage::rings::NAMED_MICROS {
        return Vec::new();
    }
    let pieces = player.caption().parts.iter().flat_map(|part| &part.pieces);
    let places = |facts: &[u64]| {
        let mut places: Vec<stage::Selected> = Vec::new();
        for (_, what) in player.places().of(facts) {
            if !places.contains(&what) {
                places.push(what);
            }
        }
        places
    };
    let mut few = pieces.map(|piece| places(&piece.facts)).filter(|places| (1..=FEW).contains(&places.len()));
    few.next().unwrap_or_default()
}

/// Why the gateway did not do what it was asked.
fn refusal(answer: Result<fetch::Answer, String>) -> String {
    match answer {
        Ok(answer) => reason_in(&answer.body).unwrap_or_else(|| format!("the gateway answered {}", answer.status)),
        Err(why) => format!("not sent: {why}"),
    }
}

/// What an answer of the gateway says is the matter.
fn reason_in(body: &str) -> Option<String> {
    let Ok(Value::Object(fields)) = serde_json::from_str(body) else {
        return Some(body.trim().to_owned()).filter(|b| !b.is_empty() && b.len() < 300);
    };
    ["reason", "error", "message"].iter().find_map(|name| fields.get(*name)?.as_str().map(str::to_owned))
}
