//! The sheet of states: for each of them the few facts that make it, when to look, and which part of the stage shows it.

use model::{
    fact::{Event, Fact},
    ids::Micros,
};
use serde_json::{Map, Value};

use crate::{
    player::{DELAY_MILLIS, Player},
    stage::{self, Drawing, Layout, View},
};

/// Where the sheet's facts lie, beside the page.
pub const FILE: &str = "states.ndjson";

/// One state, drawn.
#[derive(Debug)]
pub struct State {
    /// Of what it is a state: records, replicas, …
    pub part: String,
    /// The design's word for it.
    pub word: String,
    /// What one sees.
    pub says: String,
    /// Left, top, width and height of what is shown of the stage.
    pub area: [f64; 4],
    /// The whole stage.
    pub drawing: Drawing,
}

impl State {
    /// Draws every state of the sheet's file. Its paragraphs are facts, one a line: the first is what all states begin
    /// with, each other one is a state and ends with a line of kind `state`, whose time is when to look.
    ///
    /// # Errors
    /// Where a line is no fact, or a paragraph does not end with its state.
    pub fn all(file: &str) -> Result<Vec<Self>, String> {
        let mut paragraphs = file.trim().split("\n\n");
        let given = paragraphs.next().unwrap_or_default();
        paragraphs.map(|state| Self::of(given, state)).collect()
    }

    fn of(given: &str, state: &str) -> Result<Self, String> {
        let mut facts = Vec::new();
        for line in given.lines().chain(state.lines()) {
            facts.push(Fact::parse(line).map_err(|why| format!("{why}: {line}"))?);
        }
        let Some(Fact { event: Event::Unknown(body), at, .. }) = facts.pop() else {
            return Err(format!("no state: {state}"));
        };
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self {
            part: text("part"),
            word: text("word"),
            says: text("says"),
            area: area(&body),
            drawing: draw(facts, at),
        })
    }
}

fn area(body: &Map<String, Value>) -> [f64; 4] {
    let number = |n: usize| body.get("area").and_then(|a| a.get(n)?.as_f64()).unwrap_or_default();
    [number(0), number(1), number(2), number(3)]
}

/// The stage at display time `now`, played as live.
fn draw(facts: Vec<Fact>, now: Micros) -> Drawing {
    let mut player = Player::new(DELAY_MILLIS);
    player.take(facts);
    player.advance(Micros(now.0 + player.delay_micros()));
    stage::draw(&View {
        picture: player.picture(),
        now: player.now(),
        hops: player.hops(),
        fresh: player.fresh(),
        named: (&[], u64::MAX),
        selected: None,
        proof: &[],
        hover: None,
        points: false,
        still: false,
        shows_key: false,
        layout: Layout::Wide,
        chosen: None,
        silent_micros: 0,
    })
}
