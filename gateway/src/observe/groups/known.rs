//! What was told of groups and producers, and when a group that nobody lists may be asked after.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    fact::{Event, Member},
    ids::{BrokerId, PartitionId},
};

use crate::kafka::{CommittedOffsets, DescribedGroup, Partitions, ProducerState};

use super::super::told::Told;

/// A producer's state as told: epoch, last sequence, start of its open transaction.
type Produced = (i32, i32, i64);

/// The groups and producers told so far.
#[derive(Debug, Default)]
pub(in crate::observe) struct KnownGroups {
    groups: BTreeMap<String, Known>,
    producers: Told<(PartitionId, i64), Produced>,
}

#[derive(Debug, Default)]
struct Known {
    state: String,
    group_type: String,
    protocol: String,
    coordinator: BrokerId,
    members: Vec<Member>,
    offsets: BTreeMap<PartitionId, i64>,
    /// Brokers whose last list lacked it.
    missing: BTreeSet<BrokerId>,
}

impl KnownGroups {
    /// A broker's list; returns known groups, with their type, that no reachable broker lists any more.
    pub(in crate::observe) fn listed<'a>(
        &mut self,
        by: BrokerId,
        listed: impl Iterator<Item = &'a String>,
        reachable: &[BrokerId],
    ) -> Vec<(String, String)> {
        let listed: BTreeSet<&String> = listed.collect();
        let mut lost = Vec::new();
        for (group_id, known) in &mut self.groups {
            if listed.contains(group_id) {
                known.missing.clear();
                continue;
            }
            known.missing.insert(by);
            if reachable.iter().all(|broker| known.missing.contains(broker)) {
                lost.push((group_id.clone(), known.group_type.clone()));
            }
        }
        lost
    }

    /// The coordinator's description.
    pub(in crate::observe) fn described(
        &mut self,
        coordinator: BrokerId,
        group_type: &str,
        group: DescribedGroup,
    ) -> Option<Event> {
        let DescribedGroup { group_id, state, protocol, members, .. } = group;
        let known = self.groups.entry(group_id.clone()).or_default();
        let same = known.state == state
            && known.group_type == group_type
            && known.protocol == protocol
            && known.coordinator == coordinator
            && known.members == members;
        if same {
            return None;
        }
        known.state.clone_from(&state);
        known.group_type = group_type.to_owned();
        known.protocol.clone_from(&protocol);
        known.coordinator = coordinator;
        known.members.clone_from(&members);
        let group_type = known.group_type.clone();
        Some(Event::GroupChanged { group_id, state, group_type, protocol, coordinator, members })
    }

    /// The coordinator's committed offsets; one that is no longer among them is told as -1.
    pub(in crate::observe) fn committed(&mut self, by: BrokerId, committed: CommittedOffsets) -> Vec<Event> {
        let CommittedOffsets { group_id, error: None, offsets } = committed else { return Vec::new() };
        let Some(known) = self.groups.get_mut(&group_id).filter(|known| known.coordinator == by) else {
            return Vec::new();
        };
        let now: BTreeMap<PartitionId, i64> = offsets
            .into_iter()
            .map(|(topic, partition, offset)| (PartitionId::new(topic, partition), offset))
            .collect();
        let gone = known.offsets.iter().filter(|(id, offset)| **offset >= 0 && !now.contains_key(id));
        let gone: Vec<(PartitionId, i64)> = gone.map(|(id, _)| (id.clone(), -1)).collect();
        let mut events = Vec::new();
        for (id, offset) in now.into_iter().chain(gone) {
            if known.offsets.insert(id.clone(), offset) != Some(offset) {
                let PartitionId { topic, partition } = id;
                events.push(Event::OffsetCommitted { group_id: group_id.clone(), topic, partition, offset });
            }
        }
        events
    }

    /// Its coordinator says that there is no such group.
    pub(in crate::observe) fn delete(&mut self, group_id: &str) -> Option<Event> {
        self.groups.remove(group_id).map(|_| Event::GroupDeleted { group_id: group_id.to_owned() })
    }

    /// A leader's memory of the producers of `asked`; what it has forgotten (`producer.id.expiration.ms`), we forget.
    pub(in crate::observe) fn produced(&mut self, asked: &Partitions, producers: Vec<ProducerState>) -> Vec<Event> {
        let key = |producer: &ProducerState| {
            (PartitionId::new(producer.topic.clone(), producer.partition), producer.producer_id)
        };
        let remembered: BTreeSet<(PartitionId, i64)> = producers.iter().map(key).collect();
        let was_asked = |id: &PartitionId| asked.get(&id.topic).is_some_and(|indexes| indexes.contains(&id.partition));
        self.producers.retain(|key| remembered.contains(key) || !was_asked(&key.0));
        let news = producers.into_iter().filter(|producer| {
            let now = (producer.producer_epoch, producer.last_sequence, producer.txn_start_offset);
            self.producers.is_news(key(producer), now)
        });
        let event = |producer: ProducerState| Event::ProducerChanged {
            topic: producer.topic,
            partition: producer.partition,
            producer_id: producer.producer_id,
            producer_epoch: producer.producer_epoch,
            last_sequence: producer.last_sequence,
            txn_start_offset: producer.txn_start_offset,
        };
        news.map(event).collect()
    }
}

#[cfg(test)]
mod tests {
    use model::{fact::Event, ids::BrokerId};

    use crate::kafka::{CommittedOffsets, DescribedGroup};

    use super::KnownGroups;

    const ONE: BrokerId = BrokerId(1);
    const TWO: BrokerId = BrokerId(2);

    fn described(state: &str) -> DescribedGroup {
        DescribedGroup {
            group_id: String::from("stock"),
            error: None,
            state: state.to_owned(),
            protocol: String::from("range"),
            members: Vec::new(),
        }
    }

    fn committed(offsets: &[(i32, i64)]) -> CommittedOffsets {
        let offsets = offsets.iter().map(|&(partition, offset)| (String::from("orders"), partition, offset));
        CommittedOffsets { group_id: String::from("stock"), error: None, offsets: offsets.collect() }
    }

    fn told(events: &[Event]) -> Vec<(i32, i64)> {
        let offset = |event: &Event| match event {
            Event::OffsetCommitted { partition, offset, .. } => Some((*partition, *offset)),
            _ => None,
        };
        events.iter().filter_map(offset).collect()
    }

    #[test]
    fn tells_changes_only() {
        let mut groups = KnownGroups::default();
        assert!(groups.described(ONE, "classic", described("Stable")).is_some());
        assert!(groups.described(ONE, "classic", described("Stable")).is_none());
        assert!(groups.described(ONE, "classic", described("Empty")).is_some());
        assert_eq!(told(&groups.committed(ONE, committed(&[(0, 3), (1, 0)]))), [(0, 3), (1, 0)]);
        assert_eq!(told(&groups.committed(ONE, committed(&[(0, 4), (1, 0)]))), [(0, 4)]);
        // An answer of a broker that coordinates no more does not turn offsets back.
        assert_eq!(told(&groups.committed(TWO, committed(&[(0, 3)]))), []);
        assert_eq!(told(&groups.committed(ONE, committed(&[(0, 4)]))), [(1, -1)]);
        assert_eq!(told(&groups.committed(ONE, committed(&[(0, 4)]))), []);
    }

    #[test]
    fn a_group_is_asked_after_when_nobody_lists_it() {
        let mut groups = KnownGroups::default();
        groups.described(ONE, "classic", described("Stable"));
        let stock = String::from("stock");
        let nobody = || std::iter::empty();
        assert!(groups.listed(TWO, nobody(), &[ONE, TWO]).is_empty());
        assert!(groups.listed(ONE, std::iter::once(&stock), &[ONE, TWO]).is_empty());
        assert!(groups.listed(TWO, nobody(), &[ONE, TWO]).is_empty());
        assert_eq!(groups.listed(ONE, nobody(), &[ONE, TWO]), [(stock, String::from("classic"))]);
        assert!(groups.delete("stock").is_some());
        assert!(groups.delete("stock").is_none());
    }
}
