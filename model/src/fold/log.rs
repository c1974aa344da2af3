//! Facts about partitions and their records.

use super::{Surprise, count_up};
use crate::{
    fact::{Appended, Event, Lost, Outage},
    ids::{BrokerId, Micros, PartitionId},
    picture::{
        Flight, Group, Picture, Record, Stamp,
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
        self.note_outages(stamp);
        went_back.then_some(Surprise::EpochWentBack(id))
    }

    pub(super) fn fold_appended(&mut self, stamp: Stamp, appended: &Appended) -> Option<Surprise> {
        count_up(&mut self.counters.records, 1);
        let id = PartitionId::new(appended.topic.clone(), appended.partition);
        let flight = appended.header("event-id").and_then(|event_id| self.flights.get(event_id));
        let sent = flight.filter(|f| f.topic == appended.topic).map(|f| (f.sent.at, f.app.clone()));
        let end = appended.offset.saturating_add(1);
        self.grow(&id, stamp, end);
        let readers = self.readers_of(&id, appended.offset);
        let silent = self.silent();
        let partition = self.partitions.entry(id.clone()).or_default();
        let (holders, committed) = partition.seen_before(appended, stamp.at);
        let record = partition.record_mut((&appended.topic, appended.partition), appended.offset)?;
        let taken = record.appended.as_ref().is_some_and(|known| **known != *appended);
        if taken {
            // What happened to the other record did not happen to this one.
            *record = Record { history: record.history.of_another(), ..Record::default() };
        }
        if record.appended.is_none() {
            record.stamp = stamp;
        }
        record.appended = Some(Box::new(appended.clone()));
        if let Some((at, app)) = sent {
            record.history.sent_at.get_or_insert(at);
            record.history.sent_by = app;
        }
        for broker in holders {
            record.history.copied.entry(broker).or_insert(stamp.at);
        }
        for group in readers {
            record.history.read.entry(group).or_insert(stamp.at);
        }
        if committed {
            partition.note_committed(end, &silent, stamp.at);
        }
        taken.then_some(Surprise::OffsetTaken(id, appended.offset))
    }

    /// The replica that the tail reads has everything before `end`.
    pub(super) fn grow(&mut self, id: &PartitionId, stamp: Stamp, end: i64) {
        let partition = self.partitions.entry(id.clone()).or_default();
        let broker = partition.read_from();
        if !broker.exists() {
            return;
        }
        if partition.log_ends.get(&broker).is_none_or(|(_, known)| *known < end) {
            partition.log_ends.insert(broker, (stamp, end));
        }
        partition.note_copied(broker, end, stamp.at);
    }

    /// Brokers that are known not to answer. What the in-sync set says of them may be what it said before they fell silent.
    pub(super) fn silent(&self) -> Vec<BrokerId> {
        self.brokers.iter().filter(|(_, b)| !b.reachable()).map(|(id, _)| *id).collect()
    }

    /// Groups that passed an offset before its record was seen.
    fn readers_of(&self, id: &PartitionId, offset: i64) -> Vec<String> {
        let passed = |group: &Group| {
            group.offsets.get(id).is_some_and(|o| o.committed > offset)
                || group.positions.get(id).is_some_and(|p| p.offset > offset)
        };
        self.groups.iter().filter(|(_, group)| passed(group)).map(|(name, _)| name.clone()).collect()
    }

    /// A send that is told after its record was seen: the app's report came later than the tail's. Says whether its
    /// answer was seen too, so that nothing waits.
    pub(super) fn note_sent_late(&mut self, event_id: &str, flight: &Flight) -> bool {
        let first = PartitionId::new(flight.topic.clone(), i32::MIN);
        let of_topic = self.partitions.range_mut(first..).take_while(|(id, _)| id.topic == flight.topic);
        let its = |r: &&mut Record| r.appended.as_ref().is_some_and(|a| a.header("event-id") == Some(event_id));
        let Some(record) = of_topic.flat_map(|(_, p)| p.records.values_mut().rev()).find(its) else { return false };
        if record.history.sent_at.is_some() {
            return false;
        }
        record.history.sent_at = Some(flight.sent.at);
        record.history.sent_by.clone_from(&flight.app);
        record.history.acknowledged_at.is_some()
    }

    pub(super) fn fold_truncated(&mut self, id: &PartitionId, stamp: Stamp, from: i64, to: i64) {
        count_up(&mut self.counters.truncated, to.saturating_sub(from).max(0).unsigned_abs());
        let partition = self.partitions.entry(id.clone()).or_default();
        let gone: Vec<i64> = partition.records.range(from..to.max(from)).map(|(offset, _)| *offset).collect();
        for offset in gone {
            let record = partition.records.remove(&offset).unwrap_or_default();
            let (acknowledged, acknowledged_by) =
                (record.history.acknowledged_at.is_some(), record.history.acknowledged_by);
            partition.lost.push_back(Lost { offset, acknowledged, at: stamp.at, acknowledged_by, lost_by: stamp.seq });
        }
        while partition.lost.len() > KEPT_LOST {
            partition.lost.pop_front();
        }
    }

    pub(super) fn fold_acknowledged(&mut self, stamp: Stamp, event: &Event) {
        let Event::RecordAcknowledged { topic, partition, offset, event_id, acks, took_micros, .. } = event else {
            return;
        };
        count_up(&mut self.counters.acknowledged, 1);
        let flight = self.flights.remove(event_id);
        // With acks=0 the producer is not told an offset (librdkafka: -1001).
        if *partition < 0 || *offset < 0 {
            return;
        }
        let silent = self.silent();
        let entry = self.partitions.entry(PartitionId::new(topic.clone(), *partition)).or_default();
        let Some(record) = entry.record_mut((topic, *partition), *offset) else { return };
        record.history.acknowledged_at = Some(stamp.at);
        record.history.acknowledged_by = stamp.seq;
        record.history.acks.clone_from(acks);
        record.history.took_micros = *took_micros;
        if let Some(flight) = flight {
            record.history.sent_at.get_or_insert(flight.sent.at);
            record.history.sent_by = flight.app;
        }
        // The leader answers acks=all when its high watermark has passed the record (DelayedProduce).
        if matches!(acks.as_str(), "all" | "-1") {
            entry.note_committed(offset.saturating_add(1), &silent, stamp.at);
        }
    }
}

impl Partition {
    /// The replica that is read: the tail's, or where no tail was told the leader.
    fn read_from(&self) -> BrokerId {
        self.tail.as_ref().map_or(self.leader, |t| t.broker)
    }

    pub(super) fn note_outage(&mut self, reachable: &[BrokerId], stamp: Stamp) {
        let led = reachable.contains(&self.leader);
        let open = self.outage.as_ref().is_some_and(|o| o.until.is_none());
        if !led && !open {
            let broker = if self.leader.exists() { self.leader } else { self.previous_leader };
            self.outage = Some(Outage { broker, since: stamp.at, until: None, begun_by: stamp.seq, ended_by: 0 });
        } else if led
            && open
            && let Some(outage) = &mut self.outage
        {
            outage.until = Some(stamp.at);
            outage.ended_by = stamp.seq;
        }
    }

    /// Replicas that were seen to hold a record before it was read, and whether it is committed already. What was seen
    /// before the record's leader epoch began says nothing of it: another record may have had its offset.
    fn seen_before(&self, appended: &Appended, now: Micros) -> (Vec<BrokerId>, bool) {
        let since = match self.stamp {
            Some(_) if appended.leader_epoch > self.leader_epoch => now,
            Some(_) if appended.leader_epoch == self.leader_epoch => self.leader_since,
            _ => Micros(0),
        };
        let holds = |(stamp, end): &(Stamp, i64)| stamp.at >= since && *end > appended.offset;
        let mut holders: Vec<BrokerId> = self.log_ends.iter().filter(|(_, end)| holds(end)).map(|(b, _)| *b).collect();
        holders.extend(Some(self.read_from()).filter(|b| b.exists()));
        let watermark = self.offsets.as_ref().map(|o| (o.stamp, o.high_watermark));
        (holders, watermark.is_some_and(|w| holds(&w)))
    }

    /// The high watermark passed everything before it: each member of the ISR has it (KIP-101), as far as it answers.
    pub(super) fn note_committed(&mut self, high_watermark: i64, silent: &[BrokerId], at: Micros) {
        for record in self.records.range_mut(..high_watermark).rev().map(|(_, r)| r) {
            if record.history.committed_at.is_some() {
                break;
            }
            record.history.committed_at = Some(at);
        }
        for broker in self.isr.clone() {
            if !silent.contains(&broker) {
                self.note_copied(broker, high_watermark, at);
            }
        }
    }

    /// Since when nobody who can be reached leads, where that is so.
    pub fn unled_since(&self) -> Option<Micros> {
        self.outage.as_ref().filter(|o| o.until.is_none()).map(|o| o.since)
    }
}
