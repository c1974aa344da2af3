//! event: the one who says it does not know who listens.

use model::verdict::Measure;
use serde_json::{Value, json};

use super::{Scene, is, press, step::step};

/// A group of its own that reads `orders`.
fn listener(instance: u32, group: &str) -> Value {
    json!({ "command": "start_app", "app": "reader", "instance": instance, "group": group, "topic": "orders" })
}

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    Scene::new(
        "event",
        "An event has any number of readers",
        "Message and event",
        "OrderPlaced is read by no group, by one and by three, and one of them comes late. There is one record each time, \
         each group handles it once, and the order app never notices.",
    )
    .step(step("The stock app leaves: nobody reads orders").press(|_| press::app("stop", "stock")).until(
        "the group empty",
        20,
        |s| s.picture().groups.get("stock").is_some_and(|group| group.members.is_empty()),
    ))
    .step(step("A customer orders, and the order app sends").press(press::order_unpaid).until(
        "the send acknowledged, with nobody there",
        20,
        |s| s.acknowledged("OrderPlaced") >= 1,
    ))
    .step(step("The stock app comes back and finds it").press(|_| press::app("start", "stock")).until(
        "the order handled by one group",
        20,
        |s| s.handled("stock", "OrderPlaced") >= 1,
    ))
    .step(
        step("Two more groups join, late")
            .presses(|_| vec![listener(1, "reader-mail"), listener(2, "reader-audit")])
            .until("the order read by both", 20, |s| {
                [1, 2].iter().all(|instance| s.read_by(*instance, "OrderPlaced") >= 1)
            }),
    )
    .step(step("A customer orders: three groups listen").press(press::order_unpaid).until(
        "the order handled by each of them",
        20,
        |s| {
            s.handled("stock", "OrderPlaced") >= 2
                && [1, 2].iter().all(|instance| s.read_by(*instance, "OrderPlaced") >= 2)
                && s.acknowledged("OrderPlaced") >= 2
                && s.group_is_done("stock")
        },
    ))
    .row("orders placed", Measure::OrdersPlaced, is(2), is(2))
    .row("OrderPlaced on the log", Measure::Records { event: placed() }, is(2), is(2))
    .row("acknowledged sends of OrderPlaced", Measure::Acknowledged { event: placed() }, is(2), is(2))
    .row("sent again, as the tap saw", Measure::Retries { event: placed() }, is(0), is(0))
    .row("handled by group stock", Measure::Handled { app: String::from("stock"), event: placed() }, is(2), is(2))
    .row("read by group reader-mail", Measure::ReadBy { instance: 1, event: placed() }, is(2), is(2))
    .row("read by group reader-audit", Measure::ReadBy { instance: 2, event: placed() }, is(2), is(2))
}
