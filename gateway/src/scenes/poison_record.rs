//! poison-record: one record that nobody can read, and everything behind it.

use model::verdict::Measure;

use super::{Scene, Sight, at_least, is, off, press, step::step};

fn unread(s: &Sight<'_>) -> i64 {
    s.number(&Measure::Unread { group: String::from("stock") })
}

pub(super) fn scene() -> Scene {
    let stock = || String::from("stock");
    Scene::new(
        "poison-record",
        "A record nobody can read",
        "Replay and failures",
        "A fault in the order app spoils one record. The stock app cannot read it and must not pass it by, so its partition \
         stands still while the other runs on. With a dead-letter topic the record is put aside and kept.",
    )
    .guard("dead-letter", "Dead letters")
    .switches(|guarded| if guarded { Vec::new() } else { vec![off("stock", "dead-letter")] })
    .step(
        step("The order app will spoil what it sends next")
            .press(|_| press::crash_point("order", "before_send", "garble")),
    )
    .step(step("A customer orders: half of its record is gone").press(press::order).until(
        "that the stock app cannot read it",
        20,
        |s| s.number(&Measure::Unreadable { app: String::from("stock") }) >= 1,
    ))
    .step(
        step("Others order")
            .orders(150)
            .until("orders on both partitions, behind the record too", 20, |s| {
                let confirmed = s.number(&Measure::Confirmed);
                if s.guarded { confirmed >= 6 && s.records("DeadLetter") >= 1 } else { confirmed >= 3 && s.number(&Measure::NotConfirmed) >= 5 }
            })
            .no_more_orders(),
    )
    .step(step("What can be read is read").until("no more than stands behind the record", 20, |s| {
        let confirmed = s.number(&Measure::Confirmed);
        // To put a record aside is something done with it.
        let aside = s.records("DeadLetter");
        s.acknowledged("OrderPlaced") == s.number(&Measure::OrdersPlaced)
            && s.acknowledged("OrderConfirmed") == confirmed
            && s.handled("stock", "OrderPlaced") == confirmed + aside
            && if s.guarded { s.number(&Measure::NotConfirmed) == 1 && s.group_is_done("stock") } else { unread(s) >= 4 }
    }))
    .row("orders placed", Measure::OrdersPlaced, at_least(1), at_least(4))
    .row("records that the stock app cannot read", Measure::Unreadable { app: stock() }, at_least(0), is(1))
    .rows(
        "records on the dead-letter topic",
        Measure::Records { event: String::from("DeadLetter") },
        is(1),
        is(0),
        is(1),
    )
    .rows("records left unread by group stock", Measure::Unread { group: stock() }, is(0), at_least(4), is(0))
    .rows("orders not confirmed", Measure::NotConfirmed, is(1), at_least(3), is(1))
}
