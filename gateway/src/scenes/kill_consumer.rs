//! kill-consumer: what a dead member had stands still until its session ends; what one has that leaves moves at once.

use model::verdict::Measure;
use serde_json::{Value, json};

use super::{Scene, at_least, at_most, between, is, press, step::step};

fn second(_: &super::Sight<'_>) -> Value {
    json!({ "command": "start_app", "app": "stock", "instance": 2 })
}

pub(super) fn scene() -> Scene {
    let stock = || String::from("stock");
    let taken_over = |left: bool| Measure::TakenOverMs { group: stock(), left };
    Scene::new(
        "kill-consumer",
        "A consumer is killed",
        "Consumer groups",
        "Two stock apps share the topic orders. One is killed: its partition stands still until its session has ended, then the \
         other gets it. One that leaves cleanly gives it away at once.",
    )
    .step(step("A second stock app joins the group").press(second).until("a partition each", 20, |s| {
        s.shared_by("stock", 2)
    }))
    .step(step("Customers order").orders(250).until("confirmed orders", 20, |s| s.number(&Measure::Confirmed) >= 2))
    .step(
        step("One of the two is killed (SIGKILL)")
            .press(|_| press::instance("kill", "stock", 2))
            // session.timeout.ms is 6000.
            .until("its partition with the other", 20, |s| {
                let over = Measure::TakenOverMs { group: String::from("stock"), left: false };
                s.evidence.number(&over).is_some() && s.shared_by("stock", 1)
            }),
    )
    .step(step("It starts again").press(second).until("a partition each", 20, |s| s.shared_by("stock", 2)))
    .step(step("It leaves cleanly (SIGTERM)").press(|_| press::instance("stop", "stock", 2)).until(
        "its partition with the other",
        20,
        |s| {
            let over = Measure::TakenOverMs { group: String::from("stock"), left: true };
            s.evidence.number(&over).is_some()
        },
    ))
    .step(step("Every order is decided").no_more_orders().until("all orders confirmed", 30, |s| s.gone_through()))
    .row("orders placed", Measure::OrdersPlaced, at_least(1), at_least(4))
    .row("orders not confirmed", Measure::NotConfirmed, is(0), is(0))
    .row("killed: its partition without an owner, ms", taken_over(false), at_most(12_000), between(4500, 12_000))
    .row("left: its partition without an owner, ms", taken_over(true), at_most(4000), at_most(4000))
    .row(
        "longest that an order waited for the stock app, ms",
        Measure::HandledAfterMs { app: stock(), event: String::from("OrderPlaced") },
        at_most(15_000),
        between(2000, 15_000),
    )
}
