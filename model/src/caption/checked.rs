//! Whether what was acknowledged before a change of leader is on the new leader's log: not before it was compared.
//!
//! The tail compares a new leader's log with what it has read, epoch by epoch (KIP-101), and tells what is gone before it
//! attaches. So an acknowledged record is kept where it was read, it was not told as gone, the tail is attached to the
//! leader of the present epoch, and that leader has answered a high watermark above it.

use super::{Caption, Tone, words};
use crate::picture::{Partition, Picture};

/// What is said of the records that were acknowledged before these partitions came to their leaders.
pub(super) fn clause(caption: Caption, picture: &Picture, partitions: &[&Partition]) -> Caption {
    // Where our own sight failed, or no client is watched, nothing can be said.
    let watched = |p: &&Partition| p.records.values().any(|r| r.history.acknowledged_at.is_some());
    if picture.counters.dropped > 0 || !partitions.iter().any(watched) {
        return caption;
    }
    let lost = partitions.iter().flat_map(|p| lost(p));
    let lost: Vec<u64> = lost.flat_map(|l| [l.acknowledged_by, l.lost_by]).collect();
    if !lost.is_empty() {
        let count = lost.len() / 2;
        let verb = if count == 1 { "was" } else { "were" };
        return caption
            .and(Tone::Bad, "")
            .number(words::plural(count, "acknowledged record"), lost)
            .words(format!(" {verb} lost."));
    }
    let kept: Option<Vec<Vec<u64>>> = partitions.iter().map(|p| kept(p)).collect();
    match kept {
        Some(facts) => caption.and(Tone::Good, "").number("Nothing acknowledged was lost.", facts.concat()),
        None => caption.and(Tone::Open, "Checking what was acknowledged."),
    }
}

/// Acknowledged records that were taken back when or after the leader of before fell silent.
fn lost(p: &Partition) -> impl Iterator<Item = &crate::fact::Lost> {
    let since = p.outage.map(|o| o.since).unwrap_or_default();
    p.lost.iter().filter(move |lost| lost.acknowledged && lost.at >= since)
}

/// The facts that show each acknowledged record of older epochs on the present leader's log; none as long as they do not.
fn kept(p: &Partition) -> Option<Vec<u64>> {
    let tail = p.tail.as_ref().filter(|tail| tail.broker == p.leader)?;
    let since = p.leader_since;
    let answered = p.offsets.as_ref().filter(|o| o.stamp.seq > tail.stamp.seq && o.stamp.at >= since)?;
    let mut facts = vec![tail.stamp.seq, answered.stamp.seq];
    for (offset, record) in &p.records {
        let Some(at) = record.history.acknowledged_at else { continue };
        let appended = record.appended.as_ref();
        // What the present leader took is not in question.
        if appended.is_some_and(|a| a.leader_epoch >= p.leader_epoch) || (appended.is_none() && at >= since) {
            continue;
        }
        appended.filter(|_| *offset < answered.high_watermark)?;
        facts.push(record.history.acknowledged_by);
    }
    Some(facts)
}
