//! What is still missing until the stage is ready, and until all is back to green.

use crate::{
    fact::{Mode, ProcessState, Registration},
    ids::{Micros, PartitionId},
    picture::{Flight, Partition, Picture, ProofStatus, Record, shop::APPS},
};

/// The topics that the shop lives on, and the two that Kafka keeps for itself.
const SHOP_TOPICS: [&str; 3] = ["orders", "payments", "stock"];
const INTERNAL_TOPICS: [&str; 2] = ["__consumer_offsets", "__transaction_state"];
/// A record that is not committed so long after it was seen is another trouble.
const COMMITTED_SOON_MICROS: u64 = 2_000_000;
/// A send without an answer for so long is another trouble than a record on its way.
const ANSWERED_MICROS: u64 = 10_000_000;
/// Guards that are off unless somebody asks for them.
const OFF_BY_DEFAULT: [&str; 2] = ["outbox", "transactions"];

/// What the stage waits for before a talk can begin; `None` when it is ready.
pub fn waiting_for(picture: &Picture) -> Option<String> {
    let external = picture.session.as_ref().is_some_and(|(_, s)| s.mode == Mode::External);
    let active = picture.brokers.values().filter(|b| b.registered() == Registration::Active).count();
    if external {
        let read = picture.read.is_some() && active > 0;
        return (!read).then(|| String::from("an answer of the cluster"));
    }
    if active < 3 {
        return Some(format!("three active brokers ({active} so far)"));
    }
    for topic in SHOP_TOPICS.iter().chain(&INTERNAL_TOPICS) {
        let partitions: Vec<&Partition> =
            picture.partitions.iter().filter(|(id, _)| id.topic == *topic).map(|(_, p)| p).collect();
        let all = picture.topics.get(*topic).map_or(1, |t| usize::try_from(t.partitions).unwrap_or_default()).max(1);
        if partitions.len() < all || partitions.iter().any(|p| !full_isr(p)) {
            return Some(format!("topic {topic} with all its replicas in sync"));
        }
        if SHOP_TOPICS.contains(topic) && partitions.iter().any(|p| p.tail.is_none()) {
            return Some(format!("the tail of topic {topic}"));
        }
    }
    if let Some(group) = APPS.iter().find(|g| picture.groups.get(**g).is_none_or(|g| g.state != "Stable")) {
        return Some(format!("group {group} to be Stable"));
    }
    picture.shop.items.is_empty().then(|| String::from("the first item"))
}

/// What keeps the stage from being green at `now`; empty when it is.
pub fn missing(picture: &Picture, now: Micros) -> Vec<String> {
    let mut missing = Vec::new();
    for (id, controller) in &picture.controllers {
        if controller.process.state != ProcessState::Running {
            missing.push(format!("controller {id} is not running"));
        }
    }
    if picture.quorum.as_ref().is_none_or(|q| !q.leader_id.exists()) {
        missing.push(String::from("no controller answers"));
    }
    for (id, broker) in &picture.brokers {
        if broker.state() != ProcessState::Running || broker.registered() != Registration::Active {
            missing.push(format!("broker {id} is not back"));
        } else if !broker.reachable() {
            missing.push(format!("broker {id} does not answer"));
        }
    }
    for ((app, instance), known) in &picture.apps {
        // What a scene started beside the shop may be gone again.
        let may_be_gone = *instance > 1 || !APPS.contains(&app.as_str());
        let gone = known.process.state == ProcessState::Dead;
        if known.process.state != ProcessState::Running && !(gone && may_be_gone) {
            missing.push(format!("app {app} {instance} is not running"));
        }
    }
    missing.extend(picture.partitions.iter().filter_map(|(id, p)| partition(picture, id, p)));
    for group in APPS {
        match picture.groups.get(group) {
            Some(known) if known.state == "Stable" && picture.unread(known) == 0 => {}
            Some(known) => {
                missing.push(format!("group {group} is {} and lags {}", known.state, picture.unread(known)));
            }
            None => missing.push(format!("group {group} is not there")),
        }
    }
    for ((app, guard), (_, on)) in &picture.guards {
        if *on != default_of(guard) {
            missing.push(format!("guard {guard} of {app} is not at its default"));
        }
    }
    missing.extend(picture.faults.values().map(|fault| format!("a fault is armed: {}", fault.text)));
    if let Some((_, ms)) = picture.slow_wire.filter(|(_, ms)| *ms > 0) {
        missing.push(format!("the wire is slow by {ms} ms"));
    }
    for (app, instance) in picture.crash_points.keys() {
        missing.push(format!("a crash point of app {app} {instance} is armed"));
    }
    let proof = picture.proof(now);
    match proof.status {
        ProofStatus::Holds => {}
        ProofStatus::Settling => missing.push(proof.settling.unwrap_or_default()),
        ProofStatus::Broken => missing.push(String::from("the proof is broken")),
    }
    missing
}

/// What was sent or stored up to `until` and does not count as anybody's lag yet; `None` where nothing is on its way.
pub fn on_its_way(picture: &Picture, until: Micros, now: Micros) -> Option<String> {
    let its = |flight: &&Flight| {
        let at = flight.sent.at;
        APPS.contains(&flight.app.as_str()) && at <= until && now.since(at) < ANSWERED_MICROS
    };
    if let Some(flight) = picture.flights.values().find(its) {
        return Some(format!("a send of app {} has no answer yet", flight.app));
    }
    // The tail and its producer know of a record a little before it counts as lag; what is not committed soon was lost.
    let is_coming = |at: Micros| at <= until && now.since(at) < COMMITTED_SOON_MICROS;
    picture.partitions.iter().find_map(|(id, p)| {
        let mut beyond = p.records.range(p.high_watermark()..i64::MAX);
        let known = |r: &Record| if r.appended.is_some() { Some(r.stamp.at) } else { r.history.acknowledged_at };
        let (offset, _) = beyond.find(|(_, r)| known(r).is_some_and(is_coming))?;
        Some(format!("{id} has offset {offset}, which is not committed yet"))
    })
}

/// Whether a guard is on unless somebody says otherwise.
pub fn default_of(guard: &str) -> bool {
    !OFF_BY_DEFAULT.contains(&guard)
}

fn full_isr(p: &Partition) -> bool {
    p.stamp.is_some() && !p.replicas.is_empty() && p.isr.len() == p.replicas.len()
}

fn partition(picture: &Picture, id: &PartitionId, p: &Partition) -> Option<String> {
    p.stamp?;
    if !full_isr(p) {
        return Some(format!("{id} has {} of {} replicas in sync", p.isr.len(), p.replicas.len()));
    }
    if p.replicas.first() != Some(&p.leader) {
        return Some(format!("{id} is not led by its preferred leader"));
    }
    if !picture.leader_reachable(p) {
        return Some(format!("the leader of {id} does not answer"));
    }
    // A leader that has just come back may give less than it has for seconds, until its followers have asked it.
    if let Some(offsets) = p.offsets.as_ref().filter(|offsets| offsets.high_watermark < offsets.log_end_offset) {
        let (watermark, end) = (offsets.high_watermark, offsets.log_end_offset);
        return Some(format!("{id} is committed up to {watermark} of {end}"));
    }
    let open = p.producers.iter().find(|(_, producer)| producer.txn_start_offset >= 0);
    open.map(|(producer, _)| format!("{id} has an open transaction of producer {producer}"))
}
