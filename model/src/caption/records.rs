//! What is said of records: lost, refused, stored twice, taken back.

use super::{Caption, Tone, fitting, is_news, words};
use crate::{
    fact::Lost,
    ids::{Micros, PartitionId},
    ordered::each_once,
    picture::{Partition, Picture, Record, Refused},
};

/// Committing takes less than that where followers copy.
const RISK_MICROS: u64 = 1_000_000;
/// Errors that a client passes over by asking the new leader, and what it throws away itself when it is closed.
const PASSES: [&str; 5] =
    ["NOT_LEADER_OR_FOLLOWER", "LEADER_NOT_AVAILABLE", "FENCED_LEADER_EPOCH", "_PURGE_QUEUE", "_PURGE_INFLIGHT"];

/// Where records were taken back lately, and the proof of each: its acknowledgement, where it had one, and its loss.
fn lost(picture: &Picture, acknowledged: bool, now: Micros) -> Option<(usize, Vec<&PartitionId>, Vec<u64>)> {
    let recent = |l: &&Lost| l.acknowledged == acknowledged && is_news(picture, l.at, now);
    let (mut count, mut ids, mut facts) = (0, Vec::new(), Vec::new());
    for (id, p) in picture.shown_partitions() {
        let before = count;
        for lost in p.lost.iter().filter(recent) {
            count += 1;
            facts.extend([lost.acknowledged_by, lost.lost_by].into_iter().filter(|seq| *seq > 0));
        }
        ids.extend((count > before).then_some(id));
    }
    (count > 0).then_some((count, ids, facts))
}

pub(super) fn acknowledged_lost(picture: &Picture, now: Micros) -> Option<Caption> {
    let (count, ids, facts) = lost(picture, true, now)?;
    let (verb, them) = if count == 1 { ("was", "it") } else { ("were", "them") };
    Some(
        Caption::new(Tone::Bad, "")
            .number(words::plural(count, "record"), facts)
            .words(format!(" on {} {verb} acknowledged and {verb} then lost.", words::partitions(&ids)))
            .and(Tone::Detail, format!("The new leader never had {them}.")),
    )
}

/// Records that nobody was told of are gone: that is no loss.
pub(super) fn taken_back(picture: &Picture, now: Micros) -> Option<Caption> {
    let (count, ids, facts) = lost(picture, false, now)?;
    let (verb, them, they) = if count == 1 { ("was", "it", "it is") } else { ("were", "them", "they are") };
    let said = Caption::new(Tone::Plain, "")
        .number(words::plural(count, "record"), facts)
        .words(format!(" on {} {verb} taken back:", words::partitions(&ids)));
    let long = format!("only the old leader had {them}, and no app was told that {they} stored.");
    let short = format!("no app was told that {they} stored.");
    Some(fitting([long, short].map(|means| said.clone().and(Tone::Detail, means))))
}

/// Records that their producers were told of, and that no high watermark has passed: acks 1, and nobody copies.
pub(super) fn at_risk(picture: &Picture, now: Micros) -> Option<Caption> {
    let is_at_risk = |p: &Partition, r: &Record| {
        let told = r.history.acknowledged_at.is_some_and(|at| now.since(at) >= RISK_MICROS);
        told && r.appended.is_some() && r.history.committed_at.is_none() && r.history.offset >= p.high_watermark()
    };
    let led = picture.shown_partitions().filter(|(_, p)| picture.leader_reachable(p));
    let records: Vec<(&PartitionId, &Record)> =
        led.flat_map(|(id, p)| p.records.values().filter(move |r| is_at_risk(p, r)).map(move |r| (id, r))).collect();
    let (id, first) = *records.first()?;
    let facts = records.iter().flat_map(|(_, r)| [r.stamp.seq, r.history.acknowledged_by]).collect();
    let (verb, are, they) = if records.len() == 1 { ("was", "is", "it") } else { ("were", "are", "they") };
    Some(
        Caption::new(Tone::Open, "")
            .number(words::plural(records.len(), "record"), facts)
            .words(format!(" on {id} {verb} acknowledged with acks {} and {are} not committed:", first.history.acks))
            .and(Tone::Plain, format!("{they} may still be lost."))
            .once_over("What was acknowledged early is committed now."),
    )
}

pub(super) fn refused(picture: &Picture, now: Micros) -> Option<Caption> {
    let recent = |r: &Refused<'_>| is_news(picture, r.at, now) && !PASSES.contains(&r.error);
    let newest = picture.refusals().rev().find(recent)?;
    let same = || picture.refusals().filter(recent).filter(|r| r.error == newest.error);
    let events = each_once(same().map(|r| r.event_id));
    let facts = same().map(|r| r.seq).collect();
    let verb = if events.len() == 1 { "was" } else { "were" };
    let said = Caption::new(Tone::Bad, "")
        .number(words::plural(events.len(), "record"), facts)
        .words(format!(" {verb} refused: {}.", newest.error));
    Some(match newest.error {
        "NOT_ENOUGH_REPLICAS" | "NOT_ENOUGH_REPLICAS_AFTER_APPEND" => {
            said.and(Tone::Plain, "With acks all a write needs more replicas in sync than there are.")
        }
        _ => said,
    })
}

/// The newest event that stands on a log twice.
pub(super) fn twice(picture: &Picture, now: Micros) -> Option<Caption> {
    let pairs = picture.shown_partitions().filter_map(|(id, p)| Some((id, pair(picture, p, now)?)));
    let (id, (first, second)) = pairs.max_by_key(|(_, (_, second))| second.stamp.seq)?;
    let key = second.appended.as_ref().and_then(|a| a.key.as_deref()).unwrap_or("A record");
    let offset = |record: &Record| record.history.offset.to_string();
    Some(
        Caption::new(Tone::Bad, format!("{key} is on {id} twice:"))
            .and(Tone::Plain, "the same event at offsets ")
            .number(offset(first), vec![first.stamp.seq])
            .words(" and ")
            .number(offset(second), vec![second.stamp.seq])
            .words("."),
    )
}

/// The newest record of these seconds whose event an earlier one has. What a transaction wrote may have been aborted.
fn pair<'a>(picture: &Picture, p: &'a Partition, now: Micros) -> Option<(&'a Record, &'a Record)> {
    let event = |r: &Record| r.appended.as_ref().filter(|a| !a.transactional)?.header("event-id").map(str::to_owned);
    let fresh = p.records.iter().rev().take_while(|(_, r)| is_news(picture, r.stamp.at, now));
    for (offset, second) in fresh {
        let Some(id) = event(second) else { continue };
        let first = p.records.range(..*offset).map(|(_, r)| r).find(|r| event(r).as_ref() == Some(&id));
        if let Some(first) = first {
            return Some((first, second));
        }
    }
    None
}
