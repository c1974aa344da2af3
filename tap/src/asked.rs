//! What requests ask, as far as it is told or their answers leave it out.

use kafka_protocol::messages::ApiKey;

use crate::{
    book::Names,
    rules::Part,
    shared::Link,
    wire::{
        groups, offsets, produce,
        reader::{Malformed, shown},
        records, request_body, transactions,
    },
};

/// A request that was read.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Software { name: String, version: String },
    Produce(Produced),
    Commit { group_id: String, offsets: Vec<(Part, i64)> },
    Group { group_id: String, is_heartbeat: bool },
    Init { transactional_id: Option<String> },
    Begin(Vec<Producer>),
    End { producer: Producer, committed: bool },
}

/// A Produce.
#[derive(Clone, Debug)]
pub(crate) struct Produced {
    pub(crate) acks: i16,
    pub(crate) transactional_id: Option<String>,
    /// Beside each other: where to, and from whom.
    pub(crate) parts: Vec<Part>,
    pub(crate) batches: Vec<Sequence>,
}

/// Whose records they are, and where they stand among the others of that producer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sequence {
    pub(crate) producer_id: i64,
    pub(crate) producer_epoch: i16,
    pub(crate) base_sequence: i32,
    pub(crate) records: i64,
    pub(crate) transactional: bool,
}

/// A transactional producer.
#[derive(Clone, Debug)]
pub(crate) struct Producer {
    pub(crate) transactional_id: String,
    pub(crate) producer_id: i64,
    pub(crate) producer_epoch: i16,
}

impl Asked {
    /// How many things it holds: what it costs to keep it until it is answered.
    pub(crate) fn things(&self) -> usize {
        match self {
            Self::Produce(produced) => produced.parts.iter().map(|part| 1 + part.event_ids.len()).sum(),
            Self::Commit { offsets, .. } => offsets.len(),
            Self::Begin(producers) => producers.len(),
            _ => 1,
        }
    }
}

/// Whether an observer wants these requests read.
pub(crate) const fn is_wanted(api: ApiKey) -> bool {
    matches!(api, ApiKey::ApiVersions | ApiKey::AddPartitionsToTxn) || crate::answered::repeats_nothing(api)
}

/// Reads a request.
pub(crate) fn read(link: &Link, api: ApiKey, version: i16, frame: &[u8]) -> Result<Option<Asked>, Malformed> {
    if api == ApiKey::ApiVersions && version < 3 {
        return Ok(None);
    }
    let body = request_body(api, version, frame)?;
    let asked = match api {
        ApiKey::ApiVersions => {
            let (name, version) = groups::software(body)?;
            Asked::Software { name: shown(name), version: shown(version) }
        }
        ApiKey::Produce => Asked::Produce(read_produce(link, version, produce::request(version, body)?)),
        ApiKey::OffsetCommit => commit(link, offsets::request(version, body)?),
        ApiKey::TxnOffsetCommit => commit(link, offsets::transactional_request(version, body)?),
        ApiKey::InitProducerId => Asked::Init { transactional_id: transactions::init(body)?.map(shown) },
        ApiKey::AddPartitionsToTxn => {
            Asked::Begin(transactions::add_partitions(version, body)?.into_iter().map(producer).collect())
        }
        ApiKey::EndTxn => {
            let (who, committed) = transactions::end(body)?;
            Asked::End { producer: producer(who), committed }
        }
        ApiKey::JoinGroup
        | ApiKey::SyncGroup
        | ApiKey::LeaveGroup
        | ApiKey::Heartbeat
        | ApiKey::ConsumerGroupHeartbeat => {
            let call = groups::request(api, body)?;
            Asked::Group { group_id: shown(call.group_id), is_heartbeat: call.is_heartbeat }
        }
        _ => return Ok(None),
    };
    Ok(Some(asked))
}

fn read_produce(link: &Link, version: i16, request: produce::Produce<'_>) -> Produced {
    let mut names = Names::new(&link.shared);
    let mut most_event_ids = records::MOST_EVENT_IDS;
    let mut produced = Produced {
        acks: request.acks,
        transactional_id: request.transactional_id.map(shown),
        parts: Vec::with_capacity(request.partitions.len()),
        batches: Vec::with_capacity(request.partitions.len()),
    };
    for sent in request.partitions {
        let mut part = names.part(sent.topic, sent.partition);
        let mut sequence =
            Sequence { producer_id: -1, producer_epoch: -1, base_sequence: -1, records: 0, transactional: false };
        for batch in records::batches(sent.records) {
            if sequence.records == 0 {
                sequence.producer_id = batch.producer_id;
                sequence.producer_epoch = batch.producer_epoch;
                sequence.base_sequence = batch.base_sequence;
                sequence.transactional = batch.transactional;
            }
            sequence.records += i64::from(batch.count);
            if let Err(reason) = batch.add_event_ids(&mut part.event_ids, most_event_ids) {
                link.tell_undecodable(ApiKey::Produce, version, reason.0);
            }
        }
        most_event_ids -= part.event_ids.len();
        produced.parts.push(part);
        produced.batches.push(sequence);
    }
    produced
}

fn commit(link: &Link, commit: offsets::Commit<'_>) -> Asked {
    let mut names = Names::new(&link.shared);
    let offsets = commit.offsets.iter().map(|it| (names.part(it.topic, it.partition), it.offset));
    Asked::Commit { group_id: shown(commit.group_id), offsets: offsets.collect() }
}

fn producer(it: transactions::Producer<'_>) -> Producer {
    let transactions::Producer { transactional_id, producer_id, producer_epoch } = it;
    Producer { transactional_id: shown(transactional_id), producer_id, producer_epoch }
}
