//! When a fact is shown: the display delay shared out among the hops of a record, causes before effects.

use model::{
    fact::{Event, Fact},
    ids::{BrokerId, Micros, PartitionId},
    picture::Picture,
};

use super::sorted::Sorted;

/// What is known of a partition when its facts arrive, ahead of what is shown.
#[derive(Debug)]
struct Known {
    /// Nothing of this partition is shown earlier: its last change of leader, in-sync set or log was shown then.
    floor: Micros,
    /// What is sent again after a fault is not shown before the fault is.
    hit: Micros,
    leader: BrokerId,
}

impl Default for Known {
    fn default() -> Self {
        Self { floor: Micros(0), hit: Micros(0), leader: BrokerId::NONE }
    }
}

/// Gives every fact its shown time between its own time and its time plus the delay.
#[derive(Debug)]
pub(crate) struct Schedule {
    delay_micros: u64,
    /// A keyframe or a seek showed everything up to here at once.
    floor: Micros,
    partitions: Sorted<PartitionId, Known>,
    apps: Sorted<String, Micros>,
}

/// Which part of the delay a fact waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// Answers to the presenter and news of our own sight: as soon as they are here.
    None,
    /// A hop of a record, in quarters of the room.
    Quarters(u64),
    /// Everything the cluster, the groups and the shop's books say: the whole delay.
    Whole,
}

impl Schedule {
    pub(crate) fn new(delay_micros: u64) -> Self {
        Self { delay_micros, floor: Micros(0), partitions: Sorted::default(), apps: Sorted::default() }
    }

    /// Starts over from a picture that is shown as it is at `shown`.
    pub(crate) fn start_over(&mut self, picture: &Picture, shown: Micros) {
        self.floor = shown;
        self.apps.clear();
        self.partitions.clear();
        for (id, partition) in &picture.partitions {
            self.partitions.insert(id.clone(), Known { leader: partition.leader, ..Known::default() });
        }
    }

    /// The leader, as the newest fact names it, of the partition that this event speaks of.
    pub(crate) fn leader_of(&self, event: &Event) -> Option<BrokerId> {
        partition_of(event).and_then(|id| self.leader(&id))
    }

    /// The partition's leader as the newest fact names it, which may not be shown yet.
    fn leader(&self, id: &PartitionId) -> Option<BrokerId> {
        self.partitions.get(id).map(|k| k.leader).filter(|b| b.exists())
    }

    /// When this fact is shown; to be asked once for each fact, in the order they come.
    pub(crate) fn shown_at(&mut self, fact: &Fact) -> Micros {
        let latest = Micros(fact.at.0 + self.delay_micros);
        let partition = partition_of(&fact.event);
        if let (Event::ProduceSent { .. }, Some(id)) = (&fact.event, &partition) {
            let known = self.partitions.entry(id.clone());
            known.floor = known.floor.max(known.hit);
        }
        let shown = match self.wait(&fact.event, partition.as_ref()) {
            Wait::None => fact.at,
            Wait::Whole => latest,
            Wait::Quarters(quarters) => {
                let cause = partition.as_ref().and_then(|id| self.partitions.get(id)).map(|k| k.floor);
                let cause = cause.or_else(|| app_of(&fact.event).and_then(|app| self.apps.get(app)).copied());
                let earliest = fact.at.max(self.floor).max(cause.unwrap_or_default()).min(latest);
                Micros(earliest.0 + latest.since(earliest) * quarters / 4)
            }
        };
        if let (Event::FaultFired { .. }, Some(id)) = (&fact.event, &partition) {
            self.partitions.entry(id.clone()).hit = shown;
        }
        self.remember(&fact.event, partition, latest);
        shown
    }

    fn wait(&self, event: &Event, partition: Option<&PartitionId>) -> Wait {
        match event {
            Event::SessionStarted(_)
            | Event::SessionEnded {}
            | Event::Gap { .. }
            | Event::CommandReceived { .. }
            | Event::CommandFinished { .. } => Wait::None,
            Event::RecordSent { .. } | Event::ProduceSent { .. } => Wait::Quarters(0),
            Event::RecordAppended(_) | Event::BatchAppended { .. } => Wait::Quarters(1),
            Event::ReplicaLogEnd { broker, .. } => {
                let leads = partition.and_then(|id| self.leader(id)) == Some(*broker);
                Wait::Quarters(if leads { 1 } else { 2 })
            }
            // Earlier than an answer that comes: what follows it needs the room.
            Event::FaultFired { .. } if partition.is_some() => Wait::Quarters(2),
            Event::OffsetsMoved { .. }
            | Event::RecordAcknowledged { .. }
            | Event::RecordRefused { .. }
            | Event::ProduceAnswered { .. } => Wait::Quarters(3),
            _ => Wait::Whole,
        }
    }

    fn remember(&mut self, event: &Event, partition: Option<PartitionId>, shown: Micros) {
        match (event, partition) {
            (Event::PartitionChanged { leader, .. }, Some(id)) => {
                let known = self.partitions.entry(id);
                (known.floor, known.leader) = (shown, *leader);
            }
            // What is read after these is read from another log, or is another record at the same offset.
            (Event::RecordsTruncated { .. } | Event::TailAttached { .. }, Some(id)) => {
                self.partitions.entry(id).floor = shown;
            }
            (Event::AppChanged { app, .. }, _) => {
                self.apps.insert(app.clone(), shown);
            }
            _ => {}
        }
    }
}

/// The partition a fact of the log speaks of.
fn partition_of(event: &Event) -> Option<PartitionId> {
    match event {
        Event::RecordAppended(a) => Some(PartitionId::new(a.topic.clone(), a.partition)),
        Event::PartitionChanged { topic, partition, .. }
        | Event::OffsetsMoved { topic, partition, .. }
        | Event::ReplicaLogEnd { topic, partition, .. }
        | Event::TailAttached { topic, partition, .. }
        | Event::BatchAppended { topic, partition, .. }
        | Event::RecordsTruncated { topic, partition, .. }
        | Event::PositionMoved { topic, partition, .. }
        | Event::OffsetCommitted { topic, partition, .. }
        | Event::RecordAcknowledged { topic, partition, .. }
        | Event::ProduceSent { topic, partition, .. }
        | Event::ProduceAnswered { topic, partition, .. } => Some(PartitionId::new(topic.clone(), *partition)),
        Event::FaultFired { topic, partition, .. } if !topic.is_empty() => {
            Some(PartitionId::new(topic.clone(), *partition))
        }
        _ => None,
    }
}

/// The app whose change is a send's cause.
fn app_of(event: &Event) -> Option<&String> {
    match event {
        Event::RecordSent { app, .. } | Event::RecordRefused { app, .. } => Some(app),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(at_millis: u64, event: Event) -> Fact {
        Fact { seq: 1, at: Micros::from_millis(at_millis), event }
    }

    fn log_end(broker: i32) -> Event {
        Event::ReplicaLogEnd { topic: "orders".to_owned(), partition: 0, broker: BrokerId(broker), log_end_offset: 5 }
    }

    fn leads(broker: i32) -> Event {
        Event::PartitionChanged {
            topic: "orders".to_owned(),
            partition: 0,
            leader: BrokerId(broker),
            leader_epoch: 3,
            replicas: vec![],
            isr: vec![],
            source: BrokerId(1),
        }
    }

    fn moved(offset: i64) -> Event {
        Event::OffsetsMoved {
            topic: "orders".to_owned(),
            partition: 0,
            log_start_offset: 0,
            high_watermark: offset,
            last_stable_offset: offset,
            log_end_offset: offset,
        }
    }

    #[test]
    fn hops_share_the_delay_and_the_leader_is_earlier_than_its_followers() {
        let mut schedule = Schedule::new(2_400_000);
        assert_eq!(schedule.shown_at(&fact(0, leads(1))), Micros::from_millis(2_400));
        assert_eq!(schedule.shown_at(&fact(10_000, log_end(1))), Micros::from_millis(10_600));
        assert_eq!(schedule.shown_at(&fact(10_000, log_end(2))), Micros::from_millis(11_200));
        assert_eq!(schedule.shown_at(&fact(10_000, moved(5))), Micros::from_millis(11_800));
    }

    #[test]
    fn nothing_of_a_partition_is_shown_before_the_leader_that_took_it() {
        let mut schedule = Schedule::new(2_400_000);
        let election = schedule.shown_at(&fact(10_000, leads(2)));
        let soon = schedule.shown_at(&fact(10_200, log_end(2)));
        assert!(soon >= election);
        assert!(soon <= Micros::from_millis(12_600));
    }

    #[test]
    fn without_delay_everything_is_shown_when_it_was_seen() {
        let mut schedule = Schedule::new(0);
        for event in [leads(1), log_end(1), log_end(2), moved(5)] {
            assert_eq!(schedule.shown_at(&fact(77, event)), Micros::from_millis(77));
        }
    }
}
