//! The sheets of what passes the tap: connections, and the transactions of producers.

use model::{
    fact::{Control, TransactionState},
    ids::{BrokerId, Micros, PartitionId},
    picture::Picture,
};

use super::{Sheet, Tone, clock_with_millis, millis, seconds};
use crate::{lanes::spans, stage::Selected};

/// Connections of a client, as things to look at.
pub(super) fn links(sheet: &mut Sheet, picture: &Picture, client_id: &str) {
    for ((connection, broker), _) in picture.wire.clients.iter().filter(|(_, c)| c.client_id == client_id) {
        let what = Selected::Connection { broker: *broker, connection: *connection };
        sheet.link(format!("connection {connection} to broker {broker}"), what);
    }
}

/// The sheet of a client's connection to the tap.
pub(super) fn connection(picture: &Picture, broker: BrokerId, connection: u64) -> Sheet {
    let mut sheet = Sheet { title: format!("Connection {connection}"), ..Sheet::default() };
    match picture.wire.clients.get(&(connection, broker)) {
        Some(client) => {
            sheet.flag = Some(("up".to_owned(), Tone::Plain));
            sheet.code("client id", client.client_id.clone());
            sheet.row("library", format!("{} {}", client.software_name, client.software_version));
            sheet.row("since", clock_with_millis(client.stamp.at));
            let of_client = picture.apps.iter().find(|(_, app)| app.client_id == client.client_id);
            if let Some(((name, instance), _)) = of_client {
                sheet.link(format!("{name} app {instance}"), Selected::App(name.clone(), *instance));
            }
        }
        None => sheet.flag = Some(("closed".to_owned(), Tone::Open)),
    }
    sheet.row("broker", broker.to_string());
    sheet.row("by way of", "the tap");
    let sends = picture.wire.sends.iter().rev();
    let requests = sends.flat_map(|s| s.attempts.iter().rev().map(move |a| (s, a)));
    for (sends, attempt) in requests.filter(|(_, a)| (a.broker, a.connection) == (broker, connection)).take(8) {
        let what = if sends.event_type.is_empty() { &sends.event_id } else { &sends.event_type };
        let fate = match (attempt.lost_at, attempt.answered_at, attempt.error.as_str()) {
            (Some(_), Some(_), _) => "answer taken off the wire".to_owned(),
            (Some(_), None, _) => "taken off the wire".to_owned(),
            (None, Some(at), "") => format!("answered after {}", millis(at.since(attempt.at))),
            (None, Some(_), error) => error.to_owned(),
            (None, None, _) => "no answer yet".to_owned(),
        };
        let words = format!("Produce {}: {what} {}, {fate}", attempt.correlation_id, sends.key);
        sheet.story.push((clock_with_millis(attempt.at), words));
    }
    sheet.link(format!("broker {broker}"), Selected::Broker(broker));
    sheet
}

/// The sheet of a transaction, as one partition has it.
pub(super) fn transaction(picture: &Picture, id: &PartitionId, producer: i64, from: i64, now: Micros) -> Option<Sheet> {
    let p = picture.partitions.get(id)?;
    let span = spans::of(p).into_iter().find(|s| s.producer_id == producer && s.first == from);
    let mut sheet = Sheet { title: format!("Transaction of producer {producer}"), ..Sheet::default() };
    let Some(span) = span else {
        sheet.flag = Some(("older than the newest 64 records of its partition".to_owned(), Tone::Detail));
        return Some(sheet);
    };
    sheet.flag = Some(match span.ended {
        Some(Control::Commit) => ("committed".to_owned(), Tone::Plain),
        Some(Control::Abort) => ("aborted: readers of committed records never see it".to_owned(), Tone::Bad),
        None => (format!("open for {}", seconds(now.since(span.since))), Tone::Open),
    });
    sheet.row("partition", id.to_string());
    sheet.row("offsets", format!("{} to {}", span.first, span.last));
    if let Some(known) = picture.wire.transactions.get(&producer) {
        let state = match known.state {
            TransactionState::Initialised => "initialised",
            TransactionState::Begun => "begun",
            TransactionState::Committed => "committed",
            TransactionState::Aborted => "aborted",
        };
        sheet.code("transactional id", known.transactional_id.clone());
        sheet.row("producer epoch", known.producer_epoch.to_string());
        sheet.row("last heard", format!("{state}, at {}", clock_with_millis(known.stamp.at)));
        sheet.row("answered by", format!("broker {}", known.broker));
        let (broker, connection) = (known.broker, known.connection);
        sheet.link(format!("connection {connection}"), Selected::Connection { broker, connection });
    }
    if let Some(offsets) =
        p.offsets.as_ref().filter(|o| span.ended.is_none() && o.last_stable_offset < o.high_watermark)
    {
        let held = offsets.high_watermark - offsets.last_stable_offset;
        sheet.row(
            "last stable offset",
            format!("{}: {held} committed records wait behind it", offsets.last_stable_offset),
        );
    }
    let records = p.records.range(span.first..span.last + 1);
    for (offset, appended) in records.filter_map(|(offset, r)| Some((offset, (r.stamp.at, r.appended.as_ref()?)))) {
        let (at, record) = appended;
        if record.producer_id != producer {
            continue;
        }
        let what = match record.control {
            Some(Control::Commit) => "commit marker".to_owned(),
            Some(Control::Abort) => "abort marker".to_owned(),
            None => format!("sequence {}, {}", record.sequence, record.key.as_deref().unwrap_or("no key")),
        };
        sheet.story.push((clock_with_millis(at), format!("offset {offset}: {what}")));
        if record.control.is_none() && sheet.links.len() < 6 {
            sheet.link(format!("offset {offset}"), Selected::Record { id: id.clone(), offset: *offset });
        }
    }
    sheet.link(id.to_string(), Selected::Partition(id.clone()));
    Some(sheet)
}
