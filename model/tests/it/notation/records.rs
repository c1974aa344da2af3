//! Lines about records.

use std::collections::BTreeMap;

use kafkascope_model::fact::{Appended, Control, Event, ReadsTo, Source};

use super::{after, broker, offset, s};

/// What stands on logs.
pub(super) fn logs(words: &[&str]) -> Option<Event> {
    Some(match words {
        ["append", rest @ ..] => Event::RecordAppended(Box::new(record(rest)?)),
        ["marker", rest @ ..] => Event::RecordAppended(Box::new(marker(rest)?)),
        ["batch", topic, partition, at, count] => Event::BatchAppended {
            topic: s(topic),
            partition: partition.parse().ok()?,
            base_offset: offset(at)?,
            count: count.strip_prefix('x')?.parse().ok()?,
            bytes: 100,
            leader_epoch: 0,
            producer_id: -1,
            producer_epoch: -1,
            base_sequence: -1,
        },
        ["copied", topic, partition, id, end] => Event::ReplicaLogEnd {
            topic: s(topic),
            partition: partition.parse().ok()?,
            broker: broker(id.strip_prefix('b')?)?,
            log_end_offset: end.parse().ok()?,
        },
        // hw orders 0 4 [start 0] [lso 4] [end 4]
        ["hw", topic, partition, high, rest @ ..] => {
            let number = |name: &str, default: &str| after(rest, name).unwrap_or(default).parse().ok();
            Event::OffsetsMoved {
                topic: s(topic),
                partition: partition.parse().ok()?,
                log_start_offset: number("start", "0")?,
                high_watermark: high.parse().ok()?,
                last_stable_offset: number("lso", high)?,
                log_end_offset: number("end", high)?,
            }
        }
        ["tail", topic, partition, id] => Event::TailAttached {
            topic: s(topic),
            partition: partition.parse().ok()?,
            broker: broker(id.strip_prefix('b')?)?,
            reads_to: ReadsTo::LogEnd,
        },
        ["truncated", topic, partition, range, "epoch", epoch] => {
            let (from, to) = range.split_once("..")?;
            Event::RecordsTruncated {
                topic: s(topic),
                partition: partition.parse().ok()?,
                from_offset: from.parse().ok()?,
                to_offset: to.parse().ok()?,
                leader_epoch: epoch.parse().ok()?,
            }
        }
        ["producer", topic, partition, id, "txn", start] => Event::ProducerChanged {
            topic: s(topic),
            partition: partition.parse().ok()?,
            producer_id: id.parse().ok()?,
            producer_epoch: 0,
            last_sequence: 4,
            txn_start_offset: start.parse().ok()?,
        },
        _ => return None,
    })
}

/// append orders 0 @3 A-1 OrderPlaced [epoch 5] [id e3] [txn 4000]
fn record(words: &[&str]) -> Option<Appended> {
    let [topic, partition, at, key, event_type, rest @ ..] = words else { return None };
    let offset = offset(at)?;
    let id = after(rest, "id").map_or_else(|| format!("e{offset}"), s);
    let headers = [(s("event-id"), id), (s("event-type"), s(event_type))];
    let txn = after(rest, "txn");
    Some(Appended {
        topic: s(topic),
        partition: partition.parse().ok()?,
        offset,
        leader_epoch: after(rest, "epoch").map_or(Some(0), |epoch| epoch.parse().ok())?,
        key: Some(s(key)),
        headers: BTreeMap::from(headers),
        transactional: txn.is_some(),
        producer_id: txn.map_or(Some(0), |id| id.parse().ok())?,
        ..Appended::default()
    })
}

/// marker orders 0 @4 commit txn 4000
fn marker(words: &[&str]) -> Option<Appended> {
    let [topic, partition, at, end, "txn", id] = words else { return None };
    Some(Appended {
        topic: s(topic),
        partition: partition.parse().ok()?,
        offset: offset(at)?,
        transactional: true,
        control: Some(if *end == "commit" { Control::Commit } else { Control::Abort }),
        producer_id: id.parse().ok()?,
        ..Appended::default()
    })
}

/// What apps say of records.
pub(super) fn reports(words: &[&str]) -> Option<Event> {
    Some(match words {
        ["sent", event_id, app, topic, key, event_type] => Event::RecordSent {
            app: s(app),
            instance: 1,
            topic: s(topic),
            key: s(key),
            event_id: s(event_id),
            event_type: s(event_type),
            source: Source::App,
        },
        // ack e3 order orders 0 @3 all 12ms
        ["ack", event_id, app, topic, partition, at, acks, took] => Event::RecordAcknowledged {
            app: s(app),
            instance: 1,
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: offset(at)?,
            event_id: s(event_id),
            acks: s(acks),
            took_micros: took.strip_suffix("ms")?.parse::<u64>().ok()? * 1000,
            source: Source::App,
        },
        ["refused", event_id, app, topic, error] => Event::RecordRefused {
            app: s(app),
            instance: 1,
            topic: s(topic),
            event_id: s(event_id),
            error: s(error),
            source: Source::App,
        },
        ["handled", app, topic, partition, at, effect] => Event::RecordHandled {
            app: s(app),
            instance: 1,
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: offset(at)?,
            event_id: String::new(),
            effect: s(effect),
            skipped: false,
        },
        _ => return None,
    })
}
