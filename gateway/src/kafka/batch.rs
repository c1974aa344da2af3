//! Record batches as they lie on the log: heads read without decoding (cheap), records decoded when they are told.

use bytes::{Buf as _, Bytes};
use kafka_protocol::records::RecordBatchDecoder;

use super::Error;

/// Offset, length, epoch, magic: what every format since 0.10 has in the same place (DefaultRecordBatch.java).
const OVERHEAD_BYTES: usize = 12;
const MAGIC_AT: usize = 16;
const HEAD_BYTES: usize = 61;
const NO_PRODUCER_ID: i64 = -1;

/// A batch's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The first offset it covers.
    pub base_offset: i64,
    /// The last offset it covers; compaction may have taken the record itself.
    pub last_offset: i64,
    /// The epoch of the leader that took it.
    pub leader_epoch: i32,
    /// The producer, -1 where it is not idempotent.
    pub producer_id: i64,
    /// Its epoch.
    pub producer_epoch: i16,
    /// The first record's sequence number.
    pub base_sequence: i32,
    /// How many records are in it.
    pub count: i64,
    /// Part of a transaction.
    pub transactional: bool,
    /// Holds a marker, not data.
    pub control: bool,
    /// All its bytes, as they lie on the log.
    pub bytes: usize,
    /// The broker's time, where `message.timestamp.type` is LogAppendTime.
    log_append_time_ms: Option<i64>,
    /// Message sets of before 0.11 are told by their offsets only.
    readable: bool,
}

/// A batch: its head and its bytes.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The head.
    pub header: Header,
    bytes: Bytes,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its offset.
    pub offset: i64,
    /// Its sequence number, -1 where its producer is not idempotent.
    pub sequence: i32,
    /// Unix milliseconds.
    pub timestamp_ms: i64,
    /// Its key.
    pub key: Option<Bytes>,
    /// Its value.
    pub value: Option<Bytes>,
    /// Its headers, one for each name (the codec keeps the last of equal names).
    pub headers: Vec<(String, Option<Bytes>)>,
}

/// Cuts a fetched stretch into batches. What stands behind the last whole batch is left out: brokers cut the
/// stretch at a number of bytes, not at a batch.
pub fn split(mut records: Bytes) -> Vec<Batch> {
    let mut batches = Vec::new();
    while records.len() > MAGIC_AT {
        let length = records.slice(8..OVERHEAD_BYTES).get_i32();
        let Ok(length) = usize::try_from(length) else { break };
        let total = OVERHEAD_BYTES + length;
        if length <= MAGIC_AT - OVERHEAD_BYTES || records.len() < total {
            break;
        }
        let bytes = records.split_to(total);
        let Some(header) = read_header(&bytes) else { break };
        batches.push(Batch { header, bytes });
    }
    batches
}

fn read_header(bytes: &Bytes) -> Option<Header> {
    let mut head = bytes.clone();
    let base_offset = head.get_i64();
    let _length = head.get_i32();
    let leader_epoch = head.get_i32();
    let magic = head.get_i8();
    let unreadable = Header {
        base_offset,
        last_offset: base_offset,
        leader_epoch: -1,
        producer_id: NO_PRODUCER_ID,
        producer_epoch: -1,
        base_sequence: -1,
        count: 1,
        transactional: false,
        control: false,
        bytes: bytes.len(),
        log_append_time_ms: None,
        readable: false,
    };
    if magic < 2 {
        return Some(unreadable);
    }
    if bytes.len() < HEAD_BYTES {
        return None;
    }
    let _crc = head.get_u32();
    let attributes = head.get_i16();
    let last_offset_delta = head.get_i32();
    let _first_timestamp = head.get_i64();
    let max_timestamp = head.get_i64();
    Some(Header {
        last_offset: base_offset + i64::from(last_offset_delta),
        leader_epoch,
        producer_id: head.get_i64(),
        producer_epoch: head.get_i16(),
        base_sequence: head.get_i32(),
        count: i64::from(head.get_i32()),
        transactional: attributes & (1 << 4) != 0,
        control: attributes & (1 << 5) != 0,
        log_append_time_ms: (attributes & (1 << 3) != 0).then_some(max_timestamp),
        readable: true,
        ..unreadable
    })
}

impl Batch {
    /// Decompresses and decodes the records, checking the CRC.
    ///
    /// # Errors
    /// Where the batch is damaged, of a format before 0.11, or compressed in a way this build cannot undo.
    pub fn records(&self) -> Result<Vec<Record>, Error> {
        let unreadable = |cause: String| Error::Decode {
            request: format!("Fetch (batch at offset {})", self.header.base_offset),
            cause,
        };
        if !self.header.readable {
            return Err(unreadable(String::from("message format v0 or v1, older than Kafka 0.11")));
        }
        let decoded =
            RecordBatchDecoder::decode(&mut self.bytes.clone()).map_err(|error| unreadable(error.to_string()))?;
        let records = decoded.records.into_iter().map(|record| Record {
            offset: record.offset,
            sequence: self.header.sequence_at(record.offset),
            timestamp_ms: self.header.log_append_time_ms.unwrap_or(record.timestamp),
            key: record.key,
            value: record.value,
            headers: record.headers.into_iter().map(|(name, value)| (name.to_string(), value)).collect(),
        });
        Ok(records.collect())
    }
}

impl Header {
    /// Sequence numbers run from 0 to `i32::MAX` and begin again (DefaultRecordBatch.incrementSequence).
    fn sequence_at(&self, offset: i64) -> i32 {
        if self.producer_id == NO_PRODUCER_ID || self.base_sequence < 0 {
            return -1;
        }
        let sequence = (i64::from(self.base_sequence) + offset - self.base_offset) % (i64::from(i32::MAX) + 1);
        i32::try_from(sequence).unwrap_or(-1)
    }
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
