//! Transactions as they stand in the log: which records were committed, which aborted, and for how long one was open.

use std::collections::BTreeMap;

use super::{Evidence, Measured, evidence::OnLog, records};
use crate::{
    fact::{Appended, Control, Event, Fact, TransactionState},
    ids::PartitionId,
};

/// The marker that decided a record's transaction, where there is one: the next of its producer on its partition.
fn decided<'a>(evidence: &'a Evidence, of: &Appended) -> Option<(&'a Fact, Control)> {
    let markers = evidence.facts().iter().filter_map(|fact| match &fact.event {
        Event::RecordAppended(marker) => Some((fact, marker, marker.control?)),
        _ => None,
    });
    let markers = markers.filter(|(fact, marker, _)| evidence.stands(fact.seq, marker));
    let its = markers.filter(|(_, marker, _)| {
        marker.topic == of.topic && marker.partition == of.partition && marker.producer_id == of.producer_id
    });
    let after = its.filter(|(_, marker, _)| marker.offset > of.offset);
    after.min_by_key(|(_, marker, _)| marker.offset).map(|(fact, _, control)| (fact, control))
}

fn of_outcome<'a>(evidence: &'a Evidence, event: &'a str, wanted: Control) -> impl Iterator<Item = OnLog<'a>> {
    evidence.on_log(event).filter(move |on_log| {
        on_log.record.transactional && decided(evidence, on_log.record).is_some_and(|(_, control)| control == wanted)
    })
}

pub(super) fn committed(evidence: &Evidence, event: &str) -> Measured {
    let plain = evidence.on_log(event).filter(|on_log| !on_log.record.transactional);
    let committed = of_outcome(evidence, event, Control::Commit);
    Measured::count(plain.chain(committed).map(|on_log| on_log.seq).collect())
}

pub(super) fn aborted(evidence: &Evidence, event: &str) -> Measured {
    Measured::count(of_outcome(evidence, event, Control::Abort).map(|on_log| on_log.seq).collect())
}

impl Evidence {
    /// Where the run's aborted records of this type are.
    pub fn aborted(&self, event: &str) -> Vec<(PartitionId, i64)> {
        of_outcome(self, event, Control::Abort).map(|on_log| on_log.place()).collect()
    }

    /// Where the run's records of this type are whose transaction is still open.
    pub fn undecided(&self, event: &str) -> Vec<(PartitionId, i64)> {
        let open = |on_log: &OnLog<'_>| on_log.record.transactional && decided(self, on_log.record).is_none();
        self.on_log(event).filter(open).map(|on_log| on_log.place()).collect()
    }

    /// Whether a plain reader has read a record behind this place.
    pub fn has_read_behind(&self, reader: u32, place: &(PartitionId, i64)) -> bool {
        records::reads(self, reader).any(|read| read.place.0 == place.0 && read.place.1 > place.1)
    }
}

pub(super) fn read_aborted(evidence: &Evidence, by: u32, event: &str) -> Measured {
    records::of_these(evidence, by, &of_outcome(evidence, event, Control::Abort).collect::<Vec<_>>())
}

pub(super) fn markers(evidence: &Evidence, topic: &str, wanted: Control) -> Measured {
    let markers = evidence.facts().iter().filter(|fact| {
        matches!(&fact.event, Event::RecordAppended(record)
            if record.topic == topic && record.control == Some(wanted) && evidence.stands(fact.seq, record))
    });
    Measured::count(markers.map(|fact| fact.seq).collect())
}

/// A producer id has epochs of its own, so each is compared with itself.
pub(super) fn epochs(evidence: &Evidence, of: &str) -> Measured {
    let mut seen: BTreeMap<i64, Vec<(i16, u64)>> = BTreeMap::new();
    for fact in evidence.facts() {
        let Event::TransactionChanged { transactional_id, producer_id, producer_epoch, state, .. } = &fact.event else {
            continue;
        };
        if transactional_id != of || *producer_epoch < 0 {
            continue;
        }
        let its = seen.entry(*producer_id).or_default();
        // InitProducerId raises an epoch that was there before, so where it is seen first the one before it was.
        if its.is_empty() && *state == TransactionState::Initialised && *producer_epoch > 0 {
            its.push((*producer_epoch - 1, fact.seq));
        }
        its.push((*producer_epoch, fact.seq));
    }
    let grown = seen.into_values().filter_map(|its| {
        // The first of equal ones: `max_by_key` gives the last.
        let (lowest, highest) = (its.iter().min()?, its.iter().rev().max_by_key(|(epoch, _)| *epoch)?);
        let mut facts = vec![lowest.1, highest.1];
        facts.dedup();
        Some((i64::from(highest.0) - i64::from(lowest.0), facts))
    });
    grown.max().map_or_else(Measured::not_seen, |(number, facts)| Measured::of(number, facts))
}

pub(super) fn fenced(evidence: &Evidence) -> Measured {
    let refused = evidence.facts().iter().filter(|fact| matches!(fact.event, Event::TransactionRefused { .. }));
    Measured::count(refused.map(|fact| fact.seq).collect())
}

/// From a transaction's first record on a partition to its marker there.
pub(super) fn open(evidence: &Evidence, topic: &str) -> Measured {
    let mut longest: Option<(u64, Vec<u64>)> = None;
    for on_log in evidence.on_log("").filter(|on_log| on_log.record.topic == topic && on_log.record.transactional) {
        // Of one that is still open the end was not seen.
        let Some((marker, _)) = decided(evidence, on_log.record) else { continue };
        let micros = marker.at.since(on_log.at);
        if longest.as_ref().is_none_or(|(known, _)| micros > *known) {
            longest = Some((micros, vec![on_log.seq, marker.seq]));
        }
    }
    longest.map_or_else(Measured::not_seen, |(micros, facts)| Measured::millis(micros, facts))
}
