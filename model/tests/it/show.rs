//! The picture as short text, for snapshots: only what was told, times in seconds.

use std::fmt::Write as _;

use kafkascope_model::{
    fact::{ProcessState, Registration},
    ids::{BrokerId, Micros, PartitionId},
    picture::{Broker, Group, Partition, Picture, ProofStatus, Record},
};

/// Seconds with milliseconds.
pub(crate) fn time(at: Micros) -> String {
    format!("{}.{:03}", at.0 / 1_000_000, at.0 / 1000 % 1000)
}

/// Everything but the books, and but brokers of which there is nothing to say.
pub(crate) fn cluster(picture: &Picture) -> String {
    let mut text = String::new();
    for (id, broker) in picture.brokers.iter().filter(|(_, b)| words(b) != "running absent reachable") {
        writeln!(text, "broker {id} {}", words(broker)).unwrap();
    }
    for (id, p) in &picture.partitions {
        show_partition(&mut text, picture, id, p);
    }
    for (id, group) in &picture.groups {
        show_group(&mut text, picture, id, group);
    }
    for (id, flight) in &picture.flights {
        writeln!(text, "{id} of {} waits since {}", flight.app, time(flight.sent.at)).unwrap();
    }
    let counters = &picture.counters;
    for (name, count) in [("merged", counters.merged), ("dropped", counters.dropped), ("surprises", counters.surprises)]
    {
        if count > 0 {
            writeln!(text, "{name} {count}").unwrap();
        }
    }
    text
}

/// The books and their proof at `now`.
pub(crate) fn books(picture: &Picture, now: Micros) -> String {
    let proof = picture.proof(now);
    let status = match proof.status {
        ProofStatus::Holds => "holds",
        ProofStatus::Settling => "settling",
        ProofStatus::Broken => "broken",
    };
    let why = proof.settling.map(|why| format!(": {why}")).unwrap_or_default();
    let orders: Vec<String> = proof.orders.iter().map(ToString::to_string).collect();
    format!(
        "{status}{why}\ncents: {} taken - {} refunded = {} confirmed + {} undecided\n\
         pieces: {} created = {} on hand + {} reserved + {} sold\n\
         orders: {} open, {} confirmed, {} cancelled; wrong: [{}]\n",
        proof.taken_cents,
        proof.refunded_cents,
        proof.confirmed_cents,
        proof.undecided_cents,
        proof.created,
        proof.on_hand,
        proof.reserved,
        proof.sold,
        proof.open,
        proof.confirmed,
        proof.cancelled,
        orders.join(", ")
    )
}

fn words(broker: &Broker) -> String {
    let process = match broker.state() {
        ProcessState::Starting => "starting",
        ProcessState::Running => "running",
        ProcessState::Paused => "paused",
        ProcessState::Stopping => "stopping",
        ProcessState::Dead => "dead",
        ProcessState::Unknown => "unknown",
    };
    let registration = match broker.registered() {
        Registration::Active => "active",
        Registration::Fenced => "fenced",
        Registration::Absent => "absent",
    };
    format!("{process} {registration} {}", if broker.reachable() { "reachable" } else { "unreachable" })
}

fn ids<'a>(brokers: impl IntoIterator<Item = &'a BrokerId>) -> String {
    brokers.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn show_partition(text: &mut String, picture: &Picture, id: &PartitionId, p: &Partition) {
    write!(text, "{id}").unwrap();
    if p.stamp.is_some() {
        let reach = if picture.leader_reachable(p) { "" } else { " (unreachable)" };
        write!(text, " leader {}{reach} epoch {} isr {}", p.leader, p.leader_epoch, ids(&p.isr)).unwrap();
    }
    if !p.log_ends.is_empty() {
        let ends: Vec<String> = p.log_ends.iter().map(|(broker, (_, end))| format!("b{broker}={end}")).collect();
        write!(text, " ends {}", ends.join(" ")).unwrap();
    }
    if let Some(offsets) = &p.offsets {
        write!(text, " hw {}", offsets.high_watermark).unwrap();
    }
    if let Some(outage) = &p.outage {
        let until = outage.until.map(time).unwrap_or_default();
        write!(text, " outage {}..{until} of {}", time(outage.since), outage.broker).unwrap();
    }
    text.push('\n');
    for (offset, record) in &p.records {
        show_record(text, *offset, record);
    }
    for lost in &p.lost {
        let acknowledged = if lost.acknowledged { " (acknowledged)" } else { "" };
        writeln!(text, "  lost @{}{acknowledged} {}", lost.offset, time(lost.at)).unwrap();
    }
}

fn show_record(text: &mut String, offset: i64, record: &Record) {
    let history = &record.history;
    write!(text, "  @{offset}").unwrap();
    match &record.appended {
        Some(appended) => {
            let key = appended.key.clone().unwrap_or_default();
            write!(text, " {key} {}", appended.header("type").unwrap_or_default()).unwrap();
        }
        None => text.push_str(" unseen"),
    }
    if let Some(at) = history.sent_at {
        write!(text, ", sent {} by {}", time(at), history.sent_by).unwrap();
    }
    for (broker, at) in &history.copied {
        write!(text, ", b{broker} {}", time(*at)).unwrap();
    }
    if let Some(at) = history.committed_at {
        write!(text, ", committed {}", time(at)).unwrap();
    }
    if let Some(at) = history.acknowledged_at {
        write!(text, ", acks={} {}", history.acks, time(at)).unwrap();
    }
    for (group, at) in &history.read {
        write!(text, ", read {group} {}", time(*at)).unwrap();
    }
    for (app, effect) in &history.handled {
        write!(text, ", handled {app} {effect}").unwrap();
    }
    text.push('\n');
}

fn show_group(text: &mut String, picture: &Picture, id: &str, group: &Group) {
    writeln!(text, "group {id} {} lag {}", group.state, picture.total_lag(group)).unwrap();
    for id in picture.group_partitions(group) {
        let committed = group.offsets.get(&id).map_or_else(|| String::from("-"), |o| o.committed.to_string());
        writeln!(text, "  {id} committed {committed} lag {}", picture.lag(group, &id)).unwrap();
    }
}
