//! What became of the run's records: acknowledged, on the log, there twice, gone, read.

use std::collections::BTreeMap;

use super::{Evidence, Measured, evidence::OnLog};
use crate::{
    fact::Event,
    ids::{Micros, PartitionId},
};

/// Acknowledgements as the apps were told, each event once, the first.
fn acknowledgements(evidence: &Evidence, event: &str) -> BTreeMap<String, u64> {
    let sent = evidence.sent(event);
    let mut acknowledged = BTreeMap::new();
    for fact in evidence.facts() {
        if let Event::RecordAcknowledged { event_id, .. } = &fact.event
            && sent.contains_key(event_id)
        {
            acknowledged.entry(event_id.clone()).or_insert(fact.seq);
        }
    }
    acknowledged
}

/// Facts of records by the send they come from.
fn by_event(evidence: &Evidence, event: &str) -> BTreeMap<String, Vec<u64>> {
    let mut by_event: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for on_log in evidence.on_log(event) {
        by_event.entry(on_log.event_id().to_owned()).or_default().push(on_log.seq);
    }
    by_event
}

pub(super) fn acknowledged(evidence: &Evidence, event: &str) -> Measured {
    Measured::count(acknowledgements(evidence, event).into_values().collect())
}

pub(super) fn on_log(evidence: &Evidence, event: &str) -> Measured {
    Measured::count(evidence.on_log(event).map(|on_log| on_log.seq).collect())
}

pub(super) fn equal(evidence: &Evidence, event: &str) -> Measured {
    let most = by_event(evidence, event).into_values().max_by_key(Vec::len);
    most.map_or_else(Measured::not_seen, Measured::count)
}

pub(super) fn acknowledged_missing(evidence: &Evidence) -> Measured {
    if !evidence.is_read_back() {
        return Measured::not_seen();
    }
    let there = by_event(evidence, "");
    let missing = acknowledgements(evidence, "").into_iter().filter(|(event_id, _)| !there.contains_key(event_id));
    let mut measured = Measured::count(missing.map(|(_, seq)| seq).collect());
    // The fact that took a record back proves that it is gone.
    if measured.number.is_some_and(|number| number > 0) {
        measured.facts.extend(truncations(evidence).map(|(seq, _)| seq));
    }
    measured
}

pub(super) fn twice(evidence: &Evidence) -> Measured {
    let twice: Vec<_> = by_event(evidence, "").into_values().filter(|facts| facts.len() > 1).collect();
    Measured::of(i64::try_from(twice.len()).unwrap_or(i64::MAX), twice.into_iter().flatten().collect())
}

fn truncations(evidence: &Evidence) -> impl Iterator<Item = (u64, i64)> {
    evidence.facts().iter().filter_map(|fact| match &fact.event {
        Event::RecordsTruncated { from_offset, to_offset, .. } => {
            Some((fact.seq, to_offset.saturating_sub(*from_offset)))
        }
        _ => None,
    })
}

pub(super) fn truncated(evidence: &Evidence) -> Measured {
    let number = truncations(evidence).fold(0, |sum: i64, (_, count)| sum.saturating_add(count));
    Measured::of(number, truncations(evidence).map(|(seq, _)| seq).collect())
}

/// A plain reader read a record.
#[derive(Debug)]
pub(super) struct Read<'a> {
    pub(super) place: (PartitionId, i64),
    pub(super) seq: u64,
    at: Micros,
    event_id: &'a str,
}

impl Read<'_> {
    /// Whether it was this record: its place may have been another's before.
    pub(super) fn is_of(&self, on_log: &OnLog<'_>) -> bool {
        self.event_id == on_log.event_id() && self.place == on_log.place()
    }
}

pub(super) fn reads(evidence: &Evidence, by: u32) -> impl Iterator<Item = Read<'_>> {
    evidence.facts().iter().filter_map(move |fact| match &fact.event {
        Event::RecordHandled { app, instance, topic, partition, offset, event_id, .. }
            if app == "reader" && *instance == by =>
        {
            let place = (PartitionId::new(topic.clone(), *partition), *offset);
            Some(Read { place, seq: fact.seq, at: fact.at, event_id })
        }
        _ => None,
    })
}

pub(super) fn read_by(evidence: &Evidence, instance: u32, event: &str) -> Measured {
    of_these(evidence, instance, &evidence.on_log(event).collect::<Vec<_>>())
}

/// How often the reader read one of these records.
pub(super) fn of_these(evidence: &Evidence, instance: u32, records: &[OnLog<'_>]) -> Measured {
    let its = reads(evidence, instance).filter(|read| records.iter().any(|on_log| read.is_of(on_log)));
    Measured::count(its.map(|read| read.seq).collect())
}

pub(super) fn read_after(evidence: &Evidence, instance: u32, event: &str) -> Measured {
    let waits = evidence.on_log(event).filter_map(|on_log| {
        let read = reads(evidence, instance).find(|read| read.is_of(&on_log))?;
        Some((read.at.since(on_log.at), vec![on_log.seq, read.seq]))
    });
    waits.max().map_or_else(Measured::not_seen, |(micros, facts)| Measured::millis(micros, facts))
}

/// As the watermarks stand at the end: an acknowledgement is often told before the poll that sees the watermark pass it.
pub(super) fn above_watermark(evidence: &Evidence, of: &str) -> Measured {
    let sent = evidence.sent("");
    let mut above = Vec::new();
    for fact in evidence.facts() {
        let Event::RecordAcknowledged { topic, partition, offset, event_id, .. } = &fact.event else { continue };
        if topic != of || !sent.contains_key(event_id) {
            continue;
        }
        let partition = evidence.after().partitions.get(&PartitionId::new(topic.clone(), *partition));
        let Some(offsets) = partition.and_then(|p| p.offsets.as_ref()) else { return Measured::not_seen() };
        if offsets.high_watermark <= *offset {
            above.push(fact.seq);
        }
    }
    Measured::count(above)
}
