//! In which order an app came to the run's records, where they are, and what it made of them.

use kafkascope_model::verdict::Measure;

use super::{ORDERS, check, placed, s};

/// An order's two events on two partitions, and another's on one.
const APPENDED: &str = "
    2.000 append orders 0 @3 A-2 OrderPlaced id e3
    append orders 1 @3 A-2 OrderConfirmed id c3
    append orders 0 @4 A-3 OrderPlaced id e4
    append orders 0 @5 A-3 OrderConfirmed id c4
    append orders 0 @6 A-9 OrderPlaced id e9
    append stock 0 @0 A-2 StockReserved id s3
";

fn starred(line: &str) -> String {
    APPENDED.replace(line, &format!("{line} *"))
}

#[test]
fn an_order_is_read_out_of_order_where_a_later_event_comes_first() {
    let of = || Measure::OutOfOrder { app: s("reader") };
    let late = "handled reader orders 1 @3 read id c3 *
        handled reader orders 0 @4 read id e4
        handled reader orders 0 @5 read id c4
        handled reader orders 0 @3 read id e3 *
        handled stock orders 0 @3 read id e3";
    check(of(), 1, &format!("{ORDERS}{APPENDED}{late}"));
    // The earlier one is still to come.
    check(of(), 1, &format!("{ORDERS}{APPENDED}handled reader orders 1 @3 read id c3 *"));
    // Read again later, as after a rebalance: the first time counts.
    let again = "handled reader orders 0 @3 read id e3
        handled reader orders 1 @3 read id c3
        handled reader orders 0 @3 read id e3";
    check(of(), 0, &format!("{ORDERS}{APPENDED}{again}"));
    // The app does not read stock, so nothing of it is missing.
    let sold = "append stock 0 @1 A-2 StockSold id s4
        handled reader orders 0 @3 read id e3";
    check(of(), 0, &format!("{ORDERS}{APPENDED}{sold}"));
}

#[test]
fn an_order_is_scattered_where_its_events_are_on_two_partitions() {
    let both = starred("@3 A-2 OrderPlaced id e3").replace("OrderConfirmed id c3", "OrderConfirmed id c3 *");
    check(Measure::Scattered { topic: s("orders") }, 1, &format!("{ORDERS}{both}"));
    check(Measure::Scattered { topic: s("stock") }, 0, &format!("{ORDERS}{APPENDED}"));
}

#[test]
fn the_fullest_partition_has_a_part_of_a_hundred() {
    let of = || Measure::FullestPercent { event: placed() };
    check(of(), None, ORDERS);
    let all = APPENDED.replace("id e3", "id e3 *").replace("id e4", "id e4 *");
    check(of(), 100, &format!("{ORDERS}{all}"));
    let more = "append orders 1 @4 A-2 OrderPlaced id e5";
    check(of(), 66, &format!("{ORDERS}{all}{more}"));
}

#[test]
fn the_busiest_instance_handled_a_part_of_a_hundred() {
    let of = || Measure::BusiestPercent { app: s("reader"), event: placed() };
    let script = "handled reader orders 0 @3 read id e3 *
        handled reader orders 0 @4 read id e4 *
        handled reader orders 0 @6 read id e9 instance 2
        handled reader orders 0 @3 read id e3 instance 2
        handled reader orders 0 @5 read id c4 instance 2";
    check(of(), 100, &format!("{ORDERS}{APPENDED}{script}"));
    let even = script.replace("id e4 *", "id e4 instance 2").replace("id e3 *", "id e3");
    let even = even.replacen("id e4 instance 2", "id e4 instance 2 *", 1);
    check(of(), 50, &format!("{ORDERS}{APPENDED}{even}"));
    check(of(), None, &format!("{ORDERS}{APPENDED}"));
}

#[test]
fn a_wait_ends_with_the_work_whoever_did_it() {
    let of = || Measure::HandledAfterMs { app: s("reader"), event: placed() };
    let script = "2.100 handled reader orders 0 @3 read id e3
        2.700 handled reader orders 0 @4 read id e4 instance 2 *
        9.000 handled reader orders 0 @3 read id e3
        9.500 handled stock orders 0 @4 read id e4";
    check(of(), 700, &format!("{ORDERS}{}{script}", starred("@4 A-3 OrderPlaced id e4")));
    check(of(), None, &format!("{ORDERS}{APPENDED}"));
}

#[test]
fn a_record_that_cannot_be_read_counts_once() {
    let script = "unreadable stock orders 0 @3 *
        unreadable stock orders 0 @3 put-aside
        unreadable payment orders 0 @4";
    check(Measure::Unreadable { app: s("stock") }, 1, &format!("{ORDERS}{script}"));
    check(Measure::Unreadable { app: s("order") }, 0, &format!("{ORDERS}{}", script.replace(" *", "")));
}

#[test]
fn what_a_state_machine_refused_and_where_it_stands() {
    let script = "life view A-2 unknown PaymentTaken unknown refused
        life view A-2 unknown OrderPlaced open taken
        life view A-3 unknown PaymentTaken unknown parked
        life view A-9 unknown PaymentTaken unknown refused
        life order A-2 open PaymentTaken open refused
        life view A-2 open OrderConfirmed open refused";
    let refused = script.replacen("refused", "refused *", 1).replace("open refused", "open refused *");
    let refused =
        refused.replace("order A-2 open PaymentTaken open refused *", "order A-2 open PaymentTaken open refused");
    check(Measure::TransitionsRefused { app: s("view") }, 2, &format!("{ORDERS}{refused}"));
    let parked = script.replace("parked", "parked *");
    check(Measure::TransitionsParked { app: s("view") }, 1, &format!("{ORDERS}{parked}"));
    let stands = script.replace("OrderConfirmed open refused", "OrderConfirmed open refused *");
    check(Measure::StandsAs { app: s("view"), state: s("open") }, 1, &format!("{ORDERS}{stands}"));
    check(Measure::StandsAs { app: s("view"), state: s("confirmed") }, 0, &format!("{ORDERS}{script}"));
}
