//! payment-duplicate: PaymentTaken is handled twice.

use model::verdict::Measure;

use super::{Scene, at_least, is, off, press, step::step};

pub(super) fn scene() -> Scene {
    let taken = || String::from("PaymentTaken");
    let order = || String::from("order");
    let records = |event: &str| Measure::Records { event: event.to_owned() };
    Scene::new(
        "payment-duplicate",
        "A payment is handled twice",
        "Order, stock, payment",
        "The order app crashes between confirming an order and committing the offset of its PaymentTaken, and reads it again: \
         confirmed twice, sold twice. With an inbox the second time is recognised.",
    )
    .guard("inbox", "Inbox")
    .switches(|guarded| if guarded { Vec::new() } else { vec![off("order", "inbox"), off("stock", "inbox")] })
    .step(
        step("The order app will crash between work and commit")
            .press(|_| press::crash_point("order", "after_work", "abort")),
    )
    .step(step("A customer orders and pays").press(press::order).until("the crash", 20, |s| s.crashed("order")))
    .step(step("The order app comes back and reads the payment again").press(|_| press::app("start", "order")).until(
        "the payment handed over a second time, and what follows sold",
        30,
        |s| {
            let of = || (String::from("order"), String::from("PaymentTaken"));
            let ((app, event), (by, again)) = (of(), of());
            let handed = s.number(&Measure::Handled { app, event }) + s.number(&Measure::Skipped { app: by, event: again });
            let confirmed = s.records("OrderConfirmed");
            handed >= 2
                && s.handled("stock", "OrderConfirmed") >= confirmed
                && s.records("StockSold") >= confirmed
                && ["order", "stock", "payment"].iter().all(|group| s.group_is_done(group))
        },
    ))
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .row("PaymentTaken on the log", records("PaymentTaken"), is(1), is(1))
    .rows("times the order app did the work", Measure::Handled { app: order(), event: taken() }, is(1), is(2), is(1))
    .rows("times its inbox skipped it", Measure::Skipped { app: order(), event: taken() }, at_least(0), is(0), is(1))
    .rows("OrderConfirmed on the log", records("OrderConfirmed"), is(1), is(2), is(1))
    .rows("StockSold on the log", records("StockSold"), is(1), is(2), is(1))
    .rows("pieces sold", Measure::PiecesTaken, is(1), is(2), is(1))
    .row("money taken, cents", Measure::MoneyTaken, is(3990), is(3990))
    .rows("orders whose books disagree", Measure::NotAddingUp, is(0), is(1), is(0))
}
