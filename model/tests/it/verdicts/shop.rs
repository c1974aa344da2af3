//! What the shop did in a run.

use kafkascope_model::verdict::Measure;

use super::{ORDERS, check, placed, s};

#[test]
fn orders_are_the_runs_own() {
    // The order app starts again and tells its whole book.
    let script = "order A-2 open 1 x 3990 of scene-7 *
        order A-3 open 1 x 3990 of scene-7 *
        order A-9 open 1 x 3990 of Ada
        order A-1 confirmed 1 x 3990 of scene-7
        order A-2 open 1 x 3990 of scene-7
        order A-3 open 1 x 3990 of scene-7";
    check(Measure::OrdersPlaced, 2, script);
    check(Measure::OrdersPlaced, 0, "order A-9 open 1 x 3990 of Ada");
}

#[test]
fn confirmed_and_not_confirmed() {
    let script = "order A-2 open 1 x 3990 of scene-7
        order A-3 open 1 x 3990 of scene-7
        order A-9 confirmed 1 x 3990 of Ada
        order A-2 confirmed 1 x 3990 of scene-7
        order A-2 confirmed 1 x 3990 of scene-7";
    check(
        Measure::Confirmed,
        1,
        &script.replacen("A-2 confirmed 1 x 3990 of scene-7", "A-2 confirmed 1 x 3990 of scene-7 *", 1),
    );
    check(Measure::NotConfirmed, 1, &script.replace("A-3 open 1 x 3990 of scene-7", "A-3 open 1 x 3990 of scene-7 *"));
    check(
        Measure::NotConfirmed,
        1,
        &format!(
            "{}\norder A-3 cancelled 1 x 3990 of scene-7",
            script.replace("A-3 open 1 x 3990 of scene-7", "A-3 open 1 x 3990 of scene-7 *")
        ),
    );
}

const HANDLED: &str = "
    append orders 0 @3 A-2 OrderPlaced id e3
    append orders 0 @4 A-2 OrderPlaced id e3
    append orders 0 @5 A-9 OrderPlaced id e9
    append orders 0 @6 A-2 PaymentDue id p3
    handled stock orders 0 @3 reserved id e3
    handled stock orders 0 @4 reserved id e3
    handled stock orders 0 @3 nothing id e3 skipped
    handled stock orders 0 @5 reserved id e9
    handled stock orders 0 @6 nothing id p3
    handled payment orders 0 @3 due id e3
";

#[test]
fn an_event_is_handled_as_often_as_it_is_worked_on() {
    let of = || (s("stock"), placed());
    let (app, event) = of();
    let handled = format!("{ORDERS}{}", HANDLED.replace("reserved id e3", "reserved id e3 *"));
    check(Measure::Handled { app, event }, 2, &handled);
    // At one place twice, when its commit was lost.
    let (app, event) = of();
    check(Measure::Handled { app, event }, 2, &handled.replace("@4 reserved", "@3 reserved"));
    let (app, event) = of();
    let skipped = format!("{ORDERS}{}", HANDLED.replace("skipped", "skipped *"));
    check(Measure::Skipped { app, event }, 1, &skipped);
    let never = Measure::Handled { app: s("stock"), event: s("StockReserved") };
    check(never, 0, &format!("{ORDERS}{HANDLED}"));
}

#[test]
fn pieces_are_the_most_that_were_held_at_once() {
    let script = "stock A-2 reserved 1 sold 0
        stock A-2 reserved 2 sold 0 *
        stock A-3 reserved 0 sold 1 *
        stock A-9 reserved 7 sold 0
        stock A-2 reserved 0 sold 1";
    check(Measure::PiecesTaken, 3, &format!("{ORDERS}{script}"));
    check(Measure::PiecesTaken, 0, ORDERS);
}

#[test]
fn money_is_what_was_taken_and_not_given_back() {
    let script = "paid A-2 3990
        paid A-9 3990
        paid A-2 7980 times 2 *
        paid A-3 3990 back 3990";
    check(Measure::MoneyTaken, 7980, &format!("{ORDERS}{script}"));
    check(Measure::MoneyTaken, 3990, &format!("{ORDERS}{}", script.replace("7980", "7980 back 3990")));
}

const OF_BOTH: &str = "
    order A-2 cancelled 1 x 3990 of scene-7
    order A-3 confirmed 1 x 3990 of scene-7
    order A-9 cancelled 1 x 3990 of Ada
";

#[test]
fn cancelled_orders_are_counted_once() {
    let script = OF_BOTH.replacen("scene-7", "scene-7 *", 1);
    check(Measure::Cancelled, 1, &format!("{script}order A-2 cancelled 1 x 3990 of scene-7"));
    check(Measure::Cancelled, 0, ORDERS);
}

#[test]
fn reserved_is_what_is_held_at_the_end() {
    let script = "stock A-2 reserved 1 sold 0
        stock A-9 reserved 7 sold 0
        stock A-3 reserved 2 sold 0
        stock A-2 reserved 2 sold 0 *
        stock A-3 reserved 0 sold 2";
    check(Measure::PiecesReserved, 2, &format!("{ORDERS}{script}"));
    check(Measure::PiecesReserved, 0, ORDERS);
}

#[test]
fn books_that_disagree_are_the_runs_own_at_the_end() {
    let held = "stock A-2 reserved 1 sold 0
        stock A-3 reserved 0 sold 1
        paid A-3 3990";
    let (cancelled, stock) = (OF_BOTH.replacen("scene-7", "scene-7 *", 1), held.replacen("sold 0", "sold 0 *", 1));
    check(Measure::NotAddingUp, 1, &format!("{ORDERS}{cancelled}{stock}"));
    check(Measure::NotAddingUp, 0, &format!("{ORDERS}{OF_BOTH}{held}\nstock A-2 reserved 0 sold 0"));
    // Sold twice, paid once.
    let twice = "order A-3 confirmed 1 x 3990 of scene-7 *
        stock A-3 reserved 0 sold 2 *
        paid A-3 3990 *";
    check(Measure::NotAddingUp, 1, &format!("{ORDERS}{twice}"));
}

#[test]
fn a_send_without_its_orders_key_is_known_by_its_record() {
    let script = "order A-2 open 1 x 3990 of scene-7
        sent e3 order orders kettle OrderPlaced
        append orders 0 @3 A-2 OrderPlaced id e3
        ack e3 order orders 0 @3 all 12ms *";
    check(Measure::Acknowledged { event: placed() }, 1, script);
    check(Measure::Acknowledged { event: placed() }, 0, &script.replace("@3 A-2", "@3 A-9").replace(" *", ""));
}
