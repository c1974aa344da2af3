//! kill-leader: a leader dies under steady orders.

use model::verdict::Measure;

use super::{
    PRICE_CENTS, Scene, at_least, at_most, between, is, press,
    step::{Step, step},
};

/// The three scenes that take a leader away differ in how: customers order all the while, and the same lines judge them.
pub(super) fn rows(scene: Scene, longest_gap: (i64, i64)) -> Scene {
    let orders = || String::from("orders");
    let placed = || String::from("OrderPlaced");
    scene
        .row("orders placed", Measure::OrdersPlaced, at_least(1), at_least(3))
        .row("acknowledged sends of OrderPlaced", Measure::Acknowledged { event: placed() }, at_least(1), at_least(3))
        .row("OrderPlaced on the log", Measure::Records { event: placed() }, at_least(1), at_least(3))
        .row("acknowledged and not on the log", Measure::AcknowledgedMissing, is(0), is(0))
        .row("sends that are on the log twice", Measure::RecordsTwice, is(0), is(0))
        .row(
            "times the stock app did the work",
            Measure::Handled { app: String::from("stock"), event: placed() },
            at_least(1),
            at_least(3),
        )
        .row("money taken, cents", Measure::MoneyTaken, at_least(1), at_least(3 * PRICE_CENTS))
        .row("orders not confirmed", Measure::NotConfirmed, is(0), is(0))
        .row("moves of leadership, orders 0", Measure::LeaderChanges { topic: orders(), partition: 0 }, is(1), is(1))
        .row(
            "leader epochs, orders 0",
            Measure::LeaderEpochs { topic: orders(), partition: 0 },
            at_least(1),
            at_least(1),
        )
        .row(
            "replicas in sync at least, orders 0",
            Measure::SmallestIsr { topic: orders(), partition: 0 },
            is(2),
            is(2),
        )
        .row(
            "gap without a leader, orders 0, ms",
            Measure::GapMs { topic: orders(), partition: 0 },
            at_most(10_000),
            between(longest_gap.0, longest_gap.1),
        )
        .row("sent again, as the tap saw", Measure::Retries { event: placed() }, at_least(0), at_least(0))
}

pub(super) fn orders_begin() -> Step {
    step("Customers order, four times a second")
        .orders(250)
        .until("two confirmed orders", 20, |s| s.number(&Measure::Confirmed) >= 2)
}

pub(super) fn orders_go_on() -> Step {
    step("Orders go on under the new leader")
        .until("an order under the new leader epoch", 20, |s| s.appended_since_move(0))
}

pub(super) fn orders_end() -> Step {
    step("Every order is decided").no_more_orders().until("all orders confirmed", 40, |s| s.all_confirmed())
}

pub(super) fn scene() -> Scene {
    let scene = Scene::new(
        "kill-leader",
        "A leader is killed",
        "Brokers and replicas",
        "SIGKILL of the broker that leads orders 0, while customers order: another in-sync replica leads after one gap of \
         about 3 s, and nothing that was acknowledged is lost.",
    )
    .step(orders_begin())
    .step(step("The leader of orders 0 is killed (SIGKILL)").press(|s| press::node("kill", s.leader(0))))
    .step(step("An in-sync replica is elected").until("another leader of orders 0", 20, |s| s.leader_moved(0)))
    .step(orders_go_on())
    .step(orders_end());
    // broker.session.timeout.ms 3000, less a heartbeat, plus the controller's check and the clients' sight of it.
    rows(scene, (1500, 9000))
}
