//! Records of a run: on the log, twice, gone, read.

use kafkascope_model::verdict::Measure;

use super::{ORDERS, check, placed, s};

fn with(script: &str) -> String {
    format!("{ORDERS}\n{script}")
}

fn records() -> Measure {
    Measure::Records { event: placed() }
}

#[test]
fn records_are_those_of_the_runs_orders() {
    let script = with(
        "append orders 0 @3 A-2 OrderPlaced *
        append orders 1 @3 A-3 OrderPlaced id e4 *
        append orders 0 @4 A-9 OrderPlaced id e9
        append orders 0 @5 A-1 OrderPlaced id e1
        append stock 0 @0 A-2 StockReserved id r3
        # The tail attached anew and read it again.
        append orders 0 @3 A-2 OrderPlaced",
    );
    check(records(), 2, &script);
    check(Measure::Records { event: s("") }, 3, &script.replace("id r3", "id r3 *"));
}

#[test]
fn a_record_that_was_taken_back_is_not_on_the_log() {
    let lost = with(
        "append orders 0 @3 A-2 OrderPlaced
        append orders 0 @4 A-3 OrderPlaced
        truncated orders 0 3..5 epoch 6",
    );
    check(records(), 0, &lost);
    // Its offset is another's; the order itself comes again behind it.
    let again = "append orders 0 @3 A-9 OrderPlaced epoch 6 id e9\nappend orders 0 @4 A-2 OrderPlaced epoch 6 id e3 *";
    check(records(), 1, &format!("{lost}\n{again}"));
    // Taken back for a moment only: the tail read a shorter replica.
    check(records(), 1, &format!("{lost}\nappend orders 0 @4 A-3 OrderPlaced *"));
    let of_others =
        with("append orders 0 @3 A-2 OrderPlaced *\ntruncated orders 1 3..5 epoch 6\ntruncated orders 0 4..5 epoch 6");
    check(records(), 1, &of_others);
    check(Measure::Truncated, 2, &lost.replace("epoch 6", "epoch 6 *"));
    check(Measure::Truncated, 0, &with("append orders 0 @3 A-2 OrderPlaced"));
}

#[test]
fn an_offset_may_be_anothers_without_a_word_of_truncation() {
    let script = with("append orders 0 @3 A-2 OrderPlaced\nappend orders 0 @3 A-3 OrderPlaced epoch 6 id e4 *");
    check(records(), 1, &script);
}

const TWICE: &str = "
    append orders 0 @3 A-2 OrderPlaced id e3
    append orders 0 @4 A-2 OrderPlaced id e3
    append orders 0 @5 A-3 OrderPlaced id e4
    ack e3 order orders 0 @4 all 400ms
    ack e3 order orders 0 @4 all 400ms
    ack e9 order orders 0 @6 all 400ms
";

#[test]
fn a_send_may_be_stored_twice_and_acknowledged_once() {
    let starred = with(&TWICE.replace("id e3", "id e3 *"));
    check(Measure::EqualRecords { event: placed() }, 2, &starred);
    check(Measure::RecordsTwice, 1, &starred);
    let script = with(&TWICE.replacen("400ms", "400ms *", 1));
    check(Measure::Acknowledged { event: placed() }, 1, &script);
    check(records(), 3, &with(&TWICE.replace("id e3", "id e3 *").replace("id e4", "id e4 *")));
    check(Measure::RecordsTwice, 0, &with("append orders 0 @3 A-2 OrderPlaced\nappend orders 0 @4 A-3 OrderPlaced"));
    check(Measure::EqualRecords { event: placed() }, None, ORDERS);
}

#[test]
fn acknowledged_and_gone() {
    let acked = "append orders 0 @3 A-2 OrderPlaced
        ack e3 order orders 0 @3 1 4ms
        ack e9 order orders 0 @7 1 4ms";
    check(Measure::AcknowledgedMissing, 0, &with(acked));
    let lost = "\ntruncated orders 0 3..4 epoch 6 *\nappend orders 0 @3 A-3 OrderPlaced epoch 6 id e4";
    check(Measure::AcknowledgedMissing, 1, &with(&(acked.replacen("4ms", "4ms *", 1) + lost)));
    // Sent again, it has another offset.
    let again = "\ntruncated orders 0 3..4 epoch 6\nappend orders 0 @4 A-2 OrderPlaced epoch 6 id e3";
    check(Measure::AcknowledgedMissing, 0, &with(&(acked.to_owned() + again)));
}

#[test]
fn nothing_is_missing_before_the_log_was_read_back() {
    let unread =
        "append orders 0 @3 A-2 OrderPlaced\nack e3 order orders 0 @3 all 4ms\nack e4 order orders 0 @4 all 4ms";
    check(Measure::AcknowledgedMissing, None, &with(unread));
    check(Measure::AcknowledgedMissing, 0, &with(&format!("{unread}\nappend orders 0 @4 A-3 OrderPlaced id e4")));
    // Another leads now, and what it has is not read yet.
    let moved =
        "append orders 0 @3 A-2 OrderPlaced\nack e3 order orders 0 @3 1 4ms *\norders 0 leader 2 epoch 6 isr 2,3";
    check(Measure::AcknowledgedMissing, None, &with(&moved.replace(" *", "")));
    check(Measure::AcknowledgedMissing, 0, &with(&format!("{}\ntail orders 0 b2", moved.replace(" *", ""))));
    let gone = "truncated orders 0 3..4 epoch 6 *\ntail orders 0 b2";
    check(Measure::AcknowledgedMissing, 1, &with(&format!("{moved}\n{gone}")));
    // Taken back, written again, acknowledged there, and not read yet.
    let again = "append orders 0 @3 A-2 OrderPlaced\ntruncated orders 0 3..4 epoch 6\nack e3 order orders 0 @3 all 4ms";
    check(Measure::AcknowledgedMissing, None, &with(again));
}

const READ: &str = "
    1.100 append orders 0 @3 A-2 OrderPlaced id e3
    1.150 handled reader orders 0 @3 read instance 1 id e3
    1.200 truncated orders 0 3..4 epoch 6
    1.300 append orders 0 @3 A-3 OrderPlaced epoch 6 id e4
    1.400 append orders 0 @4 A-9 OrderPlaced epoch 6 id e9
    1.850 handled reader orders 0 @3 read instance 1 id e4
    9.000 handled reader orders 0 @4 read instance 1 id e9
    9.900 handled reader orders 0 @3 read instance 2 id e4
";

#[test]
fn a_reader_reads_a_record_not_a_place() {
    check(Measure::ReadBy { instance: 1, event: placed() }, 1, &with(&READ.replace("1 id e4", "1 id e4 *")));
    let waited = READ.replace("1 id e4", "1 id e4 *").replace("epoch 6 id e4", "epoch 6 id e4 *");
    check(Measure::ReadAfterMs { instance: 1, event: placed() }, 550, &with(&waited));
    // The longest of several, and none for what it never read.
    let more = "9.100 append orders 0 @5 A-2 OrderPlaced epoch 6 id e5
        9.150 handled reader orders 0 @5 read instance 1 id e5
        9.200 append orders 0 @6 A-2 OrderPlaced epoch 6 id e6";
    check(Measure::ReadAfterMs { instance: 1, event: placed() }, 550, &with(&(waited + more)));
    check(Measure::ReadAfterMs { instance: 3, event: placed() }, None, &with(READ));
}

#[test]
fn acknowledged_above_the_watermark() {
    let above = || Measure::AcknowledgedAboveWatermark { topic: s("orders") };
    let acked = "hw orders 0 3
        ack e3 order orders 0 @3 1 4ms *
        ack e9 order orders 0 @4 1 4ms
        hw orders 1 9";
    check(above(), 1, &with(acked));
    // The poll that sees the watermark pass it comes after the acknowledgement.
    check(above(), 0, &with(&format!("{}\nhw orders 0 4", acked.replace(" *", ""))));
    check(above(), None, &with("ack e3 order orders 7 @3 1 4ms"));
    check(Measure::AcknowledgedAboveWatermark { topic: s("stock") }, 0, &with(&acked.replace(" *", "")));
}
