//! hanging-transaction: a transaction that nobody ends holds back everything behind it.

use model::{fact::Control, verdict::Measure};
use serde_json::json;

use super::{Scene, at_least, at_most, between, is, on, press, step::step};

pub(super) fn scene() -> Scene {
    rows(steps(Scene::new(
        "hanging-transaction",
        "A hanging transaction",
        "Transactions",
        "An app stands still inside its transaction: the last stable offset stands with it, and read_committed readers wait \
         behind it until transaction.timeout.ms has passed and the coordinator aborts it.",
    )))
}

fn steps(scene: Scene) -> Scene {
    scene
        .switches(|_| vec![on("order", "transactions")])
        .step(
            step("Two plain readers and a second order app")
                .press(|_| press::reader(1, "read_uncommitted"))
                .press(|_| press::reader(2, "read_committed"))
                .press(|_| json!({ "command": "start_app", "app": "order", "instance": 2 })),
        )
        .step(
            step("The first order app will stand still inside its transaction")
                .press(|_| press::crash_point("order", "in_transaction", "hang")),
        )
        .step(step("A customer orders: sent, and not committed").press(press::order_unpaid).until(
            "the app still, its record on the log",
            20,
            |s| s.stands_still("order") && s.records("OrderPlaced") >= 1,
        ))
        .step(
            step("Others order behind it; read_uncommitted reads on")
                .orders(300)
                .until("a committed record behind it on its partition, read by read_uncommitted", 20, |s| {
                    s.read_behind_open(1)
                })
                .no_more_orders(),
        )
        .step(step("The coordinator aborts it, and read_committed reads on").until(
            "the abort marker, and the records behind it read",
            30,
            |s| {
                s.number(&Measure::AbortedRecords { event: String::from("OrderPlaced") }) == 1
                    && s.readers_passed_aborted(&[2])
            },
        ))
        .step(
            step("The first app wakes up (SIGCONT) and commits, too late")
                .press(|_| json!({ "command": "resume_app", "app": "order", "instance": 1 }))
                .until("that it is refused", 30, |s| s.number(&Measure::Fenced) >= 1),
        )
}

fn rows(scene: Scene) -> Scene {
    let placed = || String::from("OrderPlaced");
    scene
        .row("orders placed", Measure::OrdersPlaced, at_least(1), at_least(2))
        .row("OrderPlaced on the log", Measure::Records { event: placed() }, at_least(1), at_least(2))
        .row("acknowledged sends", Measure::Acknowledged { event: placed() }, at_least(1), at_least(1))
        .row("records of the hanging transaction", Measure::AbortedRecords { event: placed() }, at_least(0), is(1))
        .row(
            "transaction open, ms",
            Measure::OpenMs { topic: String::from("orders") },
            at_most(1000),
            // transaction.timeout.ms 5000, found out each second.
            between(3000, 15_000),
        )
        .row(
            "abort markers on the log",
            Measure::Markers { topic: String::from("orders"), control: Control::Abort },
            at_least(0),
            at_least(1),
        )
        .row(
            "longest wait of read_uncommitted, ms",
            Measure::ReadAfterMs { instance: 1, event: placed() },
            at_most(2000),
            at_most(2000),
        )
        .row(
            "longest wait of read_committed, ms",
            Measure::ReadAfterMs { instance: 2, event: placed() },
            at_most(2000),
            at_least(2000),
        )
        .row("producers refused for good", Measure::Fenced, at_least(0), is(1))
}
