//! transaction-abort: two sends in a transaction that is aborted.

use model::{fact::Control, verdict::Measure};
use serde_json::json;

use super::{Scene, at_least, is, on, press, step::step};

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    Scene::new(
        "transaction-abort",
        "An aborted transaction",
        "Transactions",
        "Two orders are sent in one transaction, which is aborted: both records and the marker stay on the log and take \
         offsets; read_uncommitted reads them, read_committed does not.",
    )
    .switches(|_| vec![on("order", "transactions")])
    .step(
        step("Two plain readers: one read_uncommitted, one read_committed")
            .press(|_| press::reader(1, "read_uncommitted"))
            .press(|_| press::reader(2, "read_committed")),
    )
    .step(step("The order app will abort after two sends").press(|_| {
        json!({ "command": "arm_fault", "app": "order", "at": "in_transaction", "do": "abort_transaction", "nth": 2 })
    }))
    .step(step("Two customers order").press(press::order_unpaid).press(press::order_unpaid).until(
        "the abort marker on the log",
        20,
        |s| s.number(&Measure::AbortedRecords { event: String::from("OrderPlaced") }) == 2,
    ))
    .step(
        step("Orders behind them are committed and read by both")
            .orders(300)
            .until("a read of both readers behind each marker", 30, |s| s.readers_passed_aborted(&[1, 2]))
            .no_more_orders(),
    )
    .row("orders placed", Measure::OrdersPlaced, at_least(1), at_least(3))
    .row("OrderPlaced on the log", Measure::Records { event: placed() }, at_least(1), at_least(3))
    .row("acknowledged sends", Measure::Acknowledged { event: placed() }, at_least(1), at_least(1))
    .row("records of the aborted transaction", Measure::AbortedRecords { event: placed() }, at_least(0), is(2))
    .row(
        "abort markers on the log",
        Measure::Markers { topic: String::from("orders"), control: Control::Abort },
        at_least(0),
        at_least(1),
    )
    .row(
        "of these, read by read_uncommitted",
        Measure::ReadAborted { instance: 1, event: placed() },
        at_least(0),
        is(2),
    )
    .row("of these, read by read_committed", Measure::ReadAborted { instance: 2, event: placed() }, is(0), is(0))
}
