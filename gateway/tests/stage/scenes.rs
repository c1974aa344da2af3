//! Each scene without and with its guard, on the real cluster, and its outcome counted again by others.

use std::time::Instant;

use model::{
    fact::{Event, Fact, Level, Outcome},
    picture::Picture,
    verdict::{Evidence, verdict},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::{
    harness::{Gateway, PATIENCE, shared},
    process::run,
    recount::recount,
};

/// How often a run that goes on is looked at.
const LOOK: Duration = Duration::from_millis(100);

macro_rules! scenes {
    ($($test:ident: $name:literal, $guarded:literal => $outcome:ident;)*) => {$(
        #[test]
        fn $test() {
            run(plays($name, $guarded, Outcome::$outcome));
        }
    )*};
}

scenes! {
    kill_leader: "kill-leader", false => Held;
    stop_leader: "stop-leader", false => Held;
    pause_leader: "pause-leader", false => Held;
    too_few_in_sync: "too-few-in-sync", false => Broken;
    acked_then_lost: "acked-then-lost", false => Broken;
    acked_then_lost_guarded: "acked-then-lost", true => Held;
    kill_controller: "kill-controller", false => Broken;
    at_most_once: "at-most-once", false => Broken;
    at_least_once: "at-least-once", false => Broken;
    at_least_once_guarded: "at-least-once", true => Held;
    exactly_once: "exactly-once", false => Broken;
    exactly_once_guarded: "exactly-once", true => Held;
    lost_ack: "lost-ack", false => Broken;
    lost_ack_guarded: "lost-ack", true => Held;
    pay_twice: "pay-twice", false => Broken;
    pay_twice_guarded: "pay-twice", true => Held;
    transaction_abort: "transaction-abort", false => Held;
    zombie_fenced: "zombie-fenced", false => Held;
    hanging_transaction: "hanging-transaction", false => Broken;
    event: "event", false => Held;
    grow_group: "grow-group", false => Broken;
    kill_consumer: "kill-consumer", false => Held;
    order_lost: "order-lost", false => Broken;
    order_lost_guarded: "order-lost", true => Held;
    hot_key: "hot-key", false => Broken;
    hot_key_guarded: "hot-key", true => Held;
    poison_record: "poison-record", false => Broken;
    poison_record_guarded: "poison-record", true => Held;
    replay: "replay", false => Broken;
    replay_guarded: "replay", true => Held;
    happy_order: "happy-order", false => Held;
    payment_duplicate: "payment-duplicate", false => Broken;
    payment_duplicate_guarded: "payment-duplicate", true => Held;
    rollback: "rollback", false => Broken;
    rollback_guarded: "rollback", true => Held;
    dual_write: "dual-write", false => Broken;
    dual_write_guarded: "dual-write", true => Held;
    overtaken: "overtaken", false => Broken;
    overtaken_guarded: "overtaken", true => Held;
}

#[test]
fn one_is_played_at_a_time_and_a_cancelled_one_is_not_shown() {
    run(async {
        let stage = shared().await;
        let ask = async |name: &str, body: Value| {
            let answer = stage.post(&format!("/api/scenes/{name}")).json(&body).send().await.unwrap();
            (answer.status(), answer.json::<Value>().await.unwrap())
        };
        assert_eq!(ask("flood", json!({})).await.0, StatusCode::NOT_FOUND);
        assert_eq!(ask("kill-leader", json!({ "guard": true })).await.0, StatusCode::CONFLICT, "it has no guard");
        assert_eq!(ask("lost-ack", json!({ "guard": "on" })).await.0, StatusCode::BAD_REQUEST);
        let nobody = stage.http.post(format!("{}/api/scenes/lost-ack", stage.url)).send().await.unwrap();
        assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);

        let (status, begun) = ask("pause-leader", json!({ "guard": false })).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
        let number = begun["run"].as_u64().unwrap();
        let (status, refused) = ask("lost-ack", json!({})).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(refused["error"].as_str().unwrap().contains("pause-leader"), "{refused}");
        stage.until("a broker is paused", |state| state.brokers.iter().any(|broker| broker.process == "paused")).await;
        let cancelled = stage.http.delete(format!("{}/api/runs/{number}", stage.url)).bearer_auth(&stage.token);
        assert_eq!(cancelled.send().await.unwrap().status(), StatusCode::ACCEPTED);
        let done = ended(&stage, number).await;
        assert_eq!((&done["verdict"]["outcome"], &done["verdict"]["holds"]), (&json!("not_shown"), &json!(false)));
        assert_eq!((&done["reason"], &done["left"]), (&json!("cancelled"), &Value::Null), "{done:#}");
        assert!(stage.state().await.green.is, "a cancelled run left the stage as it is");
    });
}

/// Plays it, and asserts that it shows what it must, that the facts say so, and that kcat counts the same.
async fn plays(name: &str, guarded: bool, outcome: Outcome) {
    let stage = shared().await;
    let since = stage.seq().await;
    let said = stage.running.said();
    let started = Instant::now();
    let (number, done) = play(&stage, name, guarded).await;
    println!("{name} {}: {:.1} s", if guarded { "guarded" } else { "" }, started.elapsed().as_secs_f64());
    assert_eq!(done["left"], Value::Null, "{done:#}");
    assert_eq!(done["reason"], Value::Null, "{done:#}");
    let told = &done["verdict"];
    assert_eq!((&told["holds"], &told["outcome"]), (&json!(true), &json!(outcome)), "{done:#}");

    let facts = stage.facts(0).await;
    let (judged_then, evidence) = evidence(&facts, number);
    assert_eq!(&judged_then["rows"], &told["rows"], "the facts say something else than the verdict did");
    recount(&stage, name, &evidence).await;
    let warnings = warnings(&facts, since, name);
    assert!(warnings.is_empty(), "{warnings:#?}");
    assert_eq!(stage.running.said(), said, "the gateway itself complains");
    let fatal = fatal(&stage).await;
    assert!(fatal.is_empty(), "{fatal:#?}");
    assert!(stage.state().await.green.is, "the run left the stage as it is");
}

pub(crate) async fn play(stage: &Gateway, name: &str, guarded: bool) -> (u64, Value) {
    let number = begin(stage, name, guarded).await;
    (number, ended(stage, number).await)
}

/// Begins a run; answers its number.
pub(crate) async fn begin(stage: &Gateway, name: &str, guarded: bool) -> u64 {
    let answer = stage.post(&format!("/api/scenes/{name}")).json(&json!({ "guard": guarded })).send().await.unwrap();
    let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap());
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    body["run"].as_u64().expect("a run's number")
}

/// A run when it is over.
pub(crate) async fn ended(stage: &Gateway, number: u64) -> Value {
    let since = Instant::now();
    loop {
        let run = stage.json(&format!("/api/runs/{number}")).await;
        if run["status"] == "done" {
            return run;
        }
        assert!(since.elapsed() < 2 * PATIENCE, "never done: {run:#}");
        sleep(LOOK).await;
    }
}

/// The verdict as the facts say it, and all that was seen to the end of the run.
pub(crate) fn evidence(facts: &[Fact], number: u64) -> (Value, Evidence) {
    let mut picture = Picture::default();
    let mut evidence: Option<Evidence> = None;
    let mut judged = Value::Null;
    for fact in facts {
        if let Some(evidence) = &mut evidence {
            if matches!(&fact.event, Event::VerdictReached { run, .. } if *run == number) {
                judged = kafkascope::scenes::verdict_json(&verdict(evidence));
            }
            evidence.take(fact);
        } else if matches!(&fact.event, Event::SceneStarted { run, .. } if *run == number) {
            evidence = Evidence::begin(&picture, fact);
        }
        picture.fold(fact);
    }
    (judged, evidence.expect("the run began"))
}

/// Scenes that take brokers or the controller away: what Kafka's processes say to that is theirs.
const HARMING_NODES: [&str; 6] =
    ["kill-leader", "stop-leader", "pause-leader", "too-few-in-sync", "acked-then-lost", "kill-controller"];

/// WARN and ERROR lines since then that nobody expects: of ours any, of Kafka's where the scene leaves its processes alone.
fn warnings(facts: &[Fact], since: u64, scene: &str) -> Vec<String> {
    let later = facts.iter().filter(|fact| fact.seq > since);
    let unexpected = later.filter_map(|fact| match &fact.event {
        Event::Notice { level: level @ (Level::Warn | Level::Error), source, text } => {
            let kafkas = source.starts_with("broker ") || source.starts_with("controller ");
            let harms = HARMING_NODES.contains(&scene);
            let expected = kafkas && (harms || *level == Level::Warn) || harms && is_clients_own(text);
            (!expected).then(|| format!("{source}: {text}"))
        }
        _ => None,
    });
    unexpected.collect()
}

/// What an app's librdkafka says when the leader that it knew is gone.
fn is_clients_own(text: &str) -> bool {
    text.contains("librdkafka METADATAUPDATE")
}

/// What no child may ever write in its log, whatever is done to the others.
async fn fatal(stage: &Gateway) -> Vec<String> {
    let mut found = Vec::new();
    for process in ["controller-100", "broker-1", "broker-2", "broker-3", "order-1", "stock-1", "payment-1"] {
        let log = stage.get(&format!("/api/logs/{process}")).await.text().await.unwrap();
        let ours = ["order-1", "stock-1", "payment-1"].contains(&process);
        let bad = |line: &&str| {
            let word = line.split(' ').nth(1).unwrap_or_default();
            line.contains("OutOfMemoryError")
                || line.contains(" FATAL ")
                || line.contains("panicked at")
                || ours && ["WARN", "ERROR"].contains(&word) && !is_clients_own(line)
        };
        found.extend(log.lines().filter(bad).map(|line| format!("{process}: {line}")));
    }
    found
}
