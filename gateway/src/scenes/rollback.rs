//! rollback: the payment is refused after the stock was reserved.

use model::verdict::Measure;
use serde_json::json;

use super::{Scene, is, off, press, step::step};

pub(super) fn scene() -> Scene {
    let records = |event: &str| Measure::Records { event: event.to_owned() };
    Scene::new(
        "rollback",
        "An order is rolled back",
        "Order, stock, payment",
        "The payment is refused after the stock was reserved. No database rolls back what another app has done: without \
         compensation the piece stays reserved for an order that is dead.",
    )
    .guard("compensation", "Compensation")
    .switches(|guarded| if guarded { Vec::new() } else { vec![off("order", "compensation")] })
    .step(step("A customer orders: a piece is reserved").press(press::order_unpaid).until("the payment due", 20, |s| {
        s.handled("payment", "StockReserved") >= 1
    }))
    .step(
        step("The customer has no money")
            .press(|s| json!({ "command": "pay", "order": s.order(), "refuse": true }))
            .until("the order cancelled", 20, |s| {
                s.number(&Measure::Cancelled) >= 1 && s.handled("order", "PaymentRefused") >= 1
            }),
    )
    .step(step("What the other apps hear of it").until("every record of it read, and committed", 20, |s| {
        let heard = if s.guarded { s.handled("payment", "StockReleased") } else { 1 };
        heard >= 1 && ["order", "stock", "payment"].iter().all(|group| s.group_is_done(group))
    }))
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .row("PaymentRefused on the log", records("PaymentRefused"), is(1), is(1))
    .rows("OrderCancelled on the log", records("OrderCancelled"), is(1), is(0), is(1))
    .rows("StockReleased on the log", records("StockReleased"), is(1), is(0), is(1))
    .row("orders cancelled in the order app's books", Measure::Cancelled, is(1), is(1))
    .rows("pieces still reserved", Measure::PiecesReserved, is(0), is(1), is(0))
    .row("money taken, cents", Measure::MoneyTaken, is(0), is(0))
    .rows("orders whose books disagree", Measure::NotAddingUp, is(0), is(1), is(0))
}
