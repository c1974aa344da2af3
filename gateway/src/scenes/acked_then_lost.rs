//! acked-then-lost: what acks=1 promises is one broker's word.

use model::verdict::Measure;

use super::{PRICE_CENTS, Scene, at_least, at_most, between, is, off, press, step::step};

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
    // A new producer has to have found its leaders before the others stand still, and nothing may wait for them then: what
    // is behind it on the connection would wait as well.
    .step(step("A first order goes through").press(press::order).until(
        "the order confirmed, and all about it committed",
        20,
        |s| s.gone_through(),
    ))
    .step(
        step("The followers of the next order's partition are paused (SIGSTOP)")
            .presses(|s| s.followers(s.partition_of_order(1)).into_iter().map(|b| press::node("pause", b)).collect())
            // A paused follower's Fetch waits at the leader for so long: what is sent meanwhile goes into its socket and
            // is appended when it runs again.
            .setting("replica.fetch.wait.max.ms = 500, passed", 800),
    )
    .step(step("A customer orders").press(press::order_unpaid).until("the order on the leader's log", 5, |s| {
        s.records("OrderPlaced") == 2 && (s.guarded || s.acknowledged("OrderPlaced") == 2)
    }))
    .step(
        step("The leader is killed (SIGKILL), the followers run again (SIGCONT)")
            .press(|s| press::node("kill", s.leader(s.partition_of_order(1))))
            .presses(|s| s.followers(s.partition_of_order(1)).into_iter().map(|b| press::node("resume", b)).collect()),
    )
    .step(step("One of them is elected").until("another leader", 20, |s| s.leader_moved(s.partition_of_order(1))))
    .step(step("What is on its log").until("the order, or that it is gone", 40, |s| {
        if s.guarded {
            s.acknowledged("OrderPlaced") == 2 && s.records("OrderPlaced") == 2
        } else {
            s.number(&Measure::AcknowledgedMissing) == 1
        }
    }))
    .row("orders placed", Measure::OrdersPlaced, is(2), is(2))
    .row("acknowledged sends", Measure::Acknowledged { event: placed() }, is(2), is(2))
    .rows("OrderPlaced on the log", Measure::Records { event: placed() }, is(2), is(1), is(2))
    .rows("acknowledged and not on the log", Measure::AcknowledgedMissing, is(0), is(1), is(0))
    .rows(
        "sent again, as the tap saw",
        Measure::Retries { event: placed() },
        at_least(0),
        at_least(0),
        at_least(1),
    )
    .row(
        "longest gap without a leader, orders, ms",
        Measure::LongestGapMs { topic: String::from("orders") },
        at_most(10_000),
        between(1000, 15_000),
    )
    .row("money taken, cents", Measure::MoneyTaken, is(PRICE_CENTS), is(PRICE_CENTS))
}
