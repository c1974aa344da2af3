//! happy-order: an item is created, ordered and paid, and three apps that never call each other agree.

use model::verdict::Measure;
use serde_json::json;

use super::{Scene, is, press, step::step};

pub(super) fn scene() -> Scene {
    let records = |event: &str| Measure::Records { event: event.to_owned() };
    Scene::new(
        "happy-order",
        "An order goes well",
        "Order, stock, payment",
        "An item is created, ordered and paid. Order, stock and payment app know each other by their events only, and their \
         books agree in the end.",
    )
    .step(
        step("Kettles come onto the shelf")
            .press(|_| json!({ "command": "create_item", "item": "kettle", "count": 5, "price_cents": 3990 })),
    )
    .step(step("A customer orders one: the stock app reserves it").press(press::order_unpaid).until(
        "the payment due",
        20,
        |s| s.handled("payment", "StockReserved") >= 1,
    ))
    .step(
        step("The customer pays: confirmed, and sold")
            .press(|s| json!({ "command": "pay", "order": s.order() }))
            .until("all three apps done with it", 20, |s| {
                s.all_confirmed() && s.handled("payment", "StockSold") >= 1 && s.gone_through()
            }),
    )
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .row("OrderPlaced on the log", records("OrderPlaced"), is(1), is(1))
    .row("StockReserved on the log", records("StockReserved"), is(1), is(1))
    .row("PaymentTaken on the log", records("PaymentTaken"), is(1), is(1))
    .row("OrderConfirmed on the log", records("OrderConfirmed"), is(1), is(1))
    .row("StockSold on the log", records("StockSold"), is(1), is(1))
    .row("money taken, cents", Measure::MoneyTaken, is(3990), is(3990))
    .row("orders confirmed", Measure::Confirmed, is(1), is(1))
    .row("orders whose books disagree", Measure::NotAddingUp, is(0), is(0))
}
