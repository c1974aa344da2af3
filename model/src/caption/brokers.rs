//! What is said of brokers: who is silent, who leads instead, who is left and who comes back.

use super::{Caption, Tone, checked, fitting, is_local, list, seconds, words as said};
use crate::{
    fact::{Outage, ProcessState, Registration},
    ids::{BrokerId, Micros, PartitionId},
    ordered::each_once,
    picture::{Broker, Partition, Picture},
};

/// An outage may be seen this long before what caused it.
const LEAD_IN_MICROS: u64 = 500_000;
/// A broker that was asked to stop hands over what it leads so long before it is gone, at most.
const HANDED_MICROS: u64 = 5_000_000;
/// An outage and its end are one piece of news for so long.
const ENDED_MICROS: u64 = 3_000_000;
/// A shorter gap is an election that nobody waited for, unless a broker went.
const SHORT_MICROS: u64 = 100_000;
/// A broker that runs and does not answer for so long is worth a word.
const SILENT_MICROS: u64 = 1_000_000;

type Named<'a> = (&'a PartitionId, &'a Partition);

/// Brokers that are gone or silent, and the partitions that still wait for a leader; then who leads them.
pub(super) fn leaderless(picture: &Picture, now: Micros) -> Option<Caption> {
    // One late answer of a broker that runs is no news yet.
    let is_late = |o: &Outage| {
        let runs = picture.brokers.get(&o.broker).is_some_and(|b| b.state() == ProcessState::Running);
        runs && now.since(o.since) < SILENT_MICROS
    };
    let is_unled = |p: &Partition| p.unled_since().is_some() && !p.outage.as_ref().is_some_and(is_late);
    let unled: Vec<Named<'_>> = picture.shown_partitions().filter(|(_, p)| is_unled(p)).collect();
    let Some(first) = unled.iter().filter_map(|(_, p)| p.outage).min_by_key(|o| o.since) else {
        return ended(picture, now);
    };
    let since = seconds(now.since(first.since));
    let mut silent = each_once(unled.iter().filter_map(|(_, p)| p.outage).map(|o| o.broker));
    silent.retain(|broker| broker.exists() && !picture.reachable(*broker));
    let brokers = list(silent.iter().map(ToString::to_string));
    let head = match silent.len() {
        // The cluster may name no leader while the last one answers: it is not in sync any more.
        0 => Caption::new(Tone::Bad, "No leader for ").number(since, vec![first.begun_by]).words("."),
        n => {
            let head = if n == 1 { "Broker {} stopped answering " } else { "Brokers {} stopped answering, the first " };
            Caption::new(Tone::Bad, head.replace("{}", &brokers)).number(since, vec![first.begun_by]).words(" ago.")
        }
    };
    let is_unled = |topic: &str| unled.iter().any(|(id, _)| id.topic == topic);
    let flights = picture.flights.values().filter(|f| is_unled(&f.topic) && f.sent.at <= now);
    let waiting: Vec<u64> = flights.map(|f| f.sent.seq).collect();
    let ids: Vec<&PartitionId> = unled.iter().map(|(id, _)| *id).collect();
    let begun: Vec<u64> = unled.iter().filter_map(|(_, p)| p.outage).map(|o| o.begun_by).collect();
    let ways = [false, true].map(|short| {
        let verb = if ids.len() == 1 { "waits" } else { "wait" };
        let told =
            named(head.clone().and(Tone::Plain, ""), &ids, short, &begun).words(format!(" {verb} for a new leader"));
        if picture.quorum.as_ref().is_some_and(|q| !q.leader_id.exists()) {
            return told.words("; no controller can name one.");
        }
        if waiting.is_empty() {
            return told.words(".");
        }
        let verb = if waiting.len() == 1 { "waits" } else { "wait" };
        told.words("; ").number(said::plural(waiting.len(), "record"), waiting.clone()).words(format!(" {verb}."))
    });
    Some(fitting(ways).once_over("Every partition has a leader."))
}

/// Partitions by name, or by number where that would be too long.
fn named(caption: Caption, ids: &[&PartitionId], short: bool, facts: &[u64]) -> Caption {
    if said::are_few(ids) && !short {
        caption.words(said::partitions(ids))
    } else {
        caption.number(said::plural(ids.len(), "partition"), facts.to_vec())
    }
}

/// Partitions that have a leader again since a moment, and keep it.
fn ended(picture: &Picture, now: Micros) -> Option<Caption> {
    // A broker that runs again and does not answer yet is on its way back.
    let runs = |b: &Broker| b.state() == ProcessState::Running;
    let caused =
        |o: &Outage| picture.brokers.get(&o.broker).is_some_and(|b| is_down(b) && !runs(b) && since(b) <= o.until);
    let recent = |p: &Partition, o: &Outage| {
        let elected = o.until.is_some_and(|until| {
            now.since(until) < ENDED_MICROS && p.leader_since <= until && p.leader_since >= o.since
        });
        elected && (length(o) >= SHORT_MICROS || caused(o))
    };
    let is_recent = |p: &Partition| p.outage.as_ref().is_some_and(|o| recent(p, o));
    let ended: Vec<Named<'_>> = picture.shown_partitions().filter(|(_, p)| is_recent(p)).collect();
    let is_caused = ended.first()?.1.outage.as_ref().is_some_and(caused);
    let down = if is_caused { down(picture) } else { Vec::new() };
    Some(moved(picture, &down, &ended).once_over("Leaders have changed again."))
}

fn length(outage: &Outage) -> u64 {
    outage.until.unwrap_or_default().since(outage.since)
}

/// Who leads instead, after how long, and whether anything that was acknowledged is gone.
fn moved(picture: &Picture, down: &[(BrokerId, &Broker)], moved: &[Named<'_>]) -> Caption {
    let longest = moved.iter().filter_map(|(_, p)| p.outage).max_by_key(length).unwrap_or_default();
    let ids: Vec<&PartitionId> = moved.iter().map(|(id, _)| *id).collect();
    let partitions: Vec<&Partition> = moved.iter().map(|(_, p)| *p).collect();
    let ended: Vec<u64> = partitions.iter().filter_map(|p| p.outage).flat_map(|o| [o.begun_by, o.ended_by]).collect();
    let leaders = leaders(&partitions);
    let ways = [(false, true), (true, true), (false, false), (true, false)];
    fitting(ways.map(|(short, names_leaders)| {
        let told = match words(down) {
            Some(words) => Caption::new(Tone::Bad, words).and(Tone::Plain, ""),
            None => Caption::new(Tone::Plain, ""),
        };
        let told = told.words("For ").number(seconds(length(&longest)), vec![longest.begun_by, longest.ended_by]);
        let told = named(told.words(" "), &ids, short, &ended);
        let told = told.words(format!(" had no working leader{}.", if names_leaders { &leaders } else { "" }));
        checked::clause(told, picture, &partitions)
    }))
}

/// `; brokers 1 and 3 lead now`.
fn leaders(partitions: &[&Partition]) -> String {
    let leaders = each_once(partitions.iter().map(|p| p.leader));
    let (brokers, lead) = if leaders.len() == 1 { ("broker", "leads") } else { ("brokers", "lead") };
    format!("; {brokers} {} {lead} now", list(leaders.iter().map(ToString::to_string)))
}

pub(super) fn no_controller(picture: &Picture, now: Micros) -> Option<Caption> {
    let quorum = picture.quorum.as_ref().filter(|q| !q.leader_id.exists())?;
    Some(
        Caption::new(Tone::Bad, "No controller for ")
            .number(seconds(now.since(quorum.stamp.at)), vec![quorum.stamp.seq])
            .words(": leaders cannot change.")
            .and(Tone::Detail, "Reads and writes go on where a leader lives.")
            .once_over("There was no controller for a moment: leaders could not change."),
    )
}

pub(super) fn one_left(picture: &Picture, _now: Micros) -> Option<Caption> {
    let replicated = || picture.shown_partitions().filter(|(_, p)| p.replicas.len() >= 3);
    let alone = |p: &Partition| if let [only] = p.isr.as_slice() { Some(*only) } else { None };
    let broker = replicated().find_map(|(_, p)| alone(p))?;
    let its: Vec<&PartitionId> = replicated().filter(|(_, p)| alone(p) == Some(broker)).map(|(id, _)| id).collect();
    let all = its.len() == replicated().count();
    let place = if all { String::new() } else { format!(" on {}", said::partitions(&its)) };
    // Elsewhere min.insync.replicas may be one.
    let means =
        if is_local(picture) { "writes with acks all are refused." } else { "no other replica has every record." };
    Some(
        Caption::new(Tone::Bad, format!("Only broker {broker} is left in sync{place}:"))
            .and(Tone::Plain, means)
            .once_over(format!("Only broker {broker} was left in sync for a moment.")),
    )
}

fn is_down(broker: &Broker) -> bool {
    match broker.state() {
        ProcessState::Starting => false,
        // It may still answer while it leaves.
        ProcessState::Stopping => true,
        _ => !broker.reachable(),
    }
}

fn down(picture: &Picture) -> Vec<(BrokerId, &Broker)> {
    picture.brokers.iter().filter(|(_, b)| is_down(b)).map(|(id, b)| (*id, b)).collect()
}

/// Since when it is not what it was.
fn since(broker: &Broker) -> Option<Micros> {
    broker.silent_since().or(broker.process.as_ref().map(|p| p.stamp.at))
}

/// `Broker 2 is gone.`, or of more than one at once.
fn words(down: &[(BrokerId, &Broker)]) -> Option<String> {
    let word = |broker: &Broker| match (broker.state(), broker.registered()) {
        (ProcessState::Paused, Registration::Fenced) => "paused and fenced",
        (ProcessState::Paused, _) => "paused",
        (ProcessState::Stopping, _) => "stopping",
        (ProcessState::Dead, _) => "gone",
        _ => "",
    };
    let (id, first) = down.first()?;
    let first = word(first);
    Some(match down.len() {
        1 if first.is_empty() => format!("Broker {id} does not answer."),
        1 => format!("Broker {id} is {first}."),
        _ => {
            let ids = list(down.iter().map(|(id, _)| id.to_string()));
            let same = !first.is_empty() && down.iter().all(|(_, broker)| word(broker) == first);
            if same { format!("Brokers {ids} are {first}.") } else { format!("Brokers {ids} do not answer.") }
        }
    })
}

/// Brokers are gone or frozen and everything has a leader again.
pub(super) fn gone(picture: &Picture, now: Micros) -> Option<Caption> {
    let mut down = down(picture);
    // A moment without an answer is nothing, nor is the one before it comes back.
    down.retain(|(_, b)| {
        b.state() != ProcessState::Running || since(b).is_none_or(|at| now.since(at) >= SILENT_MICROS)
    });
    let (id, broker) = *down.iter().max_by_key(|(_, b)| since(b))?;
    // An outage of a broker since it is down, or just before that was seen.
    let from = |of: BrokerId| {
        let (_, broker) = down.iter().find(|(id, _)| *id == of)?;
        Some(Micros(since(broker)?.0.saturating_sub(LEAD_IN_MICROS)))
    };
    let is_its = |o: &Outage| {
        let its = o.until.is_some() && from(o.broker).is_some_and(|from| o.since >= from);
        its && length(o) >= SHORT_MICROS
    };
    let its = |p: &Partition| p.outage.as_ref().is_some_and(is_its);
    let led: Vec<Named<'_>> = picture.shown_partitions().filter(|(_, p)| its(p)).collect();
    let said = match words(&down).map(|words| Caption::new(Tone::Bad, words)) {
        Some(head) if led.is_empty() => left(picture, id, broker, head)?,
        _ => moved(picture, &down, &led),
    };
    let verb = if down.len() == 1 { "Broker" } else { "Brokers" };
    let ids = list(down.iter().map(|(id, _)| id.to_string()));
    Some(said.once_over(format!("{verb} {ids} answered nothing for a moment.")))
}

/// What a broker leaves behind that left nothing without a leader.
fn left(picture: &Picture, id: BrokerId, broker: &Broker, head: Caption) -> Option<Caption> {
    let since = Micros(since(broker)?.0.saturating_sub(HANDED_MICROS));
    let handed = |p: &Partition| p.previous_leader == id && p.leader_since >= since;
    let handed: Vec<Named<'_>> = picture.shown_partitions().filter(|(_, p)| handed(p)).collect();
    if handed.is_empty() {
        return Some(copies(picture, id, head));
    }
    let ids: Vec<&PartitionId> = handed.iter().map(|(id, _)| *id).collect();
    let partitions: Vec<&Partition> = handed.iter().map(|(_, p)| *p).collect();
    let told: Vec<u64> = partitions.iter().filter_map(|p| p.stamp).map(|stamp| stamp.seq).collect();
    let head = named(head.and(Tone::Plain, "It handed over "), &ids, false, &told);
    Some(checked::clause(head.words(format!(" first{}.", leaders(&partitions))), picture, &partitions))
}

/// What a broker that led nothing leaves behind.
fn copies(picture: &Picture, broker: BrokerId, head: Caption) -> Caption {
    let counting = picture.shown_partitions().filter(|(_, p)| p.isr.contains(&broker));
    let facts: Vec<u64> = counting.filter_map(|(_, p)| p.stamp).map(|stamp| stamp.seq).collect();
    let verb = match facts.len() {
        0 => return head.and(Tone::Plain, "The others lead and copy without it."),
        1 => "counts",
        _ => "count",
    };
    head.and(Tone::Plain, "")
        .number(said::plural(facts.len(), "partition"), facts)
        .words(format!(" still {verb} it as in sync."))
}

pub(super) fn coming_back(picture: &Picture, now: Micros) -> Option<Caption> {
    let back = |(id, broker): (&BrokerId, &Broker)| {
        let said = if broker.state() == ProcessState::Starting {
            let since = broker.since();
            Caption::new(Tone::Open, format!("Broker {id} has been starting for "))
                .number(seconds(now.since(since.at)), vec![since.seq])
                .words(".")
        } else {
            copying(picture, *id, broker)?
        };
        Some(said.once_over(format!("Broker {id} is back.")).of(id.0.unsigned_abs().into()))
    };
    picture.brokers.iter().find_map(back)
}

fn copying(picture: &Picture, id: BrokerId, broker: &Broker) -> Option<Caption> {
    let behind =
        |p: &&Partition| p.replicas.contains(&id) && !p.isr.contains(&id) && broker.reachable() && !is_down(broker);
    let behind: Vec<&Partition> = picture.shown_partitions().map(|(_, p)| p).filter(behind).collect();
    if behind.is_empty() {
        return None;
    }
    let head = Caption::new(Tone::Plain, format!("Broker {id} is back and copies "));
    // Where its log ends are not known, as on somebody else's cluster, nothing is said of how much.
    let to_copy = |p: &&Partition| Some(p.log_end_offset().saturating_sub(p.log_end(id)?).max(0));
    let to_copy: Option<i64> = behind.iter().map(to_copy).try_fold(0_i64, |sum, n| Some(sum.saturating_add(n?)));
    let ends = behind.iter().filter_map(|p| p.log_ends.get(&id)).map(|(stamp, _)| stamp.seq);
    let head = match to_copy {
        None | Some(0) => head.words("what it missed"),
        Some(n) => head.number(said::plural(usize::try_from(n).unwrap_or_default(), "record"), ends.collect()),
    };
    let told = behind.iter().filter_map(|p| p.stamp).map(|stamp| stamp.seq).collect();
    let head = head.words(".").and(Tone::Detail, "It is not in sync on ");
    Some(head.number(said::plural(behind.len(), "partition"), told).words(" yet."))
}
