//! dual-write: two stores cannot be written at once, and a crash comes between them.

use model::verdict::Measure;

use super::{Scene, is, off, on, press, step::step};

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    Scene::new(
        "dual-write",
        "Saved and not sent",
        "Order, stock, payment",
        "The order app saves an order in its database, then sends OrderPlaced, and crashes in between: nobody will ever hear of \
         that order. With an outbox the event is saved with the order and sent after the restart.",
    )
    .guard("outbox", "Outbox")
    // By its compensation the app would cancel what it perhaps never sent, which is another answer to the same question.
    .switches(|guarded| vec![if guarded { on("order", "outbox") } else { off("order", "compensation") }])
    .step(
        step("The order app will crash between saving and sending")
            .press(|_| press::crash_point("order", "before_send", "abort")),
    )
    .step(step("A customer orders: saved").press(press::order).until("the crash", 20, |s| {
        s.crashed("order") && s.number(&Measure::OrdersPlaced) >= 1
    }))
    .step(step("The order app comes back").press(|_| press::app("start", "order")))
    .step(step("Another customer orders").press(press::order).until("what was sent gone through the shop", 30, |s| {
        let wanted = if s.guarded { 2 } else { 1 };
        s.number(&Measure::Confirmed) >= wanted && s.acknowledged("OrderConfirmed") >= wanted && s.group_is_done("stock")
    }))
    .row("orders in the order app's books", Measure::OrdersPlaced, is(2), is(2))
    .rows("OrderPlaced on the log", Measure::Records { event: placed() }, is(2), is(1), is(2))
    .row("crash points come to", Measure::CrashPoints, is(1), is(1))
    .rows("orders confirmed", Measure::Confirmed, is(2), is(1), is(2))
    .rows("orders nobody else has heard of", Measure::NotConfirmed, is(0), is(1), is(0))
    .row("sends that are on the log twice", Measure::RecordsTwice, is(0), is(0))
}
