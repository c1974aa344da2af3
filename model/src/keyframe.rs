//! The shortest list of facts that rebuilds a picture: what a newcomer gets, and how a piece of a recording begins.

use crate::{
    fact::{Closed, CrashState, Event, Fact, MarkerKind, PartitionHistory, Role},
    ids::{BrokerId, PartitionId},
    picture::{CrashPoint, Partition, Picture, Record, Stamp, cluster::Process},
};

/// Collects the facts of a keyframe.
struct Writer {
    facts: Vec<Fact>,
    now: Stamp,
}

impl Writer {
    fn put(&mut self, stamp: Stamp, event: Event) {
        self.facts.push(Fact { seq: stamp.seq, at: stamp.at, event });
    }

    fn put_now(&mut self, event: Event) {
        self.put(self.now, event);
    }
}

/// `picture` as facts: `Picture::of(keyframe(p)) == p`. Facts keep the number and time they were seen with.
pub fn keyframe(picture: &Picture) -> Vec<Fact> {
    if *picture == Picture::default() {
        return Vec::new();
    }
    let mut to = Writer { facts: Vec::new(), now: Stamp { seq: picture.seq, at: picture.at } };
    session(picture, &mut to);
    nodes(picture, &mut to);
    for (name, topic) in &picture.topics {
        let (topic_id, internal) = (topic.topic_id.clone(), topic.internal);
        let event = Event::TopicChanged { topic: name.clone(), topic_id, partitions: topic.partitions, internal };
        to.put(topic.stamp, event);
    }
    for (id, partition) in &picture.partitions {
        put_partition(id, partition, &mut to);
    }
    groups(picture, &mut to);
    apps(picture, &mut to);
    refusals(picture, &mut to);
    shop(picture, &mut to);
    scenes(picture, &mut to);
    // Sends last: a record that was folded before must not be taken for the one that is still waiting.
    for (event_id, flight) in &picture.flights {
        let event = Event::RecordSent {
            app: flight.app.clone(),
            instance: flight.instance,
            topic: flight.topic.clone(),
            key: flight.key.clone(),
            event_id: event_id.clone(),
            event_type: flight.event_type.clone(),
            source: flight.source,
        };
        to.put(flight.sent, event);
    }
    wire(picture, &mut to);
    // Histories last: they put right what folding the facts before them at another time has made of records and outages.
    for (id, partition) in &picture.partitions {
        for record in partition.records.values() {
            to.put_now(Event::RecordHistory(Box::new(record.history.clone())));
        }
        let history = PartitionHistory {
            topic: id.topic.clone(),
            partition: id.partition,
            leader_since: partition.leader_since,
            previous_leader: partition.previous_leader,
            outage: partition.outage,
            lost: partition.lost.iter().copied().collect(),
        };
        to.put_now(Event::PartitionHistory(Box::new(history)));
    }
    // Always there: it also carries the newest number and time.
    to.put_now(Event::Counted(picture.counters.clone()));
    to.facts
}

fn session(picture: &Picture, to: &mut Writer) {
    if let Some((stamp, session)) = &picture.session {
        to.put(*stamp, Event::SessionStarted(session.clone()));
    }
    if let Some(stamp) = picture.ended {
        to.put(stamp, Event::SessionEnded {});
    }
    if let Some((stamp, brokers)) = &picture.read {
        to.put(*stamp, Event::ClusterRead { brokers: brokers.clone() });
    }
    if let Some((stamp, label)) = &picture.chapter {
        to.put(*stamp, Event::Marker { label: label.clone(), marker: MarkerKind::Chapter });
    }
    for (stamp, marker) in &picture.markers {
        to.put(*stamp, Event::MarkerSet { marker: marker.id.clone(), text: marker.text.clone() });
    }
    for notice in &picture.notices {
        let (source, text) = (notice.source.clone(), notice.text.clone());
        to.put(notice.stamp, Event::Notice { level: notice.level, source, text });
    }
    for command in &picture.commands {
        let (id, name, args) = (command.id.clone(), command.command.clone(), command.args.clone());
        to.put(command.received, Event::CommandReceived { id: id.clone(), command: name.clone(), args });
        if let Some(done) = command.finished.clone() {
            let (ok, did, took_ms, reason) = (done.ok, done.did, done.took_ms, done.reason);
            to.put(done.stamp, Event::CommandFinished { id, command: name, ok, did, took_ms, reason });
        }
    }
}

fn nodes(picture: &Picture, to: &mut Writer) {
    let process = |node: BrokerId, role: Role, p: &Process| Event::ProcessChanged {
        node,
        role,
        state: p.state,
        pid: p.pid,
        cause: p.cause.clone(),
    };
    for (id, controller) in &picture.controllers {
        to.put(controller.process.stamp, process(*id, Role::Controller, &controller.process));
    }
    if let Some(quorum) = &picture.quorum {
        let (leader_id, epoch, voters) = (quorum.leader_id, quorum.epoch, quorum.voters.clone());
        to.put(quorum.stamp, Event::ControllerChanged { leader_id, epoch, voters });
    }
    for (id, broker) in &picture.brokers {
        if let Some(p) = &broker.process {
            to.put(p.stamp, process(*id, Role::Broker, p));
        }
        if let Some((stamp, registration)) = broker.registration {
            let (host, port) = (broker.host.clone(), broker.port);
            to.put(stamp, Event::BrokerChanged { broker: *id, registration, host, port });
        }
        if let Some((stamp, reachable, reason)) = broker.reachable.clone() {
            to.put(stamp, Event::BrokerReachable { broker: *id, reachable, reason });
        }
    }
    for ((broker, purpose), (stamp, up, reason)) in &picture.links {
        let (purpose, reason) = (purpose.clone(), reason.clone());
        to.put(*stamp, Event::LinkChanged { broker: *broker, purpose, up: *up, reason });
    }
}

fn put_partition(id: &PartitionId, p: &Partition, to: &mut Writer) {
    let (topic, partition) = (id.topic.clone(), id.partition);
    // Records first: without a known reader or leader they say nothing about log ends, which follow.
    for record in p.records.values() {
        put_record(record, to);
    }
    if let Some(tail) = &p.tail {
        let (broker, reads_to) = (tail.broker, tail.reads_to);
        to.put(tail.stamp, Event::TailAttached { topic: topic.clone(), partition, broker, reads_to });
    }
    if let Some(stamp) = p.stamp {
        let event = Event::PartitionChanged {
            topic: topic.clone(),
            partition,
            leader: p.leader,
            leader_epoch: p.leader_epoch,
            replicas: p.replicas.clone(),
            isr: p.isr.clone(),
            source: p.source,
        };
        to.put(stamp, event);
    }
    for (broker, (stamp, log_end_offset)) in &p.log_ends {
        let (broker, log_end_offset) = (*broker, *log_end_offset);
        to.put(*stamp, Event::ReplicaLogEnd { topic: topic.clone(), partition, broker, log_end_offset });
    }
    if let Some(offsets) = &p.offsets {
        let event = Event::OffsetsMoved {
            topic: topic.clone(),
            partition,
            log_start_offset: offsets.log_start_offset,
            high_watermark: offsets.high_watermark,
            last_stable_offset: offsets.last_stable_offset,
            log_end_offset: offsets.log_end_offset,
        };
        to.put(offsets.stamp, event);
    }
    for (producer_id, producer) in &p.producers {
        let event = Event::ProducerChanged {
            topic: topic.clone(),
            partition,
            producer_id: *producer_id,
            producer_epoch: producer.producer_epoch,
            last_sequence: producer.last_sequence,
            txn_start_offset: producer.txn_start_offset,
        };
        to.put(producer.stamp, event);
    }
}

fn put_record(record: &Record, to: &mut Writer) {
    if let Some(appended) = &record.appended {
        to.put(record.stamp, Event::RecordAppended(appended.clone()));
    }
}

fn groups(picture: &Picture, to: &mut Writer) {
    for (group_id, group) in &picture.groups {
        // A group of which only offsets are known was never described: no such fact was seen.
        if group.stamp != Stamp::default() {
            let event = Event::GroupChanged {
                group_id: group_id.clone(),
                state: group.state.clone(),
                group_type: group.group_type.clone(),
                protocol: group.protocol.clone(),
                coordinator: group.coordinator,
                members: group.members.clone(),
            };
            to.put(group.stamp, event);
        }
        for (id, offset) in &group.offsets {
            let (group_id, topic) = (group_id.clone(), id.topic.clone());
            let event = Event::OffsetCommitted { group_id, topic, partition: id.partition, offset: offset.committed };
            to.put(offset.stamp, event);
        }
        for (id, position) in &group.positions {
            let event = Event::PositionMoved {
                group_id: group_id.clone(),
                client_id: position.client_id.clone(),
                topic: id.topic.clone(),
                partition: id.partition,
                offset: position.offset,
                source: position.source,
            };
            to.put(position.stamp, event);
        }
    }
    for (group_id, (stamp, ms)) in &picture.session_timeouts {
        to.put(*stamp, Event::SessionTimeout { group_id: group_id.clone(), ms: *ms });
    }
}

fn apps(picture: &Picture, to: &mut Writer) {
    for ((app, instance), known) in &picture.apps {
        let event = Event::AppChanged {
            app: app.clone(),
            instance: *instance,
            state: known.process.state,
            pid: known.process.pid,
            group: known.group.clone(),
            client_id: known.client_id.clone(),
            reads: known.reads.clone(),
            writes: known.writes.clone(),
            cause: known.process.cause.clone(),
        };
        to.put(known.process.stamp, event);
    }
    for ((app, guard), (stamp, on)) in &picture.guards {
        to.put(*stamp, Event::GuardChanged { app: app.clone(), guard: guard.clone(), on: *on });
    }
}

fn refusals(picture: &Picture, to: &mut Writer) {
    to.facts.extend(picture.refused.iter().cloned());
    for (id, known) in &picture.transactions {
        if known.stamp != Stamp::default() {
            let (broker, connection, correlation_id) = known.frame;
            let event = Event::TransactionChanged {
                broker,
                connection,
                client_id: known.client_id.clone(),
                correlation_id,
                transactional_id: id.clone(),
                producer_id: known.producer_id,
                producer_epoch: known.producer_epoch,
                state: known.state,
                error: known.error.clone(),
            };
            to.put(known.stamp, event);
        }
        if let Some((stamp, app, instance, error)) = known.refused.clone() {
            let transactional_id = id.clone();
            to.put(stamp, Event::TransactionRefused { app, instance, transactional_id, error });
        }
    }
}

fn scenes(picture: &Picture, to: &mut Writer) {
    for (id, run) in &picture.runs {
        let event = Event::SceneStarted {
            run: *id,
            scene: run.scene.clone(),
            title: run.title.clone(),
            chapter: run.chapter.clone(),
            guard: run.guard.clone(),
            guarded: run.guarded,
            customer: run.customer.clone(),
            steps: run.steps.clone(),
            spec: run.spec.clone(),
        };
        to.put(run.started, event);
        for (step, (stamp, state, reason)) in (0..).zip(&run.reached) {
            to.put(*stamp, Event::SceneStep { run: *id, step, state: *state, reason: reason.clone() });
        }
        if let Some(verdict) = &run.verdict {
            let (scene, rows) = (run.scene.clone(), verdict.rows.clone());
            let (guarded, outcome, holds) = (run.guarded, verdict.outcome, verdict.holds);
            to.put(verdict.stamp, Event::VerdictReached { run: *id, scene, guarded, outcome, holds, rows });
        }
        if let Some((stamp, ok, reason)) = &run.ended {
            to.put(*stamp, Event::SceneEnded { run: *id, ok: *ok, reason: reason.clone() });
        }
    }
    for (rule, fault) in &picture.faults {
        to.put(fault.armed, Event::FaultArmed { rule: *rule, text: fault.text.clone() });
    }
    if let Some(hit) = &picture.hit {
        to.facts.extend(hit.facts().iter().cloned());
    }
    if let Some((stamp, ms)) = picture.slow_wire {
        to.put(stamp, Event::SlowWireChanged { ms });
    }
    let crash = |(app, instance): &(String, u32), point: &CrashPoint, state| {
        let (app, at_point, action) = (app.clone(), point.at_point.clone(), point.action.clone());
        Event::CrashPointChanged { app, instance: *instance, at_point, action, state }
    };
    // The newest first, and cleared: where the app is not past it, the next lines say so.
    if let Some((of, point)) = &picture.crashed {
        to.put(point.stamp, crash(of, point, point.state));
        to.put(point.stamp, crash(of, point, CrashState::Cleared));
    }
    for (of, point) in &picture.crash_points {
        to.put(point.stamp, crash(of, point, point.state));
    }
}

fn wire(picture: &Picture, to: &mut Writer) {
    for ((connection, broker), client) in &picture.wire.clients {
        let event = Event::ClientChanged {
            broker: *broker,
            connection: *connection,
            client_id: client.client_id.clone(),
            software_name: client.software_name.clone(),
            software_version: client.software_version.clone(),
            up: true,
            reason: client.reason.clone(),
        };
        to.put(client.stamp, event);
    }
    for (producer_id, t) in &picture.wire.transactions {
        let event = Event::TransactionChanged {
            broker: t.broker,
            connection: t.connection,
            client_id: t.client_id.clone(),
            correlation_id: t.correlation_id,
            transactional_id: t.transactional_id.clone(),
            producer_id: *producer_id,
            producer_epoch: t.producer_epoch,
            state: t.state,
            error: t.error.clone(),
        };
        to.put(t.stamp, event);
    }
    // Sends and faults that were folded before them made entries of their own.
    if !picture.wire.sends.is_empty() || picture.hit.is_some() || !picture.flights.is_empty() {
        to.put_now(Event::SendsHistory { sends: picture.wire.sends.iter().cloned().collect() });
    }
    for (order, parts) in picture.shop.orders.iter().filter(|(_, parts)| !parts.moments.is_empty()) {
        to.put_now(Event::OrderHistory { order: order.clone(), moments: parts.moments.clone() });
    }
}

fn shop(picture: &Picture, to: &mut Writer) {
    if let Some(stamp) = picture.shop.opened {
        to.put(stamp, Event::LedgerStarted { ledger: picture.counters.ledger });
    }
    for (name, item) in &picture.shop.items {
        let event = Event::ItemChanged {
            item: name.clone(),
            created: item.created,
            on_hand: item.on_hand,
            reserved: item.reserved,
            sold: item.sold,
            price_cents: item.price_cents,
        };
        to.put(item.stamp, event);
    }
    for (order, parts) in &picture.shop.orders {
        put_order(order, parts, to);
    }
    // After the orders, since some are older than the newest that became a sum.
    if picture.shop.closed != Closed::default() {
        to.put_now(Event::OrdersClosed(picture.shop.closed.clone()));
    }
}

/// What the order app says comes last: an order of which only a half is known must not look settled, or full books would
/// close it while they are rebuilt.
fn put_order(order: &crate::ids::OrderId, parts: &crate::picture::Order, to: &mut Writer) {
    if let Some(part) = &parts.stock {
        let (order, item) = (order.clone(), part.item.clone());
        to.put(part.stamp, Event::StockChanged { order, item, reserved: part.reserved, sold: part.sold });
    }
    if let Some(part) = &parts.payment {
        let event = Event::PaymentChanged {
            order: order.clone(),
            due_cents: part.due_cents,
            taken_cents: part.taken_cents,
            refunded_cents: part.refunded_cents,
            times_taken: part.times_taken,
            refused: part.refused,
        };
        to.put(part.stamp, event);
    }
    if let Some(part) = &parts.placed {
        let (customer, item) = (part.customer.clone(), part.item.clone());
        let (order, status, count) = (order.clone(), part.status, part.count);
        let event = Event::OrderChanged { order, status, customer, item, count, price_cents: part.price_cents };
        to.put(part.stamp, event);
    }
}
