//! One sentence for each rule, from the facts it is about.

use expect_test::expect;
use kafkascope_model::{caption::caption, ids::Micros};

use super::{calm, check};
use notation::picture;

/// Nothing but the calm sentence is said.
#[track_caller]
fn quiet(script: &str, later: u64) {
    let picture = picture(script);
    let text = caption(&picture, Micros(picture.at.0 + later * 1000)).text();
    assert!(text.starts_with("All three brokers are in sync."), "{text}");
}

/// Broker 2 is killed, and broker 3 leads what it led.
const MOVED: &str = "
    29.000 append orders 1 @9 A-1 OrderPlaced epoch 1
    ack e9 order orders 1 @9 all 1ms
    hw orders 1 10
    30.000 broker 2 killed
    33.000 broker 2 fenced
    orders 1 leader 3 epoch 2 isr 1,3
    __consumer_offsets 0 leader 1 epoch 2 isr 1,3
";

fn moved(script: &str) -> String {
    calm(&format!("{MOVED}{script}"))
}

#[test]
fn nothing_was_lost_is_said_when_the_new_leaders_log_was_read_back() {
    let checking = || {
        expect![
            "Broker 2 is gone. For 3.0 s orders 1 had no working leader; broker 3 leads now. Checking what was acknowledged."
        ]
    };
    let kept = || {
        expect![
            "Broker 2 is gone. For 3.0 s orders 1 had no working leader; broker 3 leads now. Nothing acknowledged was lost."
        ]
    };
    check(&moved(""), 9000, checking());
    // The tail compares the logs before it attaches; the leader has not said yet what is committed.
    check(&moved("33.100 tail orders 1 b3"), 9000, checking());
    check(&moved("33.100 tail orders 1 b3\nhw orders 1 9 end 10"), 9000, checking());
    check(&moved("33.100 tail orders 1 b3\nhw orders 1 10"), 9000, kept());
    // It is the old leader's log that was read, or what it said before.
    check(&moved("33.100 tail orders 1 b2\nhw orders 1 10"), 9000, checking());
    check(&moved("33.100 hw orders 1 10\ntail orders 1 b3"), 9000, checking());
    // An acknowledged record that nobody has read; one that the new leader took says nothing of the old.
    let unread = "ack e10 order orders 1 @10 all 1ms\n";
    let script = MOVED.replace("30.000 broker", &format!("{unread}30.000 broker"));
    check(&calm(&format!("{script}33.100 tail orders 1 b3\nhw orders 1 11")), 9000, checking());
    let later = "33.100 tail orders 1 b3\nhw orders 1 10\nappend orders 1 @10 A-2 OrderPlaced epoch 2\nack e10 order orders 1 @10 1 1ms";
    check(&moved(later), 500, kept());
    // Our own sight failed, or nobody's acknowledgements are watched: no word of it.
    let silent = || expect!["Broker 2 is gone. For 3.0 s orders 1 had no working leader; broker 3 leads now."];
    check(&moved("33.100 gap 3\ntail orders 1 b3\nhw orders 1 10"), 9000, silent());
    let unwatched = MOVED.replace("ack e9 order orders 1 @9 all 1ms\n", "");
    check(&calm(&format!("{unwatched}33.100 tail orders 1 b3\nhw orders 1 10")), 9000, silent());
    check(
        &moved(
            "33.050 truncated orders 1 9..10 epoch 2\ntail orders 1 b3\nhw orders 1 9\nappend orders 1 @9 A-2 OrderPlaced id e1 epoch 2\nack e1 order orders 1 @9 all 1ms",
        ),
        20_000,
        expect![
            "Broker 2 is gone. For 3.0 s orders 1 had no working leader; broker 3 leads now. 1 acknowledged record was lost."
        ],
    );
}

#[test]
fn many_partitions_are_counted_where_their_names_do_not_fit() {
    let four = "payments 0 leader 2 epoch 1 isr 1,2,3\nstock 1 leader 2 epoch 1 isr 1,2,3\n30.000 broker 2 killed";
    let led = "33.000 orders 1 leader 3 epoch 2 isr 1,3\npayments 0 leader 1 epoch 2 isr 1,3\nstock 1 leader 3 epoch 2 isr 1,3";
    check(
        &calm(&format!("{four}\n{led}")),
        9000,
        expect![
            "Broker 2 is gone. For 3.0 s orders 1, payments 0 and stock 1 had no working leader; brokers 1 and 3 lead now."
        ],
    );
    let acknowledged = "29.000 append orders 1 @9 A-1 OrderPlaced epoch 1\nack e9 order orders 1 @9 all 1ms\n";
    check(
        &calm(&format!("{acknowledged}{four}\n{led}")),
        9000,
        expect![
            "Broker 2 is gone. For 3.0 s orders 1, payments 0 and stock 1 had no working leader. Checking what was acknowledged."
        ],
    );
}

#[test]
fn brokers_that_go_together_are_named_together() {
    let two = "30.000 broker 2 killed\n30.100 broker 3 killed";
    check(
        &calm(two),
        1000,
        expect!["Brokers 2 and 3 stopped answering, the first 1.1 s ago. orders 1 and 2 wait for a new leader."],
    );
    check(
        &calm(&format!("{two}\ncontroller leads -1 epoch 1")),
        1000,
        expect![
            "Brokers 2 and 3 stopped answering, the first 1.1 s ago. 2 partitions wait for a new leader; no controller can name one."
        ],
    );
}

#[test]
fn a_broker_that_is_asked_to_stop_hands_over_first() {
    check(
        &calm("30.000 broker 2 stopping\n30.200 orders 1 leader 3 epoch 2 isr 1,2,3"),
        200,
        expect!["Broker 2 is stopping. It handed over orders 1 first; broker 3 leads now."],
    );
    check(
        &calm("30.000 broker 2 stopping"),
        200,
        expect!["Broker 2 is stopping. 3 partitions still count it as in sync."],
    );
}

#[test]
fn a_paused_broker_is_fenced() {
    check(
        &calm("30.000 broker 2 paused\nbroker 2 silent\n39.000 broker 2 fenced\norders 1 leader 1 epoch 2 isr 1,3"),
        5000,
        expect!["Broker 2 is paused and fenced. For 9.0 s orders 1 had no working leader; broker 1 leads now."],
    );
}

#[test]
fn nobody_tells_the_clusters_state() {
    quiet(&calm("30.000 read 1,2,3"), 3900);
    check(
        &calm("30.000 read 1,2,3"),
        4100,
        expect!["No broker has told the cluster's state for 4.1 s: what is drawn is as old as that."],
    );
}

#[test]
fn writes_are_refused() {
    let once = "30.000 answered e1 NOT_ENOUGH_REPLICAS\n";
    let refused = || {
        expect![
            "1 record was refused: NOT_ENOUGH_REPLICAS. With acks all a write needs more replicas in sync than there are."
        ]
    };
    check(&calm(once), 1000, refused());
    // The same send again, and the app's own report of it, are one record; and it is told for a while.
    check(&calm(&format!("{once}30.100 answered e1 NOT_ENOUGH_REPLICAS\nkeyframe")), 11_900, refused());
    quiet(&calm(once), 12_100);
    check(
        &calm("30.000 refused e1 order orders INVALID_RECORD\nrefused e2 order orders INVALID_RECORD"),
        1000,
        expect!["2 records were refused: INVALID_RECORD."],
    );
    // The client asks the new leader itself.
    quiet(&calm("30.000 answered e1 NOT_LEADER_OR_FOLLOWER"), 1000);
}

#[test]
fn what_is_acknowledged_early_is_at_risk() {
    let early =
        "30.000 append orders 1 @9 A-1 OrderPlaced epoch 1\nack e9 order orders 1 @9 1 1ms\nhw orders 1 9 end 10";
    check(
        &calm(early),
        2000,
        expect!["1 record on orders 1 was acknowledged with acks 1 and is not committed: it may still be lost."],
    );
    check(
        &calm(&format!("{early}\n30.100 hw orders 1 10")),
        2000,
        expect!["All three brokers are in sync. 1 record acknowledged in the last 10 s, the slowest in 1 ms."],
    );
}

#[test]
fn an_event_stands_on_the_log_twice() {
    let twice = "
        30.000 append orders 1 @9 A-1 OrderPlaced id e1 epoch 1
        30.100 append orders 1 @10 A-2 OrderPlaced id e2 epoch 1
        30.200 append orders 1 @11 A-1 OrderPlaced id e1 epoch 1";
    check(&calm(twice), 1000, expect!["A-1 is on orders 1 twice: the same event at offsets 9 and 11."]);
    quiet(&calm(twice), 13_000);
    // What a transaction wrote first may have been aborted.
    let retried = twice.replace("epoch 1", "producer 4000 transactional epoch 1");
    quiet(&calm(&retried), 11_000);
}

#[test]
fn what_nobody_was_told_of_is_taken_back() {
    let taken = "30.000 append orders 1 @9 A-1 OrderPlaced epoch 1\nappend orders 1 @10 A-2 OrderPlaced epoch 1\n31.000 truncated orders 1 9..11 epoch 2";
    check(
        &calm(taken),
        1000,
        expect![
            "2 records on orders 1 were taken back: only the old leader had them, and no app was told that they are stored."
        ],
    );
}

#[test]
fn transactions_are_aborted_and_fenced() {
    let aborted = "
        30.000 transaction order-1 producer 4000 epoch 3 begun
        append orders 1 @9 A-1 OrderPlaced producer 4000 transactional epoch 1
        append orders 1 @10 A-2 OrderPlaced producer 4000 transactional epoch 1
        marker orders 1 @11 abort producer 4000";
    check(
        &calm(aborted),
        1000,
        expect![
            "Transaction order-1 was aborted. 2 records keep their offsets; readers of committed records skip them."
        ],
    );
    quiet(&calm(&aborted.replace("abort", "commit")), 10_900);
    check(
        &calm(&format!("{aborted}\n30.500 transaction order-1 refused _FENCED")),
        1000,
        expect![
            "The order app was fenced: a newer epoch of order-1 counts, and what the old one still sends is refused."
        ],
    );
    check(
        &calm("30.000 transaction order-1 refused INVALID_TXN_STATE"),
        1000,
        expect!["The order app's transaction was refused: INVALID_TXN_STATE."],
    );
}

#[test]
fn a_transaction_that_hangs_holds_readers_back() {
    let open = "
        30.000 transaction order-1 producer 4000 epoch 3 begun
        append orders 1 @9 A-1 OrderPlaced producer 4000 transactional epoch 1
        append orders 1 @10 A-2 OrderPlaced epoch 1
        hw orders 1 11 lso 9";
    quiet(&calm(open), 1400);
    check(
        &calm(open),
        2500,
        expect![
            "orders 1: readers of committed records stand at 9 until transaction order-1 ends. Open for 2.5 s, 2 records held back."
        ],
    );
    quiet(
        &calm(&format!(
            "{open}\n33.000 marker orders 1 @11 commit producer 4000\nhw orders 1 12\ncommitted stock orders 1 12"
        )),
        9000,
    );
}

#[test]
fn a_group_is_behind_or_shares_out_anew() {
    let record = "30.000 append orders 1 @9 A-1 OrderPlaced epoch 1\nhw orders 1 10";
    quiet(&calm(record), 3900);
    check(&calm(record), 11_000, expect!["Group stock is 1 record behind on orders 1. The oldest waits 11.0 s."]);
    quiet(&calm(&format!("{record}\ncommitted stock orders 1 10")), 11_000);
    check(
        &calm("30.000 group stock PreparingRebalance stock-1=orders:0"),
        2000,
        expect!["Group stock shares out its partitions, for 2.0 s now."],
    );
}

#[test]
fn a_member_is_gone_and_its_group_does_not_know_yet() {
    let gone = "30.000 app stock killed reads orders";
    check(&calm(gone), 2100, expect!["Member stock-1 is gone. orders 0, 1 and 2 wait 2.1 s for another reader."]);
    quiet(
        &calm(&format!(
            "{gone}\n36.000 group stock Stable stock-2=orders:0,orders:1,orders:2\napp stock running instance 2 reads orders"
        )),
        2100,
    );
}

#[test]
fn the_wire_is_slow() {
    check(
        &calm("30.000 slow-wire 500"),
        1000,
        expect!["The wire is slow: what is sent, its answer and what is read wait 500 ms each."],
    );
    quiet(&calm("30.000 slow-wire 500\n31.000 slow-wire 0"), 1000);
}

#[test]
fn what_happened_before_a_scene_is_no_news_in_it() {
    let refused = "30.000 refused e1 order orders INVALID_RECORD";
    check(
        &calm(&format!("{refused}\n31.000 scene 7 steps 2\nstep 7 0 started")),
        1000,
        expect!["Step 0. A lost ack, guard off."],
    );
    check(
        &calm(&format!("31.000 scene 7 steps 2\nstep 7 0 started\n{}", refused.replace("30", "32"))),
        1000,
        expect!["1 record was refused: INVALID_RECORD."],
    );
}
