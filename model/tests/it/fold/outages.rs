//! Leaders that are killed, paused or named by nobody: since when, until when.

use expect_test::expect;

use super::{check, three};

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
