//! Faults and delays that are pressed: what the tap tells of them is what the apps and the log tell.

use model::fact::{Event, Fact};
use serde_json::json;

use crate::{
    harness::{Gateway, shared},
    load::all_end,
    process::run,
};

/// Places an order and waits until it has ended; answers the facts of it and the event that placed it.
async fn one_order(stage: &Gateway) -> (Vec<Fact>, String) {
    let since = stage.seq().await;
    stage.command(json!({ "command": "create_order", "item": "mug" })).await;
    all_end(stage).await;
    let facts = stage.facts(since).await;
    let placed = facts.iter().find_map(|fact| match &fact.event {
        Event::RecordSent { event_id, event_type, .. } if event_type == "OrderPlaced" => Some(event_id.clone()),
        _ => None,
    });
    (facts, placed.expect("the order was sent"))
}

#[test]
fn an_answer_that_is_lost_is_sent_for_again_and_stored_once() {
    run(async {
        let stage = shared().await;
        // A producer that has sent before keeps its numbers and its connections.
        one_order(&stage).await;
        let rule =
            json!({ "client_id": "order-1", "api": "Produce", "topic": "orders", "what": "drop_response_and_close" });
        let armed = stage.command(json!({ "command": "arm_fault", "rule": rule })).await;
        let words = "the next Produce answer to order-1 about topic orders is dropped and its connection closed";
        assert!(armed.did.ends_with(words), "{armed:?}");
        let (facts, placed) = one_order(&stage).await;

        let (mut sent, mut answered, mut hit, mut stored) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for fact in &facts {
            match &fact.event {
                Event::ProduceSent { event_ids, producer_id, producer_epoch, base_sequence, .. }
                    if event_ids.contains(&placed) =>
                {
                    sent.push((*producer_id, *producer_epoch, *base_sequence));
                }
                Event::ProduceAnswered { event_ids, connection, correlation_id, base_offset, .. }
                    if event_ids.contains(&placed) =>
                {
                    answered.push((*connection, *correlation_id, *base_offset));
                }
                Event::FaultFired { event_ids, connection, correlation_id, .. } => {
                    assert_eq!(*event_ids, [placed.as_str()]);
                    hit.push((*connection, *correlation_id));
                }
                Event::RecordAppended(record) if record.header("event-id") == Some(&placed) => stored += 1,
                _ => {}
            }
        }
        assert_eq!((sent.len(), answered.len(), stored), (2, 2, 1), "{sent:?} {answered:?}");
        assert!(sent[0] == sent[1] && sent[0].0 >= 0, "the same numbers twice: {sent:?}");
        assert_eq!(answered[0].2, answered[1].2, "the broker knows it again");
        assert_eq!(hit, [(answered[0].0, answered[0].1)], "the first answer was lost");
        stage.restore().await;
        stage.saw_everything().await;
    });
}

#[test]
fn a_slow_wire_delays_each_way_and_restore_ends_it_and_every_rule() {
    const EACH_MS: u64 = 300;
    run(async {
        let stage = shared().await;
        let took = |facts: &[Fact], placed: &str| {
            let of = |fact: &Fact| match &fact.event {
                Event::RecordAcknowledged { event_id, took_micros, .. } if event_id == placed => {
                    Some(took_micros / 1000)
                }
                _ => None,
            };
            facts.iter().find_map(of).expect("it was acknowledged")
        };
        stage.command(json!({ "command": "slow_wire", "ms": EACH_MS })).await;
        let (facts, placed) = one_order(&stage).await;
        let slow = took(&facts, &placed);
        assert!(slow >= 2 * EACH_MS, "{slow} ms");

        let never = json!({ "client_id": "nobody", "what": "drop_request", "which": "until_cleared" });
        stage.command(json!({ "command": "arm_fault", "rule": never })).await;
        stage.until("what is armed is missing from green", |state| !state.green.is).await;
        let since = stage.seq().await;
        let did = stage.restore().await.did;
        assert!(did.contains("faults cleared") && did.contains("wire fast again"), "{did}");
        let ended = |fact: &Fact| matches!(fact.event, Event::FaultExpired { .. } | Event::SlowWireChanged { ms: 0 });
        assert_eq!(stage.facts(since).await.iter().filter(|fact| ended(fact)).count(), 2);
        let (facts, placed) = one_order(&stage).await;
        let fast = took(&facts, &placed);
        println!("acknowledged after {slow} ms over a wire slow by {EACH_MS} ms, and after {fast} ms");
        assert!(fast < EACH_MS, "{fast} ms");
        stage.saw_everything().await;
    });
}
