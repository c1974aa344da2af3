//! hot-key: a key that everything shares is one partition, and one partition has one reader.

use model::verdict::Measure;
use serde_json::{Value, json};

use super::{Scene, at_least, between, is, press, step::step};

/// A slow reader of `orders`; two of them do twice as much in the time, where both have something to do.
fn slow_reader(instance: u32) -> Value {
    json!({
        "command": "start_app", "app": "reader", "instance": instance, "group": "reader-slow", "topic": "orders",
        "from": if instance == 1 { json!("latest") } else { Value::Null }, "work_ms": 60,
    })
}

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    Scene::new(
        "hot-key",
        "A hot key",
        "Ordering",
        "The order app takes the shop's name for a key, and there is one shop: one partition gets all of it and lags, and another \
         reader has nothing to do. With the order id as key both have their part.",
    )
    .guard("key-order-id", "Key = order id")
    .step(
        step("Two slow readers share the topic, a partition each")
            .press(|_| slow_reader(1))
            .press(|_| slow_reader(2))
            .until("a partition each", 20, |s| s.shared_by("reader-slow", 2)),
    )
    .step(
        step("The order app chooses its key")
            .presses(|s| if s.guarded { Vec::new() } else { vec![press::app("stop", "order")] })
            .presses(|s| {
                let start = json!({ "command": "start_app", "app": "order", "instance": 1, "key": "shop" });
                if s.guarded { Vec::new() } else { vec![start] }
            }),
    )
    // As many as that and no more, however long it takes to see them.
    .step(step("Forty customers order at once").presses(|s| vec![press::order(s); 40]).until("their orders on the log", 30, |s| {
        s.records("OrderPlaced") >= 40
    }))
    .step(step("The readers read it all").until("every order read, and gone through the shop", 30, |s| {
        s.handled("reader", "OrderPlaced") >= s.records("OrderPlaced") && s.gone_through()
    }))
    .row("orders placed", Measure::OrdersPlaced, at_least(1), at_least(40))
    .row("orders not confirmed", Measure::NotConfirmed, is(0), is(0))
    .rows(
        "of 100 OrderPlaced on the fullest partition",
        Measure::FullestPercent { event: placed() },
        between(50, 80),
        is(100),
        between(50, 80),
    )
    .rows(
        "of 100 handled by the busiest reader",
        Measure::BusiestPercent { app: String::from("reader"), event: placed() },
        between(50, 80),
        is(100),
        between(50, 80),
    )
    .row(
        "longest that one waited for its reader, ms",
        Measure::HandledAfterMs { app: String::from("reader"), event: placed() },
        at_least(0),
        at_least(0),
    )
}
