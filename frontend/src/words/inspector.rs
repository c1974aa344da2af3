//! The side sheet: all that is known of the one thing a person clicked.

use model::{
    fact::Registration,
    ids::{BrokerId, Micros, PartitionId},
    picture::{Partition, Picture},
};

use super::{
    Tone,
    machines::state_word,
    numbers::{clock_with_millis, millis, seconds},
};
use crate::{lanes::spans, stage::Selected};

mod json;
mod record;
mod replica;
mod wire;

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
    /// What it has to do with: words, and what they lead to.
    pub links: Vec<(String, Selected)>,
    /// Whether it has a story that can be followed.
    pub has_story: bool,
}

impl Sheet {
    fn row(&mut self, name: &str, value: impl Into<String>) {
        self.rows.push((name.to_owned(), value.into(), false));
    }

    fn link(&mut self, words: impl Into<String>, what: Selected) {
        self.links.push((words.into(), what));
    }

    fn code(&mut self, name: &str, value: impl Into<String>) {
        self.rows.push((name.to_owned(), value.into(), true));
    }
}

/// The sheet of a selected thing at display time `now`; none where it is not in the picture any more.
pub fn sheet(picture: &Picture, what: &Selected, now: Micros) -> Option<Sheet> {
    match what {
        Selected::Record { id, offset } => Some(record::sheet(picture, id, *offset)),
        Selected::Broker(id) => broker(picture, *id, now),
        Selected::Controller => controller(picture, now),
        Selected::Member { group, member_id } => member(picture, group, member_id),
        Selected::App(name, instance) => app(picture, name, *instance, now),
        Selected::Partition(id) => picture.partitions.get(id).map(|p| partition(picture, id, p)),
        Selected::Replica { id, broker } => replica::sheet(picture, id, *broker, now),
        Selected::Transaction { id, producer_id, from } => wire::transaction(picture, id, *producer_id, *from, now),
        Selected::Connection { broker, connection } => Some(wire::connection(picture, *broker, *connection)),
        // It opens the list to choose from.
        Selected::Rest => None,
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

fn controller(picture: &Picture, now: Micros) -> Option<Sheet> {
    let quorum = picture.quorum.as_ref()?;
    let title =
        if quorum.leader_id.exists() { format!("Controller {}", quorum.leader_id) } else { "No controller".to_owned() };
    let mut sheet = Sheet { title, ..Sheet::default() };
    sheet.row("epoch", format!("{}, for {}", quorum.epoch, seconds(now.since(quorum.stamp.at))));
    for (id, controller) in &picture.controllers {
        sheet.row(&format!("controller {id}"), state_word(controller.process.state));
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
    for assigned in &member.assignment {
        let id = PartitionId::new(assigned.topic.clone(), assigned.partition);
        sheet.link(id.to_string(), Selected::Partition(id));
    }
    wire::links(&mut sheet, picture, &member.client_id);
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
    if let Some(refused) = picture.last_refusal(name, instance) {
        sheet.code("refused last", format!("{}, {} ago", refused.error, seconds(now.since(refused.at))));
    }
    for ((_, guard), (_, on)) in picture.guards.iter().filter(|((of, _), _)| of == name) {
        sheet.row(guard, if *on { "on" } else { "off" });
    }
    wire::links(&mut sheet, picture, &app.client_id);
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
    for broker in &p.replicas {
        let what = Selected::Replica { id: id.clone(), broker: *broker };
        sheet.link(format!("replica on broker {broker}"), what);
    }
    for span in spans::of(p).iter().filter(|s| s.ended.is_none()) {
        let what = Selected::Transaction { id: id.clone(), producer_id: span.producer_id, from: span.first };
        sheet.link(format!("open transaction of producer {}", span.producer_id), what);
    }
    sheet
}
