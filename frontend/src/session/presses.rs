//! What was pressed and asked: what became of each press, and the question that waits for an answer.

use super::Session;
use crate::cues::{Press, QUESTION_MILLIS, Question};

/// How long an outcome is shown.
const DONE_MILLIS: f64 = 6_000.0;
const REFUSED_MILLIS: f64 = 12_000.0;
/// Outcomes that are shown at once.
const OUTCOMES: usize = 4;

/// What became of a press.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Not answered yet.
    Pending,
    /// Done: what, and how long it took.
    Done(String, u64),
    /// Not done, and why.
    Refused(String),
    /// No press: something the page says.
    Said(String),
}

/// A press and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pressed {
    /// The id it was sent with.
    pub id: String,
    /// What the page calls it.
    pub label: String,
    /// What became of it.
    pub outcome: Outcome,
    pub(super) until_millis: f64,
}

impl Session {
    /// Notes what became of a press.
    pub fn settle(&mut self, id: &str, outcome: Outcome, now_millis: f64) {
        let lasts = if matches!(outcome, Outcome::Done(..)) { DONE_MILLIS } else { REFUSED_MILLIS };
        if let Some(pressed) = self.pressed.iter_mut().find(|p| p.id == id && p.outcome == Outcome::Pending) {
            pressed.outcome = outcome;
            pressed.until_millis = now_millis + lasts;
        }
    }

    /// The gateway that was asked is gone, and with it what it would have told.
    pub(super) fn settle_all(&mut self, now_millis: f64) {
        for pressed in self.pressed.iter_mut().filter(|p| p.outcome == Outcome::Pending) {
            pressed.outcome = Outcome::Refused("not known: the gateway went away".to_owned());
            pressed.until_millis = now_millis + REFUSED_MILLIS;
        }
    }

    /// Notes a press that was sent, or one that cannot be.
    pub fn press(&mut self, id: String, press: &Press) {
        self.remember(Pressed { id, label: press.label.clone(), outcome: Outcome::Pending, until_millis: f64::MAX });
    }

    /// Notes that something asked for cannot be.
    pub fn cannot(&mut self, why: String, now_millis: f64) {
        self.note(Outcome::Refused(why), now_millis);
    }

    /// Notes something that a person should know, and that is no press.
    pub fn say(&mut self, what: String, now_millis: f64) {
        self.note(Outcome::Said(what), now_millis);
    }

    /// Notes something that stays until others take its place.
    pub fn keep_saying(&mut self, what: String) {
        let (id, label) = (String::new(), String::new());
        self.remember(Pressed { id, label, outcome: Outcome::Said(what), until_millis: f64::MAX });
    }

    fn note(&mut self, outcome: Outcome, now_millis: f64) {
        let until_millis = now_millis + DONE_MILLIS;
        self.remember(Pressed { id: String::new(), label: String::new(), outcome, until_millis });
    }

    fn remember(&mut self, pressed: Pressed) {
        self.pressed.push(pressed);
        if self.pressed.len() > OUTCOMES {
            self.pressed.remove(0);
        }
    }

    /// Puts a question on the screen; a choice waits five seconds for its digit, the rest as long as needed.
    pub fn ask(&mut self, question: Question, now_millis: f64) {
        let lasts = match &question {
            Question::Which { .. } => QUESTION_MILLIS,
            Question::Sure { .. } => 2.0 * QUESTION_MILLIS,
            Question::NewItem => f64::MAX,
        };
        self.question = Some((question, now_millis + lasts));
    }

    /// The question on the screen.
    pub fn question(&self) -> Option<&Question> {
        self.question.as_ref().map(|(q, _)| q)
    }

    /// Takes the question off the screen.
    pub fn take_question(&mut self) -> Option<Question> {
        self.question.take().map(|(q, _)| q)
    }
}
