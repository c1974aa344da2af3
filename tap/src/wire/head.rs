//! The first bytes of a frame: enough to pass it on, to pair it with its answer, and to know whose it is.

use kafka_protocol::messages::ApiKey;

use super::reader::Reader;

/// Size, api key, version, correlation id.
pub(crate) const FIXED_BYTES: usize = 12;
/// Size and correlation id, first in every answer of every version.
pub(crate) const ANSWER_BYTES: usize = 8;
/// `socket.request.max.bytes`' default; what claims more is no frame that a broker would take.
const MAX_FRAME_BYTES: usize = 100 * 1024 * 1024;
/// A header (client id, tagged fields, transactional id) beyond this is not waited for.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// The smallest request: api key, version, correlation id, a null client id.
const MIN_REQUEST_BYTES: usize = 10;

/// A request's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head<'a> {
    /// The whole frame with its four bytes of size.
    pub(crate) frame_bytes: usize,
    pub(crate) api_key: i16,
    pub(crate) version: i16,
    pub(crate) correlation_id: i32,
    /// Null as none.
    pub(crate) client_id: &'a [u8],
    /// All but Produce with acks=0 (ProduceRequest.json).
    pub(crate) is_answered: bool,
}

/// What the first bytes of a frame are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start<T> {
    /// Not all of the head is there yet.
    Partial,
    /// The head.
    Head(T),
    /// Not a frame of Kafka's, and why.
    NoFrame(&'static str),
}

/// Reads the head of the request that starts with `bytes`.
pub(crate) fn request(bytes: &[u8]) -> Start<Head<'_>> {
    let frame_bytes = match frame_bytes(bytes, MIN_REQUEST_BYTES) {
        Start::Head(size) => size,
        Start::Partial => return Start::Partial,
        Start::NoFrame(why) => return Start::NoFrame(why),
    };
    let whole = bytes.len() >= frame_bytes;
    let frame = bytes.get(..frame_bytes).unwrap_or(bytes);
    match read(frame, frame_bytes) {
        Some(head) => Start::Head(head),
        None if whole => Start::NoFrame("a request's header is longer than the request"),
        None if bytes.len() >= MAX_HEAD_BYTES => Start::NoFrame("a request's header is longer than 64 KiB"),
        None => Start::Partial,
    }
}

/// Reads size and correlation id of the answer that starts with `bytes`.
pub(crate) fn answer(bytes: &[u8]) -> Start<(usize, i32)> {
    match frame_bytes(bytes, 4) {
        Start::Head(size) => bytes
            .get(4..ANSWER_BYTES)
            .and_then(|id| id.first_chunk())
            .map_or(Start::Partial, |id| Start::Head((size, i32::from_be_bytes(*id)))),
        Start::Partial => Start::Partial,
        Start::NoFrame(why) => Start::NoFrame(why),
    }
}

fn frame_bytes(bytes: &[u8], least: usize) -> Start<usize> {
    let Some(size) = bytes.first_chunk() else { return Start::Partial };
    match usize::try_from(i32::from_be_bytes(*size)) {
        Err(_) => Start::NoFrame("a frame of negative size"),
        Ok(size) if size > MAX_FRAME_BYTES => Start::NoFrame("a frame of more than 100 MiB"),
        Ok(size) if size < least => Start::NoFrame("a frame too small to have a header"),
        Ok(size) => Start::Head(size + 4),
    }
}

/// `None` where `frame` ends too soon.
fn read(frame: &[u8], frame_bytes: usize) -> Option<Head<'_>> {
    let mut reader = Reader::new(frame.get(4..)?, false);
    let api_key = reader.i16().ok()?;
    let version = reader.i16().ok()?;
    let correlation_id = reader.i32().ok()?;
    let client_id = reader.classic_text().ok()?.unwrap_or_default();
    let mut is_answered = true;
    if api_key == ApiKey::Produce as i16 && version >= 3 {
        let used = 14 + client_id.len();
        let mut reader = Reader::new(frame.get(used..)?, version >= 9);
        reader.tags().ok()?;
        reader.text().ok()?;
        is_answered = reader.i16().ok()? != 0;
    }
    Some(Head { frame_bytes, api_key, version, correlation_id, client_id, is_answered })
}
