//! What the tap tells: everything seen on the wire, each with its time, and how many of them found the queue full.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use tokio::sync::mpsc;

use crate::rule::{Rule, RuleId};

/// One observation: when and where.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// CLOCK_MONOTONIC in microseconds.
    pub at_micros: u64,
    /// The broker whose connection it was; `None` for what concerns the whole tap.
    pub broker: Option<i32>,
    /// The connection, counted from 1 over all brokers; `None` for what concerns no single one.
    pub connection: Option<u64>,
    /// What was seen.
    #[serde(flatten)]
    pub what: Observation,
}

/// What can be seen. Names are Kafka's; a client id or topic that is no UTF-8 is shown with replacement characters,
/// and a null client id as nothing. What is longer than 249 bytes is cut and ends with `…`.
///
/// `passed_on` is false where a rule dropped the frame. `held_ms` is how long the tap delays it: it leaves at
/// `at_micros` plus that, or later where it waits behind an earlier one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "fields have Kafka's names, and the variants say what is particular")]
pub enum Observation {
    /// A client connected.
    Connected { client_address: SocketAddr },
    /// Who it is: told at its first request. Software is named by ApiVersions 3 and above (KIP-511), else empty.
    Identified { client_id: String, software_name: String, software_version: String },
    /// The connection is gone.
    Disconnected { client_id: String, reason: String },
    /// A producer sent records to one partition.
    ProduceSent {
        client_id: String,
        correlation_id: i32,
        acks: i16,
        transactional_id: Option<String>,
        topic: String,
        partition: i32,
        /// -1 where the producer is not idempotent; so are epoch and sequence.
        producer_id: i64,
        producer_epoch: i16,
        base_sequence: i32,
        records: i64,
        /// The `event-id` headers, of 1,000 records a frame at most; none where the records are compressed.
        event_ids: Vec<String>,
        first_in_transaction: bool,
        passed_on: bool,
        held_ms: u32,
    },
    /// A broker answered for one partition. With acks=0 it never does.
    ProduceAnswered {
        client_id: String,
        correlation_id: i32,
        topic: String,
        partition: i32,
        /// -1 where there is an error.
        base_offset: i64,
        /// Kafka's name, or nothing.
        error: String,
        event_ids: Vec<String>,
        /// From the request's arrival at the tap to the answer's.
        took_micros: u64,
        passed_on: bool,
        held_ms: u32,
    },
    /// Records went to a reader. A batch travels whole: a reader that wanted its middle skips the beginning.
    FetchAnswered {
        client_id: String,
        correlation_id: i32,
        /// Its name, or its id where no answer on the way has named it.
        topic: String,
        partition: i32,
        from_offset: i64,
        /// Exclusive.
        to_offset: i64,
        /// Without control records.
        records: i64,
        passed_on: bool,
        held_ms: u32,
    },
    /// A group's coordinator answered a commit for one partition.
    CommitAnswered {
        client_id: String,
        correlation_id: i32,
        group_id: String,
        topic: String,
        partition: i32,
        offset: i64,
        error: String,
        /// TxnOffsetCommit: it counts when the transaction commits.
        transactional: bool,
        passed_on: bool,
    },
    /// A member talked to its coordinator: JoinGroup, SyncGroup, LeaveGroup, a ConsumerGroupHeartbeat that joins or
    /// leaves, or a heartbeat that was refused.
    GroupCalled { client_id: String, correlation_id: i32, group_id: String, api: String, error: String },
    /// How many heartbeats were answered so far; told each 5 s at most, and when the connection ends.
    Heartbeats { client_id: String, group_id: String, count: u64 },
    /// InitProducerId was answered.
    ProducerInitialised {
        client_id: String,
        correlation_id: i32,
        transactional_id: Option<String>,
        producer_id: i64,
        producer_epoch: i16,
        error: String,
    },
    /// The first AddPartitionsToTxn or transactional Produce of a transaction.
    TransactionBegun {
        client_id: String,
        correlation_id: i32,
        transactional_id: String,
        producer_id: i64,
        producer_epoch: i16,
    },
    /// EndTxn was answered; where there is an error that can be tried again the transaction is still open.
    TransactionEnded {
        client_id: String,
        correlation_id: i32,
        transactional_id: String,
        producer_id: i64,
        producer_epoch: i16,
        committed: bool,
        error: String,
    },
    /// A rule waits from now on.
    RuleArmed { rule: RuleId, is: Rule },
    /// A rule hit a frame, or a connection: then all but the rule is empty.
    RuleFired {
        rule: RuleId,
        client_id: String,
        api: String,
        correlation_id: Option<i32>,
        topic: Option<String>,
        partition: Option<i32>,
        event_id: Option<String>,
        what: &'static str,
    },
    /// A rule waits no more.
    RuleExpired { rule: RuleId, why: String },
    /// Produce requests, their answers and Fetch answers with records are each held for so long from now on.
    SlowWire { ms: u32 },
    /// A frame passed that could not be read; told once for each kind of request on a connection. Where `api` is empty
    /// the connection does not speak Kafka, and is copied as it is from here on.
    Undecodable { api: String, version: i16, reason: String },
}

/// The tap's end of the queue; never waits.
#[derive(Clone, Debug)]
pub struct Observer {
    seen: mpsc::Sender<Seen>,
    dropped: Arc<AtomicU64>,
}

/// The owner's end of the queue.
#[derive(Debug)]
pub struct Observations {
    /// What was seen, in the order it was told.
    pub seen: mpsc::Receiver<Seen>,
    /// How many found the queue full since the owner last took this number (with `swap`).
    pub dropped: Arc<AtomicU64>,
}

/// A queue for `bound` observations; what does not fit is dropped and counted.
pub fn observer(bound: usize) -> (Observer, Observations) {
    let (sender, receiver) = mpsc::channel(bound);
    let dropped = Arc::new(AtomicU64::new(0));
    (Observer { seen: sender, dropped: Arc::clone(&dropped) }, Observations { seen: receiver, dropped })
}

impl Observer {
    pub(crate) fn tell(&self, broker: Option<i32>, connection: Option<u64>, what: Observation) {
        let seen = Seen { at_micros: monotonic_micros(), broker, connection, what };
        if let Err(mpsc::error::TrySendError::Full(_)) = self.seen.try_send(seen) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// CLOCK_MONOTONIC in microseconds: the clock that all processes of a machine share.
pub(crate) fn monotonic_micros() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    let nanos = u64::try_from(now.tv_nsec).unwrap_or_default();
    seconds * 1_000_000 + nanos / 1000
}
