//! What the cluster did during the run: leaders, epochs, in-sync sets, fencing, controllers.

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
    Measured::count(changes(evidence, of))
}

/// From the controller's death to the first answer of one.
pub(super) fn leader_changes_without_controller(evidence: &Evidence, of: &PartitionId) -> Measured {
    let mut there = true;
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
    let before = evidence.before().partitions.get(of).map_or(0, |p| p.isr.len());
    let smallest = answers(evidence, of).min_by_key(|(_, _, _, in_sync)| *in_sync);
    let (size, facts) = smallest.map_or((before, Vec::new()), |(fact, _, _, in_sync)| (in_sync, vec![fact.seq]));
    Measured::of(i64::try_from(size.min(before)).unwrap_or(i64::MAX), facts)
}

pub(super) fn gap(evidence: &Evidence, of: &PartitionId) -> Measured {
    let ended = evidence.outages(of).filter_map(|(outage, seq)| Some((outage.until?.since(outage.since), seq)));
    let longest = ended.max_by_key(|(micros, _)| *micros);
    // One that is still open was not seen to its end.
    if evidence.outages(of).any(|(outage, _)| outage.until.is_none()) {
        return Measured::not_seen();
    }
    longest.map_or_else(|| Measured::of(0, Vec::new()), |(micros, seq)| Measured::millis(micros, vec![seq]))
}

pub(super) fn fenced_while_paused(evidence: &Evidence) -> Measured {
    let mut paused = std::collections::BTreeSet::new();
    let mut fenced = Vec::new();
    for fact in evidence.facts() {
        match &fact.event {
            Event::ProcessChanged { node, state, .. } => {
                if *state == ProcessState::Paused {
                    paused.insert(*node);
                } else {
                    paused.remove(node);
                }
            }
            Event::BrokerChanged { broker, registration, .. }
                if *registration != Registration::Active && paused.contains(broker) =>
            {
                fenced.push(fact.seq);
            }
            _ => {}
        }
    }
    Measured::count(fenced)
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
