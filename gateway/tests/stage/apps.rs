//! The shop's apps under load: killed, paused, left and started, and no order is lost or handled twice.

use std::time::{Duration, Instant};

use model::fact::{Event, ProcessState};
use serde_json::json;

use crate::{
    harness::{Gateway, shared},
    load::{Load, acknowledged, all_end, logs},
    process::{letter, run},
};

const PACE: Duration = Duration::from_millis(80);

/// The press that each app takes itself.
fn press(app: &str) -> serde_json::Value {
    match app {
        "order" => json!({ "command": "create_order", "item": "mug" }),
        "stock" => json!({ "command": "create_item", "item": "spoon", "count": 5 }),
        _ => json!({ "command": "pay" }),
    }
}

async fn until_app(stage: &Gateway, app: &str, process: &str) {
    stage.until(&format!("app {app} {process}"), |state| state.app(app).process == process).await;
}

/// Breaks one app while customers order, mends it with `restore`, and looks at every record.
async fn broken(app: &str, command: &str, process: &str) {
    let stage = shared().await;
    let since = stage.seq().await;
    let viewer = stage.viewer().await;
    let before = stage.state().await;
    let load = Load::start(&stage, PACE);
    stage.until("some orders are accepted", |_| load.accepted() > 20).await;
    let struck = Instant::now();
    let did = stage.command(json!({ "command": command, "app": app })).await;
    let wanted = if process == "dead" { ProcessState::Dead } else { ProcessState::Paused };
    let shown = viewer
        .until(
            &format!("{app} {process}"),
            struck,
            |event| matches!(event, Event::AppChanged { app: a, state, .. } if a == app && *state == wanted),
        )
        .await;
    println!("{}: {} ms, on /ws after {:?}", did.did, did.took_ms, shown.here.duration_since(struck));
    assert_eq!(stage.state().await.app(app).process, process);
    let pid = before.app(app).pid.unwrap();
    assert_eq!(letter(pid), if process == "dead" { None } else { Some('T') });

    // A press on it is refused, and the refusal names it; the others' presses go on.
    let reason = stage.refused(press(app)).await;
    assert!(reason.contains(app) && reason.contains(process), "{reason}");
    // Twice is once.
    let again = stage.command(json!({ "command": command, "app": app })).await;
    println!("again: {}", again.did);
    stage.until("its session ends", |state| state.group(app).members.is_empty()).await;

    let mend = if process == "dead" { "start_app" } else { "resume_app" };
    stage.command(json!({ "command": mend, "app": app })).await;
    until_app(&stage, app, "running").await;
    let accepted = load.accepted();
    if app == "order" {
        stage.until("orders are accepted again", |_| load.accepted() > accepted + 10).await;
    }
    let ordered = load.stop().await;
    all_end(&stage).await;
    stage.restore().await;
    let state = stage.state().await;
    let confirmed = state.shop.orders.confirmed - before.shop.orders.confirmed;
    let facts = stage.facts(since).await;
    let taken = facts.iter().filter(
        |fact| matches!(&fact.event, Event::CommandFinished { command, ok: true, .. } if command == "create_order"),
    );
    let taken = taken.count() as u64;
    // The app may die between saving an order and answering, and between the press and saving it.
    assert!(taken <= confirmed && confirmed <= ordered.accepted, "{taken} {confirmed} {ordered:?}");
    let acknowledged = acknowledged(&facts, &logs(&state.bootstrap).await);
    println!("{app} {process}: {ordered:?}, {confirmed} confirmed, {acknowledged:?}");
    assert_eq!(app == "order", ordered.refused > 0, "only the order app takes orders: {ordered:?}");
    stage.saw_everything().await;
}

#[test]
fn a_killed_order_app_comes_back_and_every_order_ends() {
    run(broken("order", "kill_app", "dead"));
}

#[test]
fn a_killed_payment_app_comes_back_and_every_order_ends() {
    run(broken("payment", "kill_app", "dead"));
}

#[test]
fn a_killed_stock_app_comes_back_and_every_order_ends() {
    run(broken("stock", "kill_app", "dead"));
}

#[test]
fn a_paused_payment_app_goes_on_and_every_order_ends() {
    run(broken("payment", "pause_app", "paused"));
}

#[test]
fn a_paused_stock_app_goes_on_and_every_order_ends() {
    run(broken("stock", "pause_app", "paused"));
}

#[test]
fn a_paused_order_app_goes_on_and_every_order_ends() {
    run(broken("order", "pause_app", "paused"));
}

#[test]
fn a_clean_leave_gives_the_partitions_back_at_once_and_restore_brings_the_app() {
    run(async {
        let stage = shared().await;
        let struck = Instant::now();
        let did = stage.command(json!({ "command": "stop_app", "app": "stock" })).await;
        stage.until("the group is empty", |state| state.group("stock").members.is_empty()).await;
        println!("{}: the group is empty after {:?}", did.did, struck.elapsed());
        // A session would take three seconds.
        assert!(struck.elapsed() < Duration::from_millis(2500), "{:?}", struck.elapsed());
        let restored = stage.restore().await;
        assert!(restored.did.contains("app"), "{}", restored.did);
        assert_eq!(stage.state().await.app("stock").process, "running");
    });
}

/// The money is in the databases: two presses of Pay are one payment, and a customer without money gets nothing.
#[test]
fn two_presses_of_pay_are_one_payment_and_a_refused_customer_keeps_nothing() {
    run(async {
        let stage = shared().await;
        let before = stage.state().await.shop;
        stage.command(json!({ "command": "pay_twice" })).await;
        all_end(&stage).await;
        let paid = stage.state().await.shop;
        let price = paid.proof.taken_cents - before.proof.taken_cents;
        assert_eq!((price, paid.orders.confirmed), (3990, before.orders.confirmed + 1), "{paid:?}");
        assert_eq!(paid.proof.taken_cents - paid.proof.refunded_cents, paid.proof.confirmed_cents);

        stage.command(json!({ "command": "create_order", "pay": false, "count": 2 })).await;
        stage
            .until("two kettles are reserved", |s| s.shop.items.iter().any(|i| i.item == "kettle" && i.reserved == 2))
            .await;
        stage.command(json!({ "command": "pay", "refuse": true })).await;
        all_end(&stage).await;
        let refused = stage.state().await.shop;
        assert_eq!(refused.orders.cancelled, before.orders.cancelled + 1);
        assert_eq!(refused.proof.taken_cents, paid.proof.taken_cents);
        for item in &refused.items {
            assert_eq!(item.on_hand + item.reserved + item.sold, item.created, "{item:?}");
        }
        stage.restore().await;
    });
}
