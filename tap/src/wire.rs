//! Which parts of Kafka's requests and answers are read, and up to which version each is known here.

pub(crate) mod fetch;
pub(crate) mod groups;
pub(crate) mod head;
pub(crate) mod names;
pub(crate) mod offsets;
pub(crate) mod produce;
pub(crate) mod reader;
pub(crate) mod records;
pub(crate) mod topics;
pub(crate) mod transactions;

use std::ops::RangeInclusive;

use kafka_protocol::messages::ApiKey;

use self::reader::{MOST_SHOWN_BYTES, Malformed, Reader};

/// A topic as a frame names it: by name, or by id from Produce 13, Fetch 13 and OffsetCommit 10 on (KIP-516).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic<'a> {
    Name(&'a [u8]),
    Id(u128),
}

impl<'a> Topic<'a> {
    /// By id where this version has ids. No topic has a longer name than Kafka allows (Topic.MAX_NAME_LENGTH), so what
    /// claims to is none.
    fn read(by_id: bool, reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        if by_id {
            return reader.uuid().map(Self::Id);
        }
        match reader.text()?.unwrap_or_default() {
            name if name.len() <= MOST_SHOWN_BYTES => Ok(Self::Name(name)),
            _ => Err(Malformed("a topic's name is longer than 249 bytes")),
        }
    }
}

/// The versions whose layout is known here (Kafka 4.1's schemas).
fn known(api: ApiKey) -> RangeInclusive<i16> {
    match api {
        ApiKey::Produce => 3..=13,
        ApiKey::Fetch => 4..=18,
        ApiKey::Metadata => 0..=13,
        ApiKey::OffsetCommit => 2..=10,
        ApiKey::JoinGroup => 0..=9,
        ApiKey::Heartbeat | ApiKey::ApiVersions => 0..=4,
        ApiKey::InitProducerId => 0..=6,
        ApiKey::LeaveGroup
        | ApiKey::SyncGroup
        | ApiKey::TxnOffsetCommit
        | ApiKey::AddPartitionsToTxn
        | ApiKey::EndTxn => 0..=5,
        ApiKey::ConsumerGroupHeartbeat => 0..=1,
        _ => 0..=0,
    }
}

/// A request's body, its header taken off; `frame` begins with the frame's size.
pub(crate) fn request_body(api: ApiKey, version: i16, frame: &[u8]) -> Result<Reader<'_>, Malformed> {
    check(api, version)?;
    // Header 2 is exactly the one of flexible versions (RequestHeader.json), and bodies follow it.
    let flexible = api.request_header_version(version) >= 2;
    let mut reader = Reader::new(frame, flexible);
    reader.skip(head::FIXED_BYTES)?;
    reader.classic_text()?;
    reader.tags()?;
    Ok(reader)
}

/// An answer's body, its header taken off.
pub(crate) fn answer_body(api: ApiKey, version: i16, frame: &[u8]) -> Result<Reader<'_>, Malformed> {
    check(api, version)?;
    let mut reader = Reader::new(frame, api.response_header_version(version) >= 1);
    reader.skip(head::ANSWER_BYTES)?;
    reader.tags()?;
    Ok(reader)
}

fn check(api: ApiKey, version: i16) -> Result<(), Malformed> {
    if known(api).contains(&version) { Ok(()) } else { Err(Malformed("this version is not known to the tap")) }
}
