//! Topics, partitions and the newest records of each, with what every replica was seen to have.

use std::collections::VecDeque;

use super::Stamp;
use crate::{
    fact::{Appended, Lost, Outage, ReadsTo, RecordHistory},
    ids::{BrokerId, Micros},
    ordered::Ordered,
};

/// How many records of a partition the picture keeps.
pub(crate) const KEPT_RECORDS: usize = 64;
/// How many records that were taken back it remembers a partition.
pub(crate) const KEPT_LOST: usize = 16;

/// A topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topic {
    /// When it last changed.
    pub stamp: Stamp,
    /// Its id, as Kafka prints it.
    pub topic_id: String,
    /// How many partitions.
    pub partitions: i32,
    /// Whether Kafka keeps it for itself.
    pub internal: bool,
}

/// A partition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Partition {
    /// When leader, epoch, replicas or ISR last changed; none before the first answer.
    pub stamp: Option<Stamp>,
    /// The cluster's last answer, even while that broker is dead; -1 for none.
    pub leader: BrokerId,
    /// Its leader epoch.
    pub leader_epoch: i32,
    /// Replicas in the order of preference.
    pub replicas: Vec<BrokerId>,
    /// The in-sync set.
    pub isr: Vec<BrokerId>,
    /// Which broker said so.
    pub source: BrokerId,
    /// When the present leader and epoch were first seen.
    pub leader_since: Micros,
    /// Who led before.
    pub previous_leader: BrokerId,
    /// The last stretch without a reachable leader.
    pub outage: Option<Outage>,
    /// Offsets as the leader answered.
    pub offsets: Option<Offsets>,
    /// Each replica's own log end.
    pub log_ends: Ordered<BrokerId, (Stamp, i64)>,
    /// Where the tail reads it.
    pub tail: Option<Tail>,
    /// The newest records by offset.
    pub records: Ordered<i64, Record>,
    /// The newest records that were taken back.
    pub lost: VecDeque<Lost>,
    /// What the leader remembers of producers.
    pub producers: Ordered<i64, Producer>,
}

/// Offsets as the leader answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offsets {
    /// When they last moved.
    pub stamp: Stamp,
    /// The first offset there is.
    pub log_start_offset: i64,
    /// Everything before it is committed.
    pub high_watermark: i64,
    /// Everything before it is decided (KIP-98).
    pub last_stable_offset: i64,
    /// The next offset to be given.
    pub log_end_offset: i64,
}

/// Where the tail reads a partition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tail {
    /// Since when.
    pub stamp: Stamp,
    /// From whom.
    pub broker: BrokerId,
    /// How far it sees.
    pub reads_to: ReadsTo,
}

/// What a leader remembers of a producer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Producer {
    /// When it last changed.
    pub stamp: Stamp,
    /// Its epoch.
    pub producer_epoch: i32,
    /// The last sequence it wrote.
    pub last_sequence: i32,
    /// Where its open transaction starts, -1 where none is open.
    pub txn_start_offset: i64,
}

/// A record, or what was heard of one before the tail saw it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The fact that told of it first on a log.
    pub stamp: Stamp,
    /// The record; none where only its acknowledgement or a reader was seen so far.
    pub appended: Option<Box<Appended>>,
    /// When it was seen where.
    pub history: RecordHistory,
}

impl Partition {
    /// A replica's log end where it is known; the leader's own answer counts for the leader.
    pub fn log_end(&self, broker: BrokerId) -> Option<i64> {
        let polled = self.log_ends.get(&broker).map(|(_, end)| *end);
        let answered = self.offsets.as_ref().filter(|o| broker == self.leader && o.stamp.at >= self.leader_since);
        polled.max(answered.map(|o| o.log_end_offset))
    }

    /// The furthest log end that is known: what the window is drawn around.
    pub fn log_end_offset(&self) -> i64 {
        let leader = self.log_end(self.leader).or(self.offsets.as_ref().map(|o| o.log_end_offset));
        leader.or(self.log_ends.values().map(|(_, end)| *end).max()).unwrap_or_default()
    }

    /// The leader's high watermark.
    pub fn high_watermark(&self) -> i64 {
        self.offsets.as_ref().map_or(0, |o| o.high_watermark)
    }

    /// The first record that is kept and holds one of these events.
    pub fn first_of(&self, event_ids: &[String]) -> Option<&Record> {
        self.records.values().find(|record| {
            let id = record.appended.as_ref().and_then(|a| a.header("event-id"));
            id.is_some_and(|id| event_ids.iter().any(|known| known == id))
        })
    }

    /// The entry of an offset, made where it is new; `None` where it is older than what is kept, or no offset at all.
    pub(crate) fn record_mut(&mut self, id: (&str, i32), offset: i64) -> Option<&mut Record> {
        if offset < 0 {
            return None;
        }
        let full = self.records.len() >= KEPT_RECORDS;
        if !self.records.contains_key(&offset) {
            if full && self.records.keys().next().is_some_and(|first| offset < *first) {
                return None;
            }
            if full {
                self.records.pop_first();
            }
        }
        let (topic, partition) = id;
        Some(self.records.entry(offset).or_insert_with(|| Record {
            history: RecordHistory { topic: topic.to_owned(), partition, offset, ..RecordHistory::default() },
            ..Record::default()
        }))
    }

    /// Notes that replica `broker` has everything before `end`. Where it has a record it has those before, so this ends at
    /// the first that is noted.
    pub(crate) fn note_copied(&mut self, broker: BrokerId, end: i64, at: Micros) {
        for record in self.records.range_mut(..end).rev().map(|(_, r)| r) {
            if record.history.copied.contains_key(&broker) {
                break;
            }
            record.history.copied.insert(broker, at);
        }
    }
}
