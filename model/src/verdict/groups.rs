//! What became of a group's partitions: who took them over, who had to stop for it, and who has none.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, Measured};
use crate::{
    fact::{Assigned, Event, Fact, Member, ProcessState},
    ids::PartitionId,
};

/// What one member has, by its `client.id`.
fn held<'a>(members: &'a [Member], client: &'a str) -> impl Iterator<Item = &'a Assigned> {
    members.iter().filter(move |member| member.client_id == client).flat_map(|member| &member.assignment)
}

/// A member that ended, and what it had.
struct Ended<'a> {
    client: &'a str,
    since: &'a Fact,
    left: bool,
    had: Vec<Assigned>,
}

/// One that leaves is asked to first, and gives its partitions away before its process is gone.
pub(super) fn taken_over(evidence: &Evidence, group: &str, left: bool) -> Measured {
    let mut members: &[Member] = evidence.before().groups.get(group).map_or(&[], |group| &group.members);
    let mut ended: Vec<Ended<'_>> = Vec::new();
    let mut longest: Option<(u64, Vec<u64>)> = None;
    for fact in evidence.facts() {
        match &fact.event {
            Event::AppChanged { client_id, state, group: its, .. } if its == group => {
                let leaves = *state == ProcessState::Stopping;
                let known = ended.iter().any(|ended| ended.client == client_id);
                if (leaves || *state == ProcessState::Dead) && !known {
                    let had = held(members, client_id).cloned().collect();
                    ended.push(Ended { client: client_id, since: fact, left: leaves, had });
                }
            }
            Event::GroupChanged { group_id, members: now, .. } if group_id == group => {
                members = now;
                ended.retain(|one| {
                    let others = |wanted: &Assigned| {
                        let mut others = members.iter().filter(|member| member.client_id != one.client);
                        others.any(|member| member.assignment.contains(wanted))
                    };
                    let over = one.had.iter().all(others);
                    if over && one.left == left && !one.had.is_empty() {
                        longest =
                            longest.take().max(Some((fact.at.since(one.since.at), vec![one.since.seq, fact.seq])));
                    }
                    !over
                });
            }
            _ => {}
        }
    }
    longest.map_or_else(Measured::not_seen, |(micros, facts)| Measured::millis(micros, facts))
}

pub(super) fn idle(evidence: &Evidence, group: &str) -> Measured {
    let Some(known) = evidence.after().groups.get(group) else { return Measured::not_seen() };
    let idle = known.members.iter().filter(|member| member.assignment.is_empty()).count();
    Measured::of(i64::try_from(idle).unwrap_or(i64::MAX), vec![known.stamp.seq])
}

/// The run's records at or behind what the group has committed, on what it reads.
pub(super) fn unread(evidence: &Evidence, group: &str) -> Measured {
    let Some(known) = evidence.after().groups.get(group) else { return Measured::not_seen() };
    let partitions = evidence.after().group_partitions(known);
    let committed = |id: &PartitionId| known.offsets.get(id).map_or(0, |offset| offset.committed);
    let left = evidence.on_log("").filter(|on_log| {
        let (id, offset) = on_log.place();
        partitions.contains(&id) && offset >= committed(&id)
    });
    Measured::count(left.map(|on_log| on_log.seq).collect())
}

/// A partition that a member gave away, until somebody has it again.
struct Stop {
    from: u32,
    to: u32,
    micros: u64,
    facts: Vec<u64>,
}

/// Each stop of a partition in the group's rebalances. A partition that nobody has yet again is not one.
fn stops(evidence: &Evidence, group: &str) -> Vec<Stop> {
    let mut without: BTreeMap<&Assigned, (u32, &Fact)> = BTreeMap::new();
    let mut stops = Vec::new();
    for fact in evidence.facts() {
        let Event::Rebalanced { instance, group_id, change, partitions, .. } = &fact.event else { continue };
        if group_id != group {
            continue;
        }
        for partition in partitions {
            if change != "assigned" {
                without.insert(partition, (*instance, fact));
            } else if let Some((from, since)) = without.remove(partition) {
                let (micros, facts) = (fact.at.since(since.at), vec![since.seq, fact.seq]);
                stops.push(Stop { from, to: *instance, micros, facts });
            }
        }
    }
    stops
}

fn of_these(stops: impl Iterator<Item = Stop>) -> Measured {
    let (mut number, mut facts) = (0, BTreeSet::new());
    for stop in stops {
        number += 1;
        facts.extend(stop.facts);
    }
    Measured::of(number, facts.into_iter().collect())
}

pub(super) fn stopped_in_vain(evidence: &Evidence, group: &str) -> Measured {
    of_these(stops(evidence, group).into_iter().filter(|stop| stop.from == stop.to))
}

pub(super) fn moved(evidence: &Evidence, group: &str) -> Measured {
    of_these(stops(evidence, group).into_iter().filter(|stop| stop.from != stop.to))
}

pub(super) fn stopped(evidence: &Evidence, group: &str) -> Measured {
    let longest = stops(evidence, group).into_iter().max_by_key(|stop| stop.micros);
    longest.map_or_else(Measured::not_seen, |stop| Measured::millis(stop.micros, stop.facts))
}
