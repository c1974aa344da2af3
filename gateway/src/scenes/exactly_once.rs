//! exactly-once: read, process and write as one Kafka transaction.

use model::verdict::Measure;
use serde_json::json;

use super::{Scene, at_least, is, off, on, press, step::step};

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    let reserved = || String::from("StockReserved");
    Scene::new(
        "exactly-once",
        "Exactly once, inside Kafka",
        "Delivery",
        "The stock app crashes after it has sent its answer and before it has committed the offset: without a transaction \
         the answer is there twice; in a transaction the first one is aborted, and read_committed sees one. The app's own \
         books are outside Kafka: they have it twice either way.",
    )
    .guard("transactions", "Transactions")
    // Without its inbox on both sides, so that the transaction alone makes the difference.
    .switches(|guarded| {
        let mut switches = vec![off("stock", "inbox")];
        switches.extend(guarded.then(|| on("stock", "transactions")));
        switches
    })
    .step(step("The stock app will crash between its answer and its offset").press(|s| {
        let at = if s.guarded { "in_transaction" } else { "after_work" };
        json!({ "command": "arm_fault", "app": "stock", "at": at, "do": "abort" })
    }))
    .step(step("A customer orders").press(press::order_unpaid).until("the crash", 20, |s| {
        s.crashed("stock")
    }))
    .step(step("The stock app comes back and does it again").press(|_| press::app("start", "stock")).until(
        "a second answer",
        40,
        |s| {
            let committed = s.number(&Measure::CommittedRecords { event: String::from("StockReserved") });
            let all = s.records("StockReserved");
            all >= 2 && committed >= if s.guarded { 1 } else { 2 } && s.group_is_done("stock")
        },
    ))
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .row("acknowledged sends", Measure::Acknowledged { event: placed() }, is(1), is(1))
    .row("OrderPlaced on the log", Measure::Records { event: placed() }, is(1), is(1))
    .row("StockReserved on the log", Measure::Records { event: reserved() }, at_least(1), is(2))
    .row_with("of these, aborted", Measure::AbortedRecords { event: reserved() }, at_least(0), is(1))
    .rows(
        "StockReserved for a read_committed reader",
        Measure::CommittedRecords { event: reserved() },
        is(1),
        is(2),
        is(1),
    )
    // Kafka's transaction ends at Kafka: the books of the app are no part of it. An inbox is what they need.
    .row(
        "times the stock app did the work",
        Measure::Handled { app: String::from("stock"), event: placed() },
        at_least(1),
        is(2),
    )
    .row("pieces in the app's own books, outside Kafka", Measure::PiecesTaken, at_least(0), is(2))
}
