//! How tests write facts: one a line, a time in seconds in front where it moves on, `1.200 broker 2 killed`.
//!
//! Words in brackets may be left out. The other lines stand in `event` below, each beside what it becomes.

use std::collections::BTreeMap;

use kafkascope_model::{
    fact::{
        Appended, Assigned, Event, Fact, Level, MarkerKind, Member, Mode, OrderStatus, ProcessState, ReadsTo,
        Registration, Role, SessionStarted, Source,
    },
    ids::{BrokerId, Micros, OrderId},
    keyframe::keyframe,
    picture::Picture,
};

/// The facts of a script; the line `keyframe` stays a place to cut at, see [`picture`].
#[track_caller]
pub(crate) fn facts(script: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut at = Micros(0);
    for line in lines(script).filter(|line| *line != "keyframe") {
        facts.push(fact(line, facts.len() as u64 + 1, &mut at));
    }
    facts
}

/// The picture of a script. At a line `keyframe` it is taken apart and built again.
#[track_caller]
pub(crate) fn picture(script: &str) -> Picture {
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

fn lines(script: &str) -> impl Iterator<Item = &str> {
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
        ["kind", kind] => Event::Unknown([(s("kind"), s(kind).into())].into_iter().collect()),
        ["broker" | "controller" | "read" | "link", ..] => nodes(words)?,
        ["topic", topic, partitions, rest @ ..] => Event::TopicChanged {
            topic: s(topic),
            topic_id: s("id"),
            partitions: partitions.parse().ok()?,
            internal: rest == ["internal"],
        },
        ["topic-deleted", topic] => Event::TopicDeleted { topic: s(topic) },
        [
            "append" | "batch" | "copied" | "hw" | "tail" | "truncated" | "producer" | "sent" | "ack" | "refused"
            | "handled",
            ..,
        ] => records(words)?,
        ["group" | "committed" | "position", ..] => groups(words)?,
        ["app" | "guard" | "order" | "stock" | "paid" | "item" | "ledger" | "command" | "finished", ..] => shop(words)?,
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

fn records(words: &[&str]) -> Option<Event> {
    Some(match words {
        // append orders 0 @3 A-1 OrderPlaced [epoch 5] [id e3]
        ["append", topic, partition, at, key, event_type, rest @ ..] => {
            let offset = offset(at)?;
            let id = after(rest, "id").map_or_else(|| format!("e{offset}"), s);
            let headers = [(s("event-id"), id), (s("event-type"), s(event_type))];
            Event::RecordAppended(Box::new(Appended {
                topic: s(topic),
                partition: partition.parse().ok()?,
                offset,
                leader_epoch: after(rest, "epoch").map_or(Some(0), |epoch| epoch.parse().ok())?,
                key: Some(s(key)),
                headers: BTreeMap::from(headers),
                ..Appended::default()
            }))
        }
        ["batch", topic, partition, at, count] => Event::BatchAppended {
            topic: s(topic),
            partition: partition.parse().ok()?,
            base_offset: offset(at)?,
            count: count.strip_prefix('x')?.parse().ok()?,
            bytes: 100,
            leader_epoch: 0,
            producer_id: -1,
            producer_epoch: -1,
            base_sequence: -1,
        },
        ["copied", topic, partition, id, end] => Event::ReplicaLogEnd {
            topic: s(topic),
            partition: partition.parse().ok()?,
            broker: broker(id.strip_prefix('b')?)?,
            log_end_offset: end.parse().ok()?,
        },
        // hw orders 0 4 [start 0] [lso 4] [end 4]
        ["hw", topic, partition, high, rest @ ..] => {
            let number = |name: &str, default: &str| after(rest, name).unwrap_or(default).parse().ok();
            Event::OffsetsMoved {
                topic: s(topic),
                partition: partition.parse().ok()?,
                log_start_offset: number("start", "0")?,
                high_watermark: high.parse().ok()?,
                last_stable_offset: number("lso", high)?,
                log_end_offset: number("end", high)?,
            }
        }
        ["tail", topic, partition, id] => Event::TailAttached {
            topic: s(topic),
            partition: partition.parse().ok()?,
            broker: broker(id.strip_prefix('b')?)?,
            reads_to: ReadsTo::LogEnd,
        },
        ["truncated", topic, partition, range, "epoch", epoch] => {
            let (from, to) = range.split_once("..")?;
            Event::RecordsTruncated {
                topic: s(topic),
                partition: partition.parse().ok()?,
                from_offset: from.parse().ok()?,
                to_offset: to.parse().ok()?,
                leader_epoch: epoch.parse().ok()?,
            }
        }
        ["producer", topic, partition, id, "txn", start] => Event::ProducerChanged {
            topic: s(topic),
            partition: partition.parse().ok()?,
            producer_id: id.parse().ok()?,
            producer_epoch: 0,
            last_sequence: 4,
            txn_start_offset: start.parse().ok()?,
        },
        ["sent", event_id, app, topic, key, event_type] => Event::RecordSent {
            app: s(app),
            instance: 1,
            topic: s(topic),
            key: s(key),
            event_id: s(event_id),
            event_type: s(event_type),
            source: Source::App,
        },
        // ack e3 order orders 0 @3 all 12ms
        ["ack", event_id, app, topic, partition, at, acks, took] => Event::RecordAcknowledged {
            app: s(app),
            instance: 1,
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: offset(at)?,
            event_id: s(event_id),
            acks: s(acks),
            took_micros: took.strip_suffix("ms")?.parse::<u64>().ok()? * 1000,
            source: Source::App,
        },
        ["refused", event_id, app, topic, error] => Event::RecordRefused {
            app: s(app),
            instance: 1,
            topic: s(topic),
            event_id: s(event_id),
            error: s(error),
            source: Source::App,
        },
        ["handled", app, topic, partition, at, effect] => Event::RecordHandled {
            app: s(app),
            instance: 1,
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: offset(at)?,
            event_id: String::new(),
            effect: s(effect),
        },
        _ => return None,
    })
}

fn groups(words: &[&str]) -> Option<Event> {
    Some(match words {
        // group stock Stable [stock-1=orders:0,orders:1 …]
        ["group", group, state, members @ ..] => Event::GroupChanged {
            group_id: s(group),
            state: s(state),
            group_type: s("classic"),
            protocol: s("range"),
            coordinator: BrokerId(1),
            members: members.iter().map(|m| member(m)).collect::<Option<_>>()?,
        },
        ["committed", group, topic, partition, offset] => Event::OffsetCommitted {
            group_id: s(group),
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: offset.parse().ok()?,
        },
        ["position", group, topic, partition, offset] => Event::PositionMoved {
            group_id: s(group),
            client_id: format!("{group}-1"),
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: offset.parse().ok()?,
            source: Source::App,
        },
        _ => return None,
    })
}

fn member(text: &str) -> Option<Member> {
    let (client_id, assignment) = text.split_once('=')?;
    let assigned = |text: &str| {
        let (topic, partition) = text.split_once(':')?;
        Some(Assigned { topic: s(topic), partition: partition.parse().ok()? })
    };
    let assignment = assignment.split(',').filter(|a| !a.is_empty()).map(assigned).collect::<Option<_>>()?;
    Some(Member { member_id: format!("{client_id}-uuid"), client_id: s(client_id), host: s("/127.0.0.1"), assignment })
}

fn shop(words: &[&str]) -> Option<Event> {
    Some(match words {
        // app stock running [reads orders] [instance 2] [group stock]
        ["app", app, state, rest @ ..] => Event::AppChanged {
            app: s(app),
            instance: after(rest, "instance").unwrap_or("1").parse().ok()?,
            state: process(state)?,
            pid: Some(78),
            group: s(after(rest, "group").unwrap_or(app)),
            client_id: format!("{app}-1"),
            reads: s(after(rest, "reads").unwrap_or("orders")),
            writes: s(app),
            cause: s("asked"),
        },
        ["guard", app, guard, on] => Event::GuardChanged { app: s(app), guard: s(guard), on: *on == "on" },
        // order A-1 open 2 x 3990
        ["order", order, status, count, "x", price_cents] => Event::OrderChanged {
            order: OrderId(s(order)),
            status: match *status {
                "open" => OrderStatus::Open,
                "confirmed" => OrderStatus::Confirmed,
                "cancelled" => OrderStatus::Cancelled,
                _ => return None,
            },
            customer: s("Ada"),
            item: s("kettle"),
            count: count.parse().ok()?,
            price_cents: price_cents.parse().ok()?,
        },
        ["stock", order, "reserved", reserved, "sold", sold] => Event::StockChanged {
            order: OrderId(s(order)),
            item: s("kettle"),
            reserved: reserved.parse().ok()?,
            sold: sold.parse().ok()?,
        },
        // paid A-1 7980 [back 7980] [times 1] [refused]
        ["paid", order, taken, rest @ ..] => {
            let taken_cents = taken.parse().ok()?;
            Event::PaymentChanged {
                order: OrderId(s(order)),
                due_cents: taken_cents,
                taken_cents,
                refunded_cents: after(rest, "back").unwrap_or("0").parse().ok()?,
                times_taken: after(rest, "times").map_or(Some(u32::from(taken_cents > 0)), |n| n.parse().ok())?,
                refused: rest.contains(&"refused"),
            }
        }
        ["item", item, "created", created, "on_hand", on_hand, "reserved", reserved, "sold", sold] => {
            Event::ItemChanged {
                item: s(item),
                created: created.parse().ok()?,
                on_hand: on_hand.parse().ok()?,
                reserved: reserved.parse().ok()?,
                sold: sold.parse().ok()?,
                price_cents: 3990,
            }
        }
        ["ledger", ledger] => Event::LedgerStarted { ledger: ledger.parse().ok()? },
        ["command", id, command] => {
            Event::CommandReceived { id: s(id), command: s(command), args: serde_json::Map::new() }
        }
        ["finished", id, command, ok, did @ ..] => Event::CommandFinished {
            id: s(id),
            command: s(command),
            ok: *ok == "ok",
            did: did.join(" "),
            took_ms: 40,
            reason: None,
        },
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
