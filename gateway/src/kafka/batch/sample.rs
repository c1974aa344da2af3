//! Batches for tests, made by the codec.

use bytes::{Bytes, BytesMut};
use kafka_protocol::records::{
    Compression, Record as WireRecord, RecordBatchEncoder, RecordEncodeOptions, TimestampType,
};

use super::{Batch, split};

/// Batches of one record each, without a producer id, at these offsets in this leader epoch.
pub(crate) fn batches(leader_epoch: i32, offsets: std::ops::Range<i64>) -> Vec<Batch> {
    let mut batches: Vec<Batch> =
        offsets.flat_map(|offset| split(compressed(Compression::None, offset, 1, -1))).collect();
    batches.iter_mut().for_each(|batch| batch.header.leader_epoch = leader_epoch);
    batches
}

fn record(offset: i64, producer_id: i64, sequence: i32) -> WireRecord {
    WireRecord {
        transactional: producer_id >= 0,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: 7,
        producer_id,
        producer_epoch: if producer_id < 0 { -1 } else { 2 },
        timestamp_type: TimestampType::Creation,
        offset,
        sequence,
        timestamp: 1000 + offset,
        key: Some(Bytes::from(format!("A-{offset}"))),
        value: Some(Bytes::from("x".repeat(200))),
        headers: [("type".to_owned().into(), Some(Bytes::from("OrderPlaced")))].into_iter().collect(),
    }
}

/// `count` records from offset `first` on, in leader epoch 7.
pub(super) fn compressed(compression: Compression, first: i64, count: i64, producer_id: i64) -> Bytes {
    let records: Vec<WireRecord> = (first..first + count)
        .map(|offset| {
            // The codec begins a new batch where the sequence does not follow, also without a producer id.
            record(offset, producer_id, i32::try_from(offset - first).unwrap())
        })
        .collect();
    let mut out = BytesMut::new();
    RecordBatchEncoder::encode(&mut out, &records, &RecordEncodeOptions { version: 2, compression }).unwrap();
    out.freeze()
}
