//! What brokers answer, as far as it is told.

use kafka_protocol::messages::ApiKey;

use crate::{
    book::Names,
    rules::Part,
    shared::Link,
    wire::{answer_body, fetch, groups, offsets, produce, reader::Malformed, records, topics, transactions},
};

/// An answer that was read.
#[derive(Clone, Debug)]
pub(crate) enum Answered {
    /// Where, the error, the base offset.
    Produce(Vec<(Part, i16, i64)>),
    Fetch(Vec<Fetched>),
    /// Where, and the error.
    Commit(Vec<(Part, i16)>),
    /// An error code is all that is told of it.
    Code(i16),
    Init {
        error: i16,
        producer_id: i64,
        producer_epoch: i16,
    },
}

/// Records that went to a reader.
#[derive(Clone, Debug)]
pub(crate) struct Fetched {
    pub(crate) part: Part,
    pub(crate) from_offset: i64,
    pub(crate) to_offset: i64,
    pub(crate) records: i64,
}

/// Whether an observer wants these answers read.
pub(crate) const fn is_wanted(api: ApiKey) -> bool {
    matches!(api, ApiKey::Fetch) || repeats_nothing(api)
}

/// Whether these answers, which an observer wants read, leave out what their requests have said.
pub(crate) const fn repeats_nothing(api: ApiKey) -> bool {
    matches!(
        api,
        ApiKey::Produce
            | ApiKey::OffsetCommit
            | ApiKey::TxnOffsetCommit
            | ApiKey::InitProducerId
            | ApiKey::EndTxn
            | ApiKey::JoinGroup
            | ApiKey::SyncGroup
            | ApiKey::LeaveGroup
            | ApiKey::Heartbeat
            | ApiKey::ConsumerGroupHeartbeat
    )
}

/// Reads an answer; one that names topics is only learnt from.
pub(crate) fn read<'a>(
    link: &'a Link,
    api: ApiKey,
    version: i16,
    frame: &'a [u8],
) -> Result<Option<Answered>, Malformed> {
    let mut body = answer_body(api, version, frame)?;
    let mut names = Names::new(&link.shared);
    let answered = match api {
        ApiKey::Produce => {
            let answered = produce::answer(version, body)?;
            let tell = |it: produce::Answered<'a>| (names.part(it.topic, it.partition), it.error, it.base_offset);
            Answered::Produce(answered.into_iter().map(tell).collect())
        }
        ApiKey::Fetch => {
            let fetched = fetch::answer(version, body)?.into_iter();
            Answered::Fetch(fetched.filter_map(|it| range(names.part(it.topic, it.partition), it.records)).collect())
        }
        ApiKey::OffsetCommit | ApiKey::TxnOffsetCommit => {
            let plain = api == ApiKey::OffsetCommit;
            let committed = offsets::answer(!plain || version >= 3, plain && version >= 10, body)?;
            Answered::Commit(committed.into_iter().map(|it| (names.part(it.topic, it.partition), it.error)).collect())
        }
        ApiKey::InitProducerId => {
            let error = groups::answer(api, version, &mut body)?;
            let (producer_id, producer_epoch) = transactions::init_answer(&mut body)?;
            Answered::Init { error, producer_id, producer_epoch }
        }
        api if topics::are_named_by(api, version) => {
            topics::answer(api, version, body, |id, name| link.shared.book().name_topic(id, name))?;
            return Ok(None);
        }
        _ => Answered::Code(groups::answer(api, version, &mut body)?),
    };
    Ok(Some(answered))
}

/// Which offsets these records cover; `None` where not one batch is whole.
fn range(part: Part, records: &[u8]) -> Option<Fetched> {
    let mut range: Option<(i64, i64)> = None;
    let mut count = 0;
    for batch in records::batches(records) {
        let from = range.map_or(batch.base_offset, |(from, _)| from);
        range = Some((from, batch.end_offset));
        count += if batch.control { 0 } else { i64::from(batch.count) };
    }
    let (from_offset, to_offset) = range?;
    Some(Fetched { part, from_offset, to_offset, records: count })
}
