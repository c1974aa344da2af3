//! What is said while a scene runs, and of what the tap took away.

use expect_test::{Expect, expect};
use kafkascope_model::{
    caption::caption,
    fact::{Appended, CrashState, Event, Fact, Outcome, StepState, VerdictRow},
    ids::{BrokerId, Micros},
    keyframe::keyframe,
    picture::Picture,
};
use serde_json::{Map, json};

use super::CALM;
use notation::facts;

/// The calm stage, then each event at its time; the caption a second after the last, also out of a keyframe.
#[track_caller]
fn check(events: Vec<(u64, Event)>, expected: Expect) {
    let mut facts = facts(CALM);
    for (millis, event) in events {
        facts.push(Fact { seq: facts.len() as u64 + 1, at: Micros::from_millis(millis), event });
    }
    let picture = Picture::of(&facts);
    let now = Micros(picture.at.0 + 1_000_000);
    let said = caption(&picture, now);
    super::is_readable_and_proven(&said, picture.seq);
    let text = said.text();
    assert_eq!(caption(&Picture::of(&keyframe(&picture)), now).text(), text);
    expected.assert_eq(&text);
}

fn stored(offset: i64) -> Event {
    Event::RecordAppended(Box::new(Appended {
        topic: "orders".to_owned(),
        partition: 1,
        offset,
        leader_epoch: 1,
        key: Some("A-517".to_owned()),
        headers: [("event-id".to_owned(), "e517".to_owned())].into_iter().collect(),
        ..Appended::default()
    }))
}

fn fired(api: &str, what: &str) -> Event {
    Event::FaultFired {
        rule: 1,
        broker: BrokerId(3),
        connection: 4,
        client_id: "order-1".to_owned(),
        api: api.to_owned(),
        correlation_id: 9,
        topic: "orders".to_owned(),
        partition: 1,
        event_ids: vec!["e517".to_owned()],
        what: what.to_owned(),
    }
}

fn sent(connection: u64, correlation_id: i32) -> Event {
    Event::ProduceSent {
        broker: BrokerId(3),
        connection,
        client_id: "order-1".to_owned(),
        correlation_id,
        acks: -1,
        transactional_id: None,
        topic: "orders".to_owned(),
        partition: 1,
        producer_id: -1,
        producer_epoch: -1,
        base_sequence: -1,
        count: 1,
        event_ids: vec!["e517".to_owned()],
    }
}

fn answered(connection: u64, correlation_id: i32, base_offset: i64) -> Event {
    Event::ProduceAnswered {
        broker: BrokerId(3),
        connection,
        client_id: "order-1".to_owned(),
        correlation_id,
        topic: "orders".to_owned(),
        partition: 1,
        base_offset,
        error: String::new(),
        event_ids: vec!["e517".to_owned()],
        took_micros: 4_000,
    }
}

/// One answer is lost; the tap may tell it as seen, too.
fn lost() -> Vec<(u64, Event)> {
    vec![
        (20_000, sent(4, 9)),
        (20_004, stored(9)),
        (20_005, answered(4, 9, 9)),
        (20_005, fired("Produce", "drop_response_and_close")),
    ]
}

#[test]
fn an_answer_is_lost_and_the_record_is_not() {
    check(lost(), expect!["The answer was lost, not the record. A-517 is stored; its sender does not know."]);
    let again = [lost(), vec![(20_105, sent(5, 1))]].concat();
    check(again.clone(), expect!["The answer was lost, not the record. 0.1 s later A-517 was sent again."]);
    let twice = [again.clone(), vec![(20_109, answered(5, 1, 10)), (20_110, stored(10))]].concat();
    check(twice, expect!["The answer was lost, not the record. The retry stored A-517 a second time, at offset 10."]);
    let recognised = [again, vec![(20_109, answered(5, 1, 9))]].concat();
    check(recognised, expect!["The answer was lost, not the record. The retry was recognised and not stored again."]);
}

#[test]
fn what_else_a_fault_can_hit() {
    check(vec![(20_000, fired("Produce", "drop_request"))], expect!["A send was lost before a broker had it."]);
    check(
        vec![(20_000, fired("Produce", "drop_request")), (21_000, sent(4, 10))],
        expect!["A send was lost before a broker had it. 1.0 s later it was sent again."],
    );
    check(
        vec![(20_000, fired("OffsetCommit", "drop_response"))],
        expect!["An answer was lost, on the wire between broker 3 and order-1."],
    );
}

#[test]
fn a_hit_is_news_for_twelve_seconds() {
    let mut facts = facts(CALM);
    facts.push(Fact { seq: 99, at: Micros(20_000_000), event: fired("Produce", "drop_response") });
    let text = |seconds: u64| caption(&Picture::of(&facts), Micros(seconds * 1_000_000)).text();
    assert!(text(31).starts_with("The answer was lost"), "{}", text(31));
    assert!(text(32).starts_with("All three brokers"), "{}", text(32));
}

fn started(guarded: bool) -> Event {
    Event::SceneStarted {
        run: 7,
        scene: "lost-ack".to_owned(),
        title: "A lost ack".to_owned(),
        chapter: "Failures".to_owned(),
        guard: "idempotence".to_owned(),
        guarded,
        customer: "scene-7".to_owned(),
        steps: vec!["Arm the tap".to_owned(), "Wait until the order is stored twice.".to_owned()],
        spec: Map::new(),
    }
}

fn at_step(step: u32, state: StepState, reason: &str) -> Event {
    Event::SceneStep { run: 7, step, state, reason: reason.to_owned() }
}

fn verdict(outcome: Outcome, rows: Vec<VerdictRow>) -> Event {
    let (scene, guarded) = ("lost-ack".to_owned(), false);
    Event::VerdictReached { run: 7, scene, guarded, outcome, holds: outcome != Outcome::NotShown, rows }
}

#[test]
fn a_scene_says_its_step_and_what_it_came_to() {
    let begun = vec![(20_000, started(false)), (20_001, at_step(0, StepState::Started, ""))];
    check(begun.clone(), expect!["Arm the tap. A lost ack, guard off."]);
    let second = [begun, vec![(20_100, at_step(0, StepState::Done, "")), (20_101, at_step(1, StepState::Started, ""))]];
    let second = second.concat();
    check(second.clone(), expect!["Wait until the order is stored twice. A lost ack, guard off."]);
    // What is amiss is said first.
    let amiss = Event::BrokerReachable { broker: BrokerId(2), reachable: false, reason: String::new() };
    check(
        [second.clone(), vec![(20_200, amiss)]].concat(),
        expect!["Broker 2 stopped answering 1.0 s ago. orders 1 waits for a new leader."],
    );
    let row = |what: &str, seen: i64, right| VerdictRow {
        what: what.to_owned(),
        wanted: json!(1),
        expected: json!(seen),
        seen: json!(seen),
        right,
        facts: vec![20],
        at: String::new(),
    };
    let rows = vec![row("orders placed", 1, true), row("orders stored", 2, false)];
    check(
        [second.clone(), vec![(21_000, verdict(Outcome::Broken, rows))]].concat(),
        expect!["A lost ack, guard off: broken. orders stored: 2 instead of 1."],
    );
    let rows = vec![row("money taken, cents", 7980, false)];
    check(
        [second.clone(), vec![(21_000, verdict(Outcome::Broken, rows))]].concat(),
        expect!["A lost ack, guard off: broken. money taken: 79.80 € instead of 0.01 €."],
    );
    check(
        [second.clone(), vec![(21_000, verdict(Outcome::Held, vec![]))]].concat(),
        expect!["A lost ack, guard off: held."],
    );
    let unseen = "record_appended was not seen within 10 s.";
    check(
        [second, vec![(21_000, at_step(1, StepState::NotShown, unseen)), (21_001, verdict(Outcome::NotShown, vec![]))]]
            .concat(),
        expect!["A lost ack, guard off: not shown. record_appended was not seen within 10 s."],
    );
}

#[test]
fn an_app_stands_where_it_was_told_to_fail() {
    let point = |at_point: &str, action: &str, state| Event::CrashPointChanged {
        app: "stock".to_owned(),
        instance: 1,
        at_point: at_point.to_owned(),
        action: action.to_owned(),
        state,
    };
    check(
        vec![(20_000, point("after_work", "abort", CrashState::Reached))],
        expect!["The stock app was ended after its work and before its commit."],
    );
    check(
        vec![(20_000, point("in_transaction", "hang", CrashState::Reached))],
        expect!["The stock app was stopped inside its transaction."],
    );
    check(
        vec![(20_000, point("in_transaction", "hang", CrashState::Armed))],
        expect!["All three brokers are in sync. No record in the last 10 s."],
    );
}
