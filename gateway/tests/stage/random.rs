//! Anything, in any order, while customers order: afterwards everything is as Kafka says, and no order is lost.
//!
//! KAFKASCOPE_ROUNDS makes it longer than the default, KAFKASCOPE_SEED repeats a run.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    harness::{Gateway, shared},
    journal::holds_together,
    load::{Load, acknowledged, all_end, logs},
    process::{letter, run},
    second_opinion::{Tools, layout_by_kcat},
    state::State,
};

/// Presses in a round.
const PRESSES: usize = 8;

/// xorshift64: enough to choose by.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % count as u64).unwrap()
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn press(&mut self) -> Value {
        let verb = self.one_of(&["kill", "kill", "stop", "pause", "resume", "start", "start"]);
        if self.below(3) == 0 {
            return json!({ "command": format!("{verb}_app"), "app": self.one_of(&["order", "stock", "payment"]) });
        }
        let broker = self.one_of(&[1, 2, 3, 1, 2, 3, 100]);
        json!({ "command": format!("{verb}_broker"), "broker": broker, "confirm": true })
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

#[test]
fn whatever_is_pressed_all_comes_back_and_no_order_is_lost() {
    run(async {
        let stage = shared().await;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let seed = number("KAFKASCOPE_SEED").unwrap_or_else(|| u64::try_from(now).unwrap());
        println!("KAFKASCOPE_SEED={seed}");
        let mut dice = Dice(seed.max(1));
        for _ in 0..number("KAFKASCOPE_ROUNDS").unwrap_or(2) {
            round(&stage, &mut dice).await;
        }
        holds_together(&stage.facts(0).await);
    });
}

async fn round(stage: &Gateway, dice: &mut Dice) {
    let since = stage.seq().await;
    let before = stage.state().await.shop.orders;
    let load = Load::start(stage, Duration::from_millis(100));
    for _ in 0..PRESSES {
        let press = dice.press();
        // What cannot be done is refused with a reason; what takes long (a broker that cannot hand over) is not awaited.
        let answer = stage.post("/api/commands").json(&press).send().await.unwrap();
        let (status, answer) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
        println!("{} {} {}: {status}", press["command"], press["broker"], press["app"]);
        assert!([202, 409].contains(&status), "{press}: {status} {answer}");
        sleep(Duration::from_millis(300 + 300 * dice.below(10) as u64)).await;
        processes_are_true(stage).await;
    }
    let ordered = load.stop().await;
    let restored = stage.restore().await;
    assert!(!restored.did.contains("ledger"), "the proof was broken: {}", restored.did);
    all_end(stage).await;
    let state = stage.state().await;
    let ended = state.shop.orders.confirmed + state.shop.orders.cancelled - before.confirmed - before.cancelled;
    println!("{ordered:?}, {ended} ended");
    assert!(ended <= ordered.accepted, "more orders ended than were placed");
    assert_eq!(state.layout(), layout_by_kcat(&state.bootstrap).await.1);
    assert_eq!(state.layout(), Tools::on(&state.bootstrap).await.layout().await);
    println!("{:?}", acknowledged(&stage.facts(since).await, &logs(&state.bootstrap).await));
    stage.saw_everything().await;
}

/// What /proc says of each process and what the picture says, compared until they agree or do not for a second.
async fn processes_are_true(stage: &Gateway) {
    let mut wrong = BTreeMap::new();
    for _ in 0..20 {
        let state = stage.state().await;
        wrong = lies(&state);
        if wrong.is_empty() {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("for a second the picture was not what /proc says: {wrong:?}");
}

fn lies(state: &State) -> BTreeMap<String, String> {
    let brokers = state.brokers.iter().map(|b| (format!("broker {}", b.id), &b.process, b.pid));
    let controllers = state.controllers.iter().map(|c| (format!("controller {}", c.id), &c.process, c.pid));
    let apps = state.apps.iter().map(|a| (a.app.clone(), &a.process, a.pid));
    let mut wrong = BTreeMap::new();
    for (name, process, pid) in brokers.chain(controllers).chain(apps) {
        let real = pid.and_then(letter);
        let is_true = match process.as_str() {
            "paused" => real == Some('T'),
            "dead" => pid.is_none(),
            "running" | "starting" => real.is_some_and(|letter| letter != 'T'),
            "stopping" => real.is_some(),
            _ => false,
        };
        if !is_true {
            wrong.insert(name, format!("{process}, pid {pid:?} is {real:?}"));
        }
    }
    wrong
}
