//! pay-twice: the customer presses Pay twice, and Kafka cannot know.

use model::verdict::Measure;
use serde_json::json;

use super::{PRICE_CENTS, Scene, at_least, is, off, press, step::step};

pub(super) fn scene() -> Scene {
    let taken = || String::from("PaymentTaken");
    Scene::new(
        "pay-twice",
        "Paid twice",
        "Exactly once",
        "Two presses are two sends with two sequences: for Kafka both are new. With a payment key that the customer's page \
         made, the second press gets the first answer.",
    )
    .guard("payment-key", "Payment key")
    .switches(|guarded| if guarded { Vec::new() } else { vec![off("payment", "payment-key")] })
    .step(step("A customer orders").press(press::order_unpaid).until("the payment due", 20, |s| {
        s.handled("payment", "StockReserved") >= 1
    }))
    .step(step("The customer presses Pay twice").press(|s| json!({ "command": "pay_twice", "order": s.order() })))
    .step(step("The payments reach the order app").until("the order confirmed, and every payment acknowledged and handled", 30, |s| {
        let payments = s.records("PaymentTaken");
        // The record is often read before its sender is told.
        s.all_confirmed()
            && s.acknowledged("PaymentTaken") == payments
            && payments >= if s.guarded { 1 } else { 2 }
            && s.handled("order", "PaymentTaken") >= payments
    }))
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .rows("PaymentTaken on the log", Measure::Records { event: taken() }, is(1), is(2), is(1))
    .row("equal records of one send", Measure::EqualRecords { event: taken() }, is(1), is(1))
    .rows("acknowledged sends of PaymentTaken", Measure::Acknowledged { event: taken() }, is(1), is(2), is(1))
    .row("sent again, as the tap saw", Measure::Retries { event: taken() }, at_least(0), at_least(0))
    .rows(
        "times the order app handled PaymentTaken",
        Measure::Handled { app: String::from("order"), event: taken() },
        is(1),
        is(2),
        is(1),
    )
    .rows("money taken, cents", Measure::MoneyTaken, is(PRICE_CENTS), is(2 * PRICE_CENTS), is(PRICE_CENTS))
    .row("orders not confirmed", Measure::NotConfirmed, is(0), is(0))
}
