//! Which marks travel: the legs of each record between facts that were seen, and none that were not.

use std::collections::VecDeque;

use model::{
    fact::{Appended, Event, Fact},
    ids::{BrokerId, Micros, PartitionId},
    picture::Picture,
};

use super::{
    flying::Flying,
    reach::Reach,
    schedule::{SLACK, crossing_micros, slow_micros},
    sorted::Sorted,
    speed::Speed,
};
use crate::stage::{Hop, Leg};

/// A shorter leg cannot be followed by eye: the mark appears at its end instead.
const SHORTEST_MICROS: u64 = 300_000;
/// The longest leg of each kind (design §6).
const PRODUCE_MICROS: u64 = 900_000;
const ACK_MICROS: u64 = 800_000;
const OTHER_MICROS: u64 = 700_000;
/// Events whose way is remembered.
const REMEMBERED_WAYS: usize = 1024;
/// Records of a partition that are remembered until every leg is known.
const REMEMBERED_RECORDS: usize = 512;

/// What was seen of an event's way to its log.
#[derive(Debug, Default)]
struct Way {
    /// Handed to its producer as the app tells, or where nobody told, first seen at the tap.
    sent: Option<Sent>,
    /// When it passed the tap last, and when that is shown.
    passed: Option<(Micros, Micros)>,
    /// It passed the tap once more and its answer was not seen yet: when that is shown, and how much later it was.
    again: Option<(Micros, u64)>,
    /// Where it was stored last.
    landed: Option<Landed>,
    /// Its answer was lost before the record was seen: when that is shown.
    lost: Option<Micros>,
    /// A broker's last answer was that it is not stored: for which partition, and Kafka's name for why.
    refused: Option<(PartitionId, String)>,
}

#[derive(Clone, Debug)]
struct Sent {
    shown: Micros,
    app: String,
    topic: String,
    /// The record's key, where its app told it.
    key: Option<String>,
    /// Whether the app told it; what is only seen at the tap is told by its app a little later.
    told: bool,
}

impl Sent {
    fn told(shown: Micros, app: &str, topic: &str, key: &str) -> Self {
        Self { shown, app: app.to_owned(), topic: topic.to_owned(), key: Some(key.to_owned()), told: true }
    }
}

#[derive(Clone, Debug)]
struct Landed {
    id: PartitionId,
    offset: i64,
    shown: Micros,
    /// Whether a leg leads there.
    drawn: bool,
}

#[derive(Debug, Default)]
struct Column {
    /// When each offset is shown as stored on its leader.
    landed: Sorted<i64, Micros>,
    /// How far each follower was seen, and when that is shown.
    copied: Sorted<BrokerId, (i64, Micros)>,
    /// Acknowledgements whose record was not seen yet.
    acks: Sorted<i64, (Micros, String)>,
    /// How far each group was seen to read, and whether its own position said so.
    reads: Sorted<String, (i64, bool)>,
    /// How far the watermark was seen, and when that is shown.
    committed: Reach,
}

/// What is known of the ways of records, and the legs that follow from it.
#[derive(Debug)]
pub(crate) struct Travel {
    delay_micros: u64,
    /// Not faster than real: a leg is not longer because time flies.
    speed: Speed,
    /// The tap holds frames back so long: what crosses it is drawn as long as it took.
    slow_micros: u64,
    ways: Sorted<String, Box<Way>>,
    order: VecDeque<String>,
    columns: Sorted<PartitionId, Column>,
    flying: Flying,
}

impl Travel {
    /// `delay_micros` of the session are shown at once, at this speed.
    pub(crate) fn new(delay_micros: u64, speed: Speed, less_motion: bool) -> Self {
        Self {
            delay_micros,
            speed: speed.at_most_real(),
            slow_micros: 0,
            ways: Sorted::default(),
            order: VecDeque::new(),
            columns: Sorted::default(),
            flying: Flying::new(speed, less_motion),
        }
    }

    /// Forgets every leg: after a keyframe or a seek nothing is animated to catch up.
    pub(crate) fn start_over(&mut self, (delay_micros, speed): (u64, Speed), picture: &Picture, shown: Micros) {
        *self = Self::new(delay_micros, speed, self.flying.less_motion());
        self.slow_micros = slow_micros(picture);
        // Sends that still wait were seen: their way may be drawn from now on.
        for (event_id, flight) in &picture.flights {
            self.way(event_id).sent = Some(Sent::told(shown, &flight.app, &flight.topic, &flight.key));
        }
    }

    /// The marks.
    pub(crate) fn flying(&mut self) -> &mut Flying {
        &mut self.flying
    }

    /// The legs that are under way.
    pub(crate) fn under_way(&self, now: Micros) -> &[Hop] {
        self.flying.under_way(now)
    }

    /// Takes one fact, shown at `shown`, of a partition led by `leader`; says whether it is a record that is merged.
    pub(crate) fn see(&mut self, fact: &Fact, shown: Micros, leader: Option<BrokerId>) -> bool {
        // Shorter than this there is no room for any leg, and what does not travel is not merged.
        if self.delay_micros / 4 < self.shortest() {
            return false;
        }
        match &fact.event {
            Event::RecordAppended(record) => return self.append(record, shown, leader),
            Event::SlowWireChanged { ms } => self.slow_micros = u64::from(*ms) * 1000,
            Event::RecordSent { app, topic, key, event_id, .. } => {
                self.send(event_id, Sent::told(shown, app, topic, key), leader);
            }
            Event::OffsetsMoved { topic, partition, high_watermark, .. } => {
                let column = self.columns.entry(PartitionId::new(topic.clone(), *partition));
                column.committed.to(*high_watermark, shown);
            }
            Event::ReplicaLogEnd { topic, partition, broker, log_end_offset } if leader != Some(*broker) => {
                let id = PartitionId::new(topic.clone(), *partition);
                self.copy(&id, *broker, *log_end_offset, shown);
            }
            Event::RecordAcknowledged { topic, partition, offset, app, .. } => {
                let id = PartitionId::new(topic.clone(), *partition);
                self.columns.entry(id.clone()).acks.insert(*offset, (shown, app.clone()));
                self.acknowledge(&id, *offset, leader);
            }
            Event::RecordRefused { event_id, error, .. } => self.give_up(event_id, error, shown),
            Event::PositionMoved { group_id, topic, partition, offset, .. } => {
                self.read(PartitionId::new(topic.clone(), *partition), group_id, *offset, shown, true, leader);
            }
            Event::OffsetCommitted { group_id, topic, partition, offset } => {
                self.read(PartitionId::new(topic.clone(), *partition), group_id, *offset, shown, false, leader);
            }
            Event::ProduceSent { .. } | Event::ProduceAnswered { .. } | Event::FaultFired { .. } => {
                self.see_wire(fact, shown, leader);
            }
            Event::RecordsTruncated { topic, partition, from_offset, .. } => {
                let column = self.columns.entry(PartitionId::new(topic.clone(), *partition));
                column.landed.cut(from_offset);
                column.copied.clear();
                column.committed.cut(*from_offset, shown);
            }
            _ => {}
        }
        false
    }

    fn append(&mut self, record: &Appended, shown: Micros, leader: Option<BrokerId>) -> bool {
        let id = PartitionId::new(record.topic.clone(), record.partition);
        let merged = self.flying.land(&id, shown);
        self.land(&id, record.offset, shown, leader);
        if let Some(event_id) = record.header("event-id") {
            self.store(event_id, Landed { id, offset: record.offset, shown, drawn: false }, leader);
        }
        merged
    }

    /// What the tap sees: a send once more, the answer to one, an answer that is lost.
    fn see_wire(&mut self, fact: &Fact, shown: Micros, leader: Option<BrokerId>) {
        match &fact.event {
            Event::ProduceSent { client_id, topic, event_ids, .. } => {
                for event_id in event_ids {
                    let way = self.way(event_id);
                    if let Some((before, _)) = way.passed.replace((fact.at, shown)) {
                        way.again = Some((shown, fact.at.since(before)));
                    } else {
                        // The app tells the same send: it is one dot, whoever tells it first.
                        let (app, topic) = (client_id.clone(), topic.clone());
                        way.sent.get_or_insert(Sent { shown, app, topic, key: None, told: false });
                    }
                }
            }
            Event::ProduceAnswered { base_offset, error, event_ids, .. } if error.is_empty() && *base_offset >= 0 => {
                for (offset, event_id) in (*base_offset..).zip(event_ids) {
                    self.recognise(event_id, offset, shown, leader);
                }
            }
            Event::ProduceAnswered { broker, topic, partition, error, event_ids, .. } if !error.is_empty() => {
                let id = PartitionId::new(topic.clone(), *partition);
                self.refuse(&id, *broker, error, event_ids, shown);
            }
            Event::FaultFired { api, what, event_ids, .. } if api == "Produce" => {
                for event_id in event_ids {
                    match what.as_str() {
                        "drop_response" | "drop_response_and_close" => {
                            self.way(event_id).lost = Some(shown);
                            self.lose(event_id, leader);
                        }
                        "drop_request" => self.lose_send(event_id, shown),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// The way of an event; the oldest is forgotten where there are too many.
    fn way(&mut self, event_id: &str) -> &mut Way {
        let key = event_id.to_owned();
        if self.ways.get(&key).is_none() {
            self.order.push_back(key.clone());
            if self.order.len() > REMEMBERED_WAYS
                && let Some(oldest) = self.order.pop_front()
            {
                self.ways.remove(&oldest);
            }
        }
        self.ways.entry(key)
    }

    fn send(&mut self, event_id: &str, sent: Sent, leader: Option<BrokerId>) {
        let way = self.way(event_id);
        let at_the_tap = way.sent.as_ref().filter(|s| !s.told).map(|s| s.shown);
        let shown = at_the_tap.unwrap_or(sent.shown);
        way.sent = Some(Sent { shown, ..sent });
        match way.landed.as_mut() {
            Some(landed) if !landed.drawn => {
                landed.drawn = true;
                let landed = landed.clone();
                self.produce(Leg::Produce, event_id, shown, landed, leader);
            }
            // Its app sends it anew.
            Some(_) if at_the_tap.is_none() => way.landed = None,
            _ => {}
        }
    }

    fn store(&mut self, event_id: &str, mut landed: Landed, leader: Option<BrokerId>) {
        let way = self.way(event_id);
        // A second copy that nobody was seen to send has no leg.
        let leg = match (way.again.take(), &way.sent, &way.landed) {
            (Some((shown, after_micros)), ..) => Some((Leg::Again { after_micros }, shown)),
            (None, Some(sent), None) => Some((Leg::Produce, sent.shown)),
            _ => None,
        };
        landed.drawn = leg.is_some() || way.landed.is_some();
        way.landed = Some(landed.clone());
        if let Some((leg, sent)) = leg {
            self.produce(leg, event_id, sent, landed, leader);
        }
        self.lose(event_id, leader);
    }

    /// Its broker answers a send that came again with the offset which it gave the first: nothing more is stored.
    fn recognise(&mut self, event_id: &str, offset: i64, answered: Micros, leader: Option<BrokerId>) {
        let way = self.way(event_id);
        let Some(landed) = way.landed.clone().filter(|l| l.offset == offset) else { return };
        let Some((sent, after_micros)) = way.again.take() else { return };
        // The other half of the time is the answer's.
        let reached = Micros(sent.0 + answered.since(sent) / 2);
        self.produce(Leg::Again { after_micros }, event_id, sent, Landed { shown: reached, ..landed }, leader);
    }

    fn produce(&mut self, leg: Leg, event_id: &str, sent: Micros, landed: Landed, leader: Option<BrokerId>) {
        let (app, key) = self.sender(event_id);
        if let Some((starts, ends)) = self.room(sent, landed.shown, self.crossing(PRODUCE_MICROS)) {
            let hop = Hop { leg, app, key, ..hop(&landed.id, landed.offset, leader, starts, ends) };
            self.flying.add(&landed.id, vec![hop]);
        }
    }

    /// The app that sent it, and under which key.
    fn sender(&mut self, event_id: &str) -> (Option<String>, Option<String>) {
        self.way(event_id).sent.as_ref().map_or((None, None), |s| (Some(s.app.clone()), s.key.clone()))
    }

    /// A broker stores none of a frame's records: they came down to it, and its one answer rises, each half of the time.
    fn refuse(&mut self, id: &PartitionId, broker: BrokerId, error: &str, event_ids: &[String], answered: Micros) {
        let mut down = Leg::Produce;
        for event_id in event_ids {
            let way = self.way(event_id);
            if let Some((_, after_micros)) = way.again.take() {
                down = Leg::Again { after_micros };
            }
            way.refused = Some((id.clone(), error.to_owned()));
        }
        let Some(first) = event_ids.first() else { return };
        let Some((_, passed)) = self.way(first).passed else { return };
        let (app, key) = self.sender(first);
        let reached = Micros(passed.0 + answered.since(passed) / 2);
        let count = u32::try_from(event_ids.len()).unwrap_or(u32::MAX);
        let legs = [(down, count, passed, reached), (Leg::Refused, 1, reached, answered)];
        for (leg, count, from, to) in legs {
            if let Some((starts, ends)) = self.room(from, to, self.crossing(ACK_MICROS)) {
                let (app, key) = (app.clone(), key.clone());
                let partition = Some(id.partition);
                let way = hop_of(id.topic.clone(), starts, ends);
                self.flying.add(id, vec![Hop { leg, app, key, partition, broker: Some(broker), count, ..way }]);
            }
        }
    }

    /// The answer to a record that is stored is on its way until the tap.
    fn lose(&mut self, event_id: &str, leader: Option<BrokerId>) {
        let way = self.way(event_id);
        let (Some(lost), Some(landed)) = (way.lost, way.landed.clone()) else { return };
        way.lost = None;
        if let Some((starts, ends)) = self.room(landed.shown, lost, self.crossing(ACK_MICROS)) {
            self.flying.push(Hop { leg: Leg::Lost, ..hop(&landed.id, landed.offset, leader, starts, ends) });
        }
    }

    /// A send is on its way until the tap.
    fn lose_send(&mut self, event_id: &str, lost: Micros) {
        let Some(sent) = self.way(event_id).sent.clone() else { return };
        if let Some((starts, ends)) = self.room(sent.shown, lost, self.crossing(PRODUCE_MICROS)) {
            let hop = hop_of(sent.topic, starts, ends);
            self.flying.push(Hop { leg: Leg::Lost, app: Some(sent.app), key: sent.key, ..hop });
        }
    }

    fn land(&mut self, id: &PartitionId, offset: i64, shown: Micros, leader: Option<BrokerId>) {
        let column = self.columns.entry(id.clone());
        column.landed.insert(offset, shown);
        if column.landed.len() > REMEMBERED_RECORDS {
            column.landed.pop_first();
        }
        // A poll may have seen the copy before the tail saw the record.
        let earlier: Vec<(BrokerId, Micros)> =
            column.copied.iter().filter(|(_, (end, _))| *end > offset).map(|(b, (_, shown))| (*b, *shown)).collect();
        for (broker, copied) in earlier {
            let hop = self.copy_of(id, broker, (offset, shown), copied);
            self.flying.add(id, hop.into_iter().collect());
        }
        self.acknowledge(id, offset, leader);
    }

    fn copy(&mut self, id: &PartitionId, broker: BrokerId, end: i64, shown: Micros) {
        let column = self.columns.entry(id.clone());
        let from = column.copied.get(&broker).map_or(0, |(end, _)| *end);
        column.copied.insert(broker, (end, shown));
        if end <= from {
            return;
        }
        let copied: Vec<(i64, Micros)> = column.landed.between(&from, &end).to_vec();
        let hops = copied.into_iter().filter_map(|record| self.copy_of(id, broker, record, shown)).collect();
        self.flying.add(id, hops);
    }

    fn copy_of(&self, id: &PartitionId, to: BrokerId, (offset, landed): (i64, Micros), copied: Micros) -> Option<Hop> {
        let (starts, ends) = self.room(landed, copied, self.stretched(OTHER_MICROS))?;
        Some(Hop { leg: Leg::Copy { to }, ..hop(id, offset, None, starts, ends) })
    }

    fn acknowledge(&mut self, id: &PartitionId, offset: i64, leader: Option<BrokerId>) {
        let Some(column) = self.columns.get_mut(id) else { return };
        let Some(landed) = column.landed.get(&offset).copied() else {
            if column.acks.len() > REMEMBERED_RECORDS {
                column.acks.pop_first();
            }
            return;
        };
        let Some((shown, app)) = column.acks.remove(&offset) else { return };
        // Where it waited for the copies, the answer leaves when they are there.
        let leaves = column.committed.of(offset).filter(|committed| *committed < shown);
        let leaves = leaves.map_or(landed, |committed| landed.max(committed));
        if let Some((starts, ends)) = self.room(self.left(leaves), shown, self.crossing(ACK_MICROS)) {
            let hop = Hop { leg: Leg::Ack, app: Some(app), ..hop(id, offset, leader, starts, ends) };
            self.flying.add(id, vec![hop]);
        }
    }

    /// An app lets go of what it sent. Where a broker's answer said so, that answer was drawn.
    fn give_up(&mut self, event_id: &str, error: &str, shown: Micros) {
        let way = self.way(event_id);
        let refused = way.refused.take();
        let Some(sent) = way.sent.take() else { return };
        if refused.as_ref().is_some_and(|(_, why)| why == error) {
            return;
        }
        let partition = refused.map(|(id, _)| id.partition);
        if let Some((starts, ends)) = self.room(sent.shown, shown, self.crossing(ACK_MICROS)) {
            let hop = hop_of(sent.topic, starts, ends);
            self.flying.push(Hop { leg: Leg::Refused, app: Some(sent.app), key: sent.key, partition, ..hop });
        }
    }

    fn read(
        &mut self,
        id: PartitionId,
        group: &str,
        next: i64,
        shown: Micros,
        is_position: bool,
        leader: Option<BrokerId>,
    ) {
        let column = self.columns.entry(id.clone());
        let (from, positions) = column.reads.get(&group.to_owned()).copied().unwrap_or((0, false));
        // Where a member tells its position, the commit that follows is no second reading.
        if positions && !is_position {
            return;
        }
        column.reads.insert(group.to_owned(), (next.max(from), is_position));
        if next <= from {
            return;
        }
        let passed: Vec<(i64, Micros)> = column.landed.between(&from, &next).to_vec();
        let read = |(offset, landed): (i64, Micros)| {
            let committed = self.columns.get(&id).and_then(|c| c.committed.of(offset));
            let leaves = committed.filter(|committed| *committed < shown).map_or(landed, |c| landed.max(c));
            let (starts, ends) = self.room(self.left(leaves), shown, self.crossing(OTHER_MICROS))?;
            let leg = Leg::Read { group: group.to_owned() };
            Some(Hop { leg, ..hop(&id, offset, leader, starts, ends) })
        };
        let hops = passed.into_iter().filter_map(read).collect();
        self.flying.add(&id, hops);
    }

    /// The stretch of a leg in display time, ending when its effect is shown; none where there is no room to see it.
    fn room(&self, cause: Micros, effect: Micros, longest: u64) -> Option<(Micros, Micros)> {
        let length = effect.since(cause).min(longest);
        let shown = |at: u64| Micros(at.saturating_sub(self.delay_micros));
        (length >= self.shortest()).then(|| (shown(effect.0 - length), shown(effect.0)))
    }

    fn shortest(&self) -> u64 {
        self.speed.of_micros(SHORTEST_MICROS)
    }

    /// The longest that a leg between brokers takes: its share of the delay, and no longer than is good to see.
    fn stretched(&self, longest: u64) -> u64 {
        self.speed.of_micros(longest).min((self.delay_micros / 4).max(self.shortest()))
    }

    /// When what waited for copies leaves, with the slow wire so much after they are shown that it takes as long as it took.
    fn left(&self, copied: Micros) -> Micros {
        Micros(copied.0 + if self.slow_micros > 0 { self.delay_micros / SLACK } else { 0 })
    }

    /// The longest that a leg across the tap takes: with the slow wire as long as it took.
    fn crossing(&self, longest: u64) -> u64 {
        if self.slow_micros == 0 {
            return self.stretched(longest);
        }
        crossing_micros(self.delay_micros, self.slow_micros)
    }
}

/// A hop to a topic whose partition is not known.
fn hop_of(topic: String, starts: Micros, ends: Micros) -> Hop {
    let (app, key, partition, offset, broker) = (None, None, None, None, None);
    Hop { leg: Leg::Produce, app, key, topic, partition, offset, broker, starts, ends, count: 1 }
}

fn hop(id: &PartitionId, offset: i64, broker: Option<BrokerId>, starts: Micros, ends: Micros) -> Hop {
    let (partition, offset) = (Some(id.partition), Some(offset));
    Hop { partition, offset, broker, ..hop_of(id.topic.clone(), starts, ends) }
}
