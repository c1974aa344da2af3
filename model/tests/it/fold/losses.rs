//! Records that are taken back, replaced, or sent and never answered.

use expect_test::expect;

use super::{check, surprises, three};

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
