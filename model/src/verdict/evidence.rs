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
    outages: BTreeMap<(PartitionId, u64), (Outage, u64)>,
    not_shown: bool,
    too_much: bool,
}

/// A record of the run as it was appended.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnLog<'a> {
    pub(super) seq: u64,
    pub(super) at: Micros,
    pub(super) record: &'a Appended,
}

impl OnLog<'_> {
    pub(super) fn event_id(&self) -> &str {
        self.record.header("event-id").unwrap_or_default()
    }

    pub(super) fn place(&self) -> (PartitionId, i64) {
        (PartitionId::new(self.record.topic.clone(), self.record.partition), self.record.offset)
    }
}

impl Evidence {
    /// Begins with the fact that starts a scene, and the picture before it; none for any other fact.
    pub fn begin(before: &Picture, started: &Fact) -> Option<Self> {
        let Event::SceneStarted { run, customer, spec, .. } = &started.event else { return None };
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
            not_shown: false,
            too_much: false,
        })
    }

    /// Takes the next fact in.
    pub fn take(&mut self, fact: &Fact) {
        self.after.fold(fact);
        match &fact.event {
            Event::SceneStep { run, state: StepState::NotShown, .. } if *run == self.run => self.not_shown = true,
            Event::PartitionChanged { .. } | Event::BrokerReachable { .. } => self.note_outages(fact.seq),
            _ => {}
        }
        if !proves(&fact.event) {
            return;
        }
        if self.facts.len() < MOST {
            self.facts.push(fact.clone());
        } else {
            self.too_much = true;
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

    /// The run's orders, oldest first.
    pub fn orders(&self) -> BTreeSet<OrderId> {
        let placed = self.facts.iter().filter_map(|fact| match &fact.event {
            Event::OrderChanged { order, customer, .. } if *customer == self.customer => Some(order.clone()),
            _ => None,
        });
        placed.collect()
    }

    pub(super) const fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Whether everything that was to be seen was.
    pub(super) const fn is_whole(&self) -> bool {
        !self.not_shown && !self.too_much
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
        self.appended(event).filter(|on_log| !self.was_taken_back(on_log))
    }

    fn was_taken_back(&self, on_log: &OnLog<'_>) -> bool {
        let of = on_log.record;
        self.facts.iter().filter(|fact| fact.seq > on_log.seq).any(|fact| match &fact.event {
            Event::RecordsTruncated { topic, partition, from_offset, to_offset, .. } => {
                *topic == of.topic && *partition == of.partition && (*from_offset..*to_offset).contains(&of.offset)
            }
            Event::RecordAppended(other) => {
                other.topic == of.topic
                    && other.partition == of.partition
                    && other.offset == of.offset
                    && **other != *of
            }
            _ => false,
        })
    }

    /// Event ids of the run's sends of this type, with the fact that told each first.
    pub(super) fn sent(&self, event: &str) -> BTreeMap<String, u64> {
        let orders = self.orders();
        let mut sent = BTreeMap::new();
        for fact in &self.facts {
            if let Event::RecordSent { key, event_id, event_type, .. } = &fact.event
                && (event.is_empty() || event_type == event)
                && orders.contains(&OrderId(key.clone()))
            {
                sent.entry(event_id.clone()).or_insert(fact.seq);
            }
        }
        sent
    }

    /// Stretches without a reachable leader of a partition that began in this run, and the fact that ended each.
    pub(super) fn outages(&self, partition: &PartitionId) -> impl Iterator<Item = (&Outage, u64)> {
        let its = move |(id, _): &&(PartitionId, u64)| id == partition;
        self.outages.iter().filter(move |(key, _)| its(key)).map(|(_, (outage, seq))| (outage, *seq))
    }

    fn note_outages(&mut self, seq: u64) {
        for (id, partition) in self.after.shown_partitions() {
            let Some(outage) = partition.outage.filter(|o| o.since >= self.before.at) else { continue };
            let known = self.outages.entry((id.clone(), outage.since.0)).or_insert((outage, seq));
            if known.0.until != outage.until {
                *known = (outage, seq);
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
            | Event::OffsetsMoved { .. }
            | Event::RecordSent { .. }
            | Event::RecordAcknowledged { .. }
            | Event::RecordHandled { .. }
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
