//! What a record meets, in whatever order it is seen.

use expect_test::expect;

use super::{check, three};

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
