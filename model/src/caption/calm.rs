//! What is said before anything is known, and when nothing is amiss.

use super::{Caption, Tone, is_local, seconds, words};
use crate::{
    ids::Micros,
    picture::{Broker, Partition, Picture, Record, log::KEPT_RECORDS},
};

/// How far back the calm sentence counts.
const CALM_MICROS: u64 = 10_000_000;
/// The cluster is read twice a second; after so long nobody vouches for the picture.
const UNHEARD_MICROS: u64 = 4_000_000;

pub(super) fn starting(picture: &Picture, _now: Micros) -> Option<Caption> {
    let is_read = picture.partitions.values().any(|p| p.stamp.is_some());
    // Of ours nothing has begun before the shop has told its first item.
    let ever_read = is_read && (!is_local(picture) || !picture.shop.items.is_empty() || any_record(picture));
    let all = picture.brokers.len();
    if picture.session.is_none() || all == 0 || !(ever_read || is_local(picture)) {
        return Some(Caption::new(Tone::Plain, "Waiting for the cluster.").once_over("The cluster answers."));
    }
    let (proof, answering) = picture.read.as_ref().map_or((0, 0), |(stamp, brokers)| (stamp.seq, brokers.len()));
    let (noun, answer) = if all == 1 { ("broker is", "answers") } else { ("brokers are", "answer") };
    let started = || picture.brokers.values().flat_map(told).collect();
    (!ever_read).then(|| {
        Caption::new(Tone::Plain, "")
            .number(words::capital(&words::count(all)), started())
            .words(format!(" {noun} starting."))
            .and(Tone::Detail, "")
            .number(format!("{answering} of {all}"), if proof == 0 { started() } else { vec![proof] })
            .words(format!(" {answer}."))
            .once_over("The cluster answers.")
    })
}

/// The facts that tell of a broker.
fn told(broker: &Broker) -> impl Iterator<Item = u64> {
    let registered = broker.registration.as_ref().map(|(stamp, _)| stamp.seq);
    std::iter::once(broker.since().seq).chain(registered)
}

/// That a record was acknowledged, and which one it is.
fn proof(record: &Record) -> [u64; 2] {
    [record.stamp.seq, record.history.acknowledged_by]
}

fn any_record(picture: &Picture) -> bool {
    picture.shown_partitions().any(|(_, p)| p.log_end_offset() > 0)
}

/// The cluster gives no answer at all, though its observer lives.
pub(super) fn unheard(picture: &Picture, now: Micros) -> Option<Caption> {
    let (read, _) = picture.read.as_ref().filter(|_| picture.ended.is_none())?;
    let since = now.since(read.at);
    (since >= UNHEARD_MICROS).then(|| {
        Caption::new(Tone::Bad, "No broker has told the cluster's state for ")
            .number(seconds(since), vec![read.seq])
            .words(": what is drawn is as old as that.")
            .once_over("The cluster's state is told again.")
    })
}

pub(super) fn slow_wire(picture: &Picture, _now: Micros) -> Option<Caption> {
    let (stamp, ms) = picture.slow_wire.filter(|(_, ms)| *ms > 0)?;
    Some(
        Caption::new(Tone::Open, "The wire is slow:")
            .and(Tone::Plain, "what is sent, its answer and what is read wait ")
            .number(format!("{ms} ms"), vec![stamp.seq])
            .words(" each.")
            .once_over("The wire is as fast as it was."),
    )
}

/// Nothing else applies.
pub(super) fn calm(picture: &Picture, now: Micros) -> Option<Caption> {
    let partitions = || picture.shown_partitions();
    let in_sync = partitions().all(|(_, p)| p.isr.len() == p.replicas.len());
    let told = || partitions().filter_map(|(_, p)| p.stamp).map(|stamp| stamp.seq).collect();
    let head = match (picture.brokers.len(), in_sync) {
        (1, true) => Caption::new(Tone::Plain, "The broker answers."),
        (n, true) => Caption::new(Tone::Plain, "All ").number(words::count(n), told()).words(" brokers are in sync."),
        (_, false) => Caption::new(Tone::Plain, "Not all replicas are in sync."),
    };
    let since = Micros(now.0.saturating_sub(CALM_MICROS));
    let records = || partitions().flat_map(|(_, p)| p.records.values());
    // Of a busy partition older ones of these seconds are no longer in the picture.
    let overflown = |p: &Partition| {
        p.records.len() >= KEPT_RECORDS && p.records.values().next().is_some_and(|first| first.stamp.at >= since)
    };
    let many = if partitions().any(|(_, p)| overflown(p)) { "More than " } else { "" };
    let acknowledged: Vec<&Record> =
        records().filter(|r| r.history.acknowledged_at.is_some_and(|at| at >= since)).collect();
    let count = |count: usize, facts: Vec<u64>| {
        head.clone().and(Tone::Detail, many).number(words::plural(count, "record"), facts)
    };
    Some(match (acknowledged.iter().max_by_key(|r| r.history.took_micros), is_local(picture)) {
        (Some(slowest), _) => count(acknowledged.len(), acknowledged.iter().flat_map(|r| proof(r)).collect())
            .words(" acknowledged in the last 10 s, the slowest in ")
            .number(format!("{} ms", slowest.history.took_micros.div_ceil(1000)), proof(slowest).to_vec())
            .words("."),
        (None, true) if !any_record(picture) => head.and(Tone::Detail, "No record yet: nobody has ordered."),
        (None, true) => head.and(Tone::Detail, "No record in the last 10 s."),
        (None, false) => {
            let appended: Vec<u64> =
                records().filter(|r| r.appended.is_some() && r.stamp.at >= since).map(|r| r.stamp.seq).collect();
            if appended.is_empty() {
                return Some(head.and(Tone::Detail, "No record in the last 10 s; acks not watched."));
            }
            count(appended.len(), appended).words(" in the last 10 s; acks not watched.")
        }
    })
}
