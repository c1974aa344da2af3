//! Lines about records.

use model::fact::{Appended, Control, Event, ReadsTo, Source};

use super::{after, broker, offset, s};

/// What stands on logs.
pub(super) fn logs(words: &[&str]) -> Option<Event> {
    Some(match words {
        ["append" | "marker", ..] => Event::RecordAppended(Box::new(appended(words)?)),
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

fn appended(words: &[&str]) -> Option<Appended> {
    Some(match words {
        // append orders 0 @3 A-1 OrderPlaced [epoch 5] [id e3] [producer 4000] [with-epoch 3] [transactional]
        ["append", topic, partition, at, key, event_type, rest @ ..] => {
            let offset = offset(at)?;
            let id = after(rest, "id").map_or_else(|| format!("e{offset}"), s);
            let headers = [(s("event-id"), id), (s("type"), s(event_type)), (s("correlation-id"), s(key))];
            Appended {
                topic: s(topic),
                partition: partition.parse().ok()?,
                offset,
                leader_epoch: after(rest, "epoch").map_or(Some(0), |epoch| epoch.parse().ok())?,
                producer_id: after(rest, "producer").unwrap_or("-1").parse().ok()?,
                producer_epoch: after(rest, "with-epoch").unwrap_or("0").parse().ok()?,
                transactional: rest.contains(&"transactional"),
                key: Some(s(key)),
                headers: headers.into_iter().collect(),
                ..Appended::default()
            }
        }
        // marker orders 0 @4 abort producer 4000
        ["marker", topic, partition, at, decided, "producer", producer] => Appended {
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: offset(at)?,
            producer_id: producer.parse().ok()?,
            transactional: true,
            control: Some(if *decided == "abort" { Control::Abort } else { Control::Commit }),
            ..Appended::default()
        },
        _ => return None,
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
        // handled stock orders 0 @3 reserved [id e3] [instance 2] [skipped]
        ["handled", app, topic, partition, at, effect, rest @ ..] => Event::RecordHandled {
            app: s(app),
            instance: after(rest, "instance").unwrap_or("1").parse().ok()?,
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: offset(at)?,
            event_id: s(after(rest, "id").unwrap_or_default()),
            effect: s(effect),
            skipped: rest.contains(&"skipped"),
        },
        _ => return None,
    })
}
