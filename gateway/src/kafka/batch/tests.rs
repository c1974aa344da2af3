//! Batches made by the codec, in every compression, read back; stretches cut anywhere.

use bytes::{Bytes, BytesMut};
use kafka_protocol::records::Compression;

use super::{sample::compressed as batch, split};

#[test]
fn every_compression_reads_back() {
    use Compression::{Gzip, Lz4, None, Snappy, Zstd};
    for compression in [None, Gzip, Snappy, Lz4, Zstd] {
        let batches = split(batch(compression, 40, 3, 9));
        assert_eq!(batches.len(), 1, "{compression:?}");
        let header = batches[0].header;
        assert_eq!((header.base_offset, header.last_offset, header.count), (40, 42, 3));
        assert_eq!((header.leader_epoch, header.producer_id, header.producer_epoch), (7, 9, 2));
        let records = batches[0].records().unwrap();
        assert_eq!(records.iter().map(|record| record.sequence).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(records[2].key.as_deref(), Some(b"A-42".as_slice()));
        assert_eq!(records[1].headers, [("type".to_owned(), Some(Bytes::from("OrderPlaced")))]);
    }
}

#[test]
fn a_cut_stretch_gives_its_whole_batches() {
    let first = batch(Compression::None, 0, 2, -1);
    let mut both = BytesMut::from(first.as_ref());
    both.extend_from_slice(&batch(Compression::None, 2, 2, -1));
    let both = both.freeze();
    for end in 0..=both.len() {
        let whole = usize::from(end >= first.len()) + usize::from(end == both.len());
        assert_eq!(split(both.slice(..end)).len(), whole, "cut at {end}");
    }
}

#[test]
fn a_plain_producer_has_no_sequence() {
    let records = split(batch(Compression::None, 5, 2, -1)).remove(0).records().unwrap();
    assert_eq!(records.iter().map(|record| record.sequence).collect::<Vec<_>>(), [-1, -1]);
}

#[test]
fn sequences_begin_again_at_zero() {
    let mut header = split(batch(Compression::None, 0, 1, 9)).remove(0).header;
    header.base_sequence = i32::MAX;
    assert_eq!([0, 1, 2].map(|offset| header.sequence_at(offset)), [i32::MAX, 0, 1]);
}

#[test]
fn a_damaged_batch_is_an_error_not_a_panic() {
    let mut bytes = BytesMut::from(batch(Compression::None, 0, 1, -1).as_ref());
    let last = bytes.len() - 1;
    bytes[last] ^= 0xff;
    let batches = split(bytes.freeze());
    assert!(batches[0].records().unwrap_err().to_string().contains("Cyclic redundancy"));
}
