//! The sheet of states: each state's facts in the line notation, and the marks that the stage must make of them.

use std::collections::BTreeMap;

use expect_test::{ExpectFile, expect_file};
use kafkascope_page::states::State;
use model::{fact::Fact, ids::Micros};
use serde_json::json;

use crate::{describe::marks, words};

/// Begins a part of the sheet.
const PART: &str = "# ";
/// Begins a state; the next line says what one sees.
const STATE: &str = "== ";
/// When to look, and at which part of the stage.
const LOOK: &str = "look ";
/// What stands there, written by `UPDATE_EXPECT=1` and read by whoever changes it.
const MARKS: &str = "marks";

/// The scripts, in the order of the sheet.
fn parts() -> [(&'static str, ExpectFile); 4] {
    [
        (include_str!("sheet/records.txt"), expect_file!["sheet/records.txt"]),
        (include_str!("sheet/replicas.txt"), expect_file!["sheet/replicas.txt"]),
        (include_str!("sheet/brokers.txt"), expect_file!["sheet/brokers.txt"]),
        (include_str!("sheet/groups.txt"), expect_file!["sheet/groups.txt"]),
    ]
}

/// What every state begins with.
fn given() -> Vec<Fact> {
    notation::facts(include_str!("sheet/given.txt"))
}

/// A state of a script as the sheet's file has it: its facts, one a line, and a line of kind `state`.
fn compiled(part: &str, state: &str, first_seq: u64) -> String {
    let mut lines = state.lines();
    let (word, says) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let is_fact = |line: &&str| !line.starts_with(LOOK) && !line.starts_with(MARKS);
    let script: Vec<&str> = lines.filter(is_fact).collect();
    let mut facts = notation::facts(&script.join("\n"));
    for (fact, seq) in facts.iter_mut().zip(first_seq..) {
        fact.seq = seq;
    }
    let look = state.lines().find_map(|l| l.strip_prefix(LOOK)).unwrap_or_else(|| panic!("when to look at {word:?}?"));
    let (seconds, area) = look.split_once(' ').unwrap_or_else(|| panic!("where to look at {word:?}?"));
    let millis: f64 = seconds.parse::<f64>().expect("a time in seconds") * 1000.0;
    let seq = first_seq + facts.len() as u64;
    let at = Micros::from_millis(millis.round() as u64);
    let last = json!({
        "seq": seq, "at": at, "kind": "state", "part": part, "word": word, "says": says, "area": area_of(area),
    });
    let mut text: Vec<String> = facts.iter().map(Fact::to_json).collect();
    text.push(last.to_string());
    text.join("\n")
}

/// A part of the stage by its name, as the design lays it out.
fn area_of(name: &str) -> [f64; 4] {
    let words: Vec<&str> = name.split(' ').collect();
    let number = |n: usize| words.get(n).and_then(|w| w.parse::<f64>().ok());
    let band = |broker: f64| 332.0 + 134.0 * (broker - 1.0);
    match (words[0], number(1), number(2)) {
        ("replica", Some(broker), wide) => [212.0, band(broker), wide.unwrap_or(190.0), 124.0],
        ("band", Some(broker), _) => [32.0, band(broker), 176.0, 124.0],
        ("column", wide, _) => [212.0, 326.0, wide.unwrap_or(190.0), 404.0],
        ("group", wide, _) => [212.0, 724.0, wide.unwrap_or(380.0), 146.0],
        ("frame", wide, _) => [32.0, 270.0, wide.unwrap_or(560.0), 56.0],
        ("apps", wide, _) => [178.0, 200.0, wide.unwrap_or(420.0), 126.0],
        ("at", Some(x), Some(y)) => [x, y, number(3).expect("a width"), number(4).expect("a height")],
        _ => panic!("no part of the stage is called {name:?}"),
    }
}

/// The sheet's file.
fn file() -> String {
    let given = given();
    let first_seq = given.len() as u64 + 1;
    let mut paragraphs = vec![given.iter().map(Fact::to_json).collect::<Vec<_>>().join("\n")];
    for (script, _) in parts() {
        let (head, states) = script.split_once(STATE).expect("a part has states");
        let part = head.lines().find_map(|l| l.strip_prefix(PART)).expect("a part has a name");
        paragraphs.extend(states.split(STATE).map(|state| compiled(part, state, first_seq)));
    }
    paragraphs.join("\n\n") + "\n"
}

fn states() -> Vec<State> {
    State::all(&file()).expect("the sheet's file is read by the page")
}

#[test]
fn every_state_is_drawn_with_its_marks() {
    let states = states();
    let marks: BTreeMap<&str, String> = states.iter().map(|s| (s.word.as_str(), marks(s))).collect();
    assert_eq!(marks.len(), states.len(), "two states have the same word");
    for (script, file) in parts() {
        let mut word = "";
        let mut lines: Vec<String> = Vec::new();
        for line in script.lines() {
            word = line.strip_prefix(STATE).unwrap_or(word);
            match line.starts_with(MARKS) {
                true => lines.push(format!("{MARKS} {}", marks[word])),
                false => lines.push(line.to_owned()),
            }
        }
        file.assert_eq(&(lines.join("\n") + "\n"));
    }
}

#[test]
fn the_page_is_given_the_facts_of_the_scripts() {
    expect_file!["../../../static/states.ndjson"].assert_eq(&file());
}

#[test]
fn no_two_texts_of_a_state_touch() {
    for state in states() {
        let drawing = &state.drawing;
        assert_eq!((words::touching(drawing), words::lost(drawing)), (None, None), "{}", state.word);
    }
}

/// Colour only repeats what shape and word say: without it no two states of the sheet are the same.
#[test]
fn in_grey_no_two_states_look_the_same() {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for state in states() {
        let grey = crate::describe::grey(&state);
        if let Some(other) = known.insert(grey.clone(), state.word.clone()) {
            panic!("{:?} and {other:?} are both {grey}", state.word);
        }
    }
}
