//! Facts about partitions and their records.

use std::collections::BTreeSet;

use super::Surprise;
use crate::{
    fact::{Appended, Event, Lost, Outage},
    ids::{BrokerId, Micros, PartitionId},
    picture::{
        Picture, Stamp,
        log::{KEPT_LOST, Partition},
    },
};

impl Picture {
    pub(super) fn fold_partition(&mut self, stamp: Stamp, event: &Event) -> Option<Surprise> {
        let Event::PartitionChanged { topic, partition, leader, leader_epoch, replicas, isr, source } = event else {
            return None;
        };
        let id = PartitionId::new(topic.clone(), *partition);
        let entry = self.partitions.entry(id.clone()).or_default();
        let went_back = entry.stamp.is_some() && *leader_epoch < entry.leader_epoch;
        if entry.stamp.is_none() {
            entry.leader_since = stamp.at;
            entry.previous_leader = BrokerId::NONE;
        } else if entry.leader != *leader || entry.leader_epoch != *leader_epoch {
            entry.leader_since = stamp.at;
            entry.previous_leader = entry.leader;
        }
        entry.stamp = Some(stamp);
        entry.leader = *leader;
        entry.leader_epoch = *leader_epoch;
        entry.replicas.clone_from(replicas);
        entry.isr.clone_from(isr);
        entry.source = *source;
        self.note_outages(stamp.at);
        went_back.then_some(Surprise::EpochWentBack(id))
    }

    pub(super) fn fold_appended(&mut self, stamp: Stamp, appended: &Appended) -> Option<Surprise> {
        self.counters.records += 1;
        let id = PartitionId::new(appended.topic.clone(), appended.partition);
        let flight = appended.header("event-id").and_then(|event_id| self.flights.get(event_id));
        let sent = flight.map(|f| (f.sent.at, f.app.clone()));
        self.grow(&id, stamp, appended.offset + 1);
        let partition = self.partitions.entry(id.clone()).or_default();
        let read_from = partition.tail.as_ref().map_or(partition.leader, |t| t.broker);
        let (ends, watermark) = (partition.log_ends.clone(), partition.high_watermark());
        let isr = partition.isr.clone();
        let record = partition.record_mut((&appended.topic, appended.partition), appended.offset)?;
        let taken = record.appended.as_ref().is_some_and(|known| **known != *appended);
        if record.appended.is_none() {
            record.stamp = stamp;
        }
        record.appended = Some(Box::new(appended.clone()));
        if let Some((at, app)) = sent {
            record.history.sent_at.get_or_insert(at);
            record.history.sent_by = app;
        }
        // What other polls said before the tail saw the record holds for it too.
        let has_it = |end: i64| end > appended.offset;
        for broker in ends
            .iter()
            .filter(|(_, (_, end))| has_it(*end))
            .map(|(b, _)| *b)
            .chain(read_from.exists().then_some(read_from))
        {
            record.history.copied.entry(broker).or_insert(stamp.at);
        }
        if has_it(watermark) {
            record.history.committed_at.get_or_insert(stamp.at);
            for broker in isr {
                record.history.copied.entry(broker).or_insert(stamp.at);
            }
        }
        taken.then_some(Surprise::OffsetTaken(id, appended.offset))
    }

    /// The replica that the tail reads has everything before `end`.
    pub(super) fn grow(&mut self, id: &PartitionId, stamp: Stamp, end: i64) {
        let partition = self.partitions.entry(id.clone()).or_default();
        let broker = partition.tail.as_ref().map_or(partition.leader, |t| t.broker);
        if broker.exists() && partition.log_end(broker).is_none_or(|known| known < end) {
            partition.log_ends.insert(broker, (stamp, end));
        }
    }

    pub(super) fn fold_truncated(&mut self, id: &PartitionId, stamp: Stamp, from: i64, to: i64) {
        self.counters.truncated += (to - from).max(0).unsigned_abs();
        let partition = self.partitions.entry(id.clone()).or_default();
        let gone: Vec<i64> = partition.records.range(from..to.max(from)).map(|(offset, _)| *offset).collect();
        for offset in gone {
            let record = partition.records.remove(&offset).unwrap_or_default();
            let acknowledged = record.history.acknowledged_at.is_some();
            partition.lost.push_back(Lost { offset, acknowledged, at: stamp.at });
        }
        while partition.lost.len() > KEPT_LOST {
            partition.lost.pop_front();
        }
    }

    pub(super) fn fold_acknowledged(&mut self, stamp: Stamp, event: &Event) {
        let Event::RecordAcknowledged { topic, partition, offset, event_id, acks, took_micros, .. } = event else {
            return;
        };
        self.counters.acknowledged += 1;
        let flight = self.flights.remove(event_id);
        let entry = self.partitions.entry(PartitionId::new(topic.clone(), *partition)).or_default();
        let Some(record) = entry.record_mut((topic, *partition), *offset) else { return };
        record.history.acknowledged_at = Some(stamp.at);
        record.history.acks.clone_from(acks);
        record.history.took_micros = *took_micros;
        if let Some(flight) = flight {
            record.history.sent_at.get_or_insert(flight.sent.at);
            record.history.sent_by = flight.app;
        }
    }
}

impl Partition {
    pub(super) fn note_outage(&mut self, reachable: &BTreeSet<BrokerId>, at: Micros) {
        let led = reachable.contains(&self.leader);
        let open = self.outage.as_ref().is_some_and(|o| o.until.is_none());
        if !led && !open {
            let broker = if self.leader.exists() { self.leader } else { self.previous_leader };
            self.outage = Some(Outage { broker, since: at, until: None });
        } else if led
            && open
            && let Some(outage) = &mut self.outage
        {
            outage.until = Some(at);
        }
    }

    /// The high watermark passed everything before it: each member of the ISR has it (KIP-101).
    pub(super) fn note_committed(&mut self, high_watermark: i64, at: Micros) {
        for record in self.records.range_mut(..high_watermark).rev().map(|(_, r)| r) {
            if record.history.committed_at.is_some() {
                break;
            }
            record.history.committed_at = Some(at);
            for broker in &self.isr {
                record.history.copied.entry(*broker).or_insert(at);
            }
        }
    }

    /// Since when nobody who can be reached leads, where that is so.
    pub fn unled_since(&self) -> Option<Micros> {
        self.outage.as_ref().filter(|o| o.until.is_none()).map(|o| o.since)
    }
}
