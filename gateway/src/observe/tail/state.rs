//! Where each partition is read, from whom, and up to which offset; what was read is told here and nowhere else.

use std::collections::{BTreeMap, btree_map::Entry};

use model::{
    fact::{Event, ReadsTo},
    ids::{BrokerId, Micros, PartitionId},
};

use crate::kafka::{Batch, Fetched, TopicId};

use super::{
    epochs::Epochs,
    rate::Rate,
    tell::{self, Policy},
};

/// A partition as the view assigns it to its leader's tail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) id: PartitionId,
    pub(super) topic_id: TopicId,
    pub(super) leader_epoch: i32,
    /// Read from its log start, not from its end.
    pub(super) from_start: bool,
}

/// All tails. One partition is read by one task at a time: that of its leader.
#[derive(Debug)]
pub(in crate::observe) struct Tails {
    tails: BTreeMap<PartitionId, Tail>,
    reads_to: ReadsTo,
}

/// One partition's tail.
#[derive(Debug)]
pub(super) struct Tail {
    topic_id: TopicId,
    /// The next offset to be read; `None` until its start was found.
    pub(super) next_offset: Option<i64>,
    pub(super) epochs: Epochs,
    pub(super) rate: Rate,
    /// The leader and epoch for which the log was compared with what was read.
    attached: Option<(BrokerId, i32)>,
    /// The highest epoch in which the log was compared; a task that still holds an older one is not heard.
    highest_epoch: i32,
    told_attached: Option<(BrokerId, ReadsTo)>,
    told_offsets: Option<[i64; 4]>,
    high_watermark: i64,
    /// Left alone until then, after an error.
    retry_at: Micros,
    pub(super) told_unreadable: bool,
}

/// What a partition's leader has to be asked before it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Where the log begins or ends.
    Start,
    /// Where this epoch ended.
    EpochEnd(i32),
    /// Nothing.
    Nothing,
}

impl Tails {
    /// Read to the log end on a cluster of our own, to the high watermark on another.
    pub(in crate::observe) const fn new(own_cluster: bool) -> Self {
        let reads_to = if own_cluster { ReadsTo::LogEnd } else { ReadsTo::HighWatermark };
        Self { tails: BTreeMap::new(), reads_to }
    }

    /// How far tails see.
    pub(super) const fn reads_to(&self) -> ReadsTo {
        self.reads_to
    }

    /// The broker refuses to be read to the log end: all tails read as consumers from now on.
    pub(super) fn read_as_consumer(&mut self) {
        self.reads_to = ReadsTo::HighWatermark;
        self.tails.values_mut().for_each(|tail| tail.attached = None);
    }

    /// The next offset to be read, where this partition is tailed.
    pub(in crate::observe) fn read_to(&self, id: &PartitionId) -> Option<i64> {
        self.tails.get(id).and_then(|tail| tail.next_offset)
    }

    /// The topic is gone.
    pub(in crate::observe) fn forget(&mut self, topic: &str) {
        self.tails.retain(|id, _| id.topic != topic);
    }

    pub(super) fn get(&mut self, assignment: &Assignment) -> &mut Tail {
        let fresh = Tail::new(assignment.topic_id);
        match self.tails.entry(assignment.id.clone()) {
            Entry::Vacant(vacant) => vacant.insert(fresh),
            Entry::Occupied(occupied) => {
                let tail = occupied.into_mut();
                if tail.topic_id != assignment.topic_id {
                    *tail = fresh;
                }
                tail
            }
        }
    }

    /// Takes what `broker` gave of this partition; what is to be told, in order.
    pub(super) fn take(
        &mut self,
        broker: BrokerId,
        assignment: &Assignment,
        fetched: Fetched,
        batches: &[Batch],
        (policy, now): (Policy<'_>, Micros),
    ) -> Vec<Event> {
        let tail = self.get(assignment);
        let mut events = Vec::new();
        // The leader may have changed while the answer was under way.
        if tail.attached != Some((broker, assignment.leader_epoch)) {
            return events;
        }
        tell::batches(tail, &assignment.id, batches, (policy, now), &mut events);
        tail.high_watermark = fetched.high_watermark;
        let log_end = tail.next_offset.unwrap_or_default().max(fetched.high_watermark);
        let offsets = [fetched.log_start_offset, fetched.high_watermark, fetched.last_stable_offset, log_end];
        if tail.told_offsets.replace(offsets) != Some(offsets) {
            let PartitionId { topic, partition } = assignment.id.clone();
            let [log_start_offset, high_watermark, last_stable_offset, log_end_offset] = offsets;
            events.push(Event::OffsetsMoved {
                topic,
                partition,
                log_start_offset,
                high_watermark,
                last_stable_offset,
                log_end_offset,
            });
        }
        events
    }
}

impl Tail {
    fn new(topic_id: TopicId) -> Self {
        Self {
            topic_id,
            next_offset: None,
            epochs: Epochs::default(),
            rate: Rate::default(),
            attached: None,
            highest_epoch: -1,
            told_attached: None,
            told_offsets: None,
            high_watermark: 0,
            retry_at: Micros(0),
            told_unreadable: false,
        }
    }

    /// What has to be asked before this broker can be read in this epoch.
    pub(super) fn needs(&self, broker: BrokerId, leader_epoch: i32) -> Needs {
        if self.is_attached(broker, leader_epoch) || leader_epoch < self.highest_epoch {
            return Needs::Nothing;
        }
        match (self.next_offset, self.epochs.latest()) {
            (None, _) => Needs::Start,
            (Some(_), Some(latest)) if latest < leader_epoch => Needs::EpochEnd(latest),
            (Some(_), _) => Needs::Nothing,
        }
    }

    pub(super) fn is_attached(&self, broker: BrokerId, leader_epoch: i32) -> bool {
        self.attached == Some((broker, leader_epoch))
    }

    pub(super) fn rests(&self, now: Micros) -> bool {
        now < self.retry_at
    }

    /// Leaves the partition alone for a while, and compares the log anew before it is read again.
    pub(super) fn rest(&mut self, until: Micros) {
        self.attached = None;
        self.retry_at = until;
    }

    /// All records that were read are committed: nothing is expected soon.
    pub(super) fn is_settled(&self) -> bool {
        self.next_offset.is_none_or(|next| self.high_watermark >= next)
    }

    /// Whether a leader has answered yet.
    pub(super) const fn is_told(&self) -> bool {
        self.told_offsets.is_some()
    }

    /// The leader's log and what was read part at `common_end`.
    pub(super) fn cut(&mut self, id: &PartitionId, common_end: i64, leader_epoch: i32) -> Option<Event> {
        let next = self.next_offset?;
        if common_end >= next {
            return None;
        }
        self.next_offset = Some(common_end);
        self.epochs.cut(common_end);
        // The log end is told anew, also where it comes to be the same number.
        self.told_offsets = None;
        let PartitionId { topic, partition } = id.clone();
        Some(Event::RecordsTruncated { topic, partition, from_offset: common_end, to_offset: next, leader_epoch })
    }

    /// The log was compared: from now on it is read from this broker.
    pub(super) fn attach(
        &mut self,
        broker: BrokerId,
        leader_epoch: i32,
        id: &PartitionId,
        reads_to: ReadsTo,
    ) -> Option<Event> {
        if leader_epoch < self.highest_epoch {
            return None;
        }
        if self.highest_epoch < leader_epoch {
            // A new leader's first answer is told also where it is the old one's: it says that what was read is committed there.
            self.told_offsets = None;
        }
        self.attached = Some((broker, leader_epoch));
        self.highest_epoch = leader_epoch;
        if self.told_attached.replace((broker, reads_to)) == Some((broker, reads_to)) {
            return None;
        }
        let PartitionId { topic, partition } = id.clone();
        Some(Event::TailAttached { topic, partition, broker, reads_to })
    }
}

#[cfg(test)]
mod tests;
