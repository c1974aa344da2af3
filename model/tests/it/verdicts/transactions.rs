//! Transactions of a run.

use kafkascope_model::{fact::Control, verdict::Measure};

use super::{ORDERS, check, placed, s};

/// A-2 aborted by its producer's marker, A-3 committed, each with its own producer; a third record is still open.
const LOG: &str = "
    1.100 append orders 0 @3 A-2 OrderPlaced id e3 producer 4000 transactional
    1.200 append orders 0 @4 A-3 OrderPlaced id e4 producer 4001 transactional
    1.700 marker orders 0 @5 commit producer 4001
    1.750 marker orders 1 @5 commit producer 4000
    1.900 marker orders 0 @6 abort producer 4000
    2.000 append orders 0 @7 A-9 OrderPlaced id e9 producer 4002 transactional
";

fn with(script: &str) -> String {
    format!("{ORDERS}{LOG}{script}")
}

fn committed() -> Measure {
    Measure::CommittedRecords { event: placed() }
}

fn aborted() -> Measure {
    Measure::AbortedRecords { event: placed() }
}

#[test]
fn the_next_marker_of_its_producer_decides_a_record() {
    check(committed(), 1, &with("").replace("4001 transactional", "4001 transactional *"));
    check(aborted(), 1, &with("").replace("4000 transactional", "4000 transactional *"));
    // Without a transaction it is committed as it stands; in an open one it is neither.
    let plain = "2.100 append orders 0 @8 A-3 OrderPlaced id e5 *
        2.200 append orders 0 @9 A-3 OrderPlaced id e6 producer 4001 transactional";
    check(
        committed(),
        2,
        &with(plain).replace("id e4 producer 4001 transactional", "id e4 producer 4001 transactional *"),
    );
    check(aborted(), 1, &with(plain).replace(" *", "").replace("4000 transactional", "4000 transactional *"));
}

#[test]
fn a_marker_that_was_taken_back_decides_nothing() {
    let lost = with("3.000 truncated orders 0 6..8 epoch 6");
    check(aborted(), 0, &lost);
    let other = format!("{lost}\n3.100 marker orders 0 @6 commit producer 4000");
    check(
        committed(),
        2,
        &other.replace("transactional\n", "transactional *\n").replace("4002 transactional *", "4002 transactional"),
    );
}

#[test]
fn markers_of_a_topic() {
    let of = |topic: &str, control| Measure::Markers { topic: s(topic), control };
    check(of("orders", Control::Abort), 1, &with("").replace("abort producer 4000", "abort producer 4000 *"));
    check(
        of("orders", Control::Commit),
        2,
        &with("").replace("4001\n", "4001 *\n").replace("@5 commit producer 4000", "@5 commit producer 4000 *"),
    );
    check(of("stock", Control::Commit), 0, &with(""));
    check(of("orders", Control::Abort), 0, &with("3.000 truncated orders 0 6..8 epoch 6"));
}

#[test]
fn aborted_records_that_were_read_all_the_same() {
    let script = with(
        "handled reader orders 0 @3 read instance 1 id e3 *
        handled reader orders 0 @4 read instance 1 id e4
        handled reader orders 0 @4 read instance 2 id e4",
    );
    check(Measure::ReadAborted { instance: 1, event: placed() }, 1, &script);
    check(Measure::ReadAborted { instance: 2, event: placed() }, 0, &script.replace(" *", ""));
}

#[test]
fn a_transaction_is_open_from_its_first_record_to_its_marker() {
    let open = || Measure::OpenMs { topic: s("orders") };
    let proved = |script: &str| {
        let first = script.replace("4000 transactional", "4000 transactional *");
        first.replace("abort producer 4000", "abort producer 4000 *")
    };
    check(open(), 800, &proved(&with("")));
    // Of one that is open still, the end was not seen; somebody else's is not the run's.
    let more = "2.100 append orders 0 @8 A-3 OrderPlaced id e6 producer 4001 transactional
        9.000 marker orders 0 @9 commit producer 4002";
    check(open(), 800, &proved(&with(more)));
    check(Measure::OpenMs { topic: s("stock") }, None, &with(""));
    check(open(), None, ORDERS);
}

fn epochs() -> Measure {
    Measure::ProducerEpochs { transactional_id: s("order-1") }
}

#[test]
fn epochs_grow_within_a_producer_id() {
    let begun = "transaction order-1 producer 4000 epoch 3 begun *
        transaction order-2 producer 4001 epoch 30 begun
        transaction order-1 producer 4000 epoch -1 initialised
        transaction order-1 producer 4000 epoch 5 initialised *
        transaction order-1 producer 4000 epoch 3 aborted";
    check(epochs(), 2, begun);
    // Where the coordinator's answer is the first that was seen, it was raised by that answer.
    check(
        epochs(),
        1,
        "transaction order-1 producer 4000 epoch 5 initialised *\ntransaction order-1 producer 4000 epoch 5 begun",
    );
    // A new one begins at 0, also where the id before it had used up all its epochs.
    check(epochs(), 0, "transaction order-1 producer 4000 epoch 0 initialised *");
    check(
        epochs(),
        0,
        "transaction order-1 producer 4000 epoch 5 begun\ntransaction order-1 producer 4009 epoch 0 initialised *",
    );
    check(epochs(), None, "transaction order-2 producer 4000 epoch 5 initialised");
}

#[test]
fn producers_refused_for_good() {
    check(Measure::Fenced, 1, "transaction order-1 refused INVALID_PRODUCER_EPOCH *");
    check(Measure::Fenced, 0, "transaction order-1 producer 4000 epoch 3 begun");
}
