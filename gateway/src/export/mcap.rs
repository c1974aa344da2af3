//! MCAP (mcap.dev/spec), for Rerun, Foxglove and Lichtblick: one channel a kind of fact, each message one fact as JSON.
//!
//! Records stand unchunked, with a summary of schema, channels and statistics; the crate `mcap` brings compression in C and
//! more code than the format needs.

use std::collections::BTreeMap;

use model::{fact::Fact, recording::Recording};

const MAGIC: &[u8] = b"\x89MCAP0\r\n";
/// Opcodes of records.
const HEADER: u8 = 0x01;
const FOOTER: u8 = 0x02;
const SCHEMA: u8 = 0x03;
const CHANNEL: u8 = 0x04;
const MESSAGE: u8 = 0x05;
const STATISTICS: u8 = 0x0b;
const DATA_END: u8 = 0x0f;
/// All facts have one schema: an object with seq, at and kind.
const SCHEMA_ID: u16 = 1;
const SCHEMA_TEXT: &str = concat!(
    r#"{"type":"object","required":["seq","at","kind"],"properties":{"seq":{"type":"integer"},"#,
    r#""at":{"type":"integer","description":"microseconds since the session's start"},"kind":{"type":"string"}}}"#
);

/// One record: an opcode, a length, a body.
struct Body(Vec<u8>);

impl Body {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn text(mut self, text: &str) -> Self {
        self.0.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn put(self, opcode: u8, to: &mut Vec<u8>) {
        to.push(opcode);
        to.extend_from_slice(&(self.0.len() as u64).to_le_bytes());
        to.extend_from_slice(&self.0);
    }
}

/// The facts of a recording. Times are nanoseconds of the wall clock where the recording's head says when it began.
pub(super) fn file(recording: &Recording) -> Vec<u8> {
    let start = humantime::parse_rfc3339(&recording.header.wall_clock).ok();
    let start = start.and_then(|start| start.duration_since(std::time::UNIX_EPOCH).ok());
    let start_nanos = start.and_then(|start| u64::try_from(start.as_nanos()).ok()).unwrap_or_default();
    let mut bytes = MAGIC.to_vec();
    let library = format!("kafkascope {}", env!("CARGO_PKG_VERSION"));
    Body::new().text("").text(&library).put(HEADER, &mut bytes);
    schema(&mut bytes);
    let mut channels: BTreeMap<String, (u16, u64)> = BTreeMap::new();
    let (mut first, mut last, mut count) = (u64::MAX, 0, 0u64);
    for fact in recording.all_facts() {
        let json = fact.to_json();
        let kind = fact.event.kind();
        let next = channels.len() as u16 + 1;
        let (id, messages) = channels.entry(kind.to_owned()).or_insert_with(|| {
            channel(next, kind, &mut bytes);
            (next, 0)
        });
        *messages += 1;
        let nanos = message(*id, &fact, &json, start_nanos, &mut bytes);
        (first, last, count) = (first.min(nanos), last.max(nanos), count + 1);
    }
    Body::new().bytes(&[0; 4]).put(DATA_END, &mut bytes);
    let summary = bytes.len() as u64;
    schema(&mut bytes);
    for (kind, (id, _)) in &channels {
        channel(*id, kind, &mut bytes);
    }
    let mut counts = Vec::new();
    for (id, messages) in channels.values() {
        counts.extend_from_slice(&id.to_le_bytes());
        counts.extend_from_slice(&messages.to_le_bytes());
    }
    Body::new()
        .bytes(&count.to_le_bytes())
        .bytes(&1u16.to_le_bytes())
        .bytes(&(channels.len() as u32).to_le_bytes())
        // Attachments, metadata, chunks: none.
        .bytes(&[0; 12])
        .bytes(&(if count == 0 { 0 } else { first }).to_le_bytes())
        .bytes(&last.to_le_bytes())
        .bytes(&(counts.len() as u32).to_le_bytes())
        .bytes(&counts)
        .put(STATISTICS, &mut bytes);
    // No offsets of the summary's parts, and no checksum.
    Body::new().bytes(&summary.to_le_bytes()).bytes(&[0; 12]).put(FOOTER, &mut bytes);
    bytes.extend_from_slice(MAGIC);
    bytes
}

fn schema(to: &mut Vec<u8>) {
    Body::new()
        .bytes(&SCHEMA_ID.to_le_bytes())
        .text("kafkascope.Fact")
        .text("jsonschema")
        .text(SCHEMA_TEXT)
        .put(SCHEMA, to);
}

fn channel(id: u16, kind: &str, to: &mut Vec<u8>) {
    let topic = format!("/kafkascope/{kind}");
    let body = Body::new().bytes(&id.to_le_bytes()).bytes(&SCHEMA_ID.to_le_bytes());
    // No metadata.
    body.text(&topic).text("json").bytes(&[0; 4]).put(CHANNEL, to);
}

fn message(channel: u16, fact: &Fact, json: &str, start_nanos: u64, to: &mut Vec<u8>) -> u64 {
    let nanos = start_nanos.saturating_add(fact.at.0.saturating_mul(1000));
    Body::new()
        .bytes(&channel.to_le_bytes())
        .bytes(&(fact.seq as u32).to_le_bytes())
        .bytes(&nanos.to_le_bytes())
        .bytes(&nanos.to_le_bytes())
        .bytes(json.as_bytes())
        .put(MESSAGE, to);
    nanos
}
