//! Lines about scenes, and about what the tap and the apps tell of their failures.

use model::{
    fact::{CrashState, Event, StepState, TransactionState},
    ids::BrokerId,
};
use serde_json::Map;

use super::{after, offset, s};

pub(super) fn scenes(words: &[&str]) -> Option<Event> {
    Some(match words {
        // scene 7 steps 2 {"rows":[]}; its customer is scene-7
        ["scene", run, "steps", steps, spec @ ..] => Event::SceneStarted {
            run: run.parse().ok()?,
            scene: s("lost-ack"),
            title: s("A lost ack"),
            chapter: s("Exactly once"),
            guard: s("idempotence"),
            guarded: false,
            customer: format!("scene-{run}"),
            steps: (0..steps.parse::<u32>().ok()?).map(|step| format!("Step {step}")).collect(),
            spec: if spec.is_empty() { Map::new() } else { serde_json::from_str(&spec.join(" ")).ok()? },
        },
        ["step", run, step, state, reason @ ..] => Event::SceneStep {
            run: run.parse().ok()?,
            step: step.parse().ok()?,
            state: match *state {
                "started" => StepState::Started,
                "done" => StepState::Done,
                "not-shown" => StepState::NotShown,
                _ => return None,
            },
            reason: reason.join(" "),
        },
        ["frame" | "answered" | "fired", ..] => wire(words)?,
        ["crash", app, at_point, state] => Event::CrashPointChanged {
            app: s(app),
            instance: 1,
            at_point: s(at_point),
            action: s("abort"),
            state: match *state {
                "armed" => CrashState::Armed,
                "reached" => CrashState::Reached,
                "cleared" => CrashState::Cleared,
                _ => return None,
            },
        },
        ["slow-wire", ms] => Event::SlowWireChanged { ms: ms.parse().ok()? },
        ["transaction", id, "refused", error] => {
            Event::TransactionRefused { app: s("order"), instance: 1, transactional_id: s(id), error: s(error) }
        }
        // transaction order-1 producer 4000 epoch 3 begun
        ["transaction", id, "producer", producer, "epoch", epoch, state] => Event::TransactionChanged {
            broker: BrokerId(1),
            connection: 4,
            client_id: s("order-1"),
            correlation_id: 9,
            transactional_id: s(id),
            producer_id: producer.parse().ok()?,
            producer_epoch: epoch.parse().ok()?,
            state: match *state {
                "initialised" => TransactionState::Initialised,
                "begun" => TransactionState::Begun,
                "committed" => TransactionState::Committed,
                "aborted" => TransactionState::Aborted,
                _ => return None,
            },
            error: String::new(),
        },
        _ => return None,
    })
}

/// What passes the tap, all on `orders 0`.
fn wire(words: &[&str]) -> Option<Event> {
    let ids = |text: &str| text.split(',').filter(|id| *id != "-").map(s).collect();
    let (topic, partition) = (s("orders"), 0);
    let (broker, connection, client_id, correlation_id) = (BrokerId(1), 4, s("order-1"), 9);
    Some(match words {
        // frame e3,e4 [producer 4000 epoch 0 sequence 7]
        ["frame", event_ids, rest @ ..] => {
            let event_ids: Vec<String> = ids(event_ids);
            Event::ProduceSent {
                broker,
                connection,
                client_id,
                correlation_id,
                acks: -1,
                transactional_id: None,
                topic,
                partition,
                producer_id: after(rest, "producer").unwrap_or("-1").parse().ok()?,
                producer_epoch: after(rest, "epoch").unwrap_or("-1").parse().ok()?,
                base_sequence: after(rest, "sequence").unwrap_or("-1").parse().ok()?,
                count: i64::try_from(event_ids.len()).ok()?,
                event_ids,
            }
        }
        // answered e3 @3, answered e3 NOT_ENOUGH_REPLICAS [by 2]
        ["answered", event_ids, answer, rest @ ..] => Event::ProduceAnswered {
            broker: super::broker(after(rest, "by").unwrap_or("1"))?,
            connection,
            client_id,
            correlation_id,
            topic,
            partition,
            base_offset: offset(answer).unwrap_or(-1),
            error: if answer.starts_with('@') { String::new() } else { s(answer) },
            event_ids: ids(event_ids),
            took_micros: 4000,
        },
        // fired e3 drop_response; `-` where the frame had no events
        ["fired", event_ids, what] => Event::FaultFired {
            rule: 1,
            broker,
            connection,
            client_id,
            api: s("Produce"),
            correlation_id,
            topic,
            partition,
            event_ids: ids(event_ids),
            what: s(what),
        },
        _ => return None,
    })
}
