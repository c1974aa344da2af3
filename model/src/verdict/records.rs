//! What became of the run's records: acknowledged, on the log, there twice, gone, read.

use std::collections::BTreeMap;

use super::{Evidence, Measured};
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
pub(super) struct Read {
    pub(super) place: (PartitionId, i64),
    pub(super) seq: u64,
    at: Micros,
}

pub(super) fn reads(evidence: &Evidence, by: u32) -> impl Iterator<Item = Read> {
    evidence.facts().iter().filter_map(move |fact| match &fact.event {
        Event::RecordHandled { app, instance, topic, partition, offset, .. } if app == "reader" && *instance == by => {
            let place = (PartitionId::new(topic.clone(), *partition), *offset);
            Some(Read { place, seq: fact.seq, at: fact.at })
        }
        _ => None,
    })
}

pub(super) fn read_by(evidence: &Evidence, instance: u32, event: &str) -> Measured {
    let places: Vec<_> = evidence.on_log(event).map(|on_log| on_log.place()).collect();
    Measured::count(reads(evidence, instance).filter(|read| places.contains(&read.place)).map(|r| r.seq).collect())
}

pub(super) fn read_after(evidence: &Evidence, instance: u32, event: &str) -> Measured {
    let waits = evidence.on_log(event).filter_map(|on_log| {
        let read = reads(evidence, instance).find(|read| read.place == on_log.place())?;
        Some((read.at.since(on_log.at), vec![on_log.seq, read.seq]))
    });
    waits.max().map_or_else(Measured::not_seen, |(micros, facts)| Measured::millis(micros, facts))
}

/// As it stood when the acknowledgement came: a watermark that moves later does not make it readable then.
pub(super) fn above_watermark(evidence: &Evidence, of: &str) -> Measured {
    let sent = evidence.sent("");
    let mut watermarks: BTreeMap<i32, i64> = BTreeMap::new();
    for (id, partition) in evidence.before().partitions.iter().filter(|(id, _)| id.topic == of) {
        watermarks.insert(id.partition, partition.high_watermark());
    }
    let mut above: Vec<(u64, i32, i64)> = Vec::new();
    for fact in evidence.facts() {
        match &fact.event {
            Event::OffsetsMoved { topic, partition, high_watermark, .. } if topic == of => {
                watermarks.insert(*partition, *high_watermark);
            }
            Event::RecordAcknowledged { topic, partition, offset, event_id, .. }
                if topic == of && sent.contains_key(event_id) =>
            {
                above.push((fact.seq, *partition, *offset));
            }
            _ => {}
        }
    }
    let still = above
        .into_iter()
        .filter(|(_, partition, offset)| watermarks.get(partition).is_some_and(|watermark| watermark <= offset));
    Measured::count(still.map(|(seq, ..)| seq).collect())
}
