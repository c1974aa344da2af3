//! What the cluster did during the run: leaders, epochs, in-sync sets, fencing, controllers.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, Measured};
use crate::{
    fact::{Event, Fact, ProcessState, Registration},
    ids::{BrokerId, PartitionId},
};

/// The cluster's answers about a partition, as (fact, leader, epoch, replicas in sync).
fn answers<'a>(evidence: &'a Evidence, of: &'a PartitionId) -> impl Iterator<Item = (&'a Fact, BrokerId, i32, usize)> {
    evidence.facts().iter().filter_map(move |fact| match &fact.event {
        Event::PartitionChanged { topic, partition, leader, leader_epoch, isr, .. }
            if *topic == of.topic && *partition == of.partition =>
        {
            Some((fact, *leader, *leader_epoch, isr.len()))
        }
        _ => None,
    })
}

fn changes(evidence: &Evidence, of: &PartitionId) -> Vec<u64> {
    let mut leader = evidence.leader_before(&of.topic, of.partition);
    let mut changes = Vec::new();
    for (fact, now, ..) in answers(evidence, of) {
        if now != leader && now.exists() {
            leader = now;
            changes.push(fact.seq);
        }
    }
    changes
}

pub(super) fn leader_changes(evidence: &Evidence, of: &PartitionId) -> Measured {
    if !evidence.before().partitions.contains_key(of) {
        return Measured::not_seen();
    }
    Measured::count(changes(evidence, of))
}

/// From the controller's death to the first answer of one.
pub(super) fn leader_changes_without_controller(evidence: &Evidence, of: &PartitionId) -> Measured {
    let mut there = evidence.before().quorum.as_ref().is_none_or(|quorum| quorum.leader_id.exists());
    let mut without = Vec::new();
    let mut deaths = Vec::new();
    let changes = changes(evidence, of);
    for fact in evidence.facts() {
        match &fact.event {
            Event::ControllerChanged { leader_id, .. } => {
                there = leader_id.exists();
                if !there {
                    deaths.push(fact.seq);
                }
            }
            _ if !there && changes.contains(&fact.seq) => without.push(fact.seq),
            _ => {}
        }
    }
    if deaths.is_empty() {
        return Measured::not_seen();
    }
    Measured::of(i64::try_from(without.len()).unwrap_or(i64::MAX), if without.is_empty() { deaths } else { without })
}

pub(super) fn leader_epochs(evidence: &Evidence, of: &PartitionId) -> Measured {
    let Some(before) = evidence.before().partitions.get(of).map(|p| p.leader_epoch) else {
        return Measured::not_seen();
    };
    let highest = answers(evidence, of).max_by_key(|(_, _, epoch, _)| *epoch);
    highest.map_or_else(
        || Measured::of(0, Vec::new()),
        |(fact, _, epoch, _)| Measured::of(i64::from(epoch) - i64::from(before), vec![fact.seq]),
    )
}

pub(super) fn smallest_isr(evidence: &Evidence, of: &PartitionId) -> Measured {
    let Some(before) = evidence.before().partitions.get(of).map(|p| p.isr.len()) else {
        return Measured::not_seen();
    };
    let smallest = answers(evidence, of).min_by_key(|(_, _, _, in_sync)| *in_sync);
    let (size, facts) = smallest.map_or((before, Vec::new()), |(fact, _, _, in_sync)| (in_sync, vec![fact.seq]));
    Measured::of(i64::try_from(size.min(before)).unwrap_or(i64::MAX), facts)
}

pub(super) fn gap(evidence: &Evidence, of: &PartitionId) -> Measured {
    if !evidence.before().partitions.contains_key(of) {
        return Measured::not_seen();
    }
    let mut longest = (0, Vec::new());
    for (outage, facts) in evidence.outages(of) {
        // One that is still open was not seen to its end.
        let Some(until) = outage.until else { return Measured::not_seen() };
        longest = longest.max((until.since(outage.since), facts.to_vec()));
    }
    let (micros, facts) = longest;
    Measured::millis(micros, facts)
}

pub(super) fn longest_gap(evidence: &Evidence, of: &str) -> Measured {
    let partitions = evidence.before().partitions.keys().filter(|id| id.topic == of);
    let mut longest = Measured::not_seen();
    for measured in partitions.map(|id| gap(evidence, id)) {
        if measured.number.is_none() {
            return measured;
        }
        if measured.number > longest.number {
            longest = measured;
        }
    }
    longest
}

/// Each broker once, however often it is told.
pub(super) fn fenced_while_paused(evidence: &Evidence) -> Measured {
    let mut paused = BTreeSet::new();
    let mut fenced = BTreeMap::new();
    for fact in evidence.facts() {
        match &fact.event {
            Event::ProcessChanged { node, state: ProcessState::Paused, .. } => drop(paused.insert(*node)),
            Event::ProcessChanged { node, .. } => drop(paused.remove(node)),
            Event::BrokerChanged { broker, registration, .. }
                if *registration != Registration::Active && paused.contains(broker) =>
            {
                fenced.entry(*broker).or_insert(fact.seq);
            }
            _ => {}
        }
    }
    Measured::count(fenced.into_values().collect())
}

pub(super) fn controller_epochs(evidence: &Evidence) -> Measured {
    let Some(before) = evidence.before().quorum.as_ref().map(|quorum| quorum.epoch) else {
        return Measured::not_seen();
    };
    let highest = evidence.facts().iter().filter_map(|fact| match &fact.event {
        Event::ControllerChanged { leader_id, epoch, .. } if leader_id.exists() => Some((*epoch, fact.seq)),
        _ => None,
    });
    highest.max_by_key(|(epoch, _)| *epoch).map_or_else(
        || Measured::of(0, Vec::new()),
        |(epoch, seq)| Measured::of(i64::from(epoch) - i64::from(before), vec![seq]),
    )
}
