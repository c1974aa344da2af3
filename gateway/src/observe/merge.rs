//! One view out of many brokers' Metadata: the higher leader epoch wins, and within an epoch one source is believed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{fact::Event, ids::BrokerId};

use crate::kafka::{Metadata, PartitionMetadata, TopicId, TopicMetadata};

/// So many ids of deleted topics are remembered; a broker that still names one is behind.
const REMEMBERED_DELETIONS: usize = 256;

/// What the cluster is, as far as its brokers say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    pub(super) topics: BTreeMap<String, TopicView>,
}

/// A topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TopicView {
    pub(super) id: TopicId,
    pub(super) internal: bool,
    /// It was made while we were looking: all its records are news.
    pub(super) made_in_sight: bool,
    pub(super) partitions: BTreeMap<i32, PartitionView>,
}

/// A partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PartitionView {
    pub(super) leader: BrokerId,
    pub(super) leader_epoch: i32,
    pub(super) replicas: Vec<BrokerId>,
    pub(super) isr: Vec<BrokerId>,
    /// Whose answer this is.
    pub(super) source: BrokerId,
}

/// The merge of all brokers' answers.
#[derive(Debug, Default)]
pub(super) struct Merge {
    view: View,
    /// Brokers whose last answer came in time.
    reachable: BTreeSet<BrokerId>,
    /// Brokers that the controller fenced: their metadata may lag.
    fenced: BTreeSet<BrokerId>,
    /// Brokers that have answered at least once.
    heard: BTreeSet<BrokerId>,
    /// Which brokers' last answer lacked a topic that we know.
    missing: BTreeMap<String, BTreeSet<BrokerId>>,
    deleted: VecDeque<TopicId>,
}

impl Merge {
    pub(super) const fn view(&self) -> &View {
        &self.view
    }

    /// A broker answers in time, or does not any more.
    pub(super) fn trust(&mut self, broker: BrokerId, reachable: bool) {
        if reachable {
            self.reachable.insert(broker);
        } else {
            self.reachable.remove(&broker);
        }
    }

    /// The controller's list of fenced brokers.
    pub(super) fn fenced(&mut self, fenced: BTreeSet<BrokerId>) {
        self.fenced = fenced;
    }

    /// What is new in this broker's answer.
    pub(super) fn answer(&mut self, from: BrokerId, metadata: &Metadata) -> Vec<Event> {
        let mut events = Vec::new();
        self.reachable.insert(from);
        let made_in_sight = !self.heard.insert(from);
        for topic in &metadata.topics {
            if self.deleted.contains(&topic.id) {
                continue;
            }
            self.missing.entry(topic.name.clone()).or_default().remove(&from);
            self.topic(from, topic, made_in_sight, &mut events);
        }
        self.deletions(from, metadata, &mut events);
        events
    }

    fn topic(&mut self, from: BrokerId, topic: &TopicMetadata, made_in_sight: bool, events: &mut Vec<Event>) {
        if let Some(known) = self.view.topics.get(&topic.name)
            && known.id != topic.id
        {
            // The same name with another id: deleted and made anew.
            self.delete(&topic.name, events);
        }
        let known = self.view.topics.entry(topic.name.clone()).or_insert_with(|| TopicView {
            id: topic.id,
            internal: topic.internal,
            made_in_sight,
            partitions: BTreeMap::new(),
        });
        // Partitions are only ever added; an answer with fewer is older.
        if topic.partitions.len() > known.partitions.len() {
            events.push(Event::TopicChanged {
                topic: topic.name.clone(),
                topic_id: topic.id.to_string(),
                partitions: i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX),
                internal: topic.internal,
            });
        }
        for partition in &topic.partitions {
            let believed = |source: BrokerId| self.reachable.contains(&source) && !self.fenced.contains(&source);
            let now = PartitionView::of(partition, from);
            match known.partitions.get_mut(&partition.partition) {
                None => {
                    known.partitions.insert(partition.partition, now.clone());
                }
                Some(last) if now.is_newer_than(last) || last.may_be_replaced_by(&now, believed) => {
                    let differs = !now.says_the_same_as(last);
                    *last = now.clone();
                    if !differs {
                        continue;
                    }
                }
                Some(_) => continue,
            }
            events.push(now.event(&topic.name, partition.partition));
        }
    }

    /// A topic is gone when every broker that we believe has answered without it: a broker that learns of a new
    /// topic later than the others, or of a deletion, does not make the picture flap.
    fn deletions(&mut self, from: BrokerId, metadata: &Metadata, events: &mut Vec<Event>) {
        let named: BTreeSet<&str> = metadata.topics.iter().map(|topic| topic.name.as_str()).collect();
        let witnesses: Vec<BrokerId> =
            self.reachable.iter().copied().filter(|broker| self.heard.contains(broker)).collect();
        let lacking: Vec<String> =
            self.view.topics.keys().filter(|name| !named.contains(name.as_str())).cloned().collect();
        for topic in lacking {
            let missing = self.missing.entry(topic.clone()).or_default();
            missing.insert(from);
            if witnesses.iter().all(|witness| missing.contains(witness) || self.fenced.contains(witness)) {
                self.delete(&topic, events);
            }
        }
    }

    fn delete(&mut self, topic: &str, events: &mut Vec<Event>) {
        self.missing.remove(topic);
        let Some(view) = self.view.topics.remove(topic) else { return };
        if view.id.exists() {
            self.deleted.push_back(view.id);
            if self.deleted.len() > REMEMBERED_DELETIONS {
                self.deleted.pop_front();
            }
        }
        events.push(Event::TopicDeleted { topic: topic.to_owned() });
    }
}

impl PartitionView {
    fn of(partition: &PartitionMetadata, source: BrokerId) -> Self {
        Self {
            leader: partition.leader,
            leader_epoch: partition.leader_epoch,
            replicas: partition.replicas.clone(),
            isr: partition.isr.clone(),
            source,
        }
    }

    const fn is_newer_than(&self, last: &Self) -> bool {
        self.leader_epoch > last.leader_epoch
    }

    /// Within an epoch: from the same source, or from another one once the source is no longer believed.
    fn may_be_replaced_by(&self, now: &Self, believed: impl Fn(BrokerId) -> bool) -> bool {
        self.leader_epoch == now.leader_epoch
            && (self.source == now.source || (!believed(self.source) && believed(now.source)))
    }

    fn says_the_same_as(&self, last: &Self) -> bool {
        (self.leader, self.leader_epoch) == (last.leader, last.leader_epoch)
            && self.replicas == last.replicas
            && self.isr == last.isr
    }

    fn event(&self, topic: &str, partition: i32) -> Event {
        Event::PartitionChanged {
            topic: topic.to_owned(),
            partition,
            leader: self.leader,
            leader_epoch: self.leader_epoch,
            replicas: self.replicas.clone(),
            isr: self.isr.clone(),
            source: self.source,
        }
    }
}

#[cfg(test)]
mod tests;
