//! The picture as the JSON of GET /api/state, field by field as interface.md names them.

use serde_json::{Value, json};

use crate::{
    fact::{Mode, OrderStatus},
    ids::{BrokerId, Micros, PartitionId},
    picture::{App, Group, Partition, Picture, ProofStatus},
};

/// The picture as JSON, without `session`: what a page shows is compared with it.
pub fn view(picture: &Picture, now: Micros) -> Value {
    let session = picture.session.as_ref().map(|(_, s)| s.clone()).unwrap_or_default();
    json!({
        "bootstrap": session.bootstrap,
        "stage_bootstrap": session.stage_bootstrap,
        "brokers": picture.brokers.iter().map(|(id, b)| json!({
            "id": id, "process": b.state(), "registration": b.registered(), "reachable": b.reachable(),
            "pid": b.process.as_ref().and_then(|p| p.pid), "host": b.host, "port": b.port,
        })).collect::<Value>(),
        "controllers": picture.controllers.iter().map(|(id, c)| json!({
            "id": id, "process": c.process.state, "pid": c.process.pid,
        })).collect::<Value>(),
        "controller": controller(picture),
        "partitions": picture.partitions.iter().filter(|(_, p)| p.stamp.is_some())
            .map(|(id, p)| partition(picture, id, p)).collect::<Value>(),
        "groups": picture.groups.iter().map(|(id, g)| group(picture, id, g)).collect::<Value>(),
        "producers": picture.partitions.iter().flat_map(|(id, p)| p.producers.iter().map(move |(producer, known)| json!({
            "topic": id.topic, "partition": id.partition, "producer_id": producer,
            "producer_epoch": known.producer_epoch, "last_sequence": known.last_sequence,
            "txn_start_offset": known.txn_start_offset,
        }))).collect::<Value>(),
        "apps": picture.apps.iter().map(|((name, instance), a)| app(picture, name, *instance, a)).collect::<Value>(),
        "shop": shop(picture, now),
    })
}

/// What `session` adds: how old the picture is and what was left out.
pub fn session(picture: &Picture, now: Micros, replay: bool) -> Value {
    let session = picture.session.as_ref().map(|(_, s)| s.clone()).unwrap_or_default();
    let mode = match session.mode {
        _ if replay => "replay",
        Mode::Local => "local",
        Mode::External => "external",
    };
    let read_at = picture.read.as_ref().map(|(s, _)| s.at);
    json!({
        "mode": mode, "session": session.session, "wall_clock": session.wall_clock,
        "kafka_version": session.kafka_version, "gateway_version": session.gateway_version,
        "seq": picture.seq, "at": now, "age_ms": read_at.map(|at| now.since(at) / 1000),
        "records": picture.counters.records, "merged_records": picture.counters.merged,
        "dropped_facts": picture.counters.dropped, "surprises": picture.counters.surprises,
        "warnings": picture.counters.warnings, "ledger": picture.counters.ledger,
    })
}

fn controller(picture: &Picture) -> Value {
    let (leader_id, epoch, voters) = match &picture.quorum {
        Some(quorum) => (quorum.leader_id, quorum.epoch, quorum.voters.clone()),
        None => (BrokerId::NONE, -1, Vec::new()),
    };
    json!({ "leader_id": leader_id, "epoch": epoch, "voters": voters })
}

fn partition(picture: &Picture, id: &PartitionId, p: &Partition) -> Value {
    let offsets = p.offsets.clone().unwrap_or_default();
    let ends: serde_json::Map<String, Value> =
        p.log_ends.iter().map(|(broker, (_, end))| (broker.to_string(), json!(end))).collect();
    json!({
        "topic": id.topic, "partition": id.partition, "leader": p.leader,
        "leader_reachable": picture.leader_reachable(p), "leader_epoch": p.leader_epoch,
        "replicas": p.replicas, "isr": p.isr, "log_start_offset": offsets.log_start_offset,
        "high_watermark": offsets.high_watermark, "last_stable_offset": offsets.last_stable_offset,
        "log_end_offset": p.log_end_offset(), "replica_log_ends": ends,
    })
}

fn group(picture: &Picture, id: &str, group: &Group) -> Value {
    json!({
        "group_id": id, "state": group.state, "type": group.group_type, "protocol": group.protocol,
        "coordinator": group.coordinator,
        "members": group.members.iter().map(|m| json!({
            "member_id": m.member_id, "client_id": m.client_id, "assignment": m.assignment,
        })).collect::<Value>(),
        "offsets": picture.group_partitions(group).iter().map(|partition| json!({
            "topic": partition.topic, "partition": partition.partition,
            "committed": group.offsets.get(partition).map_or(-1, |o| o.committed), "lag": picture.lag(group, partition),
        })).collect::<Value>(),
    })
}

fn app(picture: &Picture, name: &str, instance: u32, app: &App) -> Value {
    let guards: serde_json::Map<String, Value> = picture
        .guards
        .iter()
        .filter(|((of, _), _)| of == name)
        .map(|((_, guard), (_, on))| (guard.clone(), json!(on)))
        .collect();
    json!({
        "app": name, "instance": instance, "process": app.process.state, "pid": app.process.pid,
        "group": app.group, "client_id": app.client_id, "reads": app.reads, "writes": app.writes, "guards": guards,
    })
}

fn shop(picture: &Picture, now: Micros) -> Value {
    let proof = picture.proof(now);
    let status = match proof.status {
        ProofStatus::Holds => "holds",
        ProofStatus::Settling => "settling",
        ProofStatus::Broken => "broken",
    };
    json!({
        "items": picture.shop.items.iter().map(|(name, i)| json!({
            "item": name, "on_hand": i.on_hand, "reserved": i.reserved, "sold": i.sold, "created": i.created,
            "price_cents": i.price_cents,
        })).collect::<Value>(),
        "orders": { "open": proof.open, "confirmed": proof.confirmed, "cancelled": proof.cancelled },
        "newest": picture.shop.orders.iter().rev().take(20).map(|(id, o)| json!({
            "order": id, "status": status_word(o.status()), "customer": o.placed.as_ref().map(|p| p.customer.clone()),
            "taken_cents": o.payment.as_ref().map_or(0, |p| p.taken_cents), "total_cents": o.total_cents(),
        })).collect::<Value>(),
        "proof": {
            "status": status, "settling": proof.settling, "taken_cents": proof.taken_cents,
            "refunded_cents": proof.refunded_cents, "confirmed_cents": proof.confirmed_cents,
            "undecided_cents": proof.undecided_cents, "created": proof.created, "on_hand": proof.on_hand,
            "reserved": proof.reserved, "sold": proof.sold, "orders": proof.orders,
        },
    })
}

fn status_word(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Open => "open",
        OrderStatus::Confirmed => "confirmed",
        OrderStatus::Cancelled => "cancelled",
    }
}
