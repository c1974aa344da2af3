//! The sentence above the stage, situation by situation; where two apply, the more important one.

use expect_test::{Expect, expect};
use kafkascope_model::{
    caption::{Caption, caption},
    ids::Micros,
};
use notation::picture;

mod rules;
mod scene;
mod standing;

/// The caption after `script`, `later` milliseconds after its last line.
#[track_caller]
fn check(script: &str, later: u64, expected: Expect) {
    let picture = picture(script);
    let said = caption(&picture, Micros(picture.at.0 + later * 1000));
    is_readable_and_proven(&said, picture.seq);
    expected.assert_eq(&said.text());
}

/// What goes through every sentence of a caption: it fits, and each of its numbers has facts that were seen.
#[track_caller]
fn is_readable_and_proven(said: &Caption, newest: u64) {
    let text = said.text();
    assert!(text.chars().count() <= 120, "{} characters: {text}", text.chars().count());
    for piece in said.parts.iter().flat_map(|part| &part.pieces) {
        assert!(piece.facts.iter().all(|seq| (1..=newest).contains(seq)), "{:?} in: {text}", piece.facts);
        if piece.facts.is_empty() {
            let unproven: Vec<&str> = numbers(&piece.text).collect();
            assert!(unproven.is_empty(), "{unproven:?} without proof in: {text}");
        }
    }
}

/// Numbers in words that have no proof: names have numbers, and so have the settings that are spoken of.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    const NAMED: [&str; 18] = [
        "within",
        "broker",
        "brokers",
        "orders",
        "payments",
        "stock",
        "acks",
        "last",
        "and",
        "scene",
        "transaction",
        "step",
        "partition",
        "topic",
        "pressed",
        "of",
        "instead",
        "retry",
    ];
    let mut before = "";
    text.split_whitespace().filter(move |word| {
        let bare = word.trim_matches(|c: char| c.is_ascii_punctuation());
        let is_number = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit() || c == '.');
        let after = std::mem::replace(&mut before, bare).to_lowercase();
        // `orders 0, 1 and 2`
        let in_a_list = after.chars().all(|c| c.is_ascii_digit()) && !after.is_empty();
        is_number && !in_a_list && !NAMED.contains(&after.as_str()) && !after.contains('-')
    })
}

const CALM: &str = "
    0.000 session local
    broker 1 running
    broker 2 running
    broker 3 running
    controller 101 running
    controller leads 101 epoch 1
    topic orders 3
    topic __consumer_offsets 1 internal
    orders 0 leader 1 epoch 1 isr 1,2,3
    orders 1 leader 2 epoch 1 isr 1,2,3
    orders 2 leader 3 epoch 1 isr 1,2,3
    __consumer_offsets 0 leader 2 epoch 1 isr 1,2,3
    copied orders 1 b2 9
    copied orders 1 b3 9
    app order running reads payments
    app stock running reads orders
    app payment running reads stock
    hw orders 1 9
    group stock Stable stock-1=orders:0,orders:1,orders:2
    committed stock orders 1 9
    item kettle created 500 on_hand 500 reserved 0 sold 0
";

fn calm(script: &str) -> String {
    format!("{CALM}{script}")
}

#[test]
fn starting() {
    check("", 0, expect!["Waiting for the cluster."]);
    check("0.000 session local", 0, expect!["Waiting for the cluster."]);
    let three = "0.000 session local\nbroker 1 starting\nbroker 2 starting\nbroker 3 starting";
    check(&format!("{three}\n2.000 read 1,3"), 0, expect!["Three brokers are starting. 2 of 3 answer."]);
    check("0.000 session local\nbroker 1 starting", 0, expect!["One broker is starting. 0 of 1 answers."]);
    // Somebody else's brokers were there before us.
    check("0.000 session external\nbroker 1 active\nbroker 2 active", 0, expect!["Waiting for the cluster."]);
}

#[test]
fn nothing_happens() {
    check(
        &calm("")
            .replace("copied orders 1 b2 9", "")
            .replace("copied orders 1 b3 9", "")
            .replace("orders 1 9", "orders 1 0"),
        0,
        expect!["All three brokers are in sync. No record yet: nobody has ordered."],
    );
    check(&calm(""), 20_000, expect!["All three brokers are in sync. No record in the last 10 s."]);
    check(
        "0.000 session local\nbroker 1 running\norders 0 leader 1 epoch 0 isr 1 replicas 1\nitem kettle created 5 on_hand 5 reserved 0 sold 0",
        0,
        expect!["The broker answers. No record yet: nobody has ordered."],
    );
    check(
        "0.000 session external\nbroker 1 active\norders 0 leader 1 epoch 0 isr 1 replicas 1\nappend orders 0 @0 k v",
        0,
        expect!["The broker answers. 1 record in the last 10 s; acks not watched."],
    );
}

#[test]
fn records_come_in() {
    let one = "
        20.000 append orders 0 @0 A-1 OrderPlaced epoch 1
        20.003 ack e0 order orders 0 @0 all 3ms";
    check(
        &calm(one),
        100,
        expect!["All three brokers are in sync. 1 record acknowledged in the last 10 s, the slowest in 3 ms."],
    );
    check(&calm(one), 11_000, expect!["All three brokers are in sync. No record in the last 10 s."]);
    // The picture keeps 64 of a partition.
    let record =
        |n: u64| format!("append orders 0 @{n} A-{n} OrderPlaced epoch 1\nack e{n} order orders 0 @{n} all 9ms\n");
    check(
        &calm(&format!("20.000 read 1\n{}", (0..100).map(record).collect::<String>())),
        0,
        expect![
            "All three brokers are in sync. More than 64 records acknowledged in the last 10 s, the slowest in 9 ms."
        ],
    );
}

#[test]
fn a_leader_is_killed_and_another_leads() {
    let killed = "30.000 broker 2 killed\n30.100 broker 2 silent";
    check(&calm(killed), 1300, expect!["Broker 2 stopped answering 1.4 s ago. orders 1 waits for a new leader."]);
    let waiting =
        format!("{killed}\n30.500 sent e1 order orders A-1 OrderPlaced\nsent e2 payment payments A-9 PaymentTaken");
    check(
        &calm(&waiting),
        900,
        expect!["Broker 2 stopped answering 1.4 s ago. orders 1 waits for a new leader; 1 record waits."],
    );
    let led = format!(
        "{killed}\n32.900 broker 2 fenced\norders 1 leader 3 epoch 2 isr 1,3\n__consumer_offsets 0 leader 1 epoch 2 isr 1,3"
    );
    check(&calm(&led), 500, expect!["Broker 2 is gone. For 2.9 s orders 1 had no working leader; broker 3 leads now."]);
    // It is started before anybody else leads: the time still counts from its end.
    check(
        &calm(&format!("{killed}\n31.000 broker 2 starting")),
        1000,
        expect!["Broker 2 stopped answering 2.0 s ago. orders 1 waits for a new leader."],
    );
    let starting = format!("{led}\n60.000 broker 2 starting");
    check(&calm(&starting), 1200, expect!["Broker 2 has been starting for 1.2 s."]);
    let back = format!("{starting}\n63.000 broker 2 running\nbroker 2 answers\nhw orders 1 40");
    check(&calm(&back), 100, expect!["Broker 2 is back and copies 31 records. It is not in sync on 1 partition yet."]);
    check(
        &calm(&back.replace("hw orders 1 40", "hw orders 1 10")),
        100,
        expect!["Broker 2 is back and copies 1 record. It is not in sync on 1 partition yet."],
    );
    check(
        &calm(&format!("{back}\n64.000 orders 1 leader 3 epoch 2 isr 1,2,3")),
        100,
        expect!["All three brokers are in sync. No record in the last 10 s."],
    );
}

#[test]
fn nobody_leads() {
    check(
        &calm("30.000 orders 1 leader -1 epoch 3 isr 2\norders 2 leader -1 epoch 3 isr 3"),
        2500,
        expect!["No leader for 2.5 s. orders 1 and 2 wait for a new leader."],
    );
}

#[test]
fn a_follower_is_gone() {
    let script = CALM
        .replace("orders 1 leader 2", "orders 1 leader 1")
        .replace("__consumer_offsets 0 leader 2", "__consumer_offsets 0 leader 1");
    check(
        &format!("{script}\n30.000 broker 2 killed"),
        500,
        expect!["Broker 2 is gone. 3 partitions still count it as in sync."],
    );
    check(
        &format!(
            "{script}\n30.000 broker 2 killed\n39.000 orders 0 leader 1 epoch 1 isr 1,3\norders 1 leader 1 epoch 1 isr 1,3\norders 2 leader 3 epoch 1 isr 1,3"
        ),
        500,
        expect!["Broker 2 is gone. The others lead and copy without it."],
    );
}

#[test]
fn an_old_outage_is_not_told_for_a_new_silence() {
    check(
        &calm(
            "30.000 broker 2 silent
            33.000 orders 1 leader 3 epoch 2 isr 1,2,3
            34.000 broker 2 answers
            90.000 broker 2 silent",
        ),
        2000,
        expect!["Broker 2 does not answer. 3 partitions still count it as in sync."],
    );
}

#[test]
fn a_broker_is_paused() {
    let paused = "30.000 broker 2 paused\n30.300 broker 2 silent";
    check(&calm(paused), 700, expect!["Broker 2 stopped answering 0.7 s ago. orders 1 waits for a new leader."]);
    check(
        &calm(&format!(
            "{paused}\n39.300 orders 1 leader 1 epoch 2 isr 1,3\n__consumer_offsets 0 leader 1 epoch 2 isr 1,3"
        )),
        700,
        expect!["Broker 2 is paused. For 9.0 s orders 1 had no working leader; broker 1 leads now."],
    );
}

#[test]
fn one_replica_is_left() {
    let script = "30.000 broker 2 killed\nbroker 3 killed\n39.000 orders 0 leader 1 epoch 1 isr 1\norders 1 leader 1 epoch 2 isr 1\n";
    check(
        &calm(&format!("{script}orders 2 leader 1 epoch 2 isr 1")),
        4000,
        expect!["Only broker 1 is left in sync: writes with acks all are refused."],
    );
    check(
        &calm(&format!("{script}orders 2 leader 1 epoch 2 isr 1,3")),
        4000,
        expect!["Only broker 1 is left in sync on orders 0 and 1: writes with acks all are refused."],
    );
    check(
        &calm(&format!("{script}session external\norders 2 leader 1 epoch 2 isr 1")),
        4000,
        expect!["Only broker 1 is left in sync: no other replica has every record."],
    );
}

#[test]
fn there_is_no_controller() {
    check(
        &calm("30.000 controller 101 killed\n30.200 controller leads -1 epoch 1"),
        4000,
        expect!["No controller for 4.0 s: leaders cannot change. Reads and writes go on where a leader lives."],
    );
}

#[test]
fn acknowledged_then_lost() {
    let one = "
        30.000 append orders 1 @9 A-1 OrderPlaced epoch 1
        30.001 ack e9 order orders 1 @9 1 1ms
        31.000 orders 1 leader 3 epoch 2 isr 1,2,3
        31.100 truncated orders 1 9..10 epoch 2";
    check(
        &calm(one),
        2000,
        expect!["1 record on orders 1 was acknowledged and was then lost. The new leader never had it."],
    );
    check(&calm(one), 20_000, expect!["All three brokers are in sync. No record in the last 10 s."]);
    check(
        &calm(&one.replace("30.001 ack e9 order orders 1 @9 1 1ms", "")),
        2000,
        expect![
            "1 record on orders 1 was taken back: only the old leader had it, and no app was told that it is stored."
        ],
    );
    let two = "
        32.000 append orders 2 @0 A-2 OrderPlaced epoch 1
        append orders 2 @1 A-2 OrderPlaced epoch 1
        ack e0 order orders 2 @0 1 1ms
        ack e1 order orders 2 @1 1 1ms
        33.000 truncated orders 2 0..2 epoch 2";
    check(
        &calm(&format!("{one}{two}")),
        0,
        expect!["3 records on orders 1 and 2 were acknowledged and were then lost. The new leader never had them."],
    );
}

#[test]
fn an_app_is_gone() {
    let gone = "30.000 app stock killed reads orders\ngroup stock Empty\nhw orders 1 12";
    check(&calm(gone), 3000, expect!["The stock app has been gone for 3.0 s. Nobody reads orders; 3 records wait."]);
    check(
        &calm("30.000 app stock paused reads orders\ngroup stock Empty"),
        3000,
        expect!["The stock app has been paused for 3.0 s. Nobody reads orders."],
    );
    // Its group has another reader, or somebody else reads the topic.
    check(
        &calm(&format!("{gone}\napp stock running instance 2 reads orders")),
        20_000,
        expect!["All three brokers are in sync. No record in the last 10 s."],
    );
    check(
        &calm(&format!("{gone}\ngroup view Stable view-1=orders:1")),
        3000,
        expect!["The stock app has been gone for 3.0 s. Nobody reads orders for it; 3 records wait."],
    );
    check(
        &calm("30.000 app reader running\n31.000 app reader stopped"),
        20_000,
        expect!["All three brokers are in sync. No record in the last 10 s."],
    );
}

#[test]
fn pay_is_pressed_twice() {
    let once = "
        30.000 order A-517 open 1 x 3990
        30.010 stock A-517 reserved 1 sold 0
        31.000 command c1 pay_twice
        31.050 paid A-517 3990
        31.100 finished c1 pay_twice ok A-517: pressed twice
        item kettle created 500 on_hand 499 reserved 1 sold 0";
    check(&calm(once), 500, expect!["A-517: the customer pressed Pay twice. Money was taken once."]);
    check(
        &calm(&once.replace("paid A-517 3990", "paid A-517 7980 times 2")),
        500,
        expect!["A-517: the customer pressed Pay twice. Money was taken twice."],
    );
    check(&calm(once), 13_000, expect!["All three brokers are in sync. No record in the last 10 s."]);
}

#[test]
fn the_proof_breaks() {
    let order =
        |n: u64| format!("order A-{n} confirmed 1 x 3990\nstock A-{n} reserved 0 sold 1\npaid A-{n} 7980 times 2\n");
    let orders = |count: u64| calm(&format!("30.000 read 1\n{}", (1..=count).map(order).collect::<String>()));
    check(&orders(1), 1500, expect!["A-1 does not add up. 79.80 € kept, 39.90 € confirmed or undecided."]);
    check(&orders(2), 1500, expect!["A-1 and A-2 do not add up. 159.60 € kept, 79.80 € confirmed or undecided."]);
    check(
        &orders(12),
        1500,
        expect!["A-1, A-2, A-3 and 9 more do not add up. 957.60 € kept, 478.80 € confirmed or undecided."],
    );
    check(
        &calm("30.000 item kettle created 500 on_hand 499 reserved 0 sold 0"),
        1500,
        expect!["The books do not add up. 500 pieces created, 499 on hand, reserved or sold."],
    );
}

#[test]
fn the_more_important_wins() {
    let killed = "30.000 broker 2 killed\ncontroller leads -1 epoch 1\napp stock killed reads orders\n";
    check(
        &calm(killed),
        100,
        expect!["Broker 2 stopped answering 0.1 s ago. orders 1 waits for a new leader; no controller can name one."],
    );
    let led =
        format!("{killed}\n33.000 orders 1 leader 1 epoch 2 isr 1,3\n__consumer_offsets 0 leader 1 epoch 2 isr 1,3\n");
    check(
        &calm(&led),
        3100,
        expect!["No controller for 6.1 s: leaders cannot change. Reads and writes go on where a leader lives."],
    );
    let controlled = format!("{led}\n36.500 controller leads 101 epoch 2");
    check(
        &calm(&controlled),
        100,
        expect!["Broker 2 is gone. For 3.0 s orders 1 had no working leader; broker 1 leads now."],
    );
    let lost = format!(
        "{led}\n33.500 append orders 1 @9 A-1 OrderPlaced epoch 2\nack e9 order orders 1 @9 1 1ms\ntruncated orders 1 9..10 epoch 3"
    );
    check(
        &calm(&lost),
        100,
        expect!["1 record on orders 1 was acknowledged and was then lost. The new leader never had it."],
    );
}

#[test]
fn long_names_are_counted_or_cut() {
    let name = "transactions-of-the-warehouse-in-the-north-of-the-country";
    let two = format!(
        "0.000 session external\nbroker 1 active\n{name} 0 leader 1 epoch 1 isr 1,2,3\nother-{name} 1 leader 1 epoch 1 isr 1,2,3\n"
    );
    check(
        &format!("{two}1.000 broker 1 silent"),
        0,
        expect!["Broker 1 stopped answering 0.0 s ago. 2 partitions wait for a new leader."],
    );
    let lost = |topic: &str, partition: i32| {
        format!(
            "append {topic} {partition} @0 A-1 OrderPlaced\nack e0 order {topic} {partition} @0 1 1ms\ntruncated {topic} {partition} 0..1 epoch 2\n"
        )
    };
    check(
        &format!("{two}1.000 read 1\n{}{}", lost(name, 0), lost(&format!("other-{name}"), 1)),
        0,
        expect![
            "2 records on other-transactions-of-the-warehouse-in-the-north-of-the-country 1 and transactions-of-the-warehouse-in-the…"
        ],
    );
}
