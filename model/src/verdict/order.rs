//! In which order and where the run's records came to an app: what overtook what, and what could not be read.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, Measured, evidence::OnLog};
use crate::{
    fact::{Event, Fact},
    ids::PartitionId,
};

/// The first time an app handled each event, by event id.
fn first_handled<'a>(evidence: &'a Evidence, by: &str) -> BTreeMap<&'a str, &'a Fact> {
    let mut first = BTreeMap::new();
    for fact in evidence.facts() {
        if let Event::RecordHandled { app, event_id, .. } = &fact.event
            && app == by
        {
            first.entry(event_id.as_str()).or_insert(fact);
        }
    }
    first
}

/// The run's records by order, as they were appended.
fn by_order<'a>(evidence: &'a Evidence, on: &'a str) -> BTreeMap<&'a str, Vec<OnLog<'a>>> {
    let mut orders: BTreeMap<&str, Vec<OnLog<'_>>> = BTreeMap::new();
    for on_log in evidence.on_log("").filter(|on_log| on.is_empty() || on_log.record.topic == on) {
        orders.entry(on_log.record.header("correlation-id").unwrap_or_default()).or_default().push(on_log);
    }
    orders
}

pub(super) fn handled_after(evidence: &Evidence, app: &str, event: &str) -> Measured {
    let handled = first_handled(evidence, app);
    let waits = evidence.on_log(event).filter_map(|on_log| {
        let fact = handled.get(on_log.event_id())?;
        Some((fact.at.since(on_log.at), vec![on_log.seq, fact.seq]))
    });
    waits.max().map_or_else(Measured::not_seen, |(micros, facts)| Measured::millis(micros, facts))
}

/// Only topics that the app reads count: it handled something of them. One that it never handled is still to come.
pub(super) fn out_of_order(evidence: &Evidence, app: &str) -> Measured {
    let handled = first_handled(evidence, app);
    let topics: BTreeSet<&str> = handled.values().filter_map(|fact| topic_of(fact)).collect();
    let mut number = 0;
    let mut facts = Vec::new();
    for records in by_order(evidence, "").into_values() {
        let its: Vec<_> = records
            .iter()
            .filter(|on_log| topics.contains(on_log.record.topic.as_str()))
            .map(|on_log| handled.get(on_log.event_id()).map(|fact| (fact.at, fact.seq)))
            .collect();
        // The first that was handled before one that is older than it.
        let overtaken = its.iter().enumerate().find_map(|(index, later)| {
            let later = (*later)?;
            let earlier = its[..index].iter().find(|earlier| earlier.is_none_or(|earlier| earlier > later))?;
            Some((later.1, earlier.map(|(_, seq)| seq)))
        });
        if let Some((later, earlier)) = overtaken {
            number += 1;
            facts.push(later);
            facts.extend(earlier);
        }
    }
    Measured::of(number, facts)
}

fn topic_of(fact: &Fact) -> Option<&str> {
    match &fact.event {
        Event::RecordHandled { topic, .. } => Some(topic),
        _ => None,
    }
}

pub(super) fn scattered(evidence: &Evidence, topic: &str) -> Measured {
    let mut number = 0;
    let mut facts = Vec::new();
    for records in by_order(evidence, topic).into_values() {
        if let Some(other) = records.iter().find(|on_log| on_log.record.partition != records[0].record.partition) {
            number += 1;
            facts.extend([records[0].seq, other.seq]);
        }
    }
    Measured::of(number, facts)
}

pub(super) fn fullest(evidence: &Evidence, event: &str) -> Measured {
    let mut partitions: BTreeMap<PartitionId, Vec<u64>> = BTreeMap::new();
    for on_log in evidence.on_log(event) {
        partitions.entry(on_log.place().0).or_default().push(on_log.seq);
    }
    percent(partitions)
}

/// Each record once, by who handled it first.
pub(super) fn busiest(evidence: &Evidence, app: &str, event: &str) -> Measured {
    let handled = first_handled(evidence, app);
    let mut instances: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for fact in evidence.on_log(event).filter_map(|on_log| handled.get(on_log.event_id())) {
        if let Event::RecordHandled { instance, .. } = &fact.event {
            instances.entry(*instance).or_default().push(fact.seq);
        }
    }
    percent(instances)
}

/// The largest part, of a hundred.
fn percent<K>(parts: BTreeMap<K, Vec<u64>>) -> Measured {
    let all: usize = parts.values().map(Vec::len).sum();
    let largest = parts.into_values().max_by_key(Vec::len);
    largest.map_or_else(Measured::not_seen, |its| {
        Measured::of(i64::try_from(its.len() * 100 / all).unwrap_or(i64::MAX), its)
    })
}

/// Each place once, however often the app comes back to it.
pub(super) fn unreadable(evidence: &Evidence, by: &str) -> Measured {
    let mut places = BTreeMap::new();
    for fact in evidence.facts() {
        if let Event::RecordUnreadable { app, topic, partition, offset, .. } = &fact.event
            && app == by
        {
            places.entry((topic, *partition, *offset)).or_insert(fact.seq);
        }
    }
    Measured::count(places.into_values().collect())
}
