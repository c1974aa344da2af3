//! What a run's facts show: each measure, and when a verdict is held, broken or not shown.

use kafkascope_model::{
    fact::{Event, Fact, Outcome},
    keyframe::keyframe,
    picture::Picture,
    recording::Recording,
    verdict::{Bound, Evidence, Judged, Measure, Row, Spec, verdict},
};
use notation::{facts, lines};
use serde_json::{Value, json};

use crate::recordings::record;

mod cluster;
mod groups;
mod order;
mod records;
mod shop;
mod transactions;
mod wire;

/// The stage when the run begins. A-1 is another run's, whose number was the same: the gateway was started again.
const BEFORE: &str = "
    0.000 session local
    broker 1 running
    broker 2 running
    broker 3 running
    broker 1 active
    broker 2 active
    broker 3 active
    controller 101 running
    controller leads 101 epoch 4
    topic orders 2
    orders 0 leader 1 epoch 5 isr 1,2,3
    orders 1 leader 2 epoch 5 isr 1,2,3
    hw orders 0 3
    hw orders 1 3
    tail orders 0 b1
    tail orders 1 b2
    app order running writes orders
    app stock running writes stock
    order A-1 confirmed 1 x 3990 of scene-7
";

/// Two orders of the run, and one of somebody else's.
const ORDERS: &str = "
    order A-2 open 1 x 3990 of scene-7
    order A-3 open 1 x 3990 of scene-7
    order A-9 open 1 x 3990 of Ada
    sent e3 order orders A-2 OrderPlaced
    sent e4 order orders A-3 OrderPlaced
    sent e9 order orders A-9 OrderPlaced
";

fn s(text: &str) -> String {
    text.to_owned()
}

fn placed() -> String {
    s("OrderPlaced")
}

fn row(what: &str, measure: Measure, wanted: Bound, expected: Bound) -> Row {
    Row { what: s(what), measure, wanted, expected }
}

/// Before, the run's first fact, and what it saw. It has one step, which is done with its last line.
fn run(spec: &Spec, script: &str) -> Vec<Fact> {
    let spec = serde_json::to_string(spec).unwrap();
    facts(&format!("{BEFORE}\n1.000 scene 7 steps 1 {spec}\n{script}\nstep 7 0 done"))
}

/// The verdict, each fact taken in as it comes. Out of a recording that was cut in the middle of the run it is the same,
/// and where all that was before the run is known by a keyframe alone.
#[track_caller]
fn judge(facts: &[Fact]) -> Judged {
    let judged = judged(Picture::default(), facts);
    let recorded = record(facts, &[facts.len() * 2 / 3]).bytes;
    let recorded = Recording::open(recorded, None).unwrap().all_facts();
    assert_eq!(judged_of(&recorded), judged, "out of a recording");
    let begun = facts.iter().position(|fact| matches!(fact.event, Event::SceneStarted { .. })).unwrap();
    let before = Picture::of(&keyframe(&Picture::of(&facts[..begun])));
    assert_eq!(self::judged(before, &facts[begun..]), judged, "behind a keyframe");
    judged
}

fn judged_of(facts: &[Fact]) -> Judged {
    let written: Vec<Fact> = facts.iter().map(|fact| Fact::parse(&fact.to_json()).unwrap()).collect();
    judged(Picture::default(), &written)
}

fn judged(mut before: Picture, facts: &[Fact]) -> Judged {
    let mut evidence: Option<Evidence> = None;
    for fact in facts {
        match &mut evidence {
            Some(evidence) => evidence.take(fact),
            None => {
                evidence = Evidence::begin(&before, fact);
                before.fold(fact);
            }
        }
    }
    verdict(&evidence.unwrap())
}

/// What a measure says of a run: its number, none where it was not seen. The lines that prove it end in a star.
#[track_caller]
fn check(measure: Measure, number: impl Into<Option<i64>>, script: &str) {
    let starred = |line: &&str| line.ends_with(" *");
    let first = facts(BEFORE).len() as u64 + 2;
    let proof: Vec<u64> = (first..).zip(lines(script)).filter(|(_, line)| starred(line)).map(|(seq, _)| seq).collect();
    let spec = Spec { rows: vec![row("it", measure, Bound::Is(0), Bound::Is(0))] };
    let judged = judge(&run(&spec, &script.replace(" *", "")));
    let row = &judged.rows[0];
    assert_eq!(row.seen, number.into().map_or(Value::Null, Value::from));
    let mut facts = row.facts.clone();
    facts.sort_unstable();
    assert_eq!(facts, proof, "the facts that prove it");
}

/// Two orders are wanted, and this run must show just one.
fn spec() -> Spec {
    let records = Measure::Records { event: placed() };
    Spec {
        rows: vec![
            row("orders placed", Measure::OrdersPlaced, Bound::AtLeast { at_least: 1 }, Bound::Is(2)),
            row("on the log", records, Bound::Is(2), Bound::Between { from: 0, to: 1 }),
        ],
    }
}

fn one_of_two() -> String {
    format!("{ORDERS}\nappend orders 0 @3 A-2 OrderPlaced")
}

fn both() -> String {
    format!("{}\nappend orders 0 @4 A-3 OrderPlaced", one_of_two())
}

#[test]
fn held_is_a_correct_shops_numbers() {
    let judged = judge(&run(&spec(), &both()));
    assert_eq!((judged.outcome, judged.holds), (Outcome::Held, false));
    assert!(judged.rows.iter().all(|row| row.right));
}

#[test]
fn where_the_records_stand_is_said() {
    let judged = judge(&run(&spec(), &format!("{}\nack e3 order orders 0 @3 all 2ms", both())));
    assert_eq!(judged.rows[1].at, "orders 0 @3, @4");
    let many: String =
        (0..8).map(|n| format!("\nappend orders {} @{} A-2 OrderPlaced id m{n}", n % 2, 3 + n / 2)).collect();
    let judged = judge(&run(&spec(), &format!("{ORDERS}{many}")));
    assert_eq!(judged.rows[1].at, "orders 0 @3, @4, @5, @6, orders 1 @3, @4 and 2 more");
    assert_eq!(judge(&run(&spec(), ORDERS)).rows[1].at, "");
}

#[test]
fn broken_may_be_what_a_run_must_show() {
    let judged = judge(&run(&spec(), &one_of_two()));
    assert_eq!((judged.outcome, judged.holds), (Outcome::Broken, true));
    let said: Vec<_> = judged.rows.iter().map(|row| (&row.wanted, &row.expected, &row.seen, row.right)).collect();
    let (at_least, at_most) = (json!("at least 1"), json!("at most 1"));
    assert_eq!(said, [(&at_least, &json!(2), &json!(2), true), (&json!(2), &at_most, &json!(1), false)]);
    assert_eq!(Bound::Between { from: 3, to: 5 }.to_string(), "3 to 5");
}

#[track_caller]
fn is_not_shown(facts: &[Fact]) {
    let judged = judge(facts);
    assert_eq!((judged.outcome, judged.holds), (Outcome::NotShown, false));
}

#[test]
fn a_step_that_was_not_done_shows_nothing() {
    let told = |last: &str| {
        let spec = serde_json::to_string(&spec()).unwrap();
        facts(&format!("{BEFORE}\n1.000 scene 7 steps 2 {spec}\n{}\nstep 7 0 done\n{last}", both()))
    };
    assert_eq!(judge(&told("step 7 1 done")).outcome, Outcome::Held);
    is_not_shown(&told("step 7 1 not-shown waited 10 s"));
    is_not_shown(&told("step 7 1 started"));
    is_not_shown(&told("step 6 1 done"));
    // The gateway was killed in the middle.
    is_not_shown(&told(""));
}

#[test]
fn what_our_own_sight_lost_may_have_been_the_runs() {
    is_not_shown(&run(&spec(), &format!("{}\ngap 1", both())));
    is_not_shown(&run(&spec(), &format!("{}\nbatch orders 0 @5 x600", both())));
    let elsewhere = judge(&run(&spec(), &format!("{}\nbatch bench 0 @5 x600", both())));
    assert_eq!(elsewhere.outcome, Outcome::Held);
}

#[test]
fn a_measure_that_was_not_seen_shows_nothing() {
    let mut spec = spec();
    spec.rows.push(row("sent again", Measure::Retries { event: placed() }, Bound::Is(0), Bound::Is(0)));
    let judged = judge(&run(&spec, &both()));
    assert_eq!((judged.outcome, judged.holds), (Outcome::NotShown, false));
    assert_eq!((&judged.rows[2].seen, judged.rows[2].right), (&Value::Null, false));
    // What was seen stands there all the same.
    assert_eq!(judged.rows[1].seen, json!(2));
}

#[test]
fn a_spec_that_is_not_understood_is_not_judged() {
    let of = |spec: Value| facts(&format!("{BEFORE}\n1.000 scene 7 steps 1 {spec}\n{}\nstep 7 0 done", both()));
    let row = |measure: Value, wanted: Value| json!({"rows": [{"what": "it", "measure": measure, "wanted": wanted, "expected": 2}]});
    let records = || json!({"measure": "records", "event": "OrderPlaced"});
    assert_eq!(judge(&of(row(records(), json!(2)))).outcome, Outcome::Held);
    is_not_shown(&of(row(json!({"measure": "colours"}), json!(2))));
    is_not_shown(&of(row(json!({"measure": "records", "event": "OrderPlaced", "partition": 1}), json!(2))));
    is_not_shown(&of(row(records(), json!({"at_least": 1, "at_most": 1}))));
    is_not_shown(&of(json!({"rows": []})));
    is_not_shown(&of(json!({})));
}

#[test]
fn only_a_scenes_first_fact_begins_a_run() {
    assert!(facts(BEFORE).iter().all(|fact| Evidence::begin(&Picture::default(), fact).is_none()));
}
