//! What is said of brokers: who is silent, who leads instead, what was lost and who comes back.

use std::collections::BTreeSet;

use super::{Caption, Tone, is_local, list, seconds, words};
use crate::{
    fact::ProcessState,
    ids::{BrokerId, Micros, PartitionId},
    picture::{Broker, Partition, Picture},
};

/// How long a loss stays news.
const NEWS_MICROS: u64 = 15_000_000;
/// An outage may be seen this long before what caused it.
const LEAD_IN_MICROS: u64 = 500_000;

/// Brokers that are gone or silent, and the partitions that still wait for a leader.
pub(super) fn leaderless(picture: &Picture, now: Micros) -> Option<Caption> {
    let unled: Vec<(&PartitionId, &Partition)> =
        picture.shown_partitions().filter(|(_, p)| p.unled_since().is_some()).collect();
    let of = |p: &Partition| p.outage.map_or(BrokerId::NONE, |o| o.broker);
    let broker = of(unled.first()?.1);
    let since = unled.iter().filter(|(_, p)| of(p) == broker).filter_map(|(_, p)| p.unled_since()).min();
    let since = seconds(now.since(since.unwrap_or_default()));
    // The cluster may name no leader while the last one answers: it is not in sync any more.
    let head = if broker.exists() && !picture.reachable(broker) {
        format!("Broker {broker} stopped answering {since} ago.")
    } else {
        format!("No leader for {since}.")
    };
    let is_unled = |topic: &str| unled.iter().any(|(id, _)| id.topic == topic);
    let waiting = match picture.flights.values().filter(|f| is_unled(&f.topic) && f.sent.at <= now).count() {
        0 => String::from("."),
        1 => String::from("; 1 record waits."),
        n => format!("; {n} records wait."),
    };
    let names = words::partitions(unled.iter().map(|(id, _)| *id));
    let wait = if unled.len() == 1 { "waits" } else { "wait" };
    Some(Caption::new(Tone::Bad, head).and(Tone::Plain, format!("{names} {wait} for a new leader{waiting}")))
}

pub(super) fn acknowledged_lost(picture: &Picture, now: Micros) -> Option<Caption> {
    let recent = |p: &Partition| p.lost.iter().filter(|l| l.acknowledged && now.since(l.at) < NEWS_MICROS).count();
    let lost = || picture.shown_partitions().filter(|(_, p)| recent(p) > 0);
    let count = lost().map(|(_, p)| recent(p)).sum();
    if count == 0 {
        return None;
    }
    let verb = if count == 1 { "was" } else { "were" };
    let (records, names) = (words::plural(count, "record"), words::partitions(lost().map(|(id, _)| id)));
    Some(
        Caption::new(Tone::Bad, format!("{records} on {names} {verb} acknowledged and {verb} then lost."))
            .and(Tone::Detail, format!("The new leader never had {}.", if count == 1 { "it" } else { "them" })),
    )
}

pub(super) fn no_controller(picture: &Picture, now: Micros) -> Option<Caption> {
    let quorum = picture.quorum.as_ref().filter(|q| !q.leader_id.exists())?;
    let since = seconds(now.since(quorum.stamp.at));
    Some(
        Caption::new(Tone::Bad, format!("No controller for {since}: leaders cannot change."))
            .and(Tone::Detail, "Reads and writes go on where a leader lives."),
    )
}

pub(super) fn one_left(picture: &Picture, _now: Micros) -> Option<Caption> {
    let replicated = || picture.shown_partitions().filter(|(_, p)| p.replicas.len() >= 3);
    let alone = |p: &Partition| if let [only] = p.isr.as_slice() { Some(*only) } else { None };
    let broker = replicated().find_map(|(_, p)| alone(p))?;
    let its: Vec<&PartitionId> = replicated().filter(|(_, p)| alone(p) == Some(broker)).map(|(id, _)| id).collect();
    let all = its.len() == replicated().count();
    let place = if all { String::new() } else { format!(" on {}", words::partitions(its)) };
    // Elsewhere min.insync.replicas may be one.
    let means =
        if is_local(picture) { "writes with acks all are refused." } else { "no other replica has every record." };
    Some(Caption::new(Tone::Bad, format!("Only broker {broker} is left in sync{place}:")).and(Tone::Plain, means))
}

/// A broker is gone or frozen and everything has a leader again.
pub(super) fn gone(picture: &Picture, _now: Micros) -> Option<Caption> {
    let down = |b: &Broker| !b.reachable() && b.state() != ProcessState::Starting;
    let (id, broker) = picture.brokers.iter().filter(|(_, b)| down(b)).max_by_key(|(_, b)| b.silent_since())?;
    let state = match broker.state() {
        ProcessState::Paused => "is paused",
        ProcessState::Stopping => "is stopping",
        ProcessState::Dead => "is gone",
        _ => "does not answer",
    };
    let head = Caption::new(Tone::Bad, format!("Broker {id} {state}."));
    let from = Micros(broker.silent_since().unwrap_or_default().0.saturating_sub(LEAD_IN_MICROS));
    let its = |p: &Partition| p.outage.filter(|o| o.broker == *id && o.until.is_some() && o.since >= from);
    let moved: Vec<(&PartitionId, &Partition)> = picture.shown_partitions().filter(|(_, p)| its(p).is_some()).collect();
    if moved.is_empty() {
        return Some(head.and(Tone::Plain, copies(picture, *id)));
    }
    let longest = moved.iter().filter_map(|(_, p)| its(p)).map(|o| o.until.unwrap_or_default().since(o.since)).max();
    let names = words::partitions(moved.iter().map(|(id, _)| *id));
    let mut leaders = BTreeSet::new();
    leaders.extend(moved.iter().map(|(_, p)| p.leader));
    let (brokers, lead) = if leaders.len() == 1 { ("broker", "leads") } else { ("brokers", "lead") };
    let text = format!(
        "For {} {names} had no working leader; {brokers} {} {lead} now.",
        seconds(longest.unwrap_or_default()),
        list(leaders.iter().map(ToString::to_string))
    );
    Some(head.and(Tone::Plain, text))
}

/// What a broker that led nothing leaves behind.
fn copies(picture: &Picture, broker: BrokerId) -> String {
    match picture.shown_partitions().filter(|(_, p)| p.isr.contains(&broker)).count() {
        0 => String::from("The others lead and copy without it."),
        1 => String::from("1 partition still counts it as in sync."),
        n => format!("{n} partitions still count it as in sync."),
    }
}

pub(super) fn coming_back(picture: &Picture, now: Micros) -> Option<Caption> {
    for (id, broker) in &picture.brokers {
        if broker.state() == ProcessState::Starting {
            let since = seconds(now.since(broker.since().at));
            return Some(Caption::new(Tone::Open, format!("Broker {id} has been starting for {since}.")));
        }
        let behind: Vec<&Partition> = picture
            .shown_partitions()
            .map(|(_, p)| p)
            .filter(|p| p.replicas.contains(id) && !p.isr.contains(id) && broker.reachable())
            .collect();
        if behind.is_empty() {
            continue;
        }
        // Where its log ends are not known, as on somebody else's cluster, nothing is said of how much.
        let to_copy = |p: &&Partition| Some(p.log_end_offset().saturating_sub(p.log_end(*id)?).max(0));
        let to_copy: Option<i64> = behind.iter().map(to_copy).try_fold(0_i64, |sum, n| Some(sum.saturating_add(n?)));
        let records = match to_copy {
            None => String::from("what it missed"),
            Some(1) => String::from("1 record"),
            Some(n) => format!("{n} records"),
        };
        return Some(
            Caption::new(Tone::Plain, format!("Broker {id} is back and copies {records}."))
                .and(Tone::Detail, format!("It is not in sync on {} yet.", words::plural(behind.len(), "partition"))),
        );
    }
    None
}
