//! The one sentence above the stage: rules over the picture, the most important that applies wins.

use crate::{
    fact::{Mode, ProcessState},
    ids::{BrokerId, Micros, PartitionId},
    picture::{Broker, Partition, Picture, ProofStatus},
};

mod words;

pub use words::{list, seconds};

/// How long a change of leader stays news.
const NEWS_MICROS: u64 = 15_000_000;
/// How far back the calm sentence counts.
const CALM_MICROS: u64 = 10_000_000;

/// How a part of the sentence is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The fact.
    Plain,
    /// What it means, or its numbers.
    Detail,
    /// Good news, with a tick.
    Good,
    /// Bad news, with a cross.
    Bad,
    /// Something waits.
    Open,
}

/// A part of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its words.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// What is written above the stage; at most 120 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// In reading order.
    pub parts: Vec<Part>,
}

impl Caption {
    fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { parts: vec![Part { text: text.into(), tone }] }
    }

    fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.parts.push(Part { text: text.into(), tone });
        self
    }

    /// The sentence without its tones.
    pub fn text(&self) -> String {
        self.parts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// The caption of `picture` at `now`.
pub fn caption(picture: &Picture, now: Micros) -> Caption {
    let rules: [fn(&Picture, Micros) -> Option<Caption>; 10] = [
        starting,
        leaderless,
        acknowledged_lost,
        broken_proof,
        no_controller,
        one_left,
        gone,
        coming_back,
        app_down,
        order_news,
    ];
    rules.iter().find_map(|rule| rule(picture, now)).unwrap_or_else(|| calm(picture, now))
}

fn is_local(picture: &Picture) -> bool {
    picture.session.as_ref().is_none_or(|(_, s)| s.mode == Mode::Local)
}

fn starting(picture: &Picture, _now: Micros) -> Option<Caption> {
    if picture.session.is_none() || picture.brokers.is_empty() {
        return Some(Caption::new(Tone::Plain, "Waiting for the cluster."));
    }
    let ever_read = picture.partitions.values().any(|p| p.stamp.is_some());
    let answering = picture.read.as_ref().map_or(0, |(_, brokers)| brokers.len());
    let all = picture.brokers.len();
    (!ever_read).then(|| {
        Caption::new(Tone::Plain, format!("{} brokers are starting.", words::capital(&words::count(all))))
            .and(Tone::Detail, format!("{answering} of {all} answer."))
    })
}

/// Brokers that are gone or silent, and the partitions that still wait for a leader.
fn leaderless(picture: &Picture, now: Micros) -> Option<Caption> {
    let unled: Vec<(&PartitionId, &Partition)> =
        picture.shown_partitions().filter(|(_, p)| p.unled_since().is_some()).collect();
    let (_, first) = unled.first()?;
    let broker = first.outage.as_ref().map_or(BrokerId::NONE, |o| o.broker);
    let since = picture.brokers.get(&broker).map(|b| unanswered_since(b).unwrap_or(b.since().at));
    let since = since.into_iter().chain(first.unled_since()).max().unwrap_or_default();
    let names = words::partitions(unled.iter().map(|(id, _)| *id));
    let waiting = picture.flights.len();
    let head = if broker.exists() {
        format!("Broker {broker} stopped answering {} ago.", seconds(now.since(since)))
    } else {
        format!("For {} nobody leads.", seconds(now.since(since)))
    };
    let wait = if unled.len() == 1 { "waits" } else { "wait" };
    let mut caption = Caption::new(Tone::Bad, head).and(Tone::Plain, format!("{names} {wait} for a new leader"));
    if let Some(part) = caption.parts.last_mut() {
        part.text.push_str(&match waiting {
            0 => String::from("."),
            1 => String::from("; 1 record waits."),
            n => format!("; {n} records wait."),
        });
    }
    Some(caption)
}

fn unanswered_since(broker: &Broker) -> Option<Micros> {
    broker.reachable.as_ref().filter(|(_, up, _)| !up).map(|(stamp, ..)| stamp.at)
}

fn acknowledged_lost(picture: &Picture, now: Micros) -> Option<Caption> {
    let recent = |p: &Partition| p.lost.iter().filter(|l| l.acknowledged && now.since(l.at) < NEWS_MICROS).count();
    let (id, count) = picture.shown_partitions().map(|(id, p)| (id, recent(p))).find(|(_, n)| *n > 0)?;
    let records = words::plural(count, "record");
    let verb = if count == 1 { "was" } else { "were" };
    Some(
        Caption::new(Tone::Bad, format!("{records} on {id} {verb} acknowledged and {verb} then lost."))
            .and(Tone::Detail, "The new leader never had it."),
    )
}

fn broken_proof(picture: &Picture, now: Micros) -> Option<Caption> {
    let proof = picture.proof(now);
    if proof.status != ProofStatus::Broken {
        return None;
    }
    let orders = list(proof.orders.iter().take(3).map(ToString::to_string));
    let head =
        if orders.is_empty() { String::from("The books do not add up.") } else { format!("{orders} does not add up.") };
    let money = format!(
        "{} kept, {} confirmed or undecided.",
        words::euros(proof.taken_cents - proof.refunded_cents),
        words::euros(proof.confirmed_cents + proof.undecided_cents)
    );
    Some(Caption::new(Tone::Bad, head).and(Tone::Plain, money))
}

fn no_controller(picture: &Picture, now: Micros) -> Option<Caption> {
    let quorum = picture.quorum.as_ref().filter(|q| !q.leader_id.exists())?;
    Some(
        Caption::new(
            Tone::Bad,
            format!("No controller for {}: leaders cannot change.", seconds(now.since(quorum.stamp.at))),
        )
        .and(Tone::Detail, "Reads and writes go on where a leader lives."),
    )
}

fn one_left(picture: &Picture, _now: Micros) -> Option<Caption> {
    let alone = |p: &Partition| p.replicas.len() >= 3 && p.isr.len() == 1;
    let (_, partition) = picture.shown_partitions().find(|(_, p)| alone(p))?;
    let left = list(partition.isr.iter().map(|b| format!("broker {b}")));
    Some(
        Caption::new(Tone::Bad, format!("Only {left} is left in sync:"))
            .and(Tone::Plain, "writes with acks all are refused."),
    )
}

/// A broker is gone or frozen and everything has a leader again.
fn gone(picture: &Picture, _now: Micros) -> Option<Caption> {
    let down = |b: &Broker| !b.reachable() && b.state() != ProcessState::Starting;
    let (id, broker) = picture.brokers.iter().filter(|(_, b)| down(b)).max_by_key(|(_, b)| b.since().at)?;
    let moved: Vec<(&PartitionId, &Partition)> = picture
        .shown_partitions()
        .filter(|(_, p)| {
            p.outage.as_ref().is_some_and(|o| o.broker == *id && o.until.is_some() && o.since >= lead_in(broker))
        })
        .collect();
    let state = if broker.state() == ProcessState::Paused { "is paused" } else { "is gone" };
    let head = format!("Broker {id} {state}.");
    let Some((_, first)) = moved.first() else {
        let copies = picture.shown_partitions().filter(|(_, p)| p.isr.contains(id)).count();
        let detail = match copies {
            0 => String::from("The others lead and copy without it."),
            n => format!("{} still counted in sync there.", words::plural(n, "partition")),
        };
        return Some(Caption::new(Tone::Bad, head).and(Tone::Plain, detail));
    };
    let length = first.outage.as_ref().map_or(0, |o| o.until.unwrap_or_default().since(o.since));
    let names = words::partitions(moved.iter().map(|(id, _)| *id));
    let mut leaders: Vec<BrokerId> = moved.iter().map(|(_, p)| p.leader).collect();
    leaders.sort_unstable();
    leaders.dedup();
    let lead = if leaders.len() == 1 { "leads" } else { "lead" };
    let brokers = if leaders.len() == 1 { "broker" } else { "brokers" };
    let text = format!(
        "For {} {names} had no working leader; {brokers} {} {lead} now.",
        seconds(length),
        list(leaders.iter().map(ToString::to_string))
    );
    Some(Caption::new(Tone::Bad, head).and(Tone::Plain, text))
}

/// Outages that began with this broker's present trouble, seen up to half a second before the process's end was.
fn lead_in(broker: &Broker) -> Micros {
    let since = unanswered_since(broker).map_or(broker.since().at, |at| at.min(broker.since().at));
    Micros(since.0.saturating_sub(500_000))
}

fn coming_back(picture: &Picture, now: Micros) -> Option<Caption> {
    for (id, broker) in &picture.brokers {
        if broker.state() == ProcessState::Starting {
            let for_ = seconds(now.since(broker.since().at));
            return Some(Caption::new(Tone::Open, format!("Broker {id} is starting for {for_}.")));
        }
        let behind: Vec<&Partition> = picture
            .shown_partitions()
            .map(|(_, p)| p)
            .filter(|p| p.replicas.contains(id) && !p.isr.contains(id) && broker.reachable())
            .collect();
        if !behind.is_empty() {
            let to_copy: i64 = behind.iter().map(|p| p.log_end_offset() - p.log_end(*id).unwrap_or_default()).sum();
            return Some(
                Caption::new(
                    Tone::Plain,
                    format!(
                        "Broker {id} is back and copies {}.",
                        words::plural(to_copy.max(0).unsigned_abs() as usize, "record")
                    ),
                )
                .and(Tone::Detail, format!("It is not in sync on {} yet.", words::plural(behind.len(), "partition"))),
            );
        }
    }
    None
}

fn app_down(picture: &Picture, now: Micros) -> Option<Caption> {
    let ((app, _), known) = picture.apps.iter().find(|(_, a)| {
        matches!(a.process.state, ProcessState::Dead | ProcessState::Paused)
            && !picture
                .apps
                .iter()
                .any(|(_, other)| other.group == a.group && other.process.state == ProcessState::Running)
    })?;
    let state = if known.process.state == ProcessState::Paused { "is paused" } else { "is gone" };
    let ago = seconds(now.since(known.process.stamp.at));
    let lag = picture.groups.get(&known.group).map_or(0, |g| picture.total_lag(g));
    let head = format!("The {app} app {state} for {ago}.").replace("is gone for", "has been gone for");
    let detail = match lag {
        0 => format!("Nobody reads {}.", known.reads),
        n => format!("Nobody reads {}; {} wait.", known.reads, words::plural(n.unsigned_abs() as usize, "record")),
    };
    Some(Caption::new(Tone::Bad, head).and(Tone::Plain, detail))
}

/// The newest thing a customer did, for a few seconds.
fn order_news(picture: &Picture, now: Micros) -> Option<Caption> {
    let twice =
        picture.commands.iter().rev().find(|c| c.command == "pay_twice" && now.since(c.received.at) < 8_000_000)?;
    let finished = twice.finished.as_ref().filter(|f| f.ok)?;
    let order = finished.did.split_whitespace().find(|w| w.starts_with("A-"))?.trim_end_matches([',', '.', ':', ';']);
    let parts = picture.shop.orders.get(&crate::ids::OrderId(order.to_owned()))?;
    let payment = parts.payment.as_ref().filter(|p| p.times_taken > 0)?;
    let head = format!("{order}: the customer pressed Pay twice.");
    Some(match payment.times_taken {
        1 => Caption::new(Tone::Plain, head).and(Tone::Good, "Money was taken once."),
        n => Caption::new(Tone::Plain, head).and(Tone::Bad, format!("Money was taken {n} times.")),
    })
}

fn calm(picture: &Picture, now: Micros) -> Caption {
    let brokers = picture.brokers.len();
    let in_sync = picture.shown_partitions().all(|(_, p)| p.isr.len() == p.replicas.len());
    let head = match (brokers, in_sync) {
        (1, true) => String::from("The broker answers."),
        (n, true) => format!("All {} brokers are in sync.", words::count(n)),
        (_, false) => String::from("Not all replicas are in sync."),
    };
    let since = Micros(now.0.saturating_sub(CALM_MICROS));
    let records = || picture.shown_partitions().flat_map(|(_, p)| p.records.values());
    let acknowledged: Vec<u64> = records()
        .filter(|r| r.history.acknowledged_at.is_some_and(|at| at >= since))
        .map(|r| r.history.took_micros)
        .collect();
    let appended = records().filter(|r| r.appended.is_some() && r.stamp.at >= since).count();
    let none_yet = picture.shown_partitions().all(|(_, p)| p.log_end_offset() == 0);
    let detail = match (acknowledged.iter().max(), is_local(picture)) {
        (Some(slowest), _) => format!(
            "{} acknowledged in the last 10 s, the slowest in {} ms.",
            words::plural(acknowledged.len(), "record"),
            slowest.div_ceil(1000)
        ),
        (None, true) if none_yet => String::from("No record yet. Press O to order."),
        (None, true) => String::from("No record in the last 10 s. Press O to order."),
        (None, false) => format!("{} in the last 10 s; acks not watched.", words::plural(appended, "record")),
    };
    Caption::new(Tone::Plain, head).and(Tone::Detail, detail)
}
