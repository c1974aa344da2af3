//! The fold on short histories: what a failing cluster shows, and when each thing was seen.

use expect_test::{Expect, expect};
use kafkascope_model::{Surprise, ids::Micros, keyframe::keyframe, picture::Picture};

use crate::{
    notation::{facts, picture},
    show,
};

/// The cluster after `script`; the same where it went through a keyframe at its end.
#[track_caller]
fn check(script: &str, expected: Expect) {
    let picture = picture(script);
    expected.assert_eq(&show::cluster(&picture));
    let rebuilt = Picture::of(&keyframe(&picture));
    assert_eq!(show::cluster(&rebuilt), show::cluster(&picture), "it must survive a keyframe");
}

/// The books after `script`, at `now` seconds.
#[track_caller]
fn check_books(script: &str, now: f64, expected: Expect) {
    expected.assert_eq(&show::books(&picture(script), Micros((now * 1e6) as u64)));
}

#[track_caller]
fn surprises(script: &str) -> Vec<Surprise> {
    let mut picture = Picture::default();
    facts(script).iter().filter_map(|fact| picture.fold(fact)).collect()
}

const THREE: &str = "
    0.000 session local
    broker 1 running
    broker 2 running
    broker 3 running
    orders 0 leader 2 epoch 5 isr 1,2,3
    tail orders 0 b2
";

fn three(script: &str) -> String {
    format!("{THREE}{script}")
}

#[test]
fn a_killed_leader_is_an_outage_until_another_leads() {
    let killed = three("1.200 broker 2 killed");
    check(
        &killed,
        expect![[r#"
        broker 2 dead absent unreachable
        orders 0 leader 2 (unreachable) epoch 5 isr 1,2,3 outage 1.200.. of 2
    "#]],
    );
    let isr = format!("{killed}\n1.300 broker 2 silent\n4.000 orders 0 leader 2 epoch 5 isr 1,3");
    check(
        &isr,
        expect![[r#"
        broker 2 dead absent unreachable
        orders 0 leader 2 (unreachable) epoch 5 isr 1,3 outage 1.200.. of 2
    "#]],
    );
    let led = format!("{isr}\n4.100 broker 2 fenced\norders 0 leader 3 epoch 6 isr 1,3");
    check(
        &led,
        expect![[r#"
        broker 2 dead fenced unreachable
        orders 0 leader 3 epoch 6 isr 1,3 outage 1.200..4.100 of 2
    "#]],
    );
    // Back again: it follows, and the outage of before stays known.
    let back = format!("{led}\n9.000 broker 2 starting\n12.000 broker 2 answers\n12.100 broker 2 running");
    check(
        &back,
        expect![[r#"
        broker 2 running fenced reachable
        orders 0 leader 3 epoch 6 isr 1,3 outage 1.200..4.100 of 2
    "#]],
    );
}

#[test]
fn a_leader_that_is_starting_again_does_not_answer_yet() {
    let script = three("1.000 broker 2 killed\n1.500 broker 2 starting");
    check(
        &script,
        expect![[r#"
        broker 2 starting absent unreachable
        orders 0 leader 2 (unreachable) epoch 5 isr 1,2,3 outage 1.000.. of 2
    "#]],
    );
    check(
        &format!("{script}\n3.000 broker 2 answers"),
        expect![[r#"
        broker 2 starting absent reachable
        orders 0 leader 2 epoch 5 isr 1,2,3 outage 1.000..3.000 of 2
    "#]],
    );
}

#[test]
fn no_leader_at_all_is_an_outage_of_the_one_before() {
    check(
        &three("2.000 orders 0 leader -1 epoch 6 isr 2"),
        expect![[r#"
        orders 0 leader -1 (unreachable) epoch 6 isr 2 outage 2.000.. of 2
    "#]],
    );
}

#[test]
fn a_paused_broker_is_silent_once_nobody_reaches_it() {
    let script = three("1.000 broker 2 paused");
    check(
        &script,
        expect![[r#"
        broker 2 paused absent reachable
        orders 0 leader 2 epoch 5 isr 1,2,3
    "#]],
    );
    let script = format!("{script}\n1.300 broker 2 silent");
    check(
        &script,
        expect![[r#"
        broker 2 paused absent unreachable
        orders 0 leader 2 (unreachable) epoch 5 isr 1,2,3 outage 1.300.. of 2
    "#]],
    );
    let script = format!("{script}\n9.000 orders 0 leader 1 epoch 6 isr 1,3\nbroker 2 fenced");
    check(
        &script,
        expect![[r#"
        broker 2 paused fenced unreachable
        orders 0 leader 1 epoch 6 isr 1,3 outage 1.300..9.000 of 2
    "#]],
    );
    check(
        &format!("{script}\n20.000 broker 2 running\n20.100 broker 2 answers\nbroker 2 active"),
        expect![[r#"
        broker 2 running active reachable
        orders 0 leader 1 epoch 6 isr 1,3 outage 1.300..9.000 of 2
    "#]],
    );
}

#[test]
fn an_outage_survives_a_keyframe_open_and_closed() {
    let open = three("1.200 broker 2 killed\n2.000 hw orders 0 0\nkeyframe");
    check(
        &open,
        expect![[r#"
        broker 2 dead absent unreachable
        orders 0 leader 2 (unreachable) epoch 5 isr 1,2,3 hw 0 outage 1.200.. of 2
    "#]],
    );
    check(
        &format!("{open}\n4.100 orders 0 leader 3 epoch 6 isr 1,3\nkeyframe\n5.000 read 1,3"),
        expect![[r#"
        broker 2 dead absent unreachable
        orders 0 leader 3 epoch 6 isr 1,3 hw 0 outage 1.200..4.100 of 2
    "#]],
    );
}

#[test]
fn a_records_journey() {
    let script = three(
        "1.000 sent e0 order orders A-1 OrderPlaced
        1.010 append orders 0 @0 A-1 OrderPlaced epoch 5
        1.020 copied orders 0 b1 1
        1.024 hw orders 0 1
        1.030 ack e0 order orders 0 @0 all 25ms
        1.040 position stock orders 0 1
        1.050 handled stock orders 0 @0 reserved
        1.100 committed stock orders 0 1",
    );
    check(
        &script,
        expect![[r#"
        orders 0 leader 2 epoch 5 isr 1,2,3 ends b1=1 b2=1 hw 1
          @0 A-1 OrderPlaced, sent 1.000 by order, b1 1.020, b2 1.010, b3 1.024, committed 1.024, acks=all 1.030, read stock 1.040, handled stock reserved
        group stock  lag 0
          orders 0 committed 1 lag 0
    "#]],
    );
}

#[test]
fn an_ack_of_all_replicas_proves_the_commit_even_before_the_record_is_read() {
    let script = three("1.000 sent e0 order orders A-1 OrderPlaced\n1.030 ack e0 order orders 0 @0 all 25ms");
    check(
        &script,
        expect![[r#"
        orders 0 leader 2 epoch 5 isr 1,2,3
          @0 unseen, sent 1.000 by order, b1 1.030, b2 1.030, b3 1.030, committed 1.030, acks=all 1.030
    "#]],
    );
    check(
        &format!("{script}\n1.040 append orders 0 @0 A-1 OrderPlaced epoch 5"),
        expect![[r#"
        orders 0 leader 2 epoch 5 isr 1,2,3 ends b2=1
          @0 A-1 OrderPlaced, sent 1.000 by order, b1 1.030, b2 1.030, b3 1.030, committed 1.030, acks=all 1.030
    "#]],
    );
}

#[test]
fn an_ack_of_the_leader_alone_proves_nothing_else() {
    check(
        &three(
            "1.000 append orders 0 @0 A-1 OrderPlaced epoch 5
            append orders 0 @1 A-1 PaymentTaken epoch 5
            1.010 ack e1 order orders 0 @1 1 5ms",
        ),
        expect![[r#"
            orders 0 leader 2 epoch 5 isr 1,2,3 ends b2=2
              @0 A-1 OrderPlaced, b2 1.000
              @1 A-1 PaymentTaken, b2 1.000, acks=1 1.010
        "#]],
    );
}

#[test]
fn a_commit_further_up_commits_everything_below() {
    check(
        &three(
            "1.000 append orders 0 @0 A-1 OrderPlaced epoch 5
            append orders 0 @1 A-1 PaymentTaken epoch 5
            1.010 ack e1 order orders 0 @1 all 5ms
            2.000 hw orders 0 2",
        ),
        expect![[r#"
            orders 0 leader 2 epoch 5 isr 1,2,3 ends b2=2 hw 2
              @0 A-1 OrderPlaced, b1 1.010, b2 1.000, b3 1.010, committed 1.010
              @1 A-1 PaymentTaken, b1 1.010, b2 1.000, b3 1.010, committed 1.010, acks=all 1.010
        "#]],
    );
}

#[test]
fn copies_readers_and_the_watermark_may_be_known_before_the_record() {
    check(
        &three(
            "0.900 copied orders 0 b1 3
            copied orders 0 b3 2
            hw orders 0 2
            committed stock orders 0 2
            1.000 append orders 0 @1 A-1 OrderPlaced epoch 5
            append orders 0 @2 A-2 OrderPlaced epoch 5",
        ),
        expect![[r#"
            orders 0 leader 2 epoch 5 isr 1,2,3 ends b1=3 b2=3 b3=2 hw 2
              @1 A-1 OrderPlaced, b1 1.000, b2 1.000, b3 1.000, committed 1.000, read stock 1.000
              @2 A-2 OrderPlaced, b1 1.000, b2 1.000
            group stock  lag 0
              orders 0 committed 2 lag 0
        "#]],
    );
}

#[test]
fn a_replica_that_comes_back_gets_its_older_copies_too() {
    check(
        &three(
            "1.000 append orders 0 @0 A-1 OrderPlaced epoch 5
            1.010 hw orders 0 1
            2.000 broker 3 killed
            2.100 orders 0 leader 2 epoch 5 isr 1,2
            2.200 append orders 0 @1 A-2 OrderPlaced epoch 5
            2.210 hw orders 0 2
            8.000 broker 3 running
            8.500 orders 0 leader 2 epoch 5 isr 1,2,3
            9.000 append orders 0 @2 A-3 OrderPlaced epoch 5
            9.010 hw orders 0 3",
        ),
        expect![[r#"
            orders 0 leader 2 epoch 5 isr 1,2,3 ends b2=3 hw 3
              @0 A-1 OrderPlaced, b1 1.010, b2 1.000, b3 1.010, committed 1.010
              @1 A-2 OrderPlaced, b1 2.210, b2 2.200, b3 9.010, committed 2.210
              @2 A-3 OrderPlaced, b1 9.010, b2 9.000, b3 9.010, committed 9.010
        "#]],
    );
}

#[test]
fn a_silent_broker_is_not_said_to_have_a_copy() {
    check(
        &three(
            "1.000 broker 3 killed
            1.100 append orders 0 @0 A-1 OrderPlaced epoch 5
            # The watermark moves because the in-sync set shrank, which is seen a moment later.
            4.000 hw orders 0 1
            4.050 orders 0 leader 2 epoch 5 isr 1,2",
        ),
        expect![[r#"
            broker 3 dead absent unreachable
            orders 0 leader 2 epoch 5 isr 1,2 ends b2=1 hw 1
              @0 A-1 OrderPlaced, b1 4.000, b2 1.100, committed 4.000
        "#]],
    );
}

#[test]
fn an_acknowledged_record_that_is_taken_back_is_lost() {
    let script = three(
        "1.000 sent e0 order orders A-1 OrderPlaced
        1.010 append orders 0 @0 A-1 OrderPlaced epoch 5
        1.011 ack e0 order orders 0 @0 1 1ms
        1.500 append orders 0 @1 A-2 OrderPlaced epoch 5
        2.000 broker 2 killed
        5.000 orders 0 leader 3 epoch 6 isr 3
        5.100 truncated orders 0 0..2 epoch 6
        5.110 tail orders 0 b3",
    );
    check(
        &script,
        expect![[r#"
        broker 2 dead absent unreachable
        orders 0 leader 3 epoch 6 isr 3 ends b2=2 outage 2.000..5.000 of 2
          lost @0 (acknowledged) 5.100
          lost @1 5.100
    "#]],
    );
    // Another record takes the offset: what the dead leader had there was not this one.
    let script = format!("{script}\n5.200 append orders 0 @0 A-3 OrderPlaced epoch 6 id e9");
    check(
        &script,
        expect![[r#"
        broker 2 dead absent unreachable
        orders 0 leader 3 epoch 6 isr 3 ends b2=2 b3=1 outage 2.000..5.000 of 2
          @0 A-3 OrderPlaced, b3 5.200
          lost @0 (acknowledged) 5.100
          lost @1 5.100
    "#]],
    );
}

#[test]
fn a_second_record_at_an_offset_inherits_nothing() {
    let script = three(
        "1.000 append orders 0 @0 A-1 OrderPlaced epoch 5
        1.010 ack e0 order orders 0 @0 1 1ms
        6.000 append orders 0 @0 A-3 OrderPlaced epoch 6 id e9",
    );
    check(
        &script,
        expect![[r#"
        orders 0 leader 2 epoch 5 isr 1,2,3 ends b2=1
          @0 A-3 OrderPlaced, b2 6.000
        surprises 1
    "#]],
    );
    assert_eq!(surprises(&script).len(), 1);
}

#[test]
fn a_send_that_is_told_late_is_still_the_records() {
    let seen = three("1.010 append orders 0 @0 A-1 OrderPlaced epoch 5");
    check(
        &format!("{seen}\n1.000 sent e0 order orders A-1 OrderPlaced"),
        expect![[r#"
        orders 0 leader 2 epoch 5 isr 1,2,3 ends b2=1
          @0 A-1 OrderPlaced, sent 1.000 by order, b2 1.010
        e0 of order waits since 1.000
    "#]],
    );
    let answered = format!("{seen}\n1.020 ack e0 order orders 0 @0 1 1ms\n1.000 sent e0 order orders A-1 OrderPlaced");
    check(
        &answered,
        expect![[r#"
        orders 0 leader 2 epoch 5 isr 1,2,3 ends b2=1
          @0 A-1 OrderPlaced, sent 1.000 by order, b2 1.010, acks=1 1.020
    "#]],
    );
}

#[test]
fn sends_wait_until_they_are_answered_refused_or_their_app_is_gone() {
    let sends = "
        1.000 sent e1 order orders A-1 OrderPlaced
        sent e2 order orders A-2 OrderPlaced
        sent e3 order orders A-3 OrderPlaced
        sent e4 payment payments A-3 PaymentTaken";
    check(
        &format!("{sends}\n2.000 ack e1 order orders 0 @0 all 4ms"),
        expect![[r#"
        orders 0
          @0 unseen, sent 1.000 by order, committed 2.000, acks=all 2.000
        e2 of order waits since 1.000
        e3 of order waits since 1.000
        e4 of payment waits since 1.000
    "#]],
    );
    check(
        &format!("{sends}\n2.000 refused e2 order orders NOT_ENOUGH_REPLICAS"),
        expect![[r#"
        e1 of order waits since 1.000
        e3 of order waits since 1.000
        e4 of payment waits since 1.000
    "#]],
    );
    check(
        &format!("{sends}\n2.000 app order killed"),
        expect![[r#"
        e4 of payment waits since 1.000
    "#]],
    );
    // acks=0: the producer is not told where it is.
    check(
        &format!("{sends}\n2.000 ack e1 order orders 0 @-1001 0 0ms"),
        expect![[r#"
        e2 of order waits since 1.000
        e3 of order waits since 1.000
        e4 of payment waits since 1.000
    "#]],
    );
}

#[test]
fn a_group_lags_from_its_commit_or_from_the_logs_start() {
    check(
        "1.000 hw orders 0 10
        hw orders 1 7 start 2
        group stock Stable stock-1=orders:0,orders:1
        committed stock orders 0 4",
        expect![[r#"
            orders 0 hw 10
            orders 1 hw 7
            group stock Stable lag 11
              orders 0 committed 4 lag 6
              orders 1 committed - lag 5
        "#]],
    );
    check(
        "1.000 hw orders 0 10\ncommitted stock orders 0 12\ncommitted stock orders 1 3",
        expect![[r#"
        orders 0 hw 10
        group stock  lag 0
          orders 0 committed 12 lag 0
          orders 1 committed 3 lag 0
    "#]],
    );
}

#[test]
fn batches_are_counted_as_merged_and_move_the_log_end() {
    check(
        &three("1.000 batch orders 0 @0 x500\ngap 3"),
        expect![[r#"
        orders 0 leader 2 epoch 5 isr 1,2,3 ends b2=500
        merged 500
        dropped 3
    "#]],
    );
}

#[test]
fn what_cannot_be_explained_is_a_surprise() {
    let script = three(
        "1.000 orders 0 leader 1 epoch 4 isr 1,2,3
        2.000 hw orders 0 8
        3.000 hw orders 0 7
        # A new leader may know of less.
        4.000 orders 0 leader 3 epoch 6 isr 1,3
        4.100 hw orders 0 6
        kind replica_lagged",
    );
    expect![[r#"
        [
            EpochWentBack(
                PartitionId {
                    topic: "orders",
                    partition: 0,
                },
            ),
            WatermarkWentBack(
                PartitionId {
                    topic: "orders",
                    partition: 0,
                },
            ),
            UnknownKind(
                "replica_lagged",
            ),
        ]
    "#]]
    .assert_debug_eq(&surprises(&script));
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
