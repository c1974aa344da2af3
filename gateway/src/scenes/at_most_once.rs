//! at-most-once: the offset is committed before the work.

use model::verdict::Measure;
use serde_json::json;

use super::{Scene, is, press, step::step};

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    let stock = || String::from("stock");
    Scene::new(
        "at-most-once",
        "At most once",
        "Delivery",
        "The stock app commits an offset before it does the work and crashes between the two: the order is never handled.",
    )
    .beside("at-least-once")
    .step(
        step("The stock app is started again: it commits first and works then")
            .press(|_| press::app("stop", "stock"))
            .press(|_| json!({ "command": "start_app", "app": "stock", "commit": "before" })),
    )
    .step(step("It will crash between the two").press(|_| press::crash_point("stock", "before_work", "abort")))
    .step(step("A customer orders").press(press::order_unpaid).until("the crash", 20, |s| {
        s.crashed("stock")
    }))
    .step(
        step("The stock app comes back, and reads on behind the order")
            .press(|_| press::app("start", "stock"))
            .until("group stock stable without lag", 30, |s| s.group_is_done("stock")),
    )
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .row("acknowledged sends", Measure::Acknowledged { event: placed() }, is(1), is(1))
    .row("OrderPlaced on the log", Measure::Records { event: placed() }, is(1), is(1))
    .row("times the stock app did the work", Measure::Handled { app: stock(), event: placed() }, is(1), is(0))
    .row("pieces reserved", Measure::PiecesTaken, is(1), is(0))
}
