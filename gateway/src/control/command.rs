//! What can be pressed: every command, understood.

use model::ids::{BrokerId, OrderId, PartitionId};

use crate::shop::{AppName, guards::Guard, wire::CrashPoint};

/// What is done to a node's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeVerb {
    /// SIGKILL.
    Kill,
    /// SIGTERM.
    Stop,
    /// SIGSTOP.
    Pause,
    /// SIGCONT.
    Resume,
    /// Start it again with its data.
    Start,
}

/// What is done to a running app's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppVerb {
    /// A clean leave.
    Stop,
    /// SIGKILL.
    Kill,
    /// SIGSTOP.
    Pause,
    /// SIGCONT.
    Resume,
}

/// Where a group is put back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetTo {
    /// The first record there is.
    Earliest,
    /// Behind the last record.
    Latest,
    /// This offset of every partition.
    Offset(i64),
}

/// How an app is started, beyond its name; what is missing is as the app has it by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartWish {
    /// The consumer group.
    pub group: Option<String>,
    /// `classic` or `consumer` (KIP-848).
    pub group_protocol: Option<&'static str>,
    /// What it reads.
    pub topic: Option<String>,
    /// `isolation.level`: `read_committed` or `read_uncommitted`.
    pub isolation: Option<&'static str>,
    /// Whether it commits a record's offset before its work instead of after it.
    pub commit_first: bool,
    /// `transactional.id`, where another one is to be fenced by it.
    pub transactional_id: Option<String>,
    /// Whether it begins at the log's end, wherever its group was.
    pub from_end: bool,
    /// `partition.assignment.strategy` of a classic group.
    pub assignor: Option<&'static str>,
    /// Which key its records carry: `order` or `shop`.
    pub key: Option<&'static str>,
    /// How long its work on a record takes beyond what it does, milliseconds.
    pub work_ms: u32,
    /// Whether a view parks what comes too early.
    pub parks: bool,
}

/// A fault in an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrashWish {
    /// Which app.
    pub app: AppName,
    /// Which of its instances.
    pub instance: u32,
    /// Where and what.
    pub point: CrashPoint,
}

/// A press, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A customer's: an item is put on the shelf.
    CreateItem { item: String, count: i64, price_cents: i64 },
    /// A customer's: an order is placed, and paid when it is due.
    CreateOrder { item: String, count: i64, customer: String, pay: bool },
    /// A customer's: pays an order, or is refused.
    Pay { order: Option<OrderId>, refuse: bool },
    /// A customer's: presses Pay twice within 50 ms.
    PayTwice { order: Option<OrderId> },
    /// Something is done to a broker's or a controller's process.
    Node { verb: NodeVerb, node: BrokerId, confirm: bool },
    /// An app is started.
    StartApp { app: AppName, instance: Option<u32>, how: StartWish },
    /// Something is done to a running app's process.
    App { verb: AppVerb, app: AppName, instance: Option<u32> },
    /// A guard of one app, or of all, is switched.
    SetGuard { guard: Guard, app: Option<AppName>, on: bool },
    /// A fault is armed on the wire.
    ArmRule(tap::Rule),
    /// A fault is armed in an app.
    ArmCrash(CrashWish),
    /// Nothing is armed any more.
    ClearFaults,
    /// The wire of the shop's apps is made slow, or fast again.
    SlowWire { ms: u32 },
    /// An empty group's offsets are put elsewhere, of one partition or of all.
    ResetGroup { group: String, of: Option<PartitionId>, to: ResetTo },
    /// Leaders go home.
    ElectPreferredLeaders,
    /// All back to green.
    Restore,
    /// This moment is marked.
    SetMarker { text: String },
}

/// Every command by name.
pub const NAMES: [&str; 22] = [
    "create_item",
    "create_order",
    "pay",
    "pay_twice",
    "kill_broker",
    "stop_broker",
    "pause_broker",
    "resume_broker",
    "start_broker",
    "start_app",
    "stop_app",
    "kill_app",
    "pause_app",
    "resume_app",
    "set_guard",
    "arm_fault",
    "clear_faults",
    "slow_wire",
    "reset_group",
    "elect_preferred_leaders",
    "restore",
    "set_marker",
];
