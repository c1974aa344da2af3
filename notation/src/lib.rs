//! How tests, and the sheet of states, write facts: one a line, a time in seconds in front where it moves on, `1.200 broker 2 killed`.
//!
//! Words in brackets may be left out. The other lines stand in `event` below, each beside what it becomes.

use model::{
    fact::{Event, Fact, Level, MarkerKind, Mode, ProcessState, Registration, Role, SessionStarted},
    ids::{BrokerId, Micros},
    keyframe::keyframe,
    picture::Picture,
};

mod records;
mod scene;
mod shop;

/// The facts of a script; the line `keyframe` stays a place to cut at, see [`picture`].
#[track_caller]
pub fn facts(script: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut at = Micros(0);
    for line in lines(script).filter(|line| *line != "keyframe") {
        facts.push(fact(line, facts.len() as u64 + 1, &mut at));
    }
    facts
}

/// The picture of a script. At a line `keyframe` it is taken apart and built again.
#[track_caller]
pub fn picture(script: &str) -> Picture {
    let mut picture = Picture::default();
    let (mut at, mut seq) = (Micros(0), 0);
    for line in lines(script) {
        if line == "keyframe" {
            picture = Picture::of(&keyframe(&picture));
            continue;
        }
        seq += 1;
        picture.fold(&fact(line, seq, &mut at));
    }
    picture
}

/// The lines of a script that say something.
pub fn lines(script: &str) -> impl Iterator<Item = &str> {
    script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[track_caller]
fn fact(line: &str, seq: u64, at: &mut Micros) -> Fact {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    if let Some(time) = micros(words[0]) {
        *at = time;
        words.remove(0);
    }
    let event = event(&words).unwrap_or_else(|| panic!("not in the notation: {line}"));
    Fact { seq, at: *at, event }
}

/// `1.200` as microseconds.
fn micros(word: &str) -> Option<Micros> {
    let (seconds, millis) = word.split_once('.').filter(|(_, millis)| millis.len() == 3)?;
    Some(Micros((seconds.parse::<u64>().ok()? * 1000 + millis.parse::<u64>().ok()?) * 1000))
}

fn event(words: &[&str]) -> Option<Event> {
    Some(match words {
        // orders 0 leader 2 epoch 5 isr 1,2,3 [replicas 1,2,3]
        [topic, partition, "leader", leader, "epoch", epoch, "isr", isr, rest @ ..] => Event::PartitionChanged {
            topic: s(topic),
            partition: partition.parse().ok()?,
            leader: broker(leader)?,
            leader_epoch: epoch.parse().ok()?,
            replicas: after(rest, "replicas").map_or_else(|| ids("1,2,3"), ids),
            isr: ids(isr),
            source: BrokerId(1),
        },
        ["session", mode] => Event::SessionStarted(SessionStarted {
            mode: if *mode == "external" { Mode::External } else { Mode::Local },
            bootstrap: String::from("127.0.0.1:9092"),
            session: String::from("s1"),
            ..SessionStarted::default()
        }),
        ["gap", count] => Event::Gap { source: s("tail"), count: count.parse().ok()?, reason: s("full") },
        ["warn", rest @ ..] => Event::Notice { level: Level::Warn, source: s("broker-2"), text: rest.join(" ") },
        ["chapter", rest @ ..] => Event::Marker { label: rest.join(" "), marker: MarkerKind::Chapter },
        ["mark", id, rest @ ..] => Event::MarkerSet { marker: s(id), text: rest.join(" ") },
        ["kind", kind] => Event::Unknown([(s("kind"), s(kind).into())].into_iter().collect()),
        ["broker" | "controller" | "read" | "link", ..] => nodes(words)?,
        ["topic", topic, partitions, rest @ ..] => Event::TopicChanged {
            topic: s(topic),
            topic_id: s("id"),
            partitions: partitions.parse().ok()?,
            internal: rest == ["internal"],
        },
        ["topic-deleted", topic] => Event::TopicDeleted { topic: s(topic) },
        ["append" | "marker" | "batch" | "copied" | "hw" | "tail" | "truncated" | "producer", ..] => {
            records::logs(words)?
        }
        ["sent" | "ack" | "refused" | "handled", ..] => records::reports(words)?,
        ["scene" | "step" | "frame" | "answered" | "fired" | "crash" | "transaction" | "slow-wire", ..] => {
            scene::scenes(words)?
        }
        ["group" | "group-session" | "rebalanced" | "committed" | "position", ..] => shop::groups(words)?,
        ["life" | "unreadable", ..] => shop::lives(words)?,
        ["app" | "guard" | "order" | "stock" | "paid" | "item" | "ledger" | "command" | "finished", ..] => {
            shop::books(words)?
        }
        _ => return None,
    })
}

fn nodes(words: &[&str]) -> Option<Event> {
    Some(match words {
        ["broker", id, "active" | "fenced" | "absent"] => Event::BrokerChanged {
            broker: broker(id)?,
            registration: match words[2] {
                "active" => Registration::Active,
                "fenced" => Registration::Fenced,
                _ => Registration::Absent,
            },
            host: s("127.0.0.1"),
            port: 9092,
        },
        ["broker", id, "silent"] => {
            Event::BrokerReachable { broker: broker(id)?, reachable: false, reason: s("refused") }
        }
        ["broker", id, "answers"] => Event::BrokerReachable { broker: broker(id)?, reachable: true, reason: s("") },
        ["link", id, purpose, up] => {
            Event::LinkChanged { broker: broker(id)?, purpose: s(purpose), up: *up == "up", reason: s("") }
        }
        ["controller", "leads", id, "epoch", epoch] => {
            Event::ControllerChanged { leader_id: broker(id)?, epoch: epoch.parse().ok()?, voters: ids("101") }
        }
        [role @ ("broker" | "controller"), id, state] => Event::ProcessChanged {
            node: broker(id)?,
            role: if *role == "broker" { Role::Broker } else { Role::Controller },
            state: process(state)?,
            pid: Some(77),
            cause: s("asked"),
        },
        ["read", brokers] => Event::ClusterRead { brokers: ids(brokers) },
        _ => return None,
    })
}

fn process(word: &str) -> Option<ProcessState> {
    Some(match word {
        "starting" => ProcessState::Starting,
        "running" => ProcessState::Running,
        "paused" => ProcessState::Paused,
        "stopping" => ProcessState::Stopping,
        "killed" | "stopped" => ProcessState::Dead,
        _ => return None,
    })
}

/// The word after `name`.
fn after<'a>(words: &[&'a str], name: &str) -> Option<&'a str> {
    words.iter().position(|word| *word == name).and_then(|at| words.get(at + 1)).copied()
}

fn broker(word: &str) -> Option<BrokerId> {
    word.parse().ok().map(BrokerId)
}

/// `1,2,3`; `-` is nobody.
fn ids(words: &str) -> Vec<BrokerId> {
    words.split(',').filter_map(broker).collect()
}

fn offset(word: &str) -> Option<i64> {
    word.strip_prefix('@')?.parse().ok()
}

fn s(text: &str) -> String {
    text.to_owned()
}
