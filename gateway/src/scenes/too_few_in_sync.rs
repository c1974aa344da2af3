//! too-few-in-sync: one replica of three is left, and min.insync.replicas is 2.

use model::verdict::Measure;

use super::{Scene, at_least, is, press, step::step};
use serde_json::json;

pub(super) fn scene() -> Scene {
    let orders = || String::from("orders");
    let placed = || String::from("OrderPlaced");
    Scene::new(
        "too-few-in-sync",
        "Too few replicas in sync",
        "Brokers and replicas",
        "Two of three brokers are killed: a send with acks=all is refused (NOT_ENOUGH_REPLICAS); with acks=1 it is accepted, \
         but the high watermark stands still and nobody can read it (KIP-966).",
    )
    .step(
        step("Both followers of orders 0 are killed (SIGKILL)")
            .presses(|s| s.followers(0).into_iter().map(|broker| press::node("kill", broker)).collect())
            .until("one replica in sync, which leads both partitions", 30, |s| {
                [0, 1].iter().all(|p| s.partition(*p).is_some_and(|p| p.isr == [s.leader(0)] && p.leader == s.leader(0)))
            }),
    )
    .step(step("A customer orders: the leader refuses acks=all").press(press::order_unpaid).until(
        "NOT_ENOUGH_REPLICAS on the wire",
        20,
        |s| s.number(&Measure::Refusals { error: String::from("NOT_ENOUGH_REPLICAS") }) >= 1,
    ))
    .step(
        step("The order app asks for acks=1 now")
            .press(|_| json!({ "command": "set_guard", "app": "order", "guard": "acks-all", "on": false }))
            .press(press::order_unpaid)
            .until("two acknowledged orders", 30, |s| s.acknowledged("OrderPlaced") >= 2),
    )
    .row("orders placed", Measure::OrdersPlaced, is(2), is(2))
    .row("OrderPlaced on the log", Measure::Records { event: placed() }, is(2), is(2))
    .row("replicas in sync at least, orders 0", Measure::SmallestIsr { topic: orders(), partition: 0 }, at_least(2), is(1))
    .row(
        "sends refused with NOT_ENOUGH_REPLICAS",
        Measure::Refusals { error: String::from("NOT_ENOUGH_REPLICAS") },
        at_least(0),
        at_least(1),
    )
    .row("sent again, as the tap saw", Measure::Retries { event: placed() }, at_least(0), at_least(1))
    .row("acknowledged with acks=1", Measure::Acknowledged { event: placed() }, at_least(0), is(2))
    .row(
        "acknowledged records above the high watermark",
        Measure::AcknowledgedAboveWatermark { topic: orders() },
        is(0),
        at_least(1),
    )
}
