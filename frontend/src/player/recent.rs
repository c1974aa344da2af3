//! What has just been shown, and exactly when: a step is eased from there, so that no mark is ahead of its fact.

use std::collections::VecDeque;

use model::{
    fact::{Event, Fact},
    ids::{BrokerId, Micros, PartitionId},
    picture::Picture,
};

use crate::stage::{Fresh, News, is_gone};

/// Nothing is eased for longer.
const LONGEST_MICROS: u64 = 600_000;
/// At most so many steps are eased at once; in a flood nobody sees a single one.
const MOST: usize = 256;

/// The newest steps, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Recent(VecDeque<Fresh>);

/// How far a partition is.
#[derive(Default)]
struct Level {
    ends: Vec<(BrokerId, i64)>,
    end: i64,
    committed: Option<i64>,
}

impl Level {
    fn of(picture: &Picture, id: &PartitionId) -> Option<Self> {
        let p = picture.partitions.get(id)?;
        let leader = (!p.log_ends.contains_key(&p.leader)).then_some(p.leader);
        let replicas = p.log_ends.keys().copied().chain(leader);
        let ends = replicas.filter_map(|broker| Some((broker, p.log_end(broker)?))).collect();
        Some(Self { ends, end: p.log_end_offset(), committed: p.offsets.as_ref().map(|_| p.high_watermark()) })
    }

    fn end_on(&self, broker: BrokerId) -> Option<i64> {
        self.ends.iter().find(|(b, _)| *b == broker).map(|(_, end)| *end)
    }
}

impl Recent {
    /// Folds a fact that is shown at `at` in display time, and notes what that changed.
    pub(crate) fn fold(&mut self, picture: &mut Picture, fact: &Fact, at: Micros) {
        match &fact.event {
            Event::RecordAppended(a) => {
                self.fold_level(picture, fact, at, PartitionId::new(a.topic.clone(), a.partition))
            }
            Event::BatchAppended { topic, partition, .. }
            | Event::OffsetsMoved { topic, partition, .. }
            | Event::ReplicaLogEnd { topic, partition, .. } => {
                self.fold_level(picture, fact, at, PartitionId::new(topic.clone(), *partition));
            }
            Event::RecordAcknowledged { topic, partition, offset, .. } => {
                picture.fold(fact);
                let id = PartitionId::new(topic.clone(), *partition);
                self.push(at, News::Acknowledged { id, offset: *offset });
            }
            Event::GroupChanged { group_id, members, .. } => {
                let before = picture.groups.get(group_id).map(|g| g.members.clone()).unwrap_or_default();
                picture.fold(fact);
                for old in before {
                    let moved =
                        |m: &&model::fact::Member| m.member_id == old.member_id && m.assignment != old.assignment;
                    if members.iter().any(|m| moved(&m)) {
                        let (group, member_id) = (group_id.clone(), old.member_id);
                        self.push(at, News::Assigned { group, member_id, before: old.assignment });
                    }
                }
            }
            Event::ProcessChanged { node: broker, .. } | Event::BrokerReachable { broker, .. } => {
                let gone = |picture: &Picture| picture.brokers.get(broker).is_some_and(is_gone);
                let was_gone = gone(picture);
                picture.fold(fact);
                if was_gone && !gone(picture) {
                    self.push(at, News::Returned(*broker));
                }
            }
            _ => {
                picture.fold(fact);
            }
        }
    }

    fn fold_level(&mut self, picture: &mut Picture, fact: &Fact, at: Micros, id: PartitionId) {
        let before = Level::of(picture, &id);
        picture.fold(fact);
        // Of what was not known before nothing can have moved.
        let (Some(before), Some(now)) = (before, Level::of(picture, &id)) else { return };
        for (broker, to) in &now.ends {
            if let Some(from) = before.end_on(*broker).filter(|from| from < to) {
                self.push(at, News::Stored { id: id.clone(), broker: *broker, from, to: *to });
            }
        }
        if before.end < now.end {
            self.push(at, News::Grown { id: id.clone(), by: now.end - before.end });
        }
        if let (Some(from), Some(to)) = (before.committed, now.committed)
            && from < to
        {
            self.push(at, News::Committed { id, from, to });
        }
    }

    fn push(&mut self, at: Micros, what: News) {
        self.0.push_back(Fresh { at, what });
        if self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    /// Forgets what has settled at display time `now`.
    pub(crate) fn advance(&mut self, now: Micros) {
        while self.0.front().is_some_and(|f| now.since(f.at) >= LONGEST_MICROS) {
            self.0.pop_front();
        }
        self.0.make_contiguous();
    }

    /// Forgets everything: what is shown at once is not eased.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What has not settled yet.
    pub(crate) fn all(&self) -> &[Fresh] {
        self.0.as_slices().0
    }
}
