//! Ready and green, step by step: each step is what was missing before it.

use expect_test::{Expect, expect};
use kafkascope_model::{
    green::{missing, on_its_way, waiting_for},
    ids::Micros,
};
use notation::picture;

/// What is waited for before each step, and after the last.
fn steps(steps: &[&str]) -> String {
    let mut script = String::new();
    let mut text = String::new();
    for step in steps {
        script += &format!("{step}\n");
        text += &format!("{}\n", waiting_for(&picture(&script)).unwrap_or_else(|| String::from("ready")));
    }
    text
}

#[test]
fn readiness_step_by_step() {
    let topic = |name: &str| {
        (0..2).map(|n| format!("{name} {n} leader 1 epoch 1 isr 1,2,3\ntail {name} {n} b1\n")).collect::<String>()
    };
    let (orders, payments, stock) = (topic("orders"), topic("payments"), topic("stock"));
    let text = steps(&[
        "0.000 session local",
        "broker 1 active\nbroker 2 active",
        "broker 3 fenced",
        "broker 3 active",
        "topic orders 2\norders 0 leader 1 epoch 1 isr 1,2,3\ntail orders 0 b1",
        "orders 1 leader 1 epoch 1 isr 1,2",
        "orders 1 leader 1 epoch 1 isr 1,2,3",
        &orders,
        &payments,
        &stock,
        "__consumer_offsets 0 leader 1 epoch 1 isr 1,2,3",
        "__transaction_state 0 leader 1 epoch 1 isr 1,2,3",
        "group order Stable\ngroup payment Stable\ngroup stock PreparingRebalance",
        "group stock Stable",
        "item kettle created 500 on_hand 500 reserved 0 sold 0",
    ]);
    expect![[r#"
        three active brokers (0 so far)
        three active brokers (2 so far)
        three active brokers (2 so far)
        topic orders with all its replicas in sync
        topic orders with all its replicas in sync
        topic orders with all its replicas in sync
        the tail of topic orders
        topic payments with all its replicas in sync
        topic stock with all its replicas in sync
        topic __consumer_offsets with all its replicas in sync
        topic __transaction_state with all its replicas in sync
        group order to be Stable
        group stock to be Stable
        the first item
        ready
    "#]]
    .assert_eq(&text);
}

#[test]
fn somebody_elses_cluster_is_ready_when_it_answers() {
    let text = steps(&["0.000 session external", "broker 1 active", "read 1"]);
    expect![[r#"
        an answer of the cluster
        an answer of the cluster
        ready
    "#]]
    .assert_eq(&text);
}

const GREEN: &str = "
    0.000 session local
    broker 1 running
    broker 2 running
    broker 1 active
    broker 2 active
    controller 101 running
    controller leads 101 epoch 1
    orders 0 leader 1 epoch 1 isr 1,2 replicas 1,2
    hw orders 0 4
    group order Stable
    group payment Stable
    group stock Stable stock-1=orders:0
    committed stock orders 0 4
    app order running
    app payment running
    app stock running
    guard order inbox on
    guard order outbox off
    guard order transactions off
    item kettle created 500 on_hand 500 reserved 0 sold 0
";

/// What is missing after `script`, one a line.
#[track_caller]
fn check(script: &str, expected: Expect) {
    let picture = picture(&format!("{GREEN}{script}"));
    let text: Vec<String> = missing(&picture, Micros(picture.at.0 + 2_000_000));
    expected.assert_eq(&text.join("\n"));
}

#[test]
fn green_is_nothing_missing() {
    check("", expect![[""]]);
}

#[test]
fn what_is_missing_is_named() {
    check(
        "1.000 controller 101 killed\ncontroller leads -1 epoch 1",
        expect![[r#"
        controller 101 is not running
        no controller answers"#]],
    );
    check("1.000 broker 2 killed", expect!["broker 2 is not back"]);
    check("1.000 broker 2 fenced", expect!["broker 2 is not back"]);
    check("1.000 broker 2 silent", expect!["broker 2 does not answer"]);
    check(
        "1.000 broker 1 silent",
        expect![[r#"
        broker 1 does not answer
        the leader of orders 0 does not answer"#]],
    );
    check("1.000 orders 0 leader 1 epoch 1 isr 1 replicas 1,2", expect!["orders 0 has 1 of 2 replicas in sync"]);
    check(
        "1.000 orders 0 leader 2 epoch 2 isr 1,2 replicas 1,2",
        expect!["orders 0 is not led by its preferred leader"],
    );
    // A leader that has come back gives no consumer what it does not know to be committed.
    check("1.000 hw orders 0 2 end 4", expect!["orders 0 is committed up to 2 of 4"]);
    check("1.000 producer orders 0 4000 txn 3", expect!["orders 0 has an open transaction of producer 4000"]);
    check(
        "1.000 hw orders 0 6\ngroup stock PreparingRebalance",
        expect![[r#"
        group stock is PreparingRebalance and lags 2
        group stock lags 2"#]],
    );
    // Nobody is given markers and what was aborted: they stay in the lag of a group that has read all.
    let aborted = "1.000 append orders 0 @4 A-9 OrderPlaced producer 4000 transactional\nmarker orders 0 @5 abort producer 4000\n";
    check(&format!("{aborted}hw orders 0 6"), expect![""]);
    let committed = "append orders 0 @6 A-9 OrderPlaced producer 4000 transactional\nmarker orders 0 @7 commit producer 4000\nhw orders 0 8";
    check(
        &format!("{aborted}{committed}"),
        expect![[r#"
        group stock is Stable and lags 1
        group stock lags 1"#]],
    );
    check(
        "1.000 guard order inbox off\nguard order outbox on",
        expect![[r#"
        guard inbox of order is not at its default
        guard outbox of order is not at its default"#]],
    );
    check(
        "1.000 app stock paused",
        expect![[r#"
        app stock 1 is not running
        the stock app is down"#]],
    );
    check("1.000 paid A-1 100\nitem kettle created 500 on_hand 490 reserved 0 sold 0", expect!["the proof is broken"]);
}

#[test]
fn a_record_on_its_way_is_named_until_it_is_read() {
    let coming = |script: &str, until: u64, after: u64| {
        let picture = picture(&format!("{GREEN}{script}"));
        on_its_way(&picture, Micros(until), Micros(picture.at.0 + after)).unwrap_or_default()
    };
    let sent = "1.000 sent e9 order orders A-9 OrderPlaced\n";
    assert_eq!(coming(sent, 1_000_000, 100_000), "a send of app order has no answer yet");
    assert_eq!(coming(sent, 999_999, 100_000), "", "sent later than is asked for");
    assert_eq!(coming(sent, 1_000_000, 10_000_000), "", "nobody waits for its answer for ever");
    // Its producer knows, the tail does not yet.
    let acknowledged = format!("{sent}1.001 ack e9 order orders 0 @4 all 1ms\n");
    let unread = "orders 0 has offset 4, which is not committed yet";
    assert_eq!(coming(&acknowledged, 1_001_000, 100_000), unread);
    assert_eq!(coming(&acknowledged, 1_001_000, 2_000_000), "", "with acks=1 it may be gone with its leader");
    let read = format!("{acknowledged}append orders 0 @4 A-9 OrderPlaced id e9\n");
    assert_eq!(coming(&read, 2_000_000, 100_000), unread, "the watermark is not known to have passed it");
    assert_eq!(coming(&format!("{read}hw orders 0 5"), 2_000_000, 100_000), "");
    assert_eq!(coming(&format!("{sent}app order killed"), 1_000_000, 100_000), "", "who is dead waits for nothing");
}

#[test]
fn what_a_scene_started_may_be_gone_again_but_not_paused() {
    check(
        "1.000 app reader running\napp stock running instance 2\n2.000 app reader stopped\napp stock stopped instance 2",
        expect![[""]],
    );
    check(
        "1.000 app reader paused\napp stock starting instance 2",
        expect![[r#"
        app reader 1 is not running
        app stock 2 is not running"#]],
    );
}

/// How much group stock lags on `orders 0`, and how much of that there is to read for it.
#[track_caller]
fn unread(script: &str, expected: (i64, i64)) {
    let picture = picture(&format!("{GREEN}{script}"));
    let group = picture.groups.get("stock").unwrap();
    assert_eq!((picture.total_lag(group), picture.unread(group)), expected);
}

#[test]
fn markers_and_aborted_records_are_nothing_to_read() {
    let behind = "1.000 append orders 0 @4 A-2 OrderPlaced producer 4000 transactional
        marker orders 0 @5 abort producer 4000
        marker orders 0 @6 commit producer 4001
        hw orders 0 7";
    unread(behind, (3, 0));
    check(behind, expect![[""]]);
    // A record behind them is to be read.
    let more = format!("{behind}\nappend orders 0 @7 A-3 OrderPlaced\nhw orders 0 8");
    unread(&more, (4, 1));
    check(
        &more,
        expect![[r#"
        group stock is Stable and lags 1
        group stock lags 1"#]],
    );
    unread(&format!("{more}\ncommitted stock orders 0 8"), (0, 0));
}

#[test]
fn what_may_still_be_read_is_not_hidden() {
    // Its transaction is open, or was committed; the marker is another producer's, or its own next transaction's.
    unread("1.000 append orders 0 @4 A-2 OrderPlaced producer 4000 transactional\nhw orders 0 5", (1, 1));
    let decided = |marker: &str| {
        format!("1.000 append orders 0 @4 A-2 OrderPlaced producer 4000 transactional\n{marker}\nhw orders 0 6")
    };
    unread(&decided("marker orders 0 @5 commit producer 4000"), (2, 1));
    unread(&decided("marker orders 0 @5 abort producer 4001"), (2, 1));
    let next = "marker orders 0 @5 commit producer 4000\nmarker orders 0 @6 abort producer 4000";
    unread(&decided(next), (2, 1));
    // A marker above the high watermark is in no lag, so there is nothing to take off for it.
    unread("1.000 append orders 0 @4 A-2 OrderPlaced\nmarker orders 0 @5 commit producer 4000\nhw orders 0 5", (1, 1));
    // A record of which only the acknowledgement was seen.
    unread("1.000 ack e4 order orders 0 @4 all 4ms\nhw orders 0 5", (1, 1));
    unread("1.000 marker orders 0 @5 commit producer 4000\nhw orders 0 6\ncommitted stock orders 0 9", (0, 0));
}
