//! What a run has seen: its facts, the picture before and after them, and which orders and events are its own.

use std::collections::{BTreeMap, BTreeSet};

use super::{Measure, Spec};
use crate::{
    fact::{Appended, Event, Fact, Outage, StepState},
    ids::{BrokerId, Micros, OrderId, PartitionId},
    picture::Picture,
};

/// A run of more facts than this is not judged: half of it would be missing.
const MOST: usize = 200_000;

/// The facts of one run. It is a fold: the gateway does it as they come, a reader of a recording afterwards.
#[derive(Clone, Debug)]
pub struct Evidence {
    run: u64,
    customer: String,
    spec: Spec,
    before: Picture,
    after: Picture,
    facts: Vec<Fact>,
    /// By partition and beginning, with the facts that showed them.
    outages: BTreeMap<(PartitionId, u64), (Outage, Vec<u64>)>,
    /// Which record stands at each place now: where in `facts` it was told.
    standing: BTreeMap<Place, usize>,
    /// Behind the last record that was read of each partition.
    read_to: BTreeMap<PartitionId, i64>,
    undone: BTreeSet<u32>,
    unseen: bool,
}

/// A partition and an offset.
type Place = (PartitionId, i64);

/// A record of the run as it was appended.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnLog<'a> {
    pub(super) seq: u64,
    pub(super) at: Micros,
    pub(super) record: &'a Appended,
}

impl<'a> OnLog<'a> {
    pub(super) fn event_id(&self) -> &'a str {
        self.record.header("event-id").unwrap_or_default()
    }

    pub(super) fn place(&self) -> Place {
        place_of(self.record)
    }
}

fn place_of(record: &Appended) -> Place {
    (PartitionId::new(record.topic.clone(), record.partition), record.offset)
}

impl Evidence {
    /// Begins with the fact that starts a scene, and the picture before it; none for any other fact.
    pub fn begin(before: &Picture, started: &Fact) -> Option<Self> {
        let Event::SceneStarted { run, customer, steps, spec, .. } = &started.event else { return None };
        // A spec of a newer version is not understood, and then nothing is judged.
        let spec = serde_json::from_value(spec.clone().into()).unwrap_or_default();
        Some(Self {
            run: *run,
            customer: customer.clone(),
            spec,
            before: before.clone(),
            after: before.clone(),
            facts: Vec::new(),
            outages: BTreeMap::new(),
            standing: BTreeMap::new(),
            read_to: BTreeMap::new(),
            undone: (0..).zip(steps).map(|(step, _)| step).collect(),
            unseen: false,
        })
    }

    /// Takes the next fact in.
    pub fn take(&mut self, fact: &Fact) {
        self.after.fold(fact);
        match &fact.event {
            Event::SceneStep { run, step, state: StepState::Done, .. } if *run == self.run => {
                self.undone.remove(step);
            }
            // What our own sight lost, or told as a number only, may have been the run's.
            Event::Gap { .. } => self.unseen = true,
            Event::BatchAppended { topic, .. } => {
                self.unseen |= self.after.apps.values().any(|app| app.writes == *topic);
            }
            Event::PartitionChanged { .. }
            | Event::ProcessChanged { .. }
            | Event::BrokerReachable { .. }
            | Event::BrokerChanged { .. } => self.note_outages(fact.seq),
            Event::RecordAppended(record) => self.stand(record),
            Event::RecordsTruncated { topic, partition, from_offset, to_offset, .. } => {
                let id = PartitionId::new(topic.clone(), *partition);
                self.standing.retain(|(of, offset), _| *of != id || !(*from_offset..*to_offset).contains(offset));
                self.read_to.insert(id, *from_offset);
            }
            _ => {}
        }
        if !proves(&fact.event) {
            return;
        }
        if self.facts.len() < MOST {
            self.facts.push(fact.clone());
        } else {
            self.unseen = true;
        }
    }

    /// A record stands at its place, until it is taken back or the place is given to another. Where the same one is told
    /// again it was only read again.
    fn stand(&mut self, record: &Appended) {
        let place = place_of(record);
        self.read_to.insert(place.0.clone(), record.offset.saturating_add(1));
        let known = self.standing.get(&place).and_then(|index| self.facts.get(*index));
        if !matches!(known.map(|fact| &fact.event), Some(Event::RecordAppended(known)) if **known == *record) {
            self.standing.insert(place, self.facts.len());
        }
    }

    /// The run's number.
    pub const fn run(&self) -> u64 {
        self.run
    }

    /// What a measure says so far; none where it was not seen.
    pub fn number(&self, measure: &Measure) -> Option<i64> {
        measure.read(self).number
    }

    /// The picture when the run began.
    pub const fn before(&self) -> &Picture {
        &self.before
    }

    /// The picture now.
    pub const fn after(&self) -> &Picture {
        &self.after
    }

    /// The run's facts so far.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The run's orders, oldest first. An app that starts again tells its whole book: what is in there from before the run
    /// is not the run's, whoever ordered it.
    pub fn orders(&self) -> BTreeSet<OrderId> {
        let placed = self.facts.iter().filter_map(|fact| match &fact.event {
            Event::OrderChanged { order, customer, .. } if *customer == self.customer => Some(order),
            _ => None,
        });
        placed.filter(|order| !self.before.shop.orders.contains_key(*order)).cloned().collect()
    }

    pub(super) const fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Whether everything that was to be seen was: each step done, and no fact of the run lost.
    pub(super) fn is_whole(&self) -> bool {
        self.undone.is_empty() && !self.unseen
    }

    /// The run's records of this type as they were appended, those that were taken back too.
    pub(super) fn appended<'a>(&'a self, event: &'a str) -> impl Iterator<Item = OnLog<'a>> {
        let orders = self.orders();
        self.facts.iter().filter_map(move |fact| {
            let Event::RecordAppended(record) = &fact.event else { return None };
            let its = record.header("correlation-id").is_some_and(|id| orders.contains(&OrderId(id.to_owned())));
            let typed = event.is_empty() || record.header("type") == Some(event);
            (its && typed).then_some(OnLog { seq: fact.seq, at: fact.at, record })
        })
    }

    /// Of these, the ones that are on the log still. What was taken back and its offset given to another is not.
    pub(super) fn on_log<'a>(&'a self, event: &'a str) -> impl Iterator<Item = OnLog<'a>> {
        self.appended(event).filter(|on_log| self.stands(on_log.seq, on_log.record))
    }

    /// Whether the record that this fact tells stands at its place still.
    pub(super) fn stands(&self, seq: u64, record: &Appended) -> bool {
        let standing = self.standing.get(&place_of(record)).and_then(|index| self.facts.get(*index));
        standing.is_some_and(|fact| fact.seq == seq)
    }

    /// Whether the log was read back as far as it was acknowledged to the run: each acknowledged offset was read from the
    /// partition's present leader, or taken back since. Before that nobody can say what was lost.
    pub fn is_read_back(&self) -> bool {
        let sent = self.sent("");
        self.facts.iter().all(|fact| match &fact.event {
            Event::RecordAcknowledged { topic, partition, offset, event_id, .. } if sent.contains_key(event_id) => {
                let id = PartitionId::new(topic.clone(), *partition);
                self.has_read(&id, *offset) || self.taken_back_since(fact.seq, &id, *offset)
            }
            _ => true,
        })
    }

    fn has_read(&self, id: &PartitionId, offset: i64) -> bool {
        let partition = self.after.partitions.get(id);
        let of_leader = partition.is_some_and(|p| p.tail.as_ref().is_some_and(|tail| tail.broker == p.leader));
        of_leader && self.read_to.get(id).is_some_and(|end| offset < *end)
    }

    fn taken_back_since(&self, seq: u64, id: &PartitionId, acknowledged: i64) -> bool {
        self.facts.iter().any(|fact| match &fact.event {
            Event::RecordsTruncated { topic, partition, from_offset, to_offset, .. } => {
                let range = *from_offset..*to_offset;
                fact.seq > seq && id.topic == *topic && id.partition == *partition && range.contains(&acknowledged)
            }
            _ => false,
        })
    }

    /// Whether a frame with these events is of the run, as far as one can tell: a frame without any may be.
    pub(super) fn may_hold(&self, event_ids: &[String]) -> bool {
        event_ids.is_empty() || {
            let sent = self.sent("");
            event_ids.iter().any(|id| sent.contains_key(id))
        }
    }

    /// Event ids of the run's sends of this type, with the fact that told each first. A send whose key is not the order's id
    /// is known by its record.
    pub(super) fn sent(&self, event: &str) -> BTreeMap<String, u64> {
        let orders = self.orders();
        let appended: BTreeSet<&str> = self.appended("").map(|on_log| on_log.event_id()).collect();
        let mut sent = BTreeMap::new();
        for fact in &self.facts {
            if let Event::RecordSent { key, event_id, event_type, .. } = &fact.event
                && (event.is_empty() || event_type == event)
                && (orders.contains(&OrderId(key.clone())) || appended.contains(event_id.as_str()))
            {
                sent.entry(event_id.clone()).or_insert(fact.seq);
            }
        }
        sent
    }

    /// Stretches without a reachable leader of a partition that began in this run, and the facts that showed each.
    pub(super) fn outages(&self, partition: &PartitionId) -> impl Iterator<Item = (&Outage, &[u64])> {
        let its = self.outages.iter().filter(move |((id, _), _)| id == partition);
        its.map(|(_, (outage, facts))| (outage, facts.as_slice()))
    }

    fn note_outages(&mut self, seq: u64) {
        for (id, partition) in self.after.shown_partitions() {
            let Some(outage) = partition.outage.filter(|o| o.since >= self.before.at) else { continue };
            let (known, facts) = self.outages.entry((id.clone(), outage.since.0)).or_default();
            if facts.is_empty() || known.until != outage.until {
                *known = outage;
                facts.push(seq);
            }
        }
    }

    /// Who led a partition when the run began.
    pub fn leader_before(&self, topic: &str, partition: i32) -> BrokerId {
        let id = PartitionId::new(topic, partition);
        self.before.partitions.get(&id).map_or(BrokerId::NONE, |p| p.leader)
    }
}

/// Whether a measure reads facts of this kind; the rest only moves the picture.
const fn proves(event: &Event) -> bool {
    matches!(
        event,
        Event::RecordAppended(_)
            | Event::RecordsTruncated { .. }
            | Event::RecordSent { .. }
            | Event::RecordAcknowledged { .. }
            | Event::RecordHandled { .. }
            | Event::RecordUnreadable { .. }
            | Event::OrderTransition { .. }
            | Event::Rebalanced { .. }
            | Event::GroupChanged { .. }
            | Event::AppChanged { .. }
            | Event::OrderChanged { .. }
            | Event::StockChanged { .. }
            | Event::PaymentChanged { .. }
            | Event::PartitionChanged { .. }
            | Event::BrokerChanged { .. }
            | Event::ProcessChanged { .. }
            | Event::ControllerChanged { .. }
            | Event::ProduceSent { .. }
            | Event::ProduceAnswered { .. }
            | Event::FaultFired { .. }
            | Event::CrashPointChanged { .. }
            | Event::TransactionChanged { .. }
            | Event::TransactionRefused { .. }
    )
}
