//! When a fact is shown: the display delay shared out among the hops of a record, causes before effects.

use std::collections::VecDeque;

use model::{
    fact::{Event, Fact},
    ids::{BrokerId, Micros, PartitionId},
    picture::Picture,
};

use super::{reach::Reach, sorted::Sorted};

/// With the slow wire copies are shown by this part of the delay before what follows them, since reports overtake polls.
pub(crate) const SLACK: u64 = 20;
/// Sends and acknowledgements that are remembered.
const REMEMBERED: usize = 1024;

/// What is known of a partition when its facts arrive, ahead of what is shown.
#[derive(Debug)]
struct Known {
    /// Nothing of this partition is shown earlier: its last change of leader, in-sync set or log was shown then.
    floor: Micros,
    /// What is sent again after a fault is not shown before the fault is.
    hit: Micros,
    leader: BrokerId,
    epoch: i32,
    isr: Vec<BrokerId>,
    /// Records on the log that is read.
    stored: Reach,
    /// Each replica's own log end.
    copied: Sorted<BrokerId, Reach>,
    committed: Reach,
    /// Its offsets were last told to be shown then, moved or not.
    moved: Micros,
    acknowledged: Sorted<i64, Micros>,
    /// The quickest group.
    read: Reach,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            floor: Micros(0),
            hit: Micros(0),
            leader: BrokerId::NONE,
            epoch: -1,
            isr: Vec::new(),
            stored: Reach::default(),
            copied: Sorted::default(),
            committed: Reach::default(),
            moved: Micros(0),
            acknowledged: Sorted::default(),
            read: Reach::default(),
        }
    }
}

impl Known {
    /// When the first offset from `from` on is acknowledged or read, of those that are not shown so before `since`. What
    /// comes on a log in order is bounded by what was done with any that comes later.
    fn used(&self, from: i64, since: Micros) -> Option<Micros> {
        let acknowledged = self.acknowledged.between(&from, &i64::MAX).iter().map(|(_, shown)| *shown);
        acknowledged.filter(|shown| *shown >= since).chain(self.read.first(from, since)).min()
    }

    /// When the first offset from `from` on is committed or used.
    fn counted(&self, from: i64, since: Micros) -> Option<Micros> {
        self.committed.first(from, since).into_iter().chain(self.used(from, since)).min()
    }

    /// When the replicas that are waited for have an offset; what is not told yet will be shown after what is.
    fn copied(&self, offset: i64) -> Micros {
        let waited_for = self.copied.iter().filter(|(broker, _)| self.isr.contains(broker));
        waited_for.map(|(_, reach)| reach.of(offset).unwrap_or(reach.shown())).max().unwrap_or_default()
    }

    /// When each of them that has it has it.
    fn copies(&self, offset: i64) -> impl Iterator<Item = Micros> + '_ {
        let waited_for = self.copied.iter().filter(|(broker, _)| self.isr.contains(broker));
        waited_for.filter_map(move |(_, reach)| reach.of(offset))
    }
}

/// What keeps a fact between its causes and its effects.
#[derive(Debug, Default)]
struct Bounds {
    /// It had better not be shown earlier: what it counts is shown then, as far as that is not too late by itself.
    rather: Micros,
    /// Its causes are shown then.
    after: Micros,
    /// Its effects are, where they were seen first.
    before: Option<Micros>,
}

/// Gives every fact its shown time between its own time and its time plus the delay. What the cluster says of itself is
/// shown at exactly its time plus the delay. A cause that is seen after its effect, as a poll does, is shown before it all
/// the same, as long as the effect is not on the screen yet.
#[derive(Debug)]
pub(crate) struct Schedule {
    delay_micros: u64,
    /// A keyframe or a seek showed everything up to here at once.
    floor: Micros,
    partitions: Sorted<PartitionId, Known>,
    apps: Sorted<String, Micros>,
    /// Sends by their event.
    sends: Sorted<String, Micros>,
    order: VecDeque<String>,
    /// The tap holds frames back so long: what crosses it can be seen as it is.
    slow_micros: u64,
}

/// Which part of the delay a fact waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// Answers to the presenter and news of our own sight: as soon as they are here.
    None,
    /// A hop of a record, in thousandths of the room.
    Share(u64),
    /// Everything the cluster, the groups and the shop's books say: the whole delay.
    Whole,
}

impl Schedule {
    pub(crate) fn new(delay_micros: u64) -> Self {
        Self {
            delay_micros,
            floor: Micros(0),
            partitions: Sorted::default(),
            apps: Sorted::default(),
            sends: Sorted::default(),
            order: VecDeque::new(),
            slow_micros: 0,
        }
    }

    /// Starts over from a picture that is shown as it is at `shown`.
    pub(crate) fn start_over(&mut self, delay_micros: u64, picture: &Picture, shown: Micros) {
        *self = Self { floor: shown, slow_micros: slow_micros(picture), ..Self::new(delay_micros) };
        for (id, partition) in &picture.partitions {
            let (leader, epoch) = (partition.leader, partition.leader_epoch);
            let mut known = Known { leader, epoch, isr: partition.isr.clone(), ..Known::default() };
            known.stored.to(partition.log_end_offset(), shown);
            known.committed.to(partition.high_watermark(), shown);
            for (broker, (_, end)) in &partition.log_ends {
                known.copied.entry(*broker).to(*end, shown);
            }
            self.partitions.insert(id.clone(), known);
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
        let bounds = self.bounds(fact, partition.as_ref());
        let shown = match self.wait(&fact.event, partition.as_ref()) {
            Wait::None => fact.at,
            Wait::Whole => latest.max(bounds.rather).max(bounds.after),
            Wait::Share(share) => {
                let cause = partition.as_ref().and_then(|id| self.partitions.get(id)).map(|k| k.floor);
                let cause = cause.or_else(|| app_of(&fact.event).and_then(|app| self.apps.get(app)).copied());
                let earliest = fact.at.max(self.floor).max(cause.unwrap_or_default()).min(latest);
                let share = Micros(earliest.0 + latest.since(earliest) * share / 1000);
                // An effect that is on the screen already cannot be waited for.
                let share = share.max(bounds.rather);
                bounds.before.map_or(share, |effect| share.min(effect)).max(earliest).max(bounds.after)
            }
        };
        self.remember(&fact.event, partition, shown);
        shown
    }

    fn wait(&self, event: &Event, partition: Option<&PartitionId>) -> Wait {
        let known = partition.and_then(|id| self.partitions.get(id));
        // With the slow wire what crosses the tap is shown as long as it took, and the copies have the rest of the room.
        let slow = self.slow_micros > 0;
        let copied = Wait::Share(if slow { 1000 - 1000 / SLACK } else { 500 });
        let share = |share: u64| Wait::Share(if slow { 1000 } else { share });
        let crossed = |share: u64| Wait::Share(if slow { self.crossed() } else { share });
        match event {
            Event::SessionStarted(_)
            | Event::SessionEnded {}
            | Event::Gap { .. }
            | Event::CommandReceived { .. }
            | Event::CommandFinished { .. } => Wait::None,
            Event::RecordSent { .. } | Event::ProduceSent { .. } => crossed(0),
            // Its leader is not told yet: it will be.
            Event::RecordAppended(a) if known.is_some_and(|k| k.leader.exists() && a.leader_epoch > k.epoch) => {
                Wait::Whole
            }
            Event::RecordAppended(_) | Event::BatchAppended { .. } => crossed(250),
            Event::ReplicaLogEnd { broker, .. } if known.is_some_and(|k| k.leader == *broker) => crossed(250),
            // The watermark moves when the last copy is there, and the answer leaves.
            Event::ReplicaLogEnd { .. } | Event::OffsetsMoved { .. } => copied,
            // Earlier than an answer that comes: what follows it needs the room.
            Event::FaultFired { .. } if partition.is_some() => share(500),
            Event::RecordAcknowledged { .. } | Event::RecordRefused { .. } | Event::ProduceAnswered { .. } => {
                share(750)
            }
            _ => Wait::Whole,
        }
    }

    /// The share of the room that what crosses the slow wire waits for.
    fn crossed(&self) -> u64 {
        crossing_micros(self.delay_micros, self.slow_micros) * 1000 / self.delay_micros.max(1)
    }

    /// Between which of the same record's hops a fact stands.
    fn bounds(&self, fact: &Fact, partition: Option<&PartitionId>) -> Bounds {
        let event = &fact.event;
        let sent = |event_id: &str| self.sends.get(&event_id.to_owned()).copied().unwrap_or_default();
        if let Event::RecordRefused { event_id, .. } = event {
            return Bounds { after: sent(event_id), ..Bounds::default() };
        }
        let Some(known) = partition.and_then(|id| self.partitions.get(id)) else { return Bounds::default() };
        let stored = |offset: i64| known.stored.of(offset).unwrap_or_default();
        let used = |offset: i64| {
            // What is not told yet will be shown after what is.
            let stored = known.stored.of(offset).unwrap_or(known.stored.shown());
            let after = stored.max(known.committed.of(offset).unwrap_or(known.moved));
            Bounds { rather: known.copied(offset), after, before: None }
        };
        match event {
            Event::RecordAppended(a) => {
                let before = known.copies(a.offset).chain(known.counted(a.offset, Micros(0))).min();
                let after = a.header("event-id").map(sent).unwrap_or_default();
                Bounds { after: after.max(known.stored.shown()), before, ..Bounds::default() }
            }
            Event::BatchAppended { base_offset, .. } => Bounds {
                after: known.stored.shown(),
                before: known.counted(*base_offset, Micros(0)),
                ..Bounds::default()
            },
            Event::ReplicaLogEnd { broker, log_end_offset, .. } => {
                let reach = known.copied.get(broker);
                let after = reach.map(Reach::shown).unwrap_or_default();
                // A replica that catches up is not waited for.
                let waited_for = Some(reach.map_or(0, Reach::end)).filter(|_| known.isr.contains(broker));
                let before = waited_for.and_then(|end| known.counted(end, fact.at));
                let leads = known.leader == *broker;
                Bounds {
                    after: if leads { after } else { after.max(stored(log_end_offset - 1)) },
                    before,
                    ..Bounds::default()
                }
            }
            Event::OffsetsMoved { high_watermark, .. } => {
                let last = high_watermark - 1;
                let before = known.used(known.committed.end(), Micros(0));
                Bounds { rather: known.copied(last), after: known.moved.max(stored(last)), before }
            }
            Event::RecordAcknowledged { offset, acks, .. } if acks == "all" || acks == "-1" => used(*offset),
            Event::RecordAcknowledged { offset, .. } | Event::ProduceAnswered { base_offset: offset, .. } => {
                Bounds { after: stored(*offset), ..Bounds::default() }
            }
            Event::PositionMoved { offset, .. } | Event::OffsetCommitted { offset, .. } => used(offset - 1),
            _ => Bounds::default(),
        }
    }

    fn remember(&mut self, event: &Event, partition: Option<PartitionId>, shown: Micros) {
        match event {
            Event::SlowWireChanged { ms } => self.slow_micros = u64::from(*ms) * 1000,
            Event::RecordSent { event_id, .. } => {
                self.sends.insert(event_id.clone(), shown);
                self.order.push_back(event_id.clone());
                if self.order.len() > REMEMBERED
                    && let Some(oldest) = self.order.pop_front()
                {
                    self.sends.remove(&oldest);
                }
            }
            Event::AppChanged { app, .. } => self.apps.insert(app.clone(), shown),
            _ => {}
        }
        let Some(known) = partition.map(|id| self.partitions.entry(id)) else { return };
        match event {
            Event::PartitionChanged { leader, leader_epoch, isr, .. } => {
                known.isr.clone_from(isr);
                (known.floor, known.leader, known.epoch) = (shown, *leader, *leader_epoch);
            }
            Event::TailAttached { .. } => known.floor = shown,
            Event::RecordsTruncated { from_offset, .. } => {
                // What is read after this is another record at the same offset.
                known.floor = shown;
                for reach in [&mut known.stored, &mut known.committed, &mut known.read] {
                    reach.cut(*from_offset, shown);
                }
                known.copied.clear();
                known.acknowledged.cut(from_offset);
            }
            Event::FaultFired { .. } => known.hit = shown,
            Event::RecordAppended(a) => known.stored.to(a.offset + 1, shown),
            Event::BatchAppended { base_offset, count, .. } => known.stored.to(base_offset + count, shown),
            Event::ReplicaLogEnd { broker, log_end_offset, .. } => {
                known.copied.entry(*broker).to(*log_end_offset, shown)
            }
            Event::OffsetsMoved { high_watermark, .. } => {
                known.moved = shown;
                known.committed.to(*high_watermark, shown);
            }
            Event::RecordAcknowledged { offset, .. } => {
                known.acknowledged.insert(*offset, shown);
                if known.acknowledged.len() > REMEMBERED {
                    known.acknowledged.pop_first();
                }
            }
            Event::PositionMoved { offset, .. } | Event::OffsetCommitted { offset, .. } => {
                known.read.to(*offset, shown)
            }
            _ => {}
        }
    }
}

/// How long the tap holds frames back.
pub(crate) fn slow_micros(picture: &Picture) -> u64 {
    picture.slow_wire.map_or(0, |(_, ms)| u64::from(ms) * 1000)
}

/// How far what crosses the slow wire is shown behind: long enough that its end is known when it starts, as far as that
/// leaves the copies a quarter of the delay.
pub(crate) fn crossing_micros(delay_micros: u64, slow_micros: u64) -> u64 {
    const MARGIN_MICROS: u64 = 100_000;
    (slow_micros + MARGIN_MICROS).min(delay_micros * 3 / 4)
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
        assert_eq!(schedule.shown_at(&fact(10_000, moved(5))), Micros::from_millis(11_200));
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
