//! at-least-once: the offset is committed after the work.

use model::verdict::Measure;

use super::{Scene, at_least, is, off, press, step::step};

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    let stock = || String::from("stock");
    Scene::new(
        "at-least-once",
        "At least once",
        "Delivery",
        "The stock app commits an offset after the work and crashes between the two: the order is handled twice. With an \
         inbox the second time is recognised.",
    )
    .guard("inbox", "Inbox")
    .switches(|guarded| if guarded { Vec::new() } else { vec![off("stock", "inbox")] })
    .step(
        step("The stock app will crash between work and commit")
            .press(|_| press::crash_point("stock", "after_work", "abort")),
    )
    .step(step("A customer orders").press(press::order_unpaid).until("the crash", 20, |s| {
        s.crashed("stock")
    }))
    .step(step("The stock app comes back and reads the order again").press(|_| press::app("start", "stock")).until(
        "the order handed over a second time",
        30,
        |s| {
            let of = || (String::from("stock"), String::from("OrderPlaced"));
            let ((app, event), (by, again)) = (of(), of());
            s.number(&Measure::Handled { app, event }) + s.number(&Measure::Skipped { app: by, event: again }) >= 2
                && s.group_is_done("stock")
        },
    ))
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .row("acknowledged sends", Measure::Acknowledged { event: placed() }, is(1), is(1))
    .row("OrderPlaced on the log", Measure::Records { event: placed() }, is(1), is(1))
    .rows("times the stock app did the work", Measure::Handled { app: stock(), event: placed() }, is(1), is(2), is(1))
    .rows("times its inbox skipped it", Measure::Skipped { app: stock(), event: placed() }, at_least(0), is(0), is(1))
    .rows("pieces reserved", Measure::PiecesTaken, is(1), is(2), is(1))
}
