//! InitProducerId, AddPartitionsToTxn and EndTxn: a transaction's beginning and end.

use super::reader::{Malformed, Reader};

/// A transactional producer, as its requests name it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Producer<'a> {
    pub(crate) transactional_id: &'a [u8],
    pub(crate) producer_id: i64,
    pub(crate) producer_epoch: i16,
}

fn producer<'a>(reader: &mut Reader<'a>) -> Result<Producer<'a>, Malformed> {
    let transactional_id = reader.text()?.unwrap_or_default();
    Ok(Producer { transactional_id, producer_id: reader.i64()?, producer_epoch: reader.i16()? })
}

/// `None` for a producer that is idempotent and not transactional.
pub(crate) fn init<'a>(mut reader: Reader<'a>) -> Result<Option<&'a [u8]>, Malformed> {
    reader.text()
}

/// Producer id and epoch that InitProducerId's answer gives, behind its error.
pub(crate) fn init_answer(reader: &mut Reader<'_>) -> Result<(i64, i16), Malformed> {
    Ok((reader.i64()?, reader.i16()?))
}

/// Who begins; from version 4 on brokers ask each other for several at once, and only to verify.
pub(crate) fn add_partitions<'a>(version: i16, mut reader: Reader<'a>) -> Result<Vec<Producer<'a>>, Malformed> {
    if version < 4 {
        return Ok(vec![producer(&mut reader)?]);
    }
    let mut producers = Vec::new();
    for _ in 0..reader.count()? {
        let begins = producer(&mut reader)?;
        if !reader.bool()? {
            producers.push(begins);
        }
        for _ in 0..reader.count()? {
            let _topic = reader.text()?;
            reader.skip_array(4)?;
            reader.tags()?;
        }
        reader.tags()?;
    }
    Ok(producers)
}

/// Who ends, and whether by commit.
pub(crate) fn end<'a>(mut reader: Reader<'a>) -> Result<(Producer<'a>, bool), Malformed> {
    Ok((producer(&mut reader)?, reader.bool()?))
}
