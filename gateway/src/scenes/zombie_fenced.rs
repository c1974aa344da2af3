//! zombie-fenced: who slept through its successor's start may not write any more.

use model::verdict::Measure;
use serde_json::json;

use super::{Scene, at_least, is, on, press, step::step};

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    Scene::new(
        "zombie-fenced",
        "A zombie is fenced",
        "Transactions",
        "A transactional app stands still in its transaction; its successor starts with the same transactional.id, which \
         aborts that transaction and raises the producer epoch. When the first one wakes up it is refused.",
    )
    .switches(|_| vec![on("order", "transactions")])
    .step(
        step("The order app will stand still inside its transaction")
            .press(|_| press::crash_point("order", "in_transaction", "hang")),
    )
    .step(step("A customer orders: sent, and not committed").press(press::order_unpaid).until(
        "the app still, its record on the log",
        20,
        |s| s.stands_still("order") && s.records("OrderPlaced") >= 1,
    ))
    .step(step("A successor starts with the same transactional.id").press(
        |_| json!({ "command": "start_app", "app": "order", "instance": 2, "transactional_id": "order-1" }),
    ))
    .step(step("A customer orders at the successor").press(press::order_unpaid).until(
        "its order committed, the other aborted",
        30,
        |s| {
            let event = || String::from("OrderPlaced");
            s.number(&Measure::CommittedRecords { event: event() }) == 1
                && s.number(&Measure::AbortedRecords { event: event() }) == 1
        },
    ))
    .step(
        step("The first one wakes up (SIGCONT) and commits")
            .press(|_| json!({ "command": "resume_app", "app": "order", "instance": 1 }))
            .until("that it is refused", 30, |s| s.number(&Measure::Fenced) >= 1),
    )
    .row("orders placed", Measure::OrdersPlaced, at_least(1), is(2))
    .row("acknowledged sends", Measure::Acknowledged { event: placed() }, at_least(1), at_least(1))
    .row("OrderPlaced on the log", Measure::Records { event: placed() }, at_least(1), is(2))
    .row("of these, aborted", Measure::AbortedRecords { event: placed() }, at_least(0), is(1))
    .row("for a read_committed reader", Measure::CommittedRecords { event: placed() }, at_least(1), is(1))
    .row(
        "producer epochs of order-1",
        Measure::ProducerEpochs { transactional_id: String::from("order-1") },
        at_least(0),
        at_least(1),
    )
    .row("producers refused for good", Measure::Fenced, at_least(0), is(1))
}
