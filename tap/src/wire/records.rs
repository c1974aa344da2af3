//! Record batches: their heads, and the event ids in the headers of their records (DefaultRecordBatch, DefaultRecord).

use super::reader::{Malformed, Reader, shown};

/// The header of a record that names its event.
const EVENT_ID: &[u8] = b"event-id";
/// Base offset and length, which the length does not count.
const OVERHEAD_BYTES: usize = 12;
/// More ids of one frame than this are not kept.
pub(crate) const MOST_EVENT_IDS: usize = 1000;

/// A batch's head, and its records as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch<'a> {
    pub(crate) base_offset: i64,
    /// Exclusive.
    pub(crate) end_offset: i64,
    pub(crate) producer_id: i64,
    pub(crate) producer_epoch: i16,
    pub(crate) base_sequence: i32,
    pub(crate) count: i32,
    pub(crate) transactional: bool,
    /// Holds a marker, not data.
    pub(crate) control: bool,
    pub(crate) compressed: bool,
    records: &'a [u8],
}

/// The whole batches at the start of `records`; brokers cut an answer at a number of bytes, not at a batch. A message
/// set of before 0.11 ends it: those have no such head.
pub(crate) fn batches(records: &[u8]) -> impl Iterator<Item = Batch<'_>> {
    let mut rest = records;
    std::iter::from_fn(move || {
        let length = Reader::new(rest.get(8..OVERHEAD_BYTES)?, false).i32().ok()?;
        let (batch, behind) = rest.split_at_checked(OVERHEAD_BYTES + usize::try_from(length).ok()?)?;
        rest = behind;
        head(batch).ok().flatten()
    })
}

fn head(bytes: &[u8]) -> Result<Option<Batch<'_>>, Malformed> {
    let mut reader = Reader::new(bytes, false);
    let base_offset = reader.i64()?;
    let _length_and_leader_epoch = reader.skip(8)?;
    if reader.i8()? != 2 {
        return Ok(None);
    }
    let _crc = reader.i32()?;
    let attributes = reader.i16()?;
    let last_offset_delta = reader.i32()?;
    let _timestamps = reader.skip(16)?;
    let producer_id = reader.i64()?;
    let producer_epoch = reader.i16()?;
    let base_sequence = reader.i32()?;
    let count = reader.i32()?;
    Ok(Some(Batch {
        base_offset,
        end_offset: base_offset.saturating_add(i64::from(last_offset_delta)).saturating_add(1),
        producer_id,
        producer_epoch,
        base_sequence,
        count,
        transactional: attributes & (1 << 4) != 0,
        control: attributes & (1 << 5) != 0,
        compressed: attributes & 0x7 != 0,
        records: reader.rest(),
    }))
}

impl Batch<'_> {
    /// Adds the event ids of its records, `most` of them. Compressed records are not opened: one that unpacks to gigabytes would hurt
    /// all clients.
    pub(crate) fn add_event_ids(&self, ids: &mut Vec<String>, most: usize) -> Result<(), Malformed> {
        if self.compressed {
            return Err(Malformed("the records are compressed, so their event ids are not read"));
        }
        let mut reader = Reader::new(self.records, false);
        for _ in 0..self.count {
            let record = reader.varint_bytes()?.unwrap_or_default();
            if let Some(id) = event_id(record)?
                && ids.len() < most
            {
                ids.push(shown(id));
            }
        }
        Ok(())
    }
}

fn event_id(record: &[u8]) -> Result<Option<&[u8]>, Malformed> {
    let mut reader = Reader::new(record, false);
    let _attributes = reader.i8()?;
    let _timestamp_delta = reader.varlong()?;
    let _offset_delta = reader.varlong()?;
    let _key = reader.varint_bytes()?;
    let _value = reader.varint_bytes()?;
    for _ in 0..reader.varlong()? {
        let name = reader.varint_bytes()?;
        let value = reader.varint_bytes()?;
        if name == Some(EVENT_ID) {
            return Ok(value);
        }
    }
    Ok(None)
}
