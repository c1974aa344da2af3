//! What the tap saw, and which crash points were come to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, Measured};
use crate::fact::{CrashState, Event, Fact};

/// A producer's own numbering of a send: producer id, epoch, sequence.
type Numbers = (i64, i16, i32);

/// The run's Produce requests by event: each fact, with producer id, epoch and sequence.
fn requests<'a>(evidence: &'a Evidence, event: &str) -> BTreeMap<String, Vec<(&'a Fact, Numbers)>> {
    let ids = evidence.sent(event);
    let mut requests: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for fact in evidence.facts() {
        if let Event::ProduceSent { event_ids, producer_id, producer_epoch, base_sequence, .. } = &fact.event {
            for id in event_ids.iter().filter(|id| ids.contains_key(*id)) {
                requests.entry(id.clone()).or_default().push((fact, (*producer_id, *producer_epoch, *base_sequence)));
            }
        }
    }
    requests
}

pub(super) fn retries(evidence: &Evidence, event: &str) -> Measured {
    let requests = requests(evidence, event);
    if requests.is_empty() {
        return Measured::not_seen();
    }
    let again = requests.values().flat_map(|sends| sends.iter().skip(1).map(|(fact, _)| fact.seq));
    Measured::count(again.collect())
}

pub(super) fn sequences(evidence: &Evidence, event: &str) -> Measured {
    let mut most: Option<(usize, Vec<u64>)> = None;
    for sends in requests(evidence, event).values() {
        let distinct: BTreeSet<_> = sends.iter().map(|(_, id)| *id).filter(|(producer, ..)| *producer >= 0).collect();
        if most.as_ref().is_none_or(|(known, _)| distinct.len() > *known) {
            most = Some((distinct.len(), sends.iter().map(|(fact, _)| fact.seq).collect()));
        }
    }
    most.map_or_else(Measured::not_seen, |(count, facts)| Measured::of(i64::try_from(count).unwrap_or(i64::MAX), facts))
}

fn count(evidence: &Evidence, is: impl Fn(&Event) -> bool) -> Measured {
    Measured::count(evidence.facts().iter().filter(|fact| is(&fact.event)).map(|fact| fact.seq).collect())
}

pub(super) fn faults_fired(evidence: &Evidence) -> Measured {
    count(evidence, |event| match event {
        Event::FaultFired { event_ids, .. } => evidence.may_hold(event_ids),
        _ => false,
    })
}

pub(super) fn refusals(evidence: &Evidence, of: &str) -> Measured {
    count(evidence, |event| match event {
        Event::ProduceAnswered { error, event_ids, .. } => error == of && evidence.may_hold(event_ids),
        _ => false,
    })
}

pub(super) fn crash_points(evidence: &Evidence) -> Measured {
    count(evidence, |event| matches!(event, Event::CrashPointChanged { state: CrashState::Reached, .. }))
}
