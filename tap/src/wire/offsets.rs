//! OffsetCommit and TxnOffsetCommit: how far a group says it is.

use super::{
    Topic,
    reader::{Malformed, Reader},
};

/// A commit of a group's offsets.
#[derive(Clone, Debug)]
pub(crate) struct Commit<'a> {
    pub(crate) group_id: &'a [u8],
    pub(crate) offsets: Vec<Offset<'a>>,
}

/// One partition's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offset<'a> {
    pub(crate) topic: Topic<'a>,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
}

/// What a coordinator says of one partition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Committed<'a> {
    pub(crate) topic: Topic<'a>,
    pub(crate) partition: i32,
    pub(crate) error: i16,
}

pub(crate) fn request<'a>(version: i16, mut reader: Reader<'a>) -> Result<Commit<'a>, Malformed> {
    let group_id = reader.text()?.unwrap_or_default();
    let _generation_id = reader.i32()?;
    let _member_id = reader.text()?;
    if version >= 7 {
        let _group_instance_id = reader.text()?;
    }
    if version <= 4 {
        let _retention_time_ms = reader.i64()?;
    }
    offsets(group_id, reader, version >= 10, version >= 6)
}

pub(crate) fn transactional_request<'a>(version: i16, mut reader: Reader<'a>) -> Result<Commit<'a>, Malformed> {
    let _transactional_id = reader.text()?;
    let group_id = reader.text()?.unwrap_or_default();
    let _producer_id_and_epoch = reader.skip(10)?;
    if version >= 3 {
        let _generation_id = reader.i32()?;
        let _member_id = reader.text()?;
        let _group_instance_id = reader.text()?;
    }
    offsets(group_id, reader, false, version >= 2)
}

fn offsets<'a>(
    group_id: &'a [u8],
    mut reader: Reader<'a>,
    by_id: bool,
    with_leader_epoch: bool,
) -> Result<Commit<'a>, Malformed> {
    let mut offsets = Vec::new();
    for _ in 0..reader.count()? {
        let topic = Topic::read(by_id, &mut reader)?;
        for _ in 0..reader.count()? {
            let partition = reader.i32()?;
            let offset = reader.i64()?;
            if with_leader_epoch {
                let _leader_epoch = reader.i32()?;
            }
            let _metadata = reader.text()?;
            reader.tags()?;
            offsets.push(Offset { topic, partition, offset });
        }
        reader.tags()?;
    }
    Ok(Commit { group_id, offsets })
}

/// An answer; `by_id` from OffsetCommit 10 on.
pub(crate) fn answer<'a>(
    throttled: bool,
    by_id: bool,
    mut reader: Reader<'a>,
) -> Result<Vec<Committed<'a>>, Malformed> {
    if throttled {
        let _throttle_ms = reader.i32()?;
    }
    let mut committed = Vec::new();
    for _ in 0..reader.count()? {
        let topic = Topic::read(by_id, &mut reader)?;
        for _ in 0..reader.count()? {
            let partition = reader.i32()?;
            let error = reader.i16()?;
            reader.tags()?;
            committed.push(Committed { topic, partition, error });
        }
        reader.tags()?;
    }
    Ok(committed)
}
