//! The shop's books: when the proof holds, when it cannot be said, and when it breaks.

use expect_test::{Expect, expect};
use kafkascope_model::ids::Micros;
use notation::picture;

use crate::show;

/// The books after `script`, at `now` seconds.
#[track_caller]
fn check_books(script: &str, now: f64, expected: Expect) {
    expected.assert_eq(&show::books(&picture(script), Micros((now * 1e6) as u64)));
}

const SHOP: &str = "
    0.000 app order running
    app stock running
    app payment running
    ledger 1
    item kettle created 500 on_hand 500 reserved 0 sold 0
";

fn shop(script: &str) -> String {
    format!("{SHOP}{script}")
}

const CONFIRMED: &str = "
    1.000 order A-1 open 2 x 3990
    1.010 stock A-1 reserved 2 sold 0
    item kettle created 500 on_hand 498 reserved 2 sold 0
    1.500 paid A-1 7980
    1.600 order A-1 confirmed 2 x 3990
    1.700 stock A-1 reserved 0 sold 2
    item kettle created 500 on_hand 498 reserved 0 sold 2
";

#[test]
fn the_proof_settles_then_holds() {
    check_books(
        &shop(CONFIRMED),
        1.9,
        expect![[r#"
        settling: A-1 has just changed
        cents: 7980 taken - 0 refunded = 7980 confirmed + 0 undecided
        pieces: 500 created = 498 on hand + 0 reserved + 2 sold
        orders: 0 open, 1 confirmed, 0 cancelled; wrong: []
    "#]],
    );
    check_books(
        &shop(CONFIRMED),
        2.8,
        expect![[r#"
        holds
        cents: 7980 taken - 0 refunded = 7980 confirmed + 0 undecided
        pieces: 500 created = 498 on hand + 0 reserved + 2 sold
        orders: 0 open, 1 confirmed, 0 cancelled; wrong: []
    "#]],
    );
    let lags = format!("{CONFIRMED}\n hw orders 0 4\ncommitted stock orders 0 3");
    check_books(
        &shop(&lags),
        9.0,
        expect![[r#"
        settling: group stock lags 1
        cents: 7980 taken - 0 refunded = 7980 confirmed + 0 undecided
        pieces: 500 created = 498 on hand + 0 reserved + 2 sold
        orders: 0 open, 1 confirmed, 0 cancelled; wrong: []
    "#]],
    );
    check_books(
        &shop(&format!("{CONFIRMED}\n3.000 app payment killed")),
        9.0,
        expect![[r#"
        settling: the payment app is down
        cents: 7980 taken - 0 refunded = 7980 confirmed + 0 undecided
        pieces: 500 created = 498 on hand + 0 reserved + 2 sold
        orders: 0 open, 1 confirmed, 0 cancelled; wrong: []
    "#]],
    );
    // A second instance is enough, and a scene's reader keeps no books.
    let others = "3.000 app payment killed\napp payment running instance 2\napp reader killed";
    check_books(
        &shop(&format!("{CONFIRMED}\n{others}")),
        9.0,
        expect![[r#"
        holds
        cents: 7980 taken - 0 refunded = 7980 confirmed + 0 undecided
        pieces: 500 created = 498 on hand + 0 reserved + 2 sold
        orders: 0 open, 1 confirmed, 0 cancelled; wrong: []
    "#]],
    );
}

#[test]
fn the_proof_breaks_order_by_order() {
    let paid_twice = format!("{CONFIRMED}\n3.000 paid A-1 15960 times 2");
    check_books(
        &shop(&paid_twice),
        9.0,
        expect![[r#"
        broken
        cents: 15960 taken - 0 refunded = 7980 confirmed + 0 undecided
        pieces: 500 created = 498 on hand + 0 reserved + 2 sold
        orders: 0 open, 1 confirmed, 0 cancelled; wrong: [A-1]
    "#]],
    );
    let given_back = format!("{paid_twice}\n4.000 paid A-1 15960 back 7980 times 2");
    check_books(
        &shop(&given_back),
        9.0,
        expect![[r#"
        broken
        cents: 15960 taken - 7980 refunded = 7980 confirmed + 0 undecided
        pieces: 500 created = 498 on hand + 0 reserved + 2 sold
        orders: 0 open, 1 confirmed, 0 cancelled; wrong: [A-1]
    "#]],
    );
    let kept_for_a_dead_order = "
        1.000 order A-7 open 1 x 3990
        stock A-7 reserved 1 sold 0
        item kettle created 500 on_hand 499 reserved 1 sold 0
        2.000 paid A-7 0 refused
        2.100 order A-7 cancelled 1 x 3990";
    check_books(
        &shop(kept_for_a_dead_order),
        9.0,
        expect![[r#"
        broken
        cents: 0 taken - 0 refunded = 0 confirmed + 0 undecided
        pieces: 500 created = 499 on hand + 0 reserved + 0 sold
        orders: 0 open, 0 confirmed, 1 cancelled; wrong: [A-7]
    "#]],
    );
    let not_told = kept_for_a_dead_order.replace("2.100 order A-7 cancelled 1 x 3990", "");
    check_books(
        &shop(&not_told),
        9.0,
        expect![[r#"
        broken
        cents: 0 taken - 0 refunded = 0 confirmed + 0 undecided
        pieces: 500 created = 499 on hand + 1 reserved + 0 sold
        orders: 1 open, 0 confirmed, 0 cancelled; wrong: [A-7]
    "#]],
    );
    let released =
        format!("{kept_for_a_dead_order}\n3.000 stock A-7 reserved 0 sold 0\n{}", SHOP.lines().nth(5).unwrap());
    check_books(
        &shop(&released),
        9.0,
        expect![[r#"
        holds
        cents: 0 taken - 0 refunded = 0 confirmed + 0 undecided
        pieces: 500 created = 500 on hand + 0 reserved + 0 sold
        orders: 0 open, 0 confirmed, 1 cancelled; wrong: []
    "#]],
    );
}

#[test]
fn old_orders_become_sums_and_broken_ones_stay() {
    let mut script = SHOP.replace("on_hand 500", "on_hand 248");
    for n in 1..=250 {
        let times = if n == 7 { 2 } else { 1 };
        script += &format!(
            "1.000 order A-{n} confirmed 1 x 100\nstock A-{n} reserved 0 sold 1\npaid A-{n} 100 times {times}\n"
        );
    }
    script += "2.000 order A-251 open 1 x 100\nstock A-251 reserved 1 sold 0\norder A-252 open 1 x 100\nstock A-252 reserved 1 sold 0\n";
    check_books(
        &script,
        9.0,
        expect![[r#"
        broken
        cents: 25000 taken - 0 refunded = 25000 confirmed + 0 undecided
        pieces: 500 created = 248 on hand + 2 reserved + 250 sold
        orders: 2 open, 250 confirmed, 0 cancelled; wrong: [A-7]
    "#]],
    );
    let kept: Vec<String> = picture(&script).shop.orders.keys().take(3).map(ToString::to_string).collect();
    expect![[r#"
        [
            "A-7",
            "A-54",
            "A-55",
        ]
    "#]]
    .assert_debug_eq(&kept);
}

/// An app that starts again tells its whole book.
#[test]
fn what_became_a_sum_is_not_counted_again_when_an_app_starts() {
    let mut script = SHOP.replace("on_hand 500", "on_hand 250");
    for n in 1..=250 {
        script += &format!("1.000 order A-{n} confirmed 1 x 100\nstock A-{n} reserved 0 sold 1\npaid A-{n} 100\n");
    }
    let again: String = (1..=250).map(|n| format!("2.000 stock A-{n} reserved 0 sold 1\n")).collect();
    for script in [format!("{script}{again}"), format!("{script}keyframe\n{again}")] {
        check_books(
            &script,
            9.0,
            expect![[r#"
        holds
        cents: 25000 taken - 0 refunded = 25000 confirmed + 0 undecided
        pieces: 500 created = 250 on hand + 0 reserved + 250 sold
        orders: 0 open, 250 confirmed, 0 cancelled; wrong: []
    "#]],
        );
    }
}

#[test]
fn a_new_ledger_opens_empty_books() {
    let script = shop(&format!("{CONFIRMED}\n3.000 paid A-1 15960 times 2\n4.000 ledger 2\nkeyframe"));
    check_books(
        &script,
        9.0,
        expect![[r#"
        holds
        cents: 0 taken - 0 refunded = 0 confirmed + 0 undecided
        pieces: 0 created = 0 on hand + 0 reserved + 0 sold
        orders: 0 open, 0 confirmed, 0 cancelled; wrong: []
    "#]],
    );
    assert_eq!(picture(&script).counters.ledger, 2);
}
