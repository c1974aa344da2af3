//! Batches into facts: one for each record, or one for many where they come too fast.

use bytes::Bytes;
use model::{
    fact::{Appended, Control, Event, Level},
    ids::{Micros, PartitionId},
};

use crate::{
    kafka::{Batch, Header, Record},
    privacy::Mask,
};

use super::state::Tail;

/// Keys and headers are told up to here.
const TEXT_BYTES: usize = 256;

/// Headers that the product needs, kept even where values are not (interface.md, "what is recorded").
const PRODUCT_HEADERS: [&str; 8] =
    ["attempt", "causation-id", "correlation-id", "event-id", "flight-id", "payment-key", "traceparent", "type"];

/// How much of a record is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy<'a> {
    /// So much of each value; 0 keeps no value, and only the headers that the product needs.
    pub(super) value_bytes: usize,
    /// What is told as stars, before anything is cut: half a number is still a number.
    pub(super) mask: &'a Mask,
}

/// Tells what is new in these batches and moves the tail behind them.
pub(super) fn batches(
    tail: &mut Tail,
    id: &PartitionId,
    batches: &[Batch],
    (policy, now): (Policy<'_>, Micros),
    events: &mut Vec<Event>,
) {
    let from = tail.next_offset.unwrap_or_default();
    // A batch is given whole, also where its first records were read already.
    let fresh: Vec<&Batch> = batches.iter().filter(|batch| batch.header.last_offset >= from).collect();
    let Some(last) = fresh.last() else { return };
    let next_offset = last.header.last_offset + 1;
    for batch in &fresh {
        tail.epochs.read(batch.header.leader_epoch, batch.header.base_offset.max(from));
    }
    let count = fresh.iter().map(|batch| batch.header.count).sum();
    if tail.rate.merges(now, count) {
        merged(id, &fresh, events);
    } else {
        for batch in fresh {
            match batch.records() {
                Ok(records) => {
                    let records = records.into_iter().filter(|record| record.offset >= from);
                    events.extend(
                        records
                            .map(|record| Event::RecordAppended(Box::new(appended(id, batch.header, record, policy)))),
                    );
                }
                Err(error) => {
                    merged(id, &[batch], events);
                    if !std::mem::replace(&mut tail.told_unreadable, true) {
                        let text = format!("{id}: records are told as batches only: {error}");
                        events.push(Event::Notice { level: Level::Warn, source: String::from("tail"), text });
                    }
                }
            }
        }
    }
    tail.next_offset = Some(next_offset);
}

/// One fact for each run of batches by the same producer in the same epoch.
fn merged(id: &PartitionId, batches: &[&Batch], events: &mut Vec<Event>) {
    let by = |header: &Header| (header.leader_epoch, header.producer_id, header.producer_epoch);
    for run in batches.chunk_by(|a, b| by(&a.header) == by(&b.header)) {
        let Some(first) = run.first().map(|batch| batch.header) else { continue };
        events.push(Event::BatchAppended {
            topic: id.topic.clone(),
            partition: id.partition,
            base_offset: first.base_offset,
            count: run.iter().map(|batch| batch.header.count).sum(),
            bytes: run.iter().map(|batch| batch.header.bytes as u64).sum(),
            leader_epoch: first.leader_epoch,
            producer_id: first.producer_id,
            producer_epoch: first.producer_epoch,
            base_sequence: first.base_sequence,
        });
    }
}

fn appended(id: &PartitionId, batch: Header, record: Record, policy: Policy<'_>) -> Appended {
    let control = if batch.control { record.key.as_deref().and_then(marker) } else { None };
    let is_kept = |name: &str| policy.value_bytes > 0 || PRODUCT_HEADERS.contains(&name);
    let headers = record
        .headers
        .into_iter()
        .filter(|(name, _)| is_kept(name))
        .map(|(name, value)| {
            // The product's own headers are what things are known by.
            let mask = if PRODUCT_HEADERS.contains(&name.as_str()) { &Mask::NONE } else { policy.mask };
            (name, value.map(|value| text(&mask.text(&value), TEXT_BYTES)).unwrap_or_default())
        })
        .collect();
    Appended {
        topic: id.topic.clone(),
        partition: id.partition,
        offset: record.offset,
        leader_epoch: batch.leader_epoch,
        timestamp_ms: record.timestamp_ms,
        producer_id: batch.producer_id,
        producer_epoch: batch.producer_epoch,
        sequence: record.sequence,
        transactional: batch.transactional,
        control,
        key: record.key.filter(|_| !batch.control).map(|key| text(&policy.mask.text(&key), TEXT_BYTES)),
        headers,
        value_bytes: record.value.as_ref().map_or(-1, |value| i64::try_from(value.len()).unwrap_or(i64::MAX)),
        value: record
            .value
            .filter(|_| policy.value_bytes > 0 && !batch.control)
            .map(|value| text(&policy.mask.text(&value), policy.value_bytes)),
    }
}

/// ControlRecordType.java: a version, then 0 for an abort and 1 for a commit.
fn marker(key: &[u8]) -> Option<Control> {
    match key.get(2..4)? {
        [0, 0] => Some(Control::Abort),
        [0, 1] => Some(Control::Commit),
        _ => None,
    }
}

/// The first bytes as text; a letter that the limit cuts in two is left out.
fn text(bytes: &Bytes, limit: usize) -> String {
    let Some(mut head) = bytes.get(..limit) else { return String::from_utf8_lossy(bytes).into_owned() };
    if let Err(error) = std::str::from_utf8(head)
        && error.error_len().is_none()
    {
        head = &head[..error.valid_up_to()];
    }
    String::from_utf8_lossy(head).into_owned()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use model::fact::Control;

    use super::{marker, text};

    #[test]
    fn a_preview_ends_at_a_whole_letter() {
        let cut = |value: &'static str, limit| text(&Bytes::from_static(value.as_bytes()), limit);
        assert_eq!(cut("39,90 €", 100), "39,90 €");
        assert_eq!(cut("39,90 €", 8), "39,90 ");
        assert_eq!(cut("39,90 €", 9), "39,90 €");
        assert_eq!(text(&Bytes::from_static(b"\xff\xfe!"), 2), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn markers() {
        assert_eq!(marker(&[0, 0, 0, 1]), Some(Control::Commit));
        assert_eq!(marker(&[0, 0, 0, 0]), Some(Control::Abort));
        assert_eq!(marker(&[0, 0, 0, 2]), None);
        assert_eq!(marker(&[]), None);
    }
}
