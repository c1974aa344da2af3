//! The sheet of a replica: whether it leads, whether it is in sync, and how far its log goes.

use model::{
    ids::{BrokerId, Micros, PartitionId},
    picture::Picture,
};

use super::{Sheet, Tone, clock_with_millis, seconds};
use crate::stage::Selected;

/// The sheet of a partition's replica on a broker.
pub(super) fn sheet(picture: &Picture, id: &PartitionId, broker: BrokerId, now: Micros) -> Option<Sheet> {
    let p = picture.partitions.get(id)?;
    let mut sheet = Sheet { title: format!("{id} on broker {broker}"), ..Sheet::default() };
    let (leads, counted, answers) = (p.leader == broker, p.isr.contains(&broker), picture.reachable(broker));
    let end = p.log_end(broker);
    let behind = end.map(|end| (p.log_end_offset() - end).max(0));
    sheet.flag = Some(match (leads, counted, answers) {
        (true, _, true) => ("leader".to_owned(), Tone::Plain),
        (true, _, false) => ("leader, and does not answer".to_owned(), Tone::Bad),
        (false, true, true) => ("in sync".to_owned(), Tone::Plain),
        (false, true, false) => ("does not answer, still counted in sync".to_owned(), Tone::Open),
        (false, false, true) => ("out of sync".to_owned(), Tone::Open),
        (false, false, false) => ("unreachable, and not in sync".to_owned(), Tone::Bad),
    });
    let end = end.map_or("not asked yet".to_owned(), |end| end.to_string());
    sheet.row("log end offset", end);
    if let Some((stamp, _)) = p.log_ends.get(&broker) {
        sheet.row("asked", format!("at {}, {} ago", clock_with_millis(stamp.at), seconds(now.since(stamp.at))));
    }
    if let Some(behind) = behind.filter(|_| !leads) {
        sheet.row("to copy", behind.to_string());
    }
    sheet.row("high watermark", format!("{}, as the leader says", p.high_watermark()));
    sheet.row("preferred", if p.replicas.first() == Some(&broker) { "yes: first of the replicas" } else { "no" });
    sheet.row("leader epoch", format!("{}, since {}", p.leader_epoch, clock_with_millis(p.leader_since)));
    // The newest that it has, newest first.
    let copied = p.records.iter().rev().filter_map(|(offset, r)| Some((*r.history.copied.get(&broker)?, *offset)));
    for (at, offset) in copied.take(8) {
        sheet.story.push((clock_with_millis(at), format!("has offset {offset} by then")));
    }
    sheet.link(format!("broker {broker}"), Selected::Broker(broker));
    sheet.link(id.to_string(), Selected::Partition(id.clone()));
    Some(sheet)
}
