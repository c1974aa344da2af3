//! What only keyframes tell: histories and sums that no single fact holds.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::OrderStatus;
use crate::{
    ids::{BrokerId, Micros, OrderId},
    ordered::Ordered,
};

/// What is known of a record beyond its bytes; each time is when it was first seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordHistory {
    /// Topic name.
    pub topic: String,
    /// Partition index.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Handed to the producer.
    pub sent_at: Option<Micros>,
    /// The app that sent it.
    pub sent_by: String,
    /// Seen on each replica, bounded by the first poll that saw it or the high watermark passing it.
    #[serde(deserialize_with = "by_broker")]
    pub copied: Ordered<BrokerId, Micros>,
    /// The high watermark passed it.
    pub committed_at: Option<Micros>,
    /// Its producer was told.
    pub acknowledged_at: Option<Micros>,
    /// The fact that said so, by number.
    pub acknowledged_by: u64,
    /// With which acks.
    pub acks: String,
    /// What the producer waited, as it says.
    pub took_micros: u64,
    /// A group's position passed it.
    pub read: Ordered<String, Micros>,
    /// What each app did with it.
    pub handled: Ordered<String, String>,
    /// And when each app said so.
    #[serde(skip_serializing_if = "Ordered::is_empty")]
    pub handled_at: Ordered<String, Micros>,
    /// A group's committed offset passed it.
    #[serde(skip_serializing_if = "Ordered::is_empty")]
    pub passed: Ordered<String, Micros>,
    /// It was taken back.
    pub truncated_at: Option<Micros>,
}

impl RecordHistory {
    /// Of another record at the same place: nothing is known yet.
    pub(crate) fn of_another(&self) -> Self {
        Self { topic: self.topic.clone(), partition: self.partition, offset: self.offset, ..Self::default() }
    }
}

/// An event on its way to a log: what its app told and what passed the tap.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sends {
    /// The event.
    pub event_id: String,
    /// When it was handed to its producer, where an app told.
    pub sent_at: Option<Micros>,
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
    /// Each Produce request that carried it, oldest first.
    pub attempts: Vec<Attempt>,
    /// When its producer was told that it is not stored.
    pub refused_at: Option<Micros>,
    /// Kafka's name of the reason.
    pub error: String,
}

/// A Produce request that carried an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attempt {
    /// When it passed the tap.
    pub at: Micros,
    /// The broker it went to.
    pub broker: BrokerId,
    /// Over which connection of the tap.
    pub connection: u64,
    /// Which request of that connection.
    pub correlation_id: i32,
    /// The partition it was for.
    pub partition: i32,
    /// When its answer came to the tap.
    pub answered_at: Option<Micros>,
    /// The offset in the answer, -1 for none.
    pub offset: i64,
    /// Kafka's name of the error in the answer, empty for none.
    pub error: String,
    /// When a fault took it, or its answer, off the wire.
    pub lost_at: Option<Micros>,
}

impl Default for Attempt {
    fn default() -> Self {
        Self {
            at: Micros(0),
            broker: BrokerId::NONE,
            connection: 0,
            correlation_id: 0,
            partition: 0,
            answered_at: None,
            offset: -1,
            error: String::new(),
            lost_at: None,
        }
    }
}

impl Sends {
    /// Sent once, if at all, and nothing went wrong.
    pub(crate) fn is_plain(&self) -> bool {
        let well = |a: &Attempt| a.lost_at.is_none() && a.error.is_empty();
        self.refused_at.is_none() && self.attempts.len() <= 1 && self.attempts.iter().all(well)
    }
}

/// Where an order stood, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moment {
    /// Since when.
    pub at: Micros,
    /// What the order app said.
    pub status: OrderStatus,
    /// Cents taken and not given back.
    pub kept_cents: i64,
}

/// JSON's keys are texts, and where serde looks for `kind` first it no longer reads them as numbers.
fn by_broker<'de, D: Deserializer<'de>>(from: D) -> Result<Ordered<BrokerId, Micros>, D::Error> {
    let texts = std::collections::BTreeMap::<String, Micros>::deserialize(from)?;
    texts.into_iter().map(|(id, at)| Ok((BrokerId(id.parse().map_err(D::Error::custom)?), at))).collect()
}

/// A stretch in which a partition's leader could not be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outage {
    /// Who led when it began.
    pub broker: BrokerId,
    /// When the leader was first seen unreachable.
    pub since: Micros,
    /// When a reachable leader was named again.
    pub until: Option<Micros>,
    /// The fact that began it, by number.
    pub begun_by: u64,
    /// The fact that ended it.
    pub ended_by: u64,
}

/// An offset whose record was taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lost {
    /// The offset it had.
    pub offset: i64,
    /// Whether its producer had been told that it is stored.
    pub acknowledged: bool,
    /// When it was seen to be gone.
    pub at: Micros,
    /// The fact that told its producer, by number.
    pub acknowledged_by: u64,
    /// The fact that took it back.
    pub lost_by: u64,
}

/// What is known of a partition beyond the cluster's last answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartitionHistory {
    /// Topic name.
    pub topic: String,
    /// Partition index.
    pub partition: i32,
    /// When the present leader and epoch were first seen.
    pub leader_since: Micros,
    /// Who led before, -1 where nobody did.
    pub previous_leader: BrokerId,
    /// The last stretch without a reachable leader.
    pub outage: Option<Outage>,
    /// The newest records that were taken back.
    pub lost: Vec<Lost>,
}

/// What was counted since the session's start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counters {
    /// Records seen, one by one or in batches.
    pub records: u64,
    /// Of these, told as batches only.
    pub merged: u64,
    /// Facts that were dropped at a bound of ours.
    pub dropped: u64,
    /// Acknowledgements seen.
    pub acknowledged: u64,
    /// Records that were taken back after they had been seen.
    pub truncated: u64,
    /// Facts the fold could not explain.
    pub surprises: u64,
    /// WARN and ERROR lines of processes.
    pub warnings: u64,
    /// The books' number, from 1.
    pub ledger: u32,
}

/// Orders older than the last 200, as sums.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Closed {
    /// How many were confirmed.
    pub confirmed: u64,
    /// How many were cancelled.
    pub cancelled: u64,
    /// Cents taken for them.
    pub taken_cents: i64,
    /// Cents given back.
    pub refunded_cents: i64,
    /// Cents of the confirmed ones.
    pub confirmed_cents: i64,
    /// Pieces of the confirmed ones.
    pub confirmed_pieces: i64,
    /// The newest of them.
    pub up_to: OrderId,
}
