//! A partition's transactions: which records belong together, and how each one ended.

use model::{fact::Control, ids::Micros, picture::Partition};

/// A transaction as far as its records are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Whose.
    pub(crate) producer_id: i64,
    /// Its first record that is known.
    pub(crate) first: i64,
    /// Its last record, or its marker.
    pub(crate) last: i64,
    /// How it ended; none while it is open.
    pub(crate) ended: Option<Control>,
    /// When its first record was seen.
    pub(crate) since: Micros,
}

/// The transactions of the records that are kept, in order of their first records.
pub(crate) fn of(partition: &Partition) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (offset, record) in &partition.records {
        let Some(appended) = record.appended.as_ref().filter(|a| a.transactional || a.control.is_some()) else {
            continue;
        };
        let producer_id = appended.producer_id;
        let open = spans.iter_mut().rev().find(|s| s.producer_id == producer_id && s.ended.is_none());
        match open {
            Some(span) => {
                span.last = *offset;
                span.ended = appended.control;
            }
            None => spans.push(Span {
                producer_id,
                first: *offset,
                last: *offset,
                ended: appended.control,
                since: record.stamp.at,
            }),
        }
    }
    spans
}

/// The transaction that an offset belongs to.
pub(crate) fn at(spans: &[Span], partition: &Partition, offset: i64) -> Option<Span> {
    let producer_id = partition.records.get(&offset)?.appended.as_ref()?.producer_id;
    spans.iter().find(|s| s.producer_id == producer_id && (s.first..=s.last).contains(&offset)).copied()
}
