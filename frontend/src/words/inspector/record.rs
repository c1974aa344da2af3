//! The sheet of a record: its bytes, its producer, and everything that happened to it with true times.

use model::{
    fact::{Attempt, Sends},
    ids::{Micros, PartitionId},
    picture::{Partition, Picture, Record},
};

use super::{Sheet, Tone, clock_with_millis, json, millis};
use crate::{lanes::spans, stage::Selected, words::numbers::thousands};

pub(super) fn sheet(picture: &Picture, id: &PartitionId, offset: i64) -> Sheet {
    let mut sheet = Sheet { title: format!("{id}, offset {offset}"), ..Sheet::default() };
    let partition = picture.partitions.get(id);
    let Some(record) = partition.and_then(|p| p.records.get(&offset)) else {
        sheet.flag = Some(("older than the newest 64 records of its partition".to_owned(), Tone::Detail));
        sheet.link(id.to_string(), Selected::Partition(id.clone()));
        return sheet;
    };
    let safe = partition.is_some_and(|p| offset < p.high_watermark());
    sheet.flag = Some(match (safe, record.history.acknowledged_at.is_some()) {
        (true, true) => ("committed and acknowledged".to_owned(), Tone::Plain),
        (true, false) => ("committed".to_owned(), Tone::Plain),
        (false, true) => ("acknowledged, not committed: may be lost".to_owned(), Tone::Open),
        (false, false) => ("stored, not safe yet".to_owned(), Tone::Open),
    });
    if let Some(twin) = partition.and_then(|p| twin(p, offset)) {
        sheet.flag = Some((format!("same event as offset {twin}"), Tone::Bad));
    }
    if let Some(appended) = &record.appended {
        let header = |name: &str| appended.header(name).map(str::to_owned);
        if let Some(event) = header("type").or_else(|| header("event-type")) {
            sheet.row("event", event);
        }
        sheet.code("key", appended.key.clone().unwrap_or_else(|| "none".to_owned()));
        if appended.producer_id >= 0 {
            let (producer, epoch, sequence) = (appended.producer_id, appended.producer_epoch, appended.sequence);
            sheet.row("producer", format!("{producer}, epoch {epoch}, sequence {sequence}"));
        } else {
            sheet.row("producer", "not idempotent");
        }
        if appended.transactional {
            sheet.row("transaction", "yes");
        }
        sheet.row("leader epoch", appended.leader_epoch.to_string());
        sheet.row("timestamp", format!("{} ms (Unix)", thousands(appended.timestamp_ms.unsigned_abs())));
        let size = match appended.value_bytes {
            -1 => "no value (tombstone)".to_owned(),
            n => format!("{} bytes", thousands(n.unsigned_abs())),
        };
        sheet.row("size", size);
        for (name, value) in &appended.headers {
            sheet.code(name, value.clone());
        }
        sheet.value = appended.value.as_deref().map(json::set_out);
        let cut = appended.value.as_ref().is_some_and(|v| (v.len() as i64) < appended.value_bytes);
        if cut && let Some(value) = &mut sheet.value {
            value.push_str("\n… cut here");
        }
    }
    let event = record.appended.as_ref().and_then(|a| a.header("event-id"));
    let sends = event.and_then(|event| picture.wire.of_event(event));
    sheet.has_story = record.appended.as_ref().is_some_and(|a| a.key.is_some());
    sheet.story = story(record, sends);
    if let Some(partition) = partition {
        links(&mut sheet, picture, id, partition, offset);
    }
    for attempt in sends.into_iter().flat_map(|s| &s.attempts).filter(|a| a.offset == offset) {
        let (broker, connection) = (attempt.broker, attempt.connection);
        sheet.link(format!("connection {connection}"), Selected::Connection { broker, connection });
    }
    sheet
}

/// What the record has to do with.
fn links(sheet: &mut Sheet, picture: &Picture, id: &PartitionId, partition: &Partition, offset: i64) {
    sheet.link(id.to_string(), Selected::Partition(id.clone()));
    let spans = spans::of(partition);
    if let Some(span) = spans::at(&spans, partition, offset) {
        let what = Selected::Transaction { id: id.clone(), producer_id: span.producer_id, from: span.first };
        sheet.link("its transaction", what);
    }
    if let Some(twin) = twin(partition, offset) {
        sheet.link(format!("offset {twin}"), Selected::Record { id: id.clone(), offset: twin });
    }
    let reads =
        |m: &&model::fact::Member| m.assignment.iter().any(|a| a.topic == id.topic && a.partition == id.partition);
    for (group, known) in &picture.groups {
        for member in known.members.iter().filter(reads) {
            let what = Selected::Member { group: group.clone(), member_id: member.member_id.clone() };
            sheet.link(format!("reader {}", member.client_id), what);
        }
    }
}

/// Another offset of the partition that holds the same event.
fn twin(partition: &Partition, offset: i64) -> Option<i64> {
    let id = |r: &Record| r.appended.as_ref().and_then(|a| a.header("event-id")).map(str::to_owned);
    let own = id(partition.records.get(&offset)?)?;
    let same = |(at, r): &(&i64, &Record)| **at != offset && id(r).is_some_and(|other| other == own);
    partition.records.iter().find(same).map(|(at, _)| *at)
}

fn story(record: &Record, sends: Option<&Sends>) -> Vec<(String, String)> {
    let history = &record.history;
    let stored = record.appended.is_some().then_some(record.stamp.at);
    let mut steps: Vec<(Micros, String)> = Vec::new();
    if let Some(at) = history.sent_at {
        steps.push((at, format!("sent by the {} app", history.sent_by)));
    }
    steps.extend(stored.map(|at| (at, "stored, seen by the tail".to_owned())));
    steps.extend(history.copied.iter().map(|(broker, at)| (*at, format!("on broker {broker} by then"))));
    steps.extend(history.committed_at.map(|at| (at, "committed: the high watermark passed it".to_owned())));
    if let Some(at) = history.acknowledged_at {
        let waited = if history.took_micros > 0 {
            format!(", its producer waited {}", millis(history.took_micros))
        } else {
            String::new()
        };
        steps.push((at, format!("acknowledged with acks={}{waited}", history.acks)));
    }
    steps.extend(history.read.iter().map(|(group, at)| (*at, format!("read by group {group}"))));
    steps.extend(history.truncated_at.map(|at| (at, "taken back".to_owned())));
    steps.extend(history.passed.iter().map(|(group, at)| (*at, format!("offset committed by group {group}"))));
    for (app, effect) in &history.handled {
        if let Some(at) = history.handled_at.get(app) {
            steps.push((*at, format!("{app} app: {effect}")));
        }
    }
    sends.into_iter().for_each(|sends| on_the_wire(sends, history.offset, &mut steps));
    in_order(&mut steps);
    let begins = history.sent_at.or(stored).or(steps.first().map(|(at, _)| *at)).unwrap_or_default();
    let mut lines: Vec<(String, String)> =
        steps.into_iter().map(|(at, what)| (format!("+{}", millis(at.since(begins))), what)).collect();
    if let Some(first) = lines.first_mut() {
        first.0 = clock_with_millis(begins);
    }
    let untimed = history.handled.iter().filter(|(app, _)| !history.handled_at.contains_key(*app));
    lines.extend(untimed.map(|(app, effect)| (String::new(), format!("{app} app: {effect}"))));
    lines
}

/// The requests that carried it, as they passed the tap.
fn on_the_wire(sends: &Sends, offset: i64, steps: &mut Vec<(Micros, String)>) {
    let its = |a: &&Attempt| a.offset == offset || a.offset < 0;
    for attempt in sends.attempts.iter().filter(its) {
        let over = format!("connection {}, request {}", attempt.connection, attempt.correlation_id);
        steps.push((attempt.at, format!("Produce to broker {} passed the tap: {over}", attempt.broker)));
        let fate = match (attempt.lost_at, attempt.error.as_str()) {
            (Some(_), _) => "and was taken off the wire".to_owned(),
            (None, "") => "and passed it".to_owned(),
            (None, error) => error.to_owned(),
        };
        steps.extend(
            attempt
                .answered_at
                .map(|at| (at, format!("answer to request {} at the tap, {fate}", attempt.correlation_id))),
        );
        if attempt.answered_at.is_none() {
            let lost =
                attempt.lost_at.map(|at| (at, format!("request {} was taken off the wire", attempt.correlation_id)));
            steps.extend(lost);
        }
    }
}

/// Puts a handful of steps in order of time; a general sort is more code than this page has to spare.
fn in_order(steps: &mut [(Micros, String)]) {
    for end in 1..steps.len() {
        let mut at = end;
        while at > 0 && matches!(steps.get(at - 1..=at), Some([a, b]) if a.0 > b.0) {
            steps.swap(at - 1, at);
            at -= 1;
        }
    }
}
