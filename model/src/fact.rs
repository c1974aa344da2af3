//! The one vocabulary: everything that can be seen, in the one form that socket, file and API share.

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Map, Value};

use crate::ids::{BrokerId, Micros, OrderId};

mod appended;
mod decode;
mod history;
mod words;

pub use appended::Appended;
pub use history::{Attempt, Closed, Counters, Lost, Moment, Outage, PartitionHistory, RecordHistory, Sends};
pub use words::{
    Assigned, Control, CrashState, Level, MarkerKind, Member, Mode, OrderStatus, Outcome, ProcessState, ReadsTo,
    Registration, Role, Source, StepState, TransactionState, VerdictRow,
};

/// Something that was seen: `{"seq":n,"at":µs,"kind":"…",…}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Counts from 1; stays when a recording is cut.
    pub seq: u64,
    /// When it was seen.
    pub at: Micros,
    /// What was seen.
    pub event: Event,
}

impl Fact {
    /// The fact as one line of JSON, without a line end.
    pub fn to_json(&self) -> String {
        let event = match &self.event {
            Event::Unknown(unknown) => serde_json::to_string(unknown),
            event => serde_json::to_string(event),
        };
        // Events hold only strings, numbers, lists and maps with string keys: JSON can write them all.
        let event = event.unwrap_or_else(|_| String::from(r#"{"kind":"unwritable"}"#));
        format!(r#"{{"seq":{},"at":{},{}"#, self.seq, self.at.0, event.get(1..).unwrap_or("}"))
    }

    /// Reads one line. A kind this build does not know becomes [`Event::Unknown`], never an error.
    ///
    /// # Errors
    /// Where the text is not a JSON object with numbers `seq` and `at` and a text `kind`.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        Self::of_json(serde_json::from_str(json)?)
    }

    /// The fact in a JSON value, as [`Fact::parse`] reads it.
    pub(crate) fn of_json(json: Value) -> Result<Self, serde_json::Error> {
        let wrong = |what: &str| Err(serde::de::Error::custom(what));
        let Value::Object(mut body) = json else { return wrong("a fact is a JSON object") };
        let mut number = |name: &str| body.remove(name).and_then(|n| n.as_u64());
        let (Some(seq), Some(at)) = (number("seq"), number("at")) else {
            return wrong("a fact has the numbers seq and at");
        };
        let Some(Value::String(kind)) = body.get("kind") else { return wrong("a fact has a text kind") };
        let event = decode::event(kind, &body).unwrap_or(Event::Unknown(body));
        Ok(Self { seq, at: Micros(at), event })
    }

    /// Whether the text is one JSON value; used where a file may end in the middle of a line.
    pub fn is_whole(json: &str) -> bool {
        serde_json::from_str::<IgnoredAny>(json).is_ok()
    }
}

/// What was seen. Field names are Kafka's; times are session microseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the variants are documented; their fields carry Kafka's own names")]
pub enum Event {
    /// The first fact of every session.
    SessionStarted(SessionStarted),
    /// The gateway stops observing; nothing after it belongs to the session.
    SessionEnded {},
    /// Our own sight failed: `count` things were not recorded.
    Gap { source: String, count: u64, reason: String },
    /// Something a person should read: a WARN or ERROR line of a process, a recorder that stopped.
    Notice { level: Level, source: String, text: String },
    /// A named moment.
    Marker { label: String, marker: MarkerKind },
    /// Somebody marked this moment; `marker` is the id by which its text can be changed later, beside the facts.
    MarkerSet { marker: String, text: String },

    /// A process we started changed.
    ProcessChanged { node: BrokerId, role: Role, state: ProcessState, pid: Option<u32>, cause: String },
    /// A connection of ours came up, was lost or was replaced.
    LinkChanged { broker: BrokerId, purpose: String, up: bool, reason: String },
    /// Whether any connection of ours reaches this broker; it is our own view, not the cluster's.
    BrokerReachable { broker: BrokerId, reachable: bool, reason: String },
    /// What the controller says of a broker.
    BrokerChanged { broker: BrokerId, registration: Registration, host: String, port: i32 },
    /// The metadata quorum's leader (DescribeQuorum), `leader_id` -1 where none answers.
    ControllerChanged { leader_id: BrokerId, epoch: i32, voters: Vec<BrokerId> },
    /// The cluster's state was read and is as drawn; at most each 500 ms.
    ClusterRead { brokers: Vec<BrokerId> },

    /// A topic exists, or changed its shape.
    TopicChanged { topic: String, topic_id: String, partitions: i32, internal: bool },
    /// A topic is gone.
    TopicDeleted { topic: String },
    /// Leader, epoch, replicas or in-sync set of a partition, as broker `source` answered (Metadata).
    PartitionChanged {
        topic: String,
        partition: i32,
        leader: BrokerId,
        leader_epoch: i32,
        replicas: Vec<BrokerId>,
        isr: Vec<BrokerId>,
        source: BrokerId,
    },
    /// Offsets of a partition as its leader answered (Fetch, ListOffsets).
    OffsetsMoved {
        topic: String,
        partition: i32,
        log_start_offset: i64,
        high_watermark: i64,
        last_stable_offset: i64,
        log_end_offset: i64,
    },
    /// A replica's own log end (ListOffsets with replica id -2).
    ReplicaLogEnd { topic: String, partition: i32, broker: BrokerId, log_end_offset: i64 },
    /// The tail reads this partition from this broker.
    TailAttached { topic: String, partition: i32, broker: BrokerId, reads_to: ReadsTo },
    /// A record is on the log of the replica that was read.
    RecordAppended(Box<Appended>),
    /// Many records at once (above 500 a second on a partition), not told one by one.
    BatchAppended {
        topic: String,
        partition: i32,
        base_offset: i64,
        count: i64,
        bytes: u64,
        leader_epoch: i32,
        producer_id: i64,
        producer_epoch: i16,
        base_sequence: i32,
    },
    /// Offsets `from_offset..to_offset` held records that are gone: a later leader epoch gave them to others, or took them back.
    RecordsTruncated { topic: String, partition: i32, from_offset: i64, to_offset: i64, leader_epoch: i32 },
    /// What the leader remembers of a producer (DescribeProducers).
    ProducerChanged {
        topic: String,
        partition: i32,
        producer_id: i64,
        producer_epoch: i32,
        last_sequence: i32,
        txn_start_offset: i64,
    },

    /// A group as its coordinator describes it.
    GroupChanged {
        group_id: String,
        /// Kafka's word: Stable, PreparingRebalance, Empty, Assigning, …
        state: String,
        /// `classic` or `consumer` (KIP-848).
        group_type: String,
        /// The assignor in use.
        protocol: String,
        coordinator: BrokerId,
        members: Vec<Member>,
    },
    /// A group is gone.
    GroupDeleted { group_id: String },
    /// How long a group's coordinator waits for a member that is silent: classic members ask for it, for the others the
    /// brokers are set.
    SessionTimeout { group_id: String, ms: u32 },
    /// A group's committed offset (OffsetFetch), -1 where it has none.
    OffsetCommitted { group_id: String, topic: String, partition: i32, offset: i64 },
    /// A member's position: the next offset it will read.
    PositionMoved { group_id: String, client_id: String, topic: String, partition: i32, offset: i64, source: Source },
    /// A member's own client gave it partitions or took some, as ConsumerRebalanceListener tells: `assigned`, `revoked` or
    /// `lost`. An eager protocol takes all and gives them anew, the others name what moves.
    Rebalanced { app: String, instance: u32, group_id: String, change: String, partitions: Vec<Assigned> },

    /// A shop app's process changed.
    AppChanged {
        app: String,
        instance: u32,
        state: ProcessState,
        pid: Option<u32>,
        group: String,
        client_id: String,
        reads: String,
        writes: String,
        cause: String,
    },
    /// A guard of an app was switched, or told at its start.
    GuardChanged { app: String, guard: String, on: bool },
    /// An app handed a record to its producer.
    RecordSent {
        app: String,
        instance: u32,
        topic: String,
        key: String,
        event_id: String,
        event_type: String,
        source: Source,
    },
    /// A producer was told that its record is stored.
    RecordAcknowledged {
        app: String,
        instance: u32,
        topic: String,
        partition: i32,
        offset: i64,
        event_id: String,
        acks: String,
        took_micros: u64,
        source: Source,
    },
    /// A producer was told that its record is not stored, with Kafka's error name.
    RecordRefused { app: String, instance: u32, topic: String, event_id: String, error: String, source: Source },
    /// An app handled a record; `skipped` where its inbox knew the event, so that nothing was done.
    RecordHandled {
        app: String,
        instance: u32,
        topic: String,
        partition: i32,
        offset: i64,
        event_id: String,
        effect: String,
        #[serde(default, skip_serializing_if = "is_false")]
        skipped: bool,
    },
    /// An app met a record that it cannot read: its partition stops there, or the record goes to a dead-letter topic.
    RecordUnreadable {
        app: String,
        instance: u32,
        topic: String,
        partition: i32,
        offset: i64,
        event_id: String,
        error: String,
        dead_letter: bool,
    },
    /// An app's state machine of an order met an event; `outcome` is `taken`, `refused` or `parked`, and `to` is `from` where
    /// it is not taken.
    OrderTransition { app: String, order: OrderId, from: String, event: String, to: String, outcome: String },

    /// The order app's view of an order.
    OrderChanged { order: OrderId, status: OrderStatus, customer: String, item: String, count: i64, price_cents: i64 },
    /// The stock app's view of an order.
    StockChanged { order: OrderId, item: String, reserved: i64, sold: i64 },
    /// The stock app's view of an item.
    ItemChanged { item: String, created: i64, on_hand: i64, reserved: i64, sold: i64, price_cents: i64 },
    /// The payment app's view of an order.
    PaymentChanged {
        order: OrderId,
        due_cents: i64,
        taken_cents: i64,
        refunded_cents: i64,
        times_taken: u32,
        refused: bool,
    },
    /// The shop's books were closed and new ones opened.
    LedgerStarted { ledger: u32 },

    /// A button was pressed.
    CommandReceived { id: String, command: String, args: Map<String, Value> },
    /// What came of it.
    CommandFinished {
        id: String,
        command: String,
        ok: bool,
        did: String,
        took_ms: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },

    /// The tap saw a client on one of its connections, or saw it go.
    ClientChanged {
        broker: BrokerId,
        connection: u64,
        client_id: String,
        software_name: String,
        software_version: String,
        up: bool,
        reason: String,
    },
    /// A Produce request passed the tap: one fact a partition.
    ProduceSent {
        broker: BrokerId,
        connection: u64,
        client_id: String,
        correlation_id: i32,
        acks: i16,
        transactional_id: Option<String>,
        topic: String,
        partition: i32,
        producer_id: i64,
        producer_epoch: i16,
        base_sequence: i32,
        count: i64,
        event_ids: Vec<String>,
    },
    /// Its answer passed the tap; `error` is Kafka's name, empty for none.
    ProduceAnswered {
        broker: BrokerId,
        connection: u64,
        client_id: String,
        correlation_id: i32,
        topic: String,
        partition: i32,
        base_offset: i64,
        error: String,
        event_ids: Vec<String>,
        took_micros: u64,
    },
    /// An answer to a Fetch that carries the records `from_offset..to_offset`.
    FetchAnswered {
        broker: BrokerId,
        connection: u64,
        client_id: String,
        correlation_id: i32,
        topic: String,
        partition: i32,
        from_offset: i64,
        to_offset: i64,
    },
    /// An answer to an OffsetCommit or TxnOffsetCommit.
    CommitAnswered {
        broker: BrokerId,
        connection: u64,
        client_id: String,
        correlation_id: i32,
        group_id: String,
        topic: String,
        partition: i32,
        offset: i64,
        error: String,
    },
    /// An answer to JoinGroup, SyncGroup, LeaveGroup or a first ConsumerGroupHeartbeat.
    GroupCalled {
        broker: BrokerId,
        connection: u64,
        client_id: String,
        correlation_id: i32,
        group_id: String,
        api: String,
        error: String,
    },
    /// How many heartbeats a client sent so far.
    HeartbeatsCounted { client_id: String, group_id: String, count: u64 },
    /// A transaction on the wire.
    TransactionChanged {
        broker: BrokerId,
        connection: u64,
        client_id: String,
        correlation_id: i32,
        transactional_id: String,
        producer_id: i64,
        producer_epoch: i16,
        state: TransactionState,
        error: String,
    },
    /// An app's transactional producer was refused for good, with Kafka's error name.
    TransactionRefused { app: String, instance: u32, transactional_id: String, error: String },
    /// A fault is armed at the tap; `text` says it in words.
    FaultArmed { rule: u64, text: String },
    /// It hit a frame.
    FaultFired {
        rule: u64,
        broker: BrokerId,
        connection: u64,
        client_id: String,
        api: String,
        correlation_id: i32,
        topic: String,
        partition: i32,
        event_ids: Vec<String>,
        what: String,
    },
    /// It will hit nothing any more, and why.
    FaultExpired { rule: u64, reason: String },
    /// The wire was made slow, or fast again (0): Produce, its answer and Fetch answers with records wait so long.
    SlowWireChanged { ms: u32 },
    /// A crash point of an app.
    CrashPointChanged { app: String, instance: u32, at_point: String, action: String, state: CrashState },

    /// A scene begins. `spec` is how its verdict is computed: `{"rows":[…]}`.
    SceneStarted {
        run: u64,
        scene: String,
        title: String,
        chapter: String,
        guard: String,
        guarded: bool,
        customer: String,
        steps: Vec<String>,
        spec: Map<String, Value>,
    },
    /// A step of the scene, counted from 0; `reason` is what it waits for, or why it was not shown.
    SceneStep { run: u64, step: u32, state: StepState, reason: String },
    /// What the facts of the run show.
    VerdictReached { run: u64, scene: String, guarded: bool, outcome: Outcome, holds: bool, rows: Vec<VerdictRow> },
    /// The run is over and the stage is green again, or why it is not.
    SceneEnded { run: u64, ok: bool, reason: String },

    /// Keyframes only: what is known of a record beyond its bytes.
    RecordHistory(Box<RecordHistory>),
    /// Keyframes only: what is known of a partition beyond the cluster's last answer.
    PartitionHistory(Box<PartitionHistory>),
    /// Keyframes only: the newest events on their way to a log.
    SendsHistory { sends: Vec<Sends> },
    /// Keyframes only: where an order stood since when.
    OrderHistory { order: OrderId, moments: Vec<Moment> },
    /// Keyframes only: what was counted so far.
    Counted(Counters),
    /// Keyframes only: orders that are older than the last 200, as sums.
    OrdersClosed(Closed),

    /// A kind this build does not know, kept as it came (with its `kind`).
    #[serde(skip)]
    Unknown(Map<String, Value>),
}

/// The session's head.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionStarted {
    /// Recording format.
    pub format: u32,
    /// A random id, so that two recordings are never mixed up.
    pub session: String,
    /// RFC 3339, UTC.
    pub wall_clock: String,
    /// Whose cluster it is.
    pub mode: Mode,
    /// Bootstrap address of the DIRECT listeners.
    pub bootstrap: String,
    /// Bootstrap address of the STAGE listeners; empty on somebody else's cluster.
    pub stage_bootstrap: String,
    /// Kafka's version where we know it.
    pub kafka_version: String,
    /// The gateway's version.
    pub gateway_version: String,
    /// How many bytes of each value are kept; 0 is keys and sizes only.
    pub value_bytes: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(b: &bool) -> bool {
    !b
}
