//! FetchResponse: which records went to a reader.

use super::{
    Topic,
    reader::{Malformed, Reader},
};

/// What a Fetch answer brings of one partition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fetched<'a> {
    pub(crate) topic: Topic<'a>,
    pub(crate) partition: i32,
    pub(crate) records: &'a [u8],
}

/// Partitions without records are left out.
pub(crate) fn answer<'a>(version: i16, mut reader: Reader<'a>) -> Result<Vec<Fetched<'a>>, Malformed> {
    let _throttle_ms = reader.i32()?;
    if version >= 7 {
        let _error_and_session = reader.skip(6)?;
    }
    let mut fetched = Vec::new();
    for _ in 0..reader.count()? {
        let topic = Topic::read(version >= 13, &mut reader)?;
        for _ in 0..reader.count()? {
            let partition = reader.i32()?;
            let _error = reader.i16()?;
            let _high_watermark_and_last_stable_offset = reader.skip(16)?;
            if version >= 5 {
                let _log_start_offset = reader.i64()?;
            }
            for _ in 0..reader.count()? {
                let _aborted_producer_id_and_first_offset = reader.skip(16)?;
                reader.tags()?;
            }
            if version >= 11 {
                let _preferred_read_replica = reader.i32()?;
            }
            let records = reader.bytes()?;
            reader.tags()?;
            if !records.is_empty() {
                fetched.push(Fetched { topic, partition, records });
            }
        }
        reader.tags()?;
    }
    Ok(fetched)
}
