//! order-lost: without a key the events of one order are spread, and there is no order between partitions.

use model::verdict::Measure;
use serde_json::{Value, json};

use super::{Scene, Sight, at_least, is, off, press, step::step};

const GROUP: &str = "reader-shared";

fn reader(instance: u32) -> Value {
    json!({ "command": "start_app", "app": "reader", "instance": instance, "group": GROUP, "topic": "orders" })
}

fn out_of_order(s: &Sight<'_>) -> i64 {
    s.number(&Measure::OutOfOrder { app: String::from("reader") })
}

pub(super) fn scene() -> Scene {
    Scene::new(
        "order-lost",
        "The order of events is lost",
        "Ordering",
        "Two readers share the topic orders, and one of them is slow. Without a key an order's events are on any partition, and \
         its confirmation is read before the order itself. With the order id as key one partition has them all, in order.",
    )
    .guard("key-order-id", "Key = order id")
    .switches(|guarded| if guarded { Vec::new() } else { vec![off("order", "key-order-id")] })
    .step(step("Two readers share the topic, a partition each").press(|_| reader(1)).press(|_| reader(2)).until(
        "a partition each",
        20,
        |s| s.shared_by(GROUP, 2),
    ))
    .step(step("One of them stands still (SIGSTOP)").press(|_| press::instance("pause", "reader", 2)))
    .step(
        step("Customers order and pay")
            .orders(120)
            .until("orders gone through, and an event read before an earlier one where they can be", 20, |s| {
                let confirmed = s.number(&Measure::Confirmed);
                if s.guarded { confirmed >= 8 } else { confirmed >= 4 && out_of_order(s) >= 1 }
            })
            .no_more_orders(),
    )
    .step(step("It goes on (SIGCONT) and reads the rest").press(|_| press::instance("resume", "reader", 2)).until(
        "every event of every order read",
        30,
        |s| {
            let read = |event: &str| s.handled("reader", event) >= s.records(event);
            s.gone_through() && read("OrderPlaced") && read("OrderConfirmed") && s.group_is_done(GROUP)
        },
    ))
    .row("orders placed", Measure::OrdersPlaced, at_least(1), at_least(4))
    .row("orders not confirmed", Measure::NotConfirmed, is(0), is(0))
    .rows(
        "orders with events on both partitions",
        Measure::Scattered { topic: String::from("orders") },
        is(0),
        at_least(1),
        is(0),
    )
    .rows(
        "orders read out of order",
        Measure::OutOfOrder { app: String::from("reader") },
        is(0),
        at_least(1),
        is(0),
    )
}
