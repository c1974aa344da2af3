//! overtaken: a view reads two topics, and the second word reaches it before the first.

use model::verdict::Measure;
use serde_json::json;

use super::{Scene, at_least, is, press, step::step};

pub(super) fn scene() -> Scene {
    let view = || String::from("view");
    Scene::new(
        "overtaken",
        "Paid before it was ordered",
        "Order, stock, payment",
        "A view shows where each order stands by what it reads of orders and payments. One answer is late on its way, and the \
         payment is there before the order: topics have no common order. A state machine that parks what comes too early \
         gets over it.",
    )
    .guard("parking", "Parking")
    .step(step("A view reads orders and payments").press(|s| {
        let early = if s.guarded { "park" } else { "refuse" };
        json!({ "command": "start_app", "app": "view", "instance": 1, "from": "latest", "early": early })
    // A view that was here before may have left a Fetch at a broker, whose answer would be taken for this one's.
    }).setting("fetch.wait.max.ms is 500: what an earlier view asked for is answered", 600))
    .step(step("The next answer with records of orders will be late").press(|_| {
        json!({ "command": "arm_fault", "rule": {
            "client_id": "view-1", "api": "Fetch", "topic": "orders", "what": "delay_response", "ms": 2500
        } })
    }))
    .step(step("A customer orders and pays").press(press::order).until(
        "every event of the order with the view, and the order gone through the shop",
        30,
        |s| {
            let read = |event: &str| s.handled("view", event) >= 1;
            s.gone_through() && read("OrderPlaced") && read("PaymentTaken") && read("OrderConfirmed")
        },
    ))
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .row("orders confirmed by the order app", Measure::Confirmed, is(1), is(1))
    .row("answers that were late", Measure::FaultsFired, at_least(0), is(1))
    .rows("transitions that the view refused", Measure::TransitionsRefused { app: view() }, is(0), is(2), is(0))
    .rows("events that it parked", Measure::TransitionsParked { app: view() }, at_least(0), is(0), at_least(1))
    .rows(
        "orders confirmed by the view",
        Measure::StandsAs { app: view(), state: String::from("confirmed") },
        is(1),
        is(0),
        is(1),
    )
}
