//! Writes a recording of an hour at 200 facts a second to standard output: what the player's bars are measured on.
//!
//! `cargo run --release -p kafkascope-page --example hour > hour.kscope`, then `kafkascope replay hour.kscope`.

use std::io::Write as _;

use model::{
    fact::{Appended, Event, Fact, MarkerKind, Mode, ProcessState, Role, SessionStarted, Source},
    ids::{BrokerId, Micros},
    keyframe::keyframe,
    picture::Picture,
    recording::{Header, PieceInfo, Writer},
};

const HOUR_MILLIS: u64 = 3_600_000;
/// A record each 50 ms has ten facts of its own.
const RECORD_MILLIS: u64 = 50;
const PIECE_FACTS: usize = 2_000;
const PIECE_MICROS: u64 = 10_000_000;
const TOPICS: [&str; 3] = ["orders", "stock", "payments"];
const GROUPS: [&str; 3] = ["stock", "payment", "order"];

fn main() -> std::io::Result<()> {
    let header = Header {
        session: "an-hour".to_owned(),
        wall_clock: "2026-11-20T14:01:00Z".to_owned(),
        title: "An hour at 200 facts a second".to_owned(),
        gateway_version: env!("CARGO_PKG_VERSION").to_owned(),
        value_bytes: 256,
        ..Header::default()
    };
    let (mut writer, bytes) = Writer::begin(&header);
    let mut out = std::io::stdout().lock();
    out.write_all(&bytes)?;
    let mut picture = Picture::default();
    let mut piece: Vec<Fact> = Vec::new();
    let mut seq = 0;
    for millis in (0..HOUR_MILLIS).step_by(usize::try_from(RECORD_MILLIS).unwrap_or(1)) {
        let at = Micros::from_millis(millis);
        let events = if millis == 0 { beginning(&header) } else { record(millis / RECORD_MILLIS) };
        let begun = piece.first().map_or(at, |first| first.at);
        if piece.len() + events.len() > PIECE_FACTS || at.since(begun) >= PIECE_MICROS {
            out.write_all(&seal(&mut writer, &mut picture, std::mem::take(&mut piece)))?;
        }
        for (n, event) in events.into_iter().enumerate() {
            seq += 1;
            piece.push(Fact { seq, at: Micros(at.0 + n as u64 * 2_000), event });
        }
    }
    out.write_all(&seal(&mut writer, &mut picture, piece))?;
    out.write_all(&writer.finish())
}

fn seal(writer: &mut Writer, picture: &mut Picture, facts: Vec<Fact>) -> Vec<u8> {
    let known: Vec<String> = keyframe(picture).iter().map(Fact::to_json).collect();
    let (start, seq) = (picture.at, picture.seq);
    let mut lines = format!("{{\"keyframe\":[{}],\"seq\":{seq},\"at\":{}}}\n", known.join(","), start.0);
    for fact in &facts {
        picture.fold(fact);
        lines += &(fact.to_json() + "\n");
    }
    writer.seal(PieceInfo { start, end: picture.at, seq, facts: facts.len() as u64, ..PieceInfo::default() }, &lines)
}

fn beginning(header: &Header) -> Vec<Event> {
    let mut events = vec![Event::SessionStarted(SessionStarted {
        format: 1,
        session: header.session.clone(),
        wall_clock: header.wall_clock.clone(),
        mode: Mode::Local,
        kafka_version: "4.3.1".to_owned(),
        value_bytes: header.value_bytes,
        ..SessionStarted::default()
    })];
    for broker in [1, 2, 3].map(BrokerId) {
        let (role, state) = (Role::Broker, ProcessState::Running);
        events.push(Event::ProcessChanged { node: broker, role, state, pid: None, cause: String::new() });
    }
    for topic in TOPICS {
        let named = topic.to_owned();
        events.push(Event::TopicChanged { topic: named, topic_id: topic.to_owned(), partitions: 2, internal: false });
        for partition in 0..2 {
            events.push(leads(topic, partition, partition + 1, 0));
        }
    }
    events
}

fn leads(topic: &str, partition: i32, leader: i32, leader_epoch: i32) -> Event {
    let replicas = vec![BrokerId(1), BrokerId(2), BrokerId(3)];
    Event::PartitionChanged {
        topic: topic.to_owned(),
        partition,
        leader: BrokerId(leader),
        leader_epoch,
        isr: replicas.clone(),
        replicas,
        source: BrokerId(1),
    }
}

/// One record's way; each quarter of an hour a chapter, each minute another leader.
fn record(n: u64) -> Vec<Event> {
    let place = usize::try_from(n % 3).unwrap_or(0);
    let (topic, group) = (TOPICS[place].to_owned(), GROUPS[place].to_owned());
    let partition = i32::try_from(n / 3 % 2).unwrap_or(0);
    let offset = i64::try_from(n / 6).unwrap_or(0);
    let (key, event_id) = (format!("A-{}", n / 6), format!("{n:016x}"));
    let (app, instance, source) = (GROUPS[(place + 2) % 3].to_owned(), 1, Source::App);
    let mut events = Vec::new();
    if n.is_multiple_of(18_000) {
        events.push(Event::Marker { label: format!("Quarter {}", n / 18_000 + 1), marker: MarkerKind::Chapter });
    }
    if n.is_multiple_of(1_200) {
        events.push(leads(
            "orders",
            0,
            i32::try_from(n / 1_200 % 3).unwrap_or(0) + 1,
            i32::try_from(n / 1_200).unwrap_or(0),
        ));
    }
    events.push(Event::RecordSent {
        app: app.clone(),
        instance,
        topic: topic.clone(),
        key: key.clone(),
        event_id: event_id.clone(),
        event_type: "OrderPlaced".to_owned(),
        source,
    });
    events.push(Event::RecordAppended(Box::new(Appended {
        topic: topic.clone(),
        partition,
        offset,
        key: Some(key),
        headers: [("event-id".to_owned(), event_id.clone())].into_iter().collect(),
        value: Some(r#"{"item":"kettle","count":1,"price_cents":3990}"#.to_owned()),
        ..Appended::default()
    })));
    events.extend(copied(&topic, partition, offset + 1));
    events.push(Event::RecordAcknowledged {
        app: app.clone(),
        instance,
        topic: topic.clone(),
        partition,
        offset,
        event_id: event_id.clone(),
        acks: "all".to_owned(),
        took_micros: 9_000,
        source,
    });
    let (group_id, client_id) = (group.clone(), format!("{group}-1"));
    let at = (topic.clone(), offset + 1);
    events.push(Event::PositionMoved { group_id, client_id, topic: at.0, partition, offset: at.1, source });
    let effect = "StockReserved".to_owned();
    let handled = (group.clone(), topic.clone());
    events.push(Event::RecordHandled {
        app: handled.0,
        instance,
        topic: handled.1,
        partition,
        offset,
        event_id,
        effect,
        skipped: false,
    });
    events.push(Event::OffsetCommitted { group_id: group, topic, partition, offset: offset + 1 });
    events
}

/// Every replica has it, and it is committed.
fn copied(topic: &str, partition: i32, end: i64) -> Vec<Event> {
    let topic = topic.to_owned();
    let brokers = [1, 2, 3].map(BrokerId).into_iter();
    let copy = |broker| Event::ReplicaLogEnd { topic: topic.clone(), partition, broker, log_end_offset: end };
    let mut events: Vec<Event> = brokers.map(copy).collect();
    events.push(Event::OffsetsMoved {
        topic: topic.clone(),
        partition,
        log_start_offset: 0,
        high_watermark: end,
        last_stable_offset: end,
        log_end_offset: end,
    });
    events
}
