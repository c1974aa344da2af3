//! The side sheet: all that is known of the one thing a person clicked.

use model::{
    fact::Registration,
    ids::{BrokerId, Micros, PartitionId},
    picture::{Partition, Picture, Record},
};

use super::{
    Tone,
    machines::state_word,
    numbers::{clock_with_millis, millis, seconds, thousands},
};
use crate::stage::Selected;

mod json;

/// What the sheet shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Which thing.
    pub title: String,
    /// What is special about it.
    pub flag: Option<(String, Tone)>,
    /// Names and values; the last says whether the value is code.
    pub rows: Vec<(String, String, bool)>,
    /// What happened to it: when, and what.
    pub story: Vec<(String, String)>,
    /// A record's value, set out in lines. Text, never markup.
    pub value: Option<String>,
}

impl Sheet {
    fn row(&mut self, name: &str, value: impl Into<String>) {
        self.rows.push((name.to_owned(), value.into(), false));
    }

    fn code(&mut self, name: &str, value: impl Into<String>) {
        self.rows.push((name.to_owned(), value.into(), true));
    }
}

/// The sheet of a selected thing at display time `now`; none where it is not in the picture any more.
pub fn sheet(picture: &Picture, what: &Selected, now: Micros) -> Option<Sheet> {
    match what {
        Selected::Record { id, offset } => Some(record(picture, id, *offset)),
        Selected::Broker(id) => broker(picture, *id, now),
        Selected::Member { group, member_id } => member(picture, group, member_id),
        Selected::App(name, instance) => app(picture, name, *instance, now),
        Selected::Partition(id) => picture.partitions.get(id).map(|p| partition(picture, id, p)),
        Selected::Transaction { .. } | Selected::Connection { .. } => None,
    }
}

fn record(picture: &Picture, id: &PartitionId, offset: i64) -> Sheet {
    let mut sheet = Sheet { title: format!("{id}, offset {offset}"), ..Sheet::default() };
    let partition = picture.partitions.get(id);
    let Some(record) = partition.and_then(|p| p.records.get(&offset)) else {
        sheet.flag = Some(("older than the newest 64 records of its partition".to_owned(), Tone::Detail));
        return sheet;
    };
    let safe = partition.is_some_and(|p| offset < p.high_watermark());
    sheet.flag = Some(match (safe, record.history.acknowledged_at.is_some()) {
        (true, true) => ("committed and acknowledged".to_owned(), Tone::Plain),
        (true, false) => ("committed".to_owned(), Tone::Plain),
        (false, true) => ("acknowledged, not committed: may be lost".to_owned(), Tone::Open),
        (false, false) => ("stored, not safe yet".to_owned(), Tone::Open),
    });
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
    sheet.story = story(record);
    sheet
}

fn story(record: &Record) -> Vec<(String, String)> {
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
    in_order(&mut steps);
    let begins = history.sent_at.or(stored).or(steps.first().map(|(at, _)| *at)).unwrap_or_default();
    let mut lines: Vec<(String, String)> =
        steps.into_iter().map(|(at, what)| (format!("+{}", millis(at.since(begins))), what)).collect();
    if let Some(first) = lines.first_mut() {
        first.0 = clock_with_millis(begins);
    }
    let handled = history.handled.iter().map(|(app, effect)| (String::new(), format!("{app} app: {effect}")));
    lines.extend(handled);
    lines
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

fn broker(picture: &Picture, id: BrokerId, now: Micros) -> Option<Sheet> {
    let broker = picture.brokers.get(&id)?;
    let mut sheet = Sheet { title: format!("Broker {id}"), ..Sheet::default() };
    if let Some(process) = &broker.process {
        let pid = process.pid.map(|p| format!(", pid {p}")).unwrap_or_default();
        sheet.row(
            "process",
            format!("{}{pid}, for {}", state_word(process.state), seconds(now.since(process.stamp.at))),
        );
        if !process.cause.is_empty() {
            sheet.row("because", process.cause.clone());
        }
    }
    let registration = match broker.registered() {
        Registration::Active => "active",
        Registration::Fenced => "fenced",
        Registration::Absent => "not registered",
    };
    sheet.row("registration", registration);
    sheet.code("address", format!("{}:{}", broker.host, broker.port));
    let reason = broker.reachable.as_ref().map(|(_, _, reason)| reason.clone()).filter(|r| !r.is_empty());
    let answers = if broker.reachable() { "yes".to_owned() } else { format!("no {}", reason.unwrap_or_default()) };
    sheet.row("answers us", answers);
    let named = |wanted: &dyn Fn(&Partition) -> bool| {
        let names: Vec<String> =
            picture.shown_partitions().filter(|(_, p)| wanted(p)).map(|(id, _)| id.to_string()).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    };
    sheet.row("leads", named(&|p| p.leader == id));
    sheet.row("not in sync on", named(&|p| p.replicas.contains(&id) && !p.isr.contains(&id)));
    for ((_, purpose), (at, up, reason)) in picture.links.iter().filter(|((of, _), _)| *of == id) {
        let state = if *up { "up" } else { "down" };
        sheet.story.push((clock_with_millis(at.at), format!("connection for {purpose}: {state} {reason}")));
    }
    Some(sheet)
}

fn member(picture: &Picture, group_id: &str, member_id: &str) -> Option<Sheet> {
    let group = picture.groups.get(group_id)?;
    let member = group.members.iter().find(|m| m.member_id == member_id)?;
    let mut sheet = Sheet { title: format!("{} of group {group_id}", member.client_id), ..Sheet::default() };
    sheet.code("member id", member_id);
    if !member.host.is_empty() {
        sheet.code("host", member.host.clone());
    }
    sheet.row("group", format!("{}, {} protocol, {}", group.state, group.group_type, group.protocol));
    sheet.row("coordinator", format!("broker {}", group.coordinator));
    for assigned in &member.assignment {
        let id = PartitionId::new(assigned.topic.clone(), assigned.partition);
        let committed = group.offsets.get(&id).map_or("none".to_owned(), |o| o.committed.to_string());
        let position = group.positions.get(&id).map_or("not watched".to_owned(), |p| p.offset.to_string());
        let lag = picture.lag(group, &id);
        sheet.row(&id.to_string(), format!("committed {committed}, position {position}, lag {lag}"));
    }
    if member.assignment.is_empty() {
        sheet.flag = Some(("idle: no partition is assigned to it".to_owned(), Tone::Open));
    }
    Some(sheet)
}

fn app(picture: &Picture, name: &str, instance: u32, now: Micros) -> Option<Sheet> {
    let app = picture.apps.get(&(name.to_owned(), instance))?;
    let mut sheet = Sheet { title: format!("{name} app {instance}"), ..Sheet::default() };
    let pid = app.process.pid.map(|p| format!(", pid {p}")).unwrap_or_default();
    let age = seconds(now.since(app.process.stamp.at));
    sheet.row("process", format!("{}{pid}, for {age}", state_word(app.process.state)));
    if !app.process.cause.is_empty() {
        sheet.row("because", app.process.cause.clone());
    }
    sheet.row("reads", format!("{}, group {}", app.reads, app.group));
    sheet.row("writes", app.writes.clone());
    sheet.code("client id", app.client_id.clone());
    sheet.row("waiting for an answer", picture.waiting(name).to_string());
    for ((_, guard), (_, on)) in picture.guards.iter().filter(|((of, _), _)| of == name) {
        sheet.row(guard, if *on { "on" } else { "off" });
    }
    Some(sheet)
}

fn partition(picture: &Picture, id: &PartitionId, p: &Partition) -> Sheet {
    let mut sheet = Sheet { title: id.to_string(), ..Sheet::default() };
    let ids = |ids: &[BrokerId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let reach = if picture.leader_reachable(p) { "" } else { ", which does not answer" };
    let leader = if p.leader.exists() { format!("broker {}{reach}", p.leader) } else { "none".to_owned() };
    sheet.row("leader", format!("{leader}, epoch {}", p.leader_epoch));
    sheet.row("replicas", ids(&p.replicas));
    sheet.row("in sync", format!("{} (broker {} says so)", ids(&p.isr), p.source));
    if let Some(offsets) = &p.offsets {
        sheet.row("high watermark", offsets.high_watermark.to_string());
        sheet.row("last stable offset", offsets.last_stable_offset.to_string());
        sheet.row("log start offset", offsets.log_start_offset.to_string());
    }
    for (broker, (stamp, end)) in &p.log_ends {
        sheet.row(&format!("log end on broker {broker}"), format!("{end}, asked at {}", clock_with_millis(stamp.at)));
    }
    if let Some(outage) = &p.outage {
        let until = outage.until.map_or("still so".to_owned(), |until| millis(until.since(outage.since)));
        let what = format!("leader {} could not be reached: {until}", outage.broker);
        sheet.story.push((clock_with_millis(outage.since), what));
    }
    for lost in &p.lost {
        let acknowledged = if lost.acknowledged { ", which had been acknowledged" } else { "" };
        sheet.story.push((clock_with_millis(lost.at), format!("offset {}{acknowledged} was taken back", lost.offset)));
    }
    sheet
}
