//! What is said of transactions: who was fenced, what was aborted, and whom an open one holds up.

use super::{Caption, Tone, fitting, is_news, seconds, words};
use crate::{
    fact::Control,
    ids::{Micros, PartitionId},
    picture::{Offsets, Partition, Picture, Record, Stamp},
};

/// Shorter transactions are ordinary.
const LONG_MICROS: u64 = 1_500_000;
/// Markers of one transaction come this close together.
const TOGETHER_MICROS: u64 = 1_000_000;

/// The transaction of a producer, by its transactional id where that passed the tap.
fn name(picture: &Picture, producer_id: i64) -> String {
    let known = picture.transactions.iter().find(|(_, t)| t.producer_id == producer_id);
    known.map_or_else(|| String::from("a transaction"), |(id, _)| format!("transaction {id}"))
}

pub(super) fn fenced(picture: &Picture, now: Micros) -> Option<Caption> {
    let refused = picture.transactions.iter().filter_map(|(id, t)| Some((id, t.refused.as_ref()?)));
    let (id, (stamp, app, _, error)) = refused.max_by_key(|(_, (stamp, ..))| stamp.seq)?;
    if !is_news(picture, stamp.at, now) {
        return None;
    }
    let is_fenced = error.contains("FENCED") || error.contains("INVALID_PRODUCER_EPOCH");
    Some(if is_fenced {
        Caption::new(Tone::Bad, format!("The {app} app was fenced:"))
            .and(Tone::Plain, format!("a newer epoch of {id} counts, and what the old one still sends is refused."))
    } else {
        Caption::new(Tone::Bad, format!("The {app} app's transaction was refused: {error}."))
    })
}

pub(super) fn aborted(picture: &Picture, now: Micros) -> Option<Caption> {
    let is_abort = |r: &&Record| r.appended.as_ref().is_some_and(|a| a.control == Some(Control::Abort));
    let markers =
        || picture.shown_partitions().flat_map(|(_, p)| p.records.values().filter(is_abort).map(move |r| (p, r)));
    let (_, newest) = markers().max_by_key(|(_, r)| r.stamp.seq)?;
    if !is_news(picture, newest.stamp.at, now) {
        return None;
    }
    let producer = newest.appended.as_ref()?.producer_id;
    let together = |r: &Record| newest.stamp.at.since(r.stamp.at) < TOGETHER_MICROS;
    let its = markers().filter(|(_, r)| r.appended.as_ref().is_some_and(|a| a.producer_id == producer) && together(r));
    let facts: Vec<u64> = its.flat_map(|(p, marker)| records_of(p, marker)).collect();
    let said = Caption::new(Tone::Plain, format!("{} was aborted.", words::capital(&name(picture, producer))));
    Some(match facts.len() {
        0 => said,
        count => {
            let (verb, them) = if count == 1 { ("keeps its offset", "it") } else { ("keep their offsets", "them") };
            said.and(Tone::Detail, "")
                .number(words::plural(count, "record"), facts)
                .words(format!(" {verb}; readers of committed records skip {them}."))
        }
    })
}

/// The records that a marker decides: those of its producer back to the marker before.
fn records_of(p: &Partition, marker: &Record) -> Vec<u64> {
    let producer = marker.appended.as_ref().map_or(-1, |a| a.producer_id);
    let its = p.records.range(..marker.history.offset).rev().map(|(_, r)| r);
    let its = its.filter(|r| r.appended.as_ref().is_some_and(|a| a.producer_id == producer));
    its.take_while(|r| r.appended.as_ref().is_some_and(|a| a.control.is_none())).map(|r| r.stamp.seq).collect()
}

/// The transaction that has held readers of committed records for longest.
pub(super) fn hanging(picture: &Picture, now: Micros) -> Option<Caption> {
    let (id, offsets, first) = picture.shown_partitions().filter_map(held).min_by_key(|(.., (stamp, _))| stamp.at)?;
    let (since, producer) = first;
    let open_for = now.since(since.at);
    if open_for < LONG_MICROS {
        return None;
    }
    let at = offsets.last_stable_offset;
    let held = usize::try_from(offsets.high_watermark.saturating_sub(at)).unwrap_or_default();
    let said = Caption::new(Tone::Open, format!("{id}: readers of committed records stand at "))
        .number(at.to_string(), vec![offsets.stamp.seq, since.seq])
        .words(format!(" until {} ends.", name(picture, producer)));
    let long = said
        .clone()
        .and(Tone::Detail, "Open for ")
        .number(seconds(open_for), vec![since.seq])
        .words(", ")
        .number(words::plural(held, "record"), vec![offsets.stamp.seq])
        .words(" held back.");
    Some(fitting([long, said]).once_over(format!("{id}: the transaction has ended, and its readers go on.")))
}

/// What holds the last stable offset of a partition back: since when, and which producer.
fn held<'a>((id, p): (&'a PartitionId, &'a Partition)) -> Option<(&'a PartitionId, &'a Offsets, (Stamp, i64))> {
    let offsets = p.offsets.as_ref().filter(|o| o.last_stable_offset < o.high_watermark)?;
    let first = p.records.get(&offsets.last_stable_offset)?;
    Some((id, offsets, (first.stamp, first.appended.as_ref()?.producer_id)))
}
