//! The picture: what the facts so far add up to. It is a function of the facts and nothing else.

use std::collections::VecDeque;

use crate::{
    fact::{Closed, Control, Counters, Fact, Level, SessionStarted},
    ids::{BrokerId, Micros, PartitionId},
    marker::Marker,
    ordered::{Ordered, each_once},
};

pub mod cluster;
pub mod hit;
pub mod log;
pub mod refusals;
pub mod scene;
pub mod shop;
pub mod wire;

pub use cluster::{App, Broker, Controller, Group, GroupOffset, Position, Quorum};
pub use hit::{Fate, Hit, Taken};
pub use log::{Offsets, Partition, Record, Tail, Topic};
pub use refusals::{Refused, Transaction};
pub use scene::{CrashPoint, Fault, Run, Verdict};
pub use shop::{Order, OrderPart, PaymentPart, Proof, ProofStatus, Shop, StockPart};

/// How many commands and notices the picture remembers.
pub(crate) const REMEMBERED: usize = 16;
/// How many markers the picture remembers.
pub(crate) const MARKERS: usize = 64;
/// How many sends may wait for their answer before the oldest are forgotten.
pub(crate) const FLIGHTS: usize = 1024;

/// The fact that last shaped a thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Its number.
    pub seq: u64,
    /// When it was seen.
    pub at: Micros,
}

/// Everything that can be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// The newest fact folded.
    pub seq: u64,
    /// The latest time folded.
    pub at: Micros,
    /// The session's head.
    pub session: Option<(Stamp, SessionStarted)>,
    /// When the session ended.
    pub ended: Option<Stamp>,
    /// When the cluster's state was last read, and from whom.
    pub read: Option<(Stamp, Vec<BrokerId>)>,
    /// Brokers by id.
    pub brokers: Ordered<BrokerId, Broker>,
    /// Our connections by node and purpose: since when, whether they are up, and why.
    pub links: Ordered<(BrokerId, String), (Stamp, bool, String)>,
    /// Controllers whose process we know, by id.
    pub controllers: Ordered<BrokerId, Controller>,
    /// The metadata quorum.
    pub quorum: Option<Quorum>,
    /// Topics by name.
    pub topics: Ordered<String, Topic>,
    /// Partitions.
    pub partitions: Ordered<PartitionId, Partition>,
    /// Groups by id.
    pub groups: Ordered<String, Group>,
    /// How long the coordinator of a group waits for a silent member, milliseconds; kept apart, since it is told before the
    /// group exists.
    pub session_timeouts: Ordered<String, (Stamp, u32)>,
    /// Shop apps by name and instance.
    pub apps: Ordered<(String, u32), App>,
    /// Guards by app and name.
    pub guards: Ordered<(String, String), (Stamp, bool)>,
    /// Sends without an answer, by event id.
    pub flights: Ordered<String, Flight>,
    /// The newest facts that told of refused sends, oldest first.
    pub(crate) refused: VecDeque<Fact>,
    /// The newest transactions by transactional id.
    pub transactions: Ordered<String, Transaction>,
    /// The shop's books.
    pub shop: Shop,
    /// The newest commands, oldest first.
    pub commands: VecDeque<Command>,
    /// The newest notices, oldest first.
    pub notices: VecDeque<Notice>,
    /// The newest marker of a chapter.
    pub chapter: Option<(Stamp, String)>,
    /// The newest markers that people set, oldest first.
    pub markers: VecDeque<(Stamp, Marker)>,
    /// The newest runs of scenes.
    pub runs: Ordered<u64, Run>,
    /// Faults that are armed at the tap, by rule.
    pub faults: Ordered<u64, Fault>,
    /// The newest fault that hit a frame.
    pub hit: Option<Hit>,
    /// How long the slow wire holds frames back, milliseconds.
    pub slow_wire: Option<(Stamp, u32)>,
    /// Crash points by app and instance.
    pub crash_points: Ordered<(String, u32), CrashPoint>,
    /// The newest crash point that was come to, also when the app is past it.
    pub crashed: Option<((String, u32), CrashPoint)>,
    /// What passed the tap.
    pub wire: wire::Wire,
    /// What was counted.
    pub counters: Counters,
}

/// A record handed to its producer, not answered yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flight {
    /// The fact that told it.
    pub sent: Stamp,
    /// The app.
    pub app: String,
    /// Which of its instances.
    pub instance: u32,
    /// Where to.
    pub topic: String,
    /// With which key.
    pub key: String,
    /// What it says, for example OrderPlaced.
    pub event_type: String,
    /// Who saw it.
    pub source: crate::fact::Source,
}

/// A button that was pressed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Command {
    /// Made by the client.
    pub id: String,
    /// Its name.
    pub command: String,
    /// Its fields.
    pub args: serde_json::Map<String, serde_json::Value>,
    /// When it was pressed.
    pub received: Stamp,
    /// What came of it.
    pub finished: Option<Finished>,
}

/// What came of a command.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finished {
    /// When.
    pub stamp: Stamp,
    /// Whether it was done.
    pub ok: bool,
    /// What was done.
    pub did: String,
    /// How long it took.
    pub took_ms: u64,
    /// Why not.
    pub reason: Option<String>,
}

/// Something a person should read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notice {
    /// When.
    pub stamp: Stamp,
    /// How bad.
    pub level: Level,
    /// Who says it.
    pub source: String,
    /// What.
    pub text: String,
}

impl Picture {
    /// Whether a broker's connections answer, as far as we know; a broker nobody spoke of does not.
    pub fn reachable(&self, broker: BrokerId) -> bool {
        self.brokers.get(&broker).is_some_and(Broker::reachable)
    }

    /// Whether the partition's leader, as the cluster names it, can be reached by us.
    pub fn leader_reachable(&self, partition: &Partition) -> bool {
        partition.leader.exists() && self.reachable(partition.leader)
    }

    /// Brokers, and the partitions of them that each leads, internal topics left out.
    pub fn leads(&self, broker: BrokerId) -> usize {
        self.shown_partitions().filter(|(_, p)| p.leader == broker).count()
    }

    /// The partitions that are drawn: all but those of internal topics.
    pub fn shown_partitions(&self) -> impl Iterator<Item = (&PartitionId, &Partition)> {
        self.partitions.iter().filter(|(id, _)| !self.topics.get(&id.topic).is_some_and(|t| t.internal))
    }

    /// High watermark less committed offset, as kafka-consumer-groups counts it; a group without an offset lags from the log's start.
    pub fn lag(&self, group: &Group, id: &PartitionId) -> i64 {
        let Some(offsets) = self.partitions.get(id).and_then(|p| p.offsets.as_ref()) else { return 0 };
        let committed = group.offsets.get(id).map_or(-1, |o| o.committed);
        let from = if committed < 0 { offsets.log_start_offset } else { committed };
        offsets.high_watermark.saturating_sub(from).max(0)
    }

    /// What a group reads: its members' partitions and whatever it has an offset for.
    pub fn group_partitions<'a>(&self, group: &'a Group) -> Vec<PartitionId> {
        let assigned = group.members.iter().flat_map(|m| &m.assignment);
        let assigned = assigned.map(|a| PartitionId::new(a.topic.clone(), a.partition));
        each_once(assigned.chain(group.offsets.keys().cloned()))
    }

    /// A group's lag over all it reads.
    pub fn total_lag(&self, group: &Group) -> i64 {
        self.group_partitions(group).iter().map(|id| self.lag(group, id)).fold(0, i64::saturating_add)
    }

    /// What a group has left to read, read_committed: its lag less the markers of transactions and what was aborted. No
    /// reader is given those, so they stay in the lag until a record follows.
    pub fn unread(&self, group: &Group) -> i64 {
        let left = |id: &PartitionId| self.lag(group, id).saturating_sub(self.passed_over(group, id)).max(0);
        self.group_partitions(group).iter().map(left).fold(0, i64::saturating_add)
    }

    fn passed_over(&self, group: &Group, id: &PartitionId) -> i64 {
        let Some(partition) = self.partitions.get(id) else { return 0 };
        let committed = group.offsets.get(id).map_or(0, |o| o.committed.max(0));
        let end = partition.high_watermark();
        if committed >= end {
            return 0;
        }
        let (mut passed, mut ends) = (0, Ordered::new());
        // From behind: a producer's marker says what became of its records before it.
        for record in partition.records.range(committed..end).rev().filter_map(|(_, record)| record.appended.as_ref()) {
            match record.control {
                Some(control) => drop(ends.insert(record.producer_id, control)),
                None if record.transactional && ends.get(&record.producer_id) == Some(&Control::Abort) => {}
                None => continue,
            }
            passed += 1;
        }
        passed
    }

    /// Sends of an app that have no answer yet.
    pub fn waiting(&self, app: &str) -> usize {
        self.flights.values().filter(|f| f.app == app).count()
    }

    /// Older orders, as sums.
    pub fn closed(&self) -> &Closed {
        &self.shop.closed
    }
}
