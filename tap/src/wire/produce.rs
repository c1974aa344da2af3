//! ProduceRequest and ProduceResponse: which records went where, and what became of them.

use super::{
    Topic,
    reader::{Malformed, Reader},
};

/// A Produce request.
#[derive(Clone, Debug)]
pub(crate) struct Produce<'a> {
    pub(crate) transactional_id: Option<&'a [u8]>,
    pub(crate) acks: i16,
    pub(crate) partitions: Vec<Sent<'a>>,
}

/// What it holds for one partition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) topic: Topic<'a>,
    pub(crate) partition: i32,
    pub(crate) records: &'a [u8],
}

/// What a broker says of one partition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered<'a> {
    pub(crate) topic: Topic<'a>,
    pub(crate) partition: i32,
    pub(crate) error: i16,
    pub(crate) base_offset: i64,
}

pub(crate) fn request<'a>(version: i16, mut reader: Reader<'a>) -> Result<Produce<'a>, Malformed> {
    let transactional_id = reader.text()?;
    let acks = reader.i16()?;
    let _timeout_ms = reader.i32()?;
    let mut partitions = Vec::new();
    for _ in 0..reader.count()? {
        let topic = Topic::read(version >= 13, &mut reader)?;
        for _ in 0..reader.count()? {
            let partition = reader.i32()?;
            let records = reader.bytes()?;
            reader.tags()?;
            partitions.push(Sent { topic, partition, records });
        }
        reader.tags()?;
    }
    Ok(Produce { transactional_id, acks, partitions })
}

pub(crate) fn answer<'a>(version: i16, mut reader: Reader<'a>) -> Result<Vec<Answered<'a>>, Malformed> {
    let mut answered = Vec::new();
    for _ in 0..reader.count()? {
        let topic = Topic::read(version >= 13, &mut reader)?;
        for _ in 0..reader.count()? {
            let partition = reader.i32()?;
            let error = reader.i16()?;
            let base_offset = reader.i64()?;
            let _log_append_time_ms = reader.i64()?;
            if version >= 5 {
                let _log_start_offset = reader.i64()?;
            }
            if version >= 8 {
                for _ in 0..reader.count()? {
                    let _batch_index = reader.i32()?;
                    let _message = reader.text()?;
                    reader.tags()?;
                }
                let _error_message = reader.text()?;
            }
            reader.tags()?;
            answered.push(Answered { topic, partition, error, base_offset });
        }
        reader.tags()?;
    }
    Ok(answered)
}
