//! lost-ack: one Produce answer is lost after the broker has stored the record.

use model::verdict::Measure;
use serde_json::json;

use super::{Scene, at_least, is, off, press, step::step};

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    Scene::new(
        "lost-ack",
        "A lost ack",
        "Exactly once",
        "The tap takes one answer to the order app off the wire. The app's client sends again: without sequence numbers the \
         broker stores a second, equal record; with them it recognises the first.",
    )
    .guard("idempotence", "Idempotent producer")
    // The inbox would catch what the producer did; this is about the producer.
    .switches(|guarded| {
        let mut switches = vec![off("stock", "inbox")];
        switches.extend((!guarded).then(|| off("order", "idempotence")));
        switches
    })
    .step(step("The next answer to the order app will be lost").press(|_| {
        json!({ "command": "arm_fault", "rule": {
            "client_id": "order-1", "api": "Produce", "topic": "orders", "which": "next",
            "what": "drop_response_and_close",
        } })
    }))
    .step(step("A customer orders, once").press(press::order_unpaid).until("the lost answer", 10, |s| {
        s.number(&Measure::FaultsFired) == 1
    }))
    .step(step("The app's client sends the same bytes again").until("an acknowledgement", 20, |s| {
        s.acknowledged("OrderPlaced") == 1
    }))
    .step(step("The stock app reads what is there").until("the work of every record", 20, |s| {
        let records = s.records("OrderPlaced");
        records >= if s.guarded { 1 } else { 2 }
            && s.handled("stock", "OrderPlaced") >= records
            && s.group_is_done("stock")
    }))
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .row("answers lost on the wire", Measure::FaultsFired, at_least(0), is(1))
    .row("sent again, as the tap saw", Measure::Retries { event: placed() }, at_least(0), is(1))
    .row("acknowledged sends", Measure::Acknowledged { event: placed() }, is(1), is(1))
    .row_with("producer id, epoch and sequence of both", Measure::Sequences { event: placed() }, is(1), is(1))
    .rows("OrderPlaced on the log", Measure::Records { event: placed() }, is(1), is(2), is(1))
    .rows("equal records of one send", Measure::EqualRecords { event: placed() }, is(1), is(2), is(1))
    .rows(
        "times the stock app did the work",
        Measure::Handled { app: String::from("stock"), event: placed() },
        is(1),
        is(2),
        is(1),
    )
    .rows("pieces reserved", Measure::PiecesTaken, is(1), is(2), is(1))
}
