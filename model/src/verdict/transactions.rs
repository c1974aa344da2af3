//! Transactions as they stand in the log: which records were committed, which aborted, and for how long one was open.

use super::{Evidence, Measured, evidence::OnLog, records};
use crate::{
    fact::{Appended, Control, Event, Fact},
    ids::PartitionId,
};

/// The marker that decided a record's transaction, where there is one: the next of its producer on its partition.
fn decided<'a>(evidence: &'a Evidence, of: &Appended) -> Option<(&'a Fact, Control)> {
    let markers = evidence.facts().iter().filter_map(|fact| match &fact.event {
        Event::RecordAppended(marker) => Some((fact, marker, marker.control?)),
        _ => None,
    });
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
    let places: Vec<_> = of_outcome(evidence, event, Control::Abort).map(|on_log| on_log.place()).collect();
    Measured::count(records::reads(evidence, by).filter(|read| places.contains(&read.place)).map(|r| r.seq).collect())
}

pub(super) fn markers(evidence: &Evidence, topic: &str, wanted: Control) -> Measured {
    let markers = evidence.facts().iter().filter(|fact| {
        matches!(&fact.event, Event::RecordAppended(record) if record.topic == topic && record.control == Some(wanted))
    });
    Measured::count(markers.map(|fact| fact.seq).collect())
}

pub(super) fn epochs(evidence: &Evidence, of: &str) -> Measured {
    let seen: Vec<(i16, u64)> = evidence
        .facts()
        .iter()
        .filter_map(|fact| match &fact.event {
            Event::TransactionChanged { transactional_id, producer_epoch, .. } if transactional_id == of => {
                (*producer_epoch >= 0).then_some((*producer_epoch, fact.seq))
            }
            _ => None,
        })
        .collect();
    let (Some(lowest), Some(highest)) = (seen.iter().min(), seen.iter().max()) else { return Measured::not_seen() };
    Measured::of(i64::from(highest.0) - i64::from(lowest.0), vec![lowest.1, highest.1])
}

pub(super) fn fenced(evidence: &Evidence) -> Measured {
    let refused = evidence.facts().iter().filter(|fact| matches!(fact.event, Event::TransactionRefused { .. }));
    Measured::count(refused.map(|fact| fact.seq).collect())
}

/// From a transaction's first record on a partition to its marker there.
pub(super) fn open(evidence: &Evidence, topic: &str) -> Measured {
    let mut longest: Option<(u64, Vec<u64>)> = None;
    for fact in evidence.facts() {
        let Event::RecordAppended(record) = &fact.event else { continue };
        if record.topic != topic || !record.transactional || record.control.is_some() {
            continue;
        }
        // Of one that is still open the end was not seen.
        let Some((marker, _)) = decided(evidence, record) else { continue };
        let micros = marker.at.since(fact.at);
        if longest.as_ref().is_none_or(|(known, _)| micros > *known) {
            longest = Some((micros, vec![fact.seq, marker.seq]));
        }
    }
    longest.map_or_else(Measured::not_seen, |(micros, facts)| Measured::millis(micros, facts))
}
