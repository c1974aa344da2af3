//! The same traffic in three forms: what a cluster of five topics does, 200 times a second.

use model::{
    fact::{Appended, Event, Fact, Registration, SessionStarted, Source},
    frame::keyframe_text,
    ids::{BrokerId, Micros},
    keyframe::keyframe,
    picture::Picture,
    recording::{Header, PieceInfo, Writer},
};

const TOPICS: [&str; 5] = ["orders", "payments", "stock", "mail", "audit"];
const PARTITIONS: i32 = 6;
/// As the recorder has it.
const PIECE_FACTS: u64 = 2_000;
const PIECE_MICROS: u64 = 10_000_000;

/// How long, and how much of it.
pub(crate) struct Session {
    pub(crate) seconds: u64,
    pub(crate) per_second: u64,
}

impl Session {
    pub(crate) fn events(&self) -> u64 {
        self.seconds * self.per_second
    }

    /// The n-th event's time.
    pub(crate) fn at(&self, number: u64) -> Micros {
        Micros(number * 1_000_000 / self.per_second)
    }

    fn place(number: u64) -> (&'static str, i32, i64) {
        let topic = TOPICS[(number % 5) as usize];
        let partition = (number / 5 % 6) as i32;
        (topic, partition, (number / 100) as i64)
    }

    /// The n-th event: three records in ten, and what follows them.
    fn event(number: u64) -> Event {
        let (topic, partition, offset) = Self::place(number);
        let topic = topic.to_owned();
        match number % 10 {
            0..3 => {
                let key = format!("A-{}", number / 7);
                let headers = [
                    ("event-id", format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15))),
                    ("type", String::from("OrderPlaced")),
                ];
                let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                Event::RecordAppended(Box::new(Appended {
                    topic,
                    partition,
                    offset,
                    timestamp_ms: 1_795_474_741_964 + number as i64 * 5,
                    producer_id: 1 + number as i64 % 3,
                    sequence: offset as i32,
                    key: Some(key),
                    headers,
                    value_bytes: 120,
                    ..Appended::default()
                }))
            }
            3..6 => Event::ReplicaLogEnd {
                topic,
                partition,
                broker: BrokerId(1 + (number % 3) as i32),
                log_end_offset: offset,
            },
            6..8 => Event::OffsetsMoved {
                topic,
                partition,
                log_start_offset: 0,
                high_watermark: offset,
                last_stable_offset: offset,
                log_end_offset: offset,
            },
            8 => Event::PositionMoved {
                group_id: String::from("stock"),
                client_id: String::from("stock-1"),
                topic,
                partition,
                offset,
                source: Source::App,
            },
            _ => Event::OffsetCommitted { group_id: String::from("stock"), topic, partition, offset },
        }
    }

    /// As the recorder writes it.
    pub(crate) fn recording(&self) -> Vec<u8> {
        let (mut writer, mut bytes) = Writer::begin(&Header::default());
        let mut picture = Picture::default();
        let mut info = PieceInfo::default();
        let mut lines = keyframe_text(&[], 0, Micros(0)) + "\n";
        let stage = stage();
        let traffic = (0..self.events()).map(|number| (self.at(number), Self::event(number)));
        let all = stage.into_iter().map(|event| (Micros(0), event)).chain(traffic);
        for (seq, (at, event)) in (1..).zip(all) {
            if info.facts >= PIECE_FACTS || at.since(info.start) >= PIECE_MICROS {
                bytes.extend_from_slice(&writer.seal(info, &lines));
                info = PieceInfo { start: at, end: at, seq: picture.seq, ..PieceInfo::default() };
                lines = keyframe_text(&keyframe(&picture), picture.seq, at) + "\n";
            }
            let fact = Fact { seq, at, event };
            picture.fold(&fact);
            lines += &(fact.to_json() + "\n");
            (info.facts, info.end) = (info.facts + 1, at);
        }
        bytes.extend_from_slice(&writer.seal(info, &lines));
        bytes.extend_from_slice(&writer.finish());
        bytes
    }

    /// The n-th event as a line of text.
    pub(crate) fn words(number: u64) -> String {
        let (topic, partition, offset) = Self::place(number);
        let what = [
            "appended",
            "appended",
            "appended",
            "copied",
            "copied",
            "copied",
            "watermark",
            "watermark",
            "read",
            "committed",
        ];
        format!("{topic} {partition} {offset} {} A-{}", what[(number % 10) as usize], number / 7)
    }

    /// Which of a page's places the n-th event changes.
    pub(crate) fn cell(number: u64) -> u64 {
        number % (5 * PARTITIONS as u64)
    }
}

/// What stands before the traffic begins.
fn stage() -> Vec<Event> {
    let mut all = vec![Event::SessionStarted(SessionStarted::default())];
    for id in 1..=3 {
        let (registration, host) = (Registration::Active, String::from("127.0.0.1"));
        all.push(Event::BrokerChanged { broker: BrokerId(id), registration, host, port: 9000 + id });
        all.push(Event::BrokerReachable { broker: BrokerId(id), reachable: true, reason: String::new() });
    }
    let brokers = [BrokerId(1), BrokerId(2), BrokerId(3)];
    for topic in TOPICS {
        let topic_id = String::from("id");
        all.push(Event::TopicChanged { topic: topic.to_owned(), topic_id, partitions: PARTITIONS, internal: false });
        all.extend((0..PARTITIONS).map(|partition| Event::PartitionChanged {
            topic: topic.to_owned(),
            partition,
            leader: brokers[(partition % 3) as usize],
            leader_epoch: 0,
            replicas: brokers.to_vec(),
            isr: brokers.to_vec(),
            source: BrokerId(1),
        }));
    }
    all
}
