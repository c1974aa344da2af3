//! The words that facts are told with: states, causes and the parts of larger facts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where the cluster came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Child JVMs of this gateway.
    #[default]
    Local,
    /// Somebody else's cluster, watched read-only.
    External,
}

/// What a process does, as the one who started it knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessState {
    /// Started, not answering yet.
    Starting,
    /// Answering.
    Running,
    /// Stopped by SIGSTOP; its sockets stay open.
    Paused,
    /// Asked to leave (SIGTERM), not gone yet.
    Stopping,
    /// Ended.
    Dead,
    /// Not ours: nobody told us.
    #[default]
    Unknown,
}

/// What a node of the cluster is (`process.roles`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A broker.
    #[default]
    Broker,
    /// A member of the metadata quorum.
    Controller,
}

/// What the controller says of a broker (DescribeCluster with fenced brokers, KIP-1073).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Registered and unfenced.
    Active,
    /// Registered, but its heartbeats are missing or it is still catching up.
    Fenced,
    /// Not registered.
    #[default]
    Absent,
}

/// How far the tail of a partition can see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadsTo {
    /// To the replica's log end: records are seen before they are committed.
    LogEnd,
    /// To the high watermark, as any consumer.
    #[default]
    HighWatermark,
}

/// Who saw a send, an acknowledgement or a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The app's own report.
    #[default]
    App,
    /// The tap on the wire.
    Tap,
}

/// A transaction's end as it stands in the log (a control record).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Commit marker.
    Commit,
    /// Abort marker.
    Abort,
}

/// How bad a notice is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing.
    #[default]
    Info,
    /// Something is not as it should be.
    Warn,
    /// Something failed.
    Error,
}

/// What a marker in the recording is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkerKind {
    /// A new chapter starts.
    Chapter,
    /// The player stops here.
    Stop,
    /// A note.
    #[default]
    Note,
}

/// Where a transaction stands, as its answers on the wire say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionState {
    /// The coordinator gave the producer its epoch (InitProducerId); older ones of that transactional id are fenced.
    #[default]
    Initialised,
    /// The first AddPartitionsToTxn or transactional Produce was sent.
    Begun,
    /// EndTxn was answered: commit.
    Committed,
    /// EndTxn was answered: abort.
    Aborted,
}

/// Where a crash point of an app stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrashState {
    /// The app will do it there.
    #[default]
    Armed,
    /// It was there and does it now.
    Reached,
    /// It was taken back.
    Cleared,
}

/// Where a step of a scene stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// It is being done.
    #[default]
    Started,
    /// What it waited for was seen.
    Done,
    /// It was not, within its limit.
    NotShown,
}

/// What a run of a scene came to: whether a correct shop's numbers were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every number is as a correct shop has it.
    Held,
    /// One is not.
    Broken,
    /// Something that had to be seen was not; nothing can be said.
    #[default]
    NotShown,
}

/// One line of a verdict. Numbers are JSON numbers, bounds are text (`at least 1`); null is any number, or one that was not seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VerdictRow {
    /// What was counted or measured, with its unit.
    pub what: String,
    /// What a correct shop has.
    pub wanted: Value,
    /// What this run must show.
    pub expected: Value,
    /// What was seen.
    pub seen: Value,
    /// Whether `seen` is as wanted.
    pub right: bool,
    /// The facts that prove it, by number.
    pub facts: Vec<u64>,
    /// Where the records stand that these facts tell of, as `orders 0 @3, @4`; empty for none.
    pub at: String,
}

/// Where an order stands, as the order app says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Placed, not decided.
    #[default]
    Open,
    /// Paid and confirmed.
    Confirmed,
    /// Cancelled or refused.
    Cancelled,
}

/// A partition assigned to a member.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Assigned {
    /// Topic name.
    pub topic: String,
    /// Partition index.
    pub partition: i32,
}

/// A member of a group as the coordinator describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The coordinator's id for it.
    pub member_id: String,
    /// What the client calls itself (`client.id`).
    pub client_id: String,
    /// Where it connects from.
    #[serde(default)]
    pub host: String,
    /// What it reads.
    pub assignment: Vec<Assigned>,
}
