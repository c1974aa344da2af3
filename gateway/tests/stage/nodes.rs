//! Brokers and the controller: stopped, paused, killed in twos, started again, and each command asked for twice.

use std::time::{Duration, Instant};

use model::fact::ProcessState;
use serde_json::{Value, json};

use crate::{
    harness::{Gateway, Shared, shared},
    load::{Load, all_end},
    process::{letter, run},
    second_opinion::{Tools, layout_by_kcat},
    state::State,
};

const PACE: Duration = Duration::from_millis(100);

fn broker(command: &str, broker: i32) -> Value {
    json!({ "command": command, "broker": broker })
}

/// The bootstrap addresses of all brokers but these.
fn without(state: &State, gone: &[i32]) -> String {
    let addresses = state.bootstrap.split(',').zip(1..).filter(|(_, id)| !gone.contains(id));
    addresses.map(|(address, _)| address).collect::<Vec<_>>().join(",")
}

/// The picture against kcat and kafka-topics, asked at the brokers that are left.
async fn others_agree(stage: &Gateway, gone: &[i32]) {
    let state = stage.state().await;
    let living = without(&state, gone);
    assert_eq!(state.layout(), layout_by_kcat(&living).await.1);
    assert_eq!(state.layout(), Tools::on(&living).await.layout().await);
}

async fn back_to_green(stage: Shared, before: &State) {
    let restored = stage.restore().await;
    assert!(restored.took_ms > 0, "{restored:?}");
    let state = stage.state().await;
    assert_eq!(state.layout(), before.layout());
    for broker in &state.brokers {
        assert_eq!((broker.process.as_str(), broker.registration.as_str()), ("running", "active"), "{broker:?}");
        assert_eq!(letter(broker.pid.unwrap()).map(|letter| letter == 'T'), Some(false), "{broker:?}");
    }
    assert!(state.controllers.iter().all(|controller| controller.process == "running"));
    others_agree(&stage, &[]).await;
    stage.saw_everything().await;
}

#[test]
fn a_paused_leader_is_fenced_and_comes_back_into_the_isr() {
    run(async {
        let stage = shared().await;
        let viewer = stage.viewer().await;
        let before = stage.state().await;
        let victim = before.a_leader();
        let load = Load::start(&stage, PACE);
        stage.until("some orders are accepted", |_| load.accepted() > 20).await;

        let struck = Instant::now();
        let did = stage.command(broker("pause_broker", victim)).await;
        let shown = viewer.until_process(victim, ProcessState::Paused, struck).await;
        println!("{}: on /ws after {:?}", did.did, shown.here.duration_since(struck));
        assert_eq!(letter(before.broker(victim).pid.unwrap()), Some('T'));
        assert!(stage.command(broker("pause_broker", victim)).await.did.contains("already"));
        let gone = |s: &State| {
            s.broker(victim).registration == "fenced"
                && s.partitions.iter().all(|p| p.leader != victim && !p.isr.contains(&victim))
        };
        let fenced = stage.until("it is fenced and leads nothing", gone).await;
        assert_eq!(fenced.broker(victim).process, "paused");
        println!("fenced {:?} after the pause", struck.elapsed());
        others_agree(&stage, &[victim]).await;

        let resumed = Instant::now();
        stage.command(broker("resume_broker", victim)).await;
        assert!(stage.command(broker("resume_broker", victim)).await.did.contains("not paused"));
        stage.until("it is in every ISR again", |state| state.partitions.iter().all(|p| p.isr.contains(&victim))).await;
        println!("back in every ISR {:?} after it was resumed", resumed.elapsed());
        let ordered = load.stop().await;
        all_end(&stage).await;
        assert_eq!(ordered.refused, 0, "{ordered:?}");
        back_to_green(stage, &before).await;
    });
}

#[test]
fn a_stopped_leader_hands_over_first_and_starts_again() {
    run(async {
        let stage = shared().await;
        let before = stage.state().await;
        let victim = before.a_leader();
        let load = Load::start(&stage, PACE);
        stage.until("some orders are accepted", |_| load.accepted() > 20).await;

        let stopped = stage.command(broker("stop_broker", victim)).await;
        println!("{}: {} ms", stopped.did, stopped.took_ms);
        let moved = |s: &State| s.partitions.iter().all(|p| p.leader != victim && p.leader_reachable);
        let since = Instant::now();
        stage.until("every partition has another leader", moved).await;
        // A controlled shutdown ends when its partitions are led by others; the picture is at most a poll behind.
        assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
        stage.until("it left the ISRs", |s| s.partitions.iter().all(|p| !p.isr.contains(&victim))).await;
        others_agree(&stage, &[victim]).await;
        for command in ["stop_broker", "kill_broker"] {
            assert!(stage.command(broker(command, victim)).await.did.contains("dead already"));
        }
        let reason =
            stage.outcome(broker("pause_broker", victim)).await.reason.expect("a dead process cannot be paused");
        assert!(reason.contains("is dead"), "{reason}");

        stage.command(broker("start_broker", victim)).await;
        assert!(stage.command(broker("start_broker", victim)).await.did.contains("running already"));
        stage.until("it is in every ISR again", |state| state.partitions.iter().all(|p| p.isr.contains(&victim))).await;
        load.stop().await;
        all_end(&stage).await;
        back_to_green(stage, &before).await;
    });
}

#[test]
fn with_two_brokers_killed_nothing_is_acknowledged_and_restore_ends_every_order() {
    run(async {
        let stage = shared().await;
        let before = stage.state().await;
        let load = Load::start(&stage, PACE);
        stage.until("some orders are accepted", |_| load.accepted() > 20).await;
        for victim in [1, 2] {
            let did = stage.command(broker("kill_broker", victim)).await;
            assert_eq!(did.did, format!("killed broker {victim} (SIGKILL)"));
        }
        let alone = |s: &State| s.partitions.iter().all(|p| p.leader == 3 && p.isr == [3] && p.leader_reachable);
        let state = stage.until("broker 3 is alone", alone).await;
        for victim in [1, 2] {
            assert_eq!((state.broker(victim).process.as_str(), state.broker(victim).pid), ("dead", None));
        }
        others_agree(&stage, &[1, 2]).await;
        let ordered = load.stop().await;
        println!("{ordered:?}; {:?}", state.shop.orders);

        back_to_green(stage, &before).await;
        let stage = shared().await;
        let orders = stage.state().await.shop.orders;
        assert_eq!(orders.open, 0);
        assert_eq!(orders.confirmed - before.shop.orders.confirmed, ordered.accepted, "none was lost");
    });
}

#[test]
fn the_only_controller_goes_only_when_confirmed_and_the_brokers_serve_on() {
    run(async {
        let stage = shared().await;
        let viewer = stage.viewer().await;
        let before = stage.state().await;
        for command in ["kill_broker", "stop_broker", "pause_broker"] {
            let reason = stage.refused(broker(command, 100)).await;
            assert!(reason.contains("100") && reason.contains("confirm"), "{reason}");
        }
        assert_eq!(stage.state().await.controllers[0].process, "running");

        let struck = Instant::now();
        stage.command(json!({ "command": "kill_broker", "broker": 100, "confirm": true })).await;
        let shown = viewer.until_process(100, ProcessState::Dead, struck).await;
        println!("controller killed: on /ws after {:?}", shown.here.duration_since(struck));
        stage.until("no controller answers", |state| state.controller.leader_id == -1).await;
        assert_eq!(stage.state().await.controllers[0].process, "dead");
        stage.command(json!({ "command": "create_order", "item": "mug" })).await;
        all_end(&stage).await;
        back_to_green(stage, &before).await;
    });
}

#[test]
fn the_same_id_twice_is_done_once() {
    run(async {
        let stage = shared().await;
        let before = stage.state().await;
        let press = json!({ "command": "create_order", "item": "mug", "id": "the-same-1" });
        let first = stage.command(press.clone()).await;
        let second = stage.command(press).await;
        assert_eq!((&first.id, &first.did, first.took_ms), (&second.id, &second.did, second.took_ms));
        assert_eq!(first.id, "the-same-1");
        // Also where it comes with another wish.
        stage.command(json!({ "command": "kill_broker", "broker": 1, "id": "the-same-1" })).await;
        let told = stage.json("/api/commands/the-same-1").await;
        assert_eq!(told["did"], first.did.as_str());
        all_end(&stage).await;
        let state = stage.state().await;
        assert_eq!(state.shop.orders.confirmed, before.shop.orders.confirmed + 1);
        assert_eq!(state.broker(1).process, "running");
        let facts = stage.facts(before.session.seq).await;
        let kinds = facts.iter().map(|fact| serde_json::from_str::<Value>(&fact.to_json()).unwrap());
        let told: Vec<Value> =
            kinds.filter(|fact| fact["id"] == "the-same-1").map(|fact| fact["kind"].clone()).collect();
        assert_eq!(told, ["command_received", "command_finished"]);
        stage.restore().await;
    });
}

#[test]
fn all_green_is_said_to_be_green() {
    run(async {
        let stage = shared().await;
        stage.restore().await;
        assert_eq!(stage.restore().await.did, "all was green");
    });
}
