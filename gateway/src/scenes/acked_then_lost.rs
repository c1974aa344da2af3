//! acked-then-lost: what acks=1 promises is one broker's word.

use model::verdict::Measure;

use super::{Scene, is, off, press, step::step};

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    Scene::new(
        "acked-then-lost",
        "Acknowledged, then lost",
        "Brokers and replicas",
        "The followers stand still, an order is sent, the leader is killed, the followers run again, all within one broker \
         session: with acks=1 the order was acknowledged and is gone; with acks=all it is sent again and kept.",
    )
    .guard("acks-all", "Acks=all")
    .switches(|guarded| if guarded { Vec::new() } else { vec![off("order", "acks-all")] })
    .step(
        step("The followers of the next order's partition are paused (SIGSTOP)")
            .presses(|s| s.followers(s.partition_of_order(0)).into_iter().map(|b| press::node("pause", b)).collect())
            // A paused follower's Fetch waits at the leader for so long: what is sent meanwhile goes into its socket and
            // is appended when it runs again.
            .setting("replica.fetch.wait.max.ms = 500, passed", 800),
    )
    .step(step("A customer orders").press(press::order_unpaid).until("the order on the leader's log", 5, |s| {
        let on_log = s.number(&Measure::Records { event: String::from("OrderPlaced") }) == 1;
        on_log && (s.guarded || s.acknowledged("OrderPlaced") == 1)
    }))
    .step(
        step("The leader is killed (SIGKILL), the followers run again (SIGCONT)")
            .press(|s| press::node("kill", s.leader(s.partition_of_order(0))))
            .presses(|s| s.followers(s.partition_of_order(0)).into_iter().map(|b| press::node("resume", b)).collect()),
    )
    .step(step("One of them is elected").until("another leader", 20, |s| s.leader_moved(s.partition_of_order(0))))
    .step(step("What is on its log").until("the order, or that it is gone", 40, |s| {
        if s.guarded {
            s.acknowledged("OrderPlaced") == 1 && s.records("OrderPlaced") == 1
        } else {
            s.number(&Measure::AcknowledgedMissing) == 1
        }
    }))
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .row("acknowledged sends", Measure::Acknowledged { event: placed() }, is(1), is(1))
    .rows("OrderPlaced on the log", Measure::Records { event: placed() }, is(1), is(0), is(1))
    .rows("acknowledged and not on the log", Measure::AcknowledgedMissing, is(0), is(1), is(0))
}
