//! How one fact changes the picture. The fold cannot fail: what it cannot explain is a [`Surprise`].

use crate::{
    fact::{Event, Fact, Level, MarkerKind},
    ids::{BrokerId, Micros, PartitionId},
    marker::Marker,
    picture::{
        Command, FLIGHTS, Finished, Flight, GroupOffset, MARKERS, Notice, Picture, Position, Quorum, REMEMBERED, Stamp,
        Tail, Topic,
        cluster::Process,
        log::{Offsets, Producer},
    },
};

mod log;
mod refusals;
mod scene;
mod shop;

/// A fact that contradicts what was known; counted and shown, never hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Surprise {
    /// A kind this build does not know.
    UnknownKind(String),
    /// A partition's leader epoch went back.
    EpochWentBack(PartitionId),
    /// A high watermark went back within one leader epoch.
    WatermarkWentBack(PartitionId),
    /// A second record claims an offset that was not taken back.
    OffsetTaken(PartitionId, i64),
}

/// Counters end at their bound, as everything here.
fn count_up(counter: &mut u64, by: u64) {
    *counter = counter.saturating_add(by);
}

impl Picture {
    /// The picture of these facts.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        let mut picture = Self::default();
        for fact in facts {
            picture.fold(fact);
        }
        picture
    }

    /// Takes one fact in; says what it could not explain.
    pub fn fold(&mut self, fact: &Fact) -> Option<Surprise> {
        let stamp = Stamp { seq: fact.seq, at: fact.at };
        self.seq = self.seq.max(fact.seq);
        self.at = self.at.max(fact.at);
        let surprise = self.apply(stamp, &fact.event);
        if surprise.is_some() {
            count_up(&mut self.counters.surprises, 1);
        }
        surprise
    }

    #[expect(clippy::too_many_lines, reason = "one line a kind: the list of kinds is the function")]
    fn apply(&mut self, stamp: Stamp, event: &Event) -> Option<Surprise> {
        match event {
            Event::SessionStarted(session) => self.session = Some((stamp, session.clone())),
            Event::SessionEnded {} => self.ended = Some(stamp),
            Event::Gap { count, .. } => count_up(&mut self.counters.dropped, *count),
            Event::Notice { level, source, text } => self.note(stamp, *level, source, text),
            Event::Marker { label, marker } => {
                if *marker == MarkerKind::Chapter {
                    self.chapter = Some((stamp, label.clone()));
                }
            }
            Event::MarkerSet { marker, text } => {
                self.markers.retain(|(_, known)| known.id != *marker);
                while self.markers.len() >= MARKERS {
                    self.markers.pop_front();
                }
                let marker = Marker { id: marker.clone(), at: stamp.at, text: text.clone(), removed: false };
                self.markers.push_back((stamp, marker));
            }
            Event::ProcessChanged { .. }
            | Event::LinkChanged { .. }
            | Event::BrokerReachable { .. }
            | Event::BrokerChanged { .. }
            | Event::ControllerChanged { .. } => self.fold_nodes(stamp, event),
            Event::ClusterRead { brokers } => self.read = Some((stamp, brokers.clone())),
            Event::TopicChanged { topic, topic_id, partitions, internal } => {
                let (topic_id, partitions, internal) = (topic_id.clone(), *partitions, *internal);
                self.topics.insert(topic.clone(), Topic { stamp, topic_id, partitions, internal });
            }
            Event::TopicDeleted { topic } => {
                self.topics.remove(topic);
                self.partitions.retain(|id, _| id.topic != *topic);
            }
            Event::PartitionChanged { .. } => return self.fold_partition(stamp, event),
            Event::OffsetsMoved { topic, partition, .. } => {
                return self.fold_offsets(&PartitionId::new(topic.clone(), *partition), stamp, event);
            }
            Event::ReplicaLogEnd { topic, partition, broker, log_end_offset } => {
                let partition = self.partitions.entry(PartitionId::new(topic.clone(), *partition)).or_default();
                partition.log_ends.insert(*broker, (stamp, *log_end_offset));
                partition.note_copied(*broker, *log_end_offset, stamp.at);
            }
            Event::TailAttached { topic, partition, broker, reads_to } => {
                let partition = self.partitions.entry(PartitionId::new(topic.clone(), *partition)).or_default();
                partition.tail = Some(Tail { stamp, broker: *broker, reads_to: *reads_to });
            }
            Event::RecordAppended(record) => return self.fold_appended(stamp, record),
            Event::BatchAppended { topic, partition, base_offset, count, .. } => {
                count_up(&mut self.counters.records, count.unsigned_abs());
                count_up(&mut self.counters.merged, count.unsigned_abs());
                let end = base_offset.saturating_add(*count);
                self.grow(&PartitionId::new(topic.clone(), *partition), stamp, end);
            }
            Event::RecordsTruncated { topic, partition, from_offset, to_offset, .. } => {
                self.fold_truncated(&PartitionId::new(topic.clone(), *partition), stamp, *from_offset, *to_offset);
            }
            Event::ProducerChanged {
                topic,
                partition,
                producer_id,
                producer_epoch,
                last_sequence,
                txn_start_offset,
            } => {
                let partition = self.partitions.entry(PartitionId::new(topic.clone(), *partition)).or_default();
                let producer = Producer {
                    stamp,
                    producer_epoch: *producer_epoch,
                    last_sequence: *last_sequence,
                    txn_start_offset: *txn_start_offset,
                };
                partition.producers.insert(*producer_id, producer);
                while partition.producers.len() > REMEMBERED {
                    partition.producers.pop_first();
                }
            }
            Event::GroupChanged { .. } => self.fold_group(stamp, event),
            Event::GroupDeleted { group_id } => drop(self.groups.remove(group_id)),
            Event::SessionTimeout { group_id, ms } => {
                self.session_timeouts.insert(group_id.clone(), (stamp, *ms));
                while self.session_timeouts.len() > REMEMBERED {
                    self.session_timeouts.pop_first();
                }
            }
            Event::OffsetCommitted { group_id, topic, partition, offset } => {
                let id = PartitionId::new(topic.clone(), *partition);
                self.note_read(&id, group_id, *offset, stamp.at);
                self.note_passed(&id, group_id, *offset, stamp.at);
                let group = self.groups.entry(group_id.clone()).or_default();
                group.offsets.insert(id, GroupOffset { stamp, committed: *offset });
            }
            Event::PositionMoved { group_id, client_id, topic, partition, offset, source } => {
                let id = PartitionId::new(topic.clone(), *partition);
                self.note_read(&id, group_id, *offset, stamp.at);
                let position = Position { stamp, client_id: client_id.clone(), offset: *offset, source: *source };
                self.groups.entry(group_id.clone()).or_default().positions.insert(id, position);
            }
            Event::AppChanged { .. }
            | Event::GuardChanged { .. }
            | Event::OrderChanged { .. }
            | Event::StockChanged { .. }
            | Event::ItemChanged { .. }
            | Event::PaymentChanged { .. }
            | Event::LedgerStarted { .. } => self.fold_shop(stamp, event),
            Event::RecordSent { app, instance, topic, key, event_id, event_type, source } => {
                let flight = Flight {
                    sent: stamp,
                    app: app.clone(),
                    instance: *instance,
                    topic: topic.clone(),
                    key: key.clone(),
                    event_type: event_type.clone(),
                    source: *source,
                };
                self.wire.note_sent(event_id, &flight);
                if !self.note_sent_late(event_id, &flight) {
                    self.fly(event_id, flight);
                }
            }
            Event::RecordAcknowledged { .. } => self.fold_acknowledged(stamp, event),
            Event::RecordRefused { event_id, error, .. } => {
                self.flights.remove(event_id);
                self.wire.note_refused(event_id, error, stamp.at);
                self.fold_refusal(stamp, event);
            }
            Event::TransactionChanged { .. } => {
                self.wire.fold(stamp, event);
                self.fold_refusal(stamp, event);
            }
            Event::TransactionRefused { .. } => self.fold_refusal(stamp, event),
            Event::RecordHandled { app, topic, partition, offset, effect, .. } => {
                let id = PartitionId::new(topic.clone(), *partition);
                let record = self.partitions.get_mut(&id).and_then(|p| p.record_mut((topic, *partition), *offset));
                if let Some(record) = record {
                    record.history.handled.insert(app.clone(), effect.clone());
                    record.history.handled_at.insert(app.clone(), stamp.at);
                }
            }
            Event::CommandReceived { id, command, args } => {
                let (id, command, args) = (id.clone(), command.clone(), args.clone());
                self.commands.push_back(Command { id, command, args, received: stamp, finished: None });
                while self.commands.len() > REMEMBERED {
                    self.commands.pop_front();
                }
            }
            Event::CommandFinished { id, ok, did, took_ms, reason, .. } => {
                if let Some(command) = self.commands.iter_mut().find(|c| c.id == *id) {
                    let (did, reason) = (did.clone(), reason.clone());
                    command.finished = Some(Finished { stamp, ok: *ok, did, took_ms: *took_ms, reason });
                }
            }
            Event::SceneStarted { .. }
            | Event::SceneStep { .. }
            | Event::VerdictReached { .. }
            | Event::SceneEnded { .. } => self.fold_scene(stamp, event),
            Event::FaultArmed { .. }
            | Event::FaultExpired { .. }
            | Event::FaultFired { .. }
            | Event::ProduceSent { .. }
            | Event::ProduceAnswered { .. }
            | Event::SlowWireChanged { .. }
            | Event::CrashPointChanged { .. } => self.fold_fault(stamp, event),
            Event::ClientChanged { .. } => self.wire.fold(stamp, event),
            // Moments on the wire and in the apps: verdicts and the player read them as they pass, nothing of them stays.
            Event::Rebalanced { .. }
            | Event::RecordUnreadable { .. }
            | Event::OrderTransition { .. }
            | Event::FetchAnswered { .. }
            | Event::CommitAnswered { .. }
            | Event::GroupCalled { .. }
            | Event::HeartbeatsCounted { .. } => {}
            Event::SendsHistory { sends } => self.wire.sends = sends.iter().cloned().collect(),
            Event::OrderHistory { order, moments } => {
                if let Some(known) = self.shop.orders.get_mut(order) {
                    known.moments.clone_from(moments);
                }
            }
            Event::RecordHistory(history) => {
                let id = PartitionId::new(history.topic.clone(), history.partition);
                let partition = self.partitions.entry(id).or_default();
                if let Some(record) = partition.record_mut((&history.topic, history.partition), history.offset) {
                    record.history = (**history).clone();
                }
            }
            Event::PartitionHistory(history) => {
                let id = PartitionId::new(history.topic.clone(), history.partition);
                let partition = self.partitions.entry(id).or_default();
                partition.leader_since = history.leader_since;
                partition.previous_leader = history.previous_leader;
                partition.outage = history.outage;
                partition.lost = history.lost.iter().copied().collect();
            }
            Event::Counted(counters) => self.counters = counters.clone(),
            Event::OrdersClosed(closed) => self.shop.closed = closed.clone(),
            Event::Unknown(body) => {
                let kind = body.get("kind").and_then(|k| k.as_str()).unwrap_or_default();
                return Some(Surprise::UnknownKind(kind.to_owned()));
            }
        }
        None
    }

    fn note(&mut self, stamp: Stamp, level: Level, source: &str, text: &str) {
        if level != Level::Info {
            count_up(&mut self.counters.warnings, 1);
        }
        self.notices.push_back(Notice { stamp, level, source: source.to_owned(), text: text.to_owned() });
        while self.notices.len() > REMEMBERED {
            self.notices.pop_front();
        }
    }

    fn fly(&mut self, event_id: &str, flight: Flight) {
        self.flights.insert(event_id.to_owned(), flight);
        if self.flights.len() > FLIGHTS
            && let Some(oldest) = self.flights.iter().min_by_key(|(_, f)| f.sent.seq).map(|(id, _)| id.clone())
        {
            self.flights.remove(&oldest);
        }
    }

    fn fold_nodes(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::ProcessChanged { node, role, state, pid, cause } => {
                let process = Process { stamp, state: *state, pid: *pid, cause: cause.clone() };
                match role {
                    crate::fact::Role::Broker => self.brokers.entry(*node).or_default().process = Some(process),
                    crate::fact::Role::Controller => self.controllers.entry(*node).or_default().process = process,
                }
            }
            Event::LinkChanged { broker, purpose, up, reason } => {
                self.links.insert((*broker, purpose.clone()), (stamp, *up, reason.clone()));
            }
            Event::BrokerReachable { broker, reachable, reason } => {
                let broker = self.brokers.entry(*broker).or_default();
                broker.reachable = Some((stamp, *reachable, reason.clone()));
            }
            Event::BrokerChanged { broker, registration, host, port } => {
                let broker = self.brokers.entry(*broker).or_default();
                broker.registration = Some((stamp, *registration));
                broker.host.clone_from(host);
                broker.port = *port;
            }
            Event::ControllerChanged { leader_id, epoch, voters } => {
                self.quorum = Some(Quorum { stamp, leader_id: *leader_id, epoch: *epoch, voters: voters.clone() });
            }
            _ => {}
        }
        self.note_outages(stamp);
    }

    /// Opens and closes the stretches in which a partition's leader cannot be reached.
    pub(crate) fn note_outages(&mut self, stamp: Stamp) {
        let reachable: Vec<BrokerId> = self.brokers.iter().filter(|(_, b)| b.reachable()).map(|(id, _)| *id).collect();
        for partition in self.partitions.values_mut().filter(|p| p.stamp.is_some()) {
            partition.note_outage(&reachable, stamp);
        }
    }

    fn fold_group(&mut self, stamp: Stamp, event: &Event) {
        let Event::GroupChanged { group_id, state, group_type, protocol, coordinator, members } = event else { return };
        let group = self.groups.entry(group_id.clone()).or_default();
        group.stamp = stamp;
        group.state.clone_from(state);
        group.group_type.clone_from(group_type);
        group.protocol.clone_from(protocol);
        group.coordinator = *coordinator;
        group.members.clone_from(members);
    }

    fn note_read(&mut self, id: &PartitionId, group: &str, next: i64, at: Micros) {
        let Some(partition) = self.partitions.get_mut(id) else { return };
        for record in partition.records.range_mut(..next).rev().map(|(_, r)| r) {
            if record.history.read.contains_key(group) {
                break;
            }
            record.history.read.insert(group.to_owned(), at);
        }
    }

    fn note_passed(&mut self, id: &PartitionId, group: &str, next: i64, at: Micros) {
        let Some(partition) = self.partitions.get_mut(id) else { return };
        for record in partition.records.range_mut(..next).rev().map(|(_, r)| r) {
            if record.history.passed.contains_key(group) {
                break;
            }
            record.history.passed.insert(group.to_owned(), at);
        }
    }

    fn fold_offsets(&mut self, id: &PartitionId, stamp: Stamp, event: &Event) -> Option<Surprise> {
        let Event::OffsetsMoved { log_start_offset, high_watermark, last_stable_offset, log_end_offset, .. } = event
        else {
            return None;
        };
        let silent = self.silent();
        let partition = self.partitions.entry(id.clone()).or_default();
        let before = partition.offsets.as_ref().filter(|o| o.stamp.at >= partition.leader_since);
        let went_back = before.is_some_and(|o| o.high_watermark > *high_watermark);
        partition.offsets = Some(Offsets {
            stamp,
            log_start_offset: *log_start_offset,
            high_watermark: *high_watermark,
            last_stable_offset: *last_stable_offset,
            log_end_offset: *log_end_offset,
        });
        partition.note_committed(*high_watermark, &silent, stamp.at);
        went_back.then(|| Surprise::WatermarkWentBack(id.clone()))
    }
}
