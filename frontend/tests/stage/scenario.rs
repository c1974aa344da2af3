//! Stages to look at: lists of facts, folded into pictures at known times.

use kafkascope_page::stage::{Hop, Leg};
use model::{
    fact::{Appended, Assigned, Event, Fact, Member, ProcessState, Registration, Role, Source},
    ids::{BrokerId, Micros, PartitionId},
    picture::Picture,
};

/// Facts in the making.
#[derive(Debug, Default)]
pub(crate) struct Play {
    facts: Vec<Fact>,
    millis: u64,
}

impl Play {
    pub(crate) fn at(&mut self, millis: u64) -> &mut Self {
        self.millis = millis;
        self
    }

    pub(crate) fn say(&mut self, event: Event) -> &mut Self {
        let seq = self.facts.len() as u64 + 1;
        self.facts.push(Fact { seq, at: Micros::from_millis(self.millis), event });
        self
    }

    pub(crate) fn picture(&self) -> Picture {
        Picture::of(&self.facts)
    }

    pub(crate) fn brokers(&mut self, ids: impl IntoIterator<Item = i32>) -> &mut Self {
        for id in ids {
            self.process(id, ProcessState::Running);
            self.registered(id, Registration::Active);
        }
        let (node, role, state) = (BrokerId(100), Role::Controller, ProcessState::Running);
        self.say(Event::ProcessChanged { node, role, state, pid: None, cause: String::new() });
        self.say(Event::ControllerChanged { leader_id: BrokerId(100), epoch: 1, voters: vec![BrokerId(100)] })
    }

    pub(crate) fn process(&mut self, id: i32, state: ProcessState) -> &mut Self {
        let (pid, cause) = (None, String::new());
        self.say(Event::ProcessChanged { node: BrokerId(id), role: Role::Broker, state, pid, cause })
    }

    pub(crate) fn registered(&mut self, id: i32, registration: Registration) -> &mut Self {
        self.say(Event::BrokerChanged { broker: BrokerId(id), registration, host: "localhost".into(), port: 9090 + id })
    }

    pub(crate) fn reachable(&mut self, id: i32, reachable: bool) -> &mut Self {
        self.say(Event::BrokerReachable { broker: BrokerId(id), reachable, reason: String::new() })
    }

    pub(crate) fn app(
        &mut self,
        app: &str,
        instance: u32,
        reads: &str,
        writes: &str,
        state: ProcessState,
    ) -> &mut Self {
        self.say(Event::AppChanged {
            app: app.into(),
            instance,
            state,
            pid: None,
            group: app.into(),
            client_id: format!("{app}-{instance}"),
            reads: reads.into(),
            writes: writes.into(),
            cause: String::new(),
        })
    }

    pub(crate) fn acks_all(&mut self, app: &str) -> &mut Self {
        self.say(Event::GuardChanged { app: app.into(), guard: "acks-all".into(), on: true })
    }

    pub(crate) fn topic(&mut self, topic: &str, partitions: i32) -> &mut Self {
        self.say(Event::TopicChanged { topic: topic.into(), topic_id: topic.into(), partitions, internal: false })
    }

    pub(crate) fn partition(
        &mut self,
        topic: &str,
        partition: i32,
        leader: i32,
        leader_epoch: i32,
        isr: &[i32],
    ) -> &mut Self {
        self.replicated(topic, partition, leader, leader_epoch, &[1, 2, 3], isr)
    }

    pub(crate) fn replicated(
        &mut self,
        topic: &str,
        partition: i32,
        leader: i32,
        leader_epoch: i32,
        replicas: &[i32],
        isr: &[i32],
    ) -> &mut Self {
        let brokers = |ids: &[i32]| ids.iter().copied().map(BrokerId).collect();
        self.say(Event::PartitionChanged {
            topic: topic.into(),
            partition,
            leader: BrokerId(leader),
            leader_epoch,
            replicas: brokers(replicas),
            isr: brokers(isr),
            source: BrokerId(1),
        })
    }

    /// Each replica's log end and the watermark; the last twelve records, acknowledged where committed.
    pub(crate) fn log(&mut self, topic: &str, partition: i32, ends: &[(i32, i64)], watermark: i64) -> &mut Self {
        let known: PartitionId = PartitionId::new(topic, partition);
        let leader = self.picture().partitions.get(&known).map_or(BrokerId(1), |p| p.leader);
        let end = ends.iter().map(|(_, end)| *end).max().unwrap_or_default();
        for (broker, log_end_offset) in ends {
            self.say(Event::ReplicaLogEnd {
                topic: topic.into(),
                partition,
                broker: BrokerId(*broker),
                log_end_offset: *log_end_offset,
            });
        }
        let leader_end = ends.iter().find(|(b, _)| *b == leader.0).map_or(end, |(_, end)| *end);
        let first = self.picture().partitions.get(&known).and_then(|p| p.records.keys().last().map(|o| o + 1));
        for offset in first.unwrap_or((leader_end - 12).max(0))..leader_end {
            self.record(topic, partition, offset);
        }
        self.say(Event::OffsetsMoved {
            topic: topic.into(),
            partition,
            log_start_offset: 0,
            high_watermark: watermark,
            last_stable_offset: watermark,
            log_end_offset: leader_end,
        });
        for offset in (watermark - 12).max(0)..watermark {
            self.acknowledged(topic, partition, offset);
        }
        self
    }

    pub(crate) fn record(&mut self, topic: &str, partition: i32, offset: i64) -> &mut Self {
        let headers = [("event-id".to_owned(), format!("{topic}-{partition}-{offset}"))].into_iter().collect();
        self.say(Event::RecordAppended(Box::new(Appended {
            topic: topic.into(),
            partition,
            offset,
            producer_id: 7,
            key: Some(format!("A-{offset}")),
            headers,
            ..Appended::default()
        })))
    }

    pub(crate) fn acknowledged(&mut self, topic: &str, partition: i32, offset: i64) -> &mut Self {
        self.say(Event::RecordAcknowledged {
            app: "order".into(),
            instance: 1,
            topic: topic.into(),
            partition,
            offset,
            event_id: format!("{topic}-{partition}-{offset}"),
            acks: "all".into(),
            took_micros: 12_000,
            source: Source::App,
        })
    }

    pub(crate) fn sent(&mut self, app: &str, topic: &str, event_id: &str) -> &mut Self {
        self.say(Event::RecordSent {
            app: app.into(),
            instance: 1,
            topic: topic.into(),
            key: "A-1".into(),
            event_id: event_id.into(),
            event_type: "OrderPlaced".into(),
            source: Source::App,
        })
    }

    pub(crate) fn group(&mut self, group: &str, state: &str, members: &[(&str, &[(&str, i32)])]) -> &mut Self {
        let assigned = |(topic, partition): &(&str, i32)| Assigned { topic: (*topic).into(), partition: *partition };
        let member = |(client_id, assignment): &(&str, &[(&str, i32)])| Member {
            member_id: format!("{client_id}-id"),
            client_id: (*client_id).into(),
            host: String::new(),
            assignment: assignment.iter().map(assigned).collect(),
        };
        self.say(Event::GroupChanged {
            group_id: group.into(),
            state: state.into(),
            group_type: "consumer".into(),
            protocol: "uniform".into(),
            coordinator: BrokerId(1),
            members: members.iter().map(member).collect(),
        })
    }

    pub(crate) fn offsets(
        &mut self,
        group: &str,
        topic: &str,
        partition: i32,
        committed: i64,
        position: i64,
    ) -> &mut Self {
        self.say(Event::OffsetCommitted { group_id: group.into(), topic: topic.into(), partition, offset: committed });
        self.say(Event::PositionMoved {
            group_id: group.into(),
            client_id: String::new(),
            topic: topic.into(),
            partition,
            offset: position,
            source: Source::App,
        })
    }
}

/// A picture, the time to look at it, and what is on its way.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) picture: Picture,
    pub(crate) now: Micros,
    pub(crate) hops: Vec<Hop>,
}

impl Scene {
    pub(crate) fn new(play: &Play, millis: u64, hops: Vec<Hop>) -> Self {
        Self { picture: play.picture(), now: Micros::from_millis(millis), hops }
    }
}

/// A hop that is `share` of a second on its way at `now`.
pub(crate) fn hop(leg: Leg, at: (&str, i32), offset: i64, broker: i32, now: u64, share: f64) -> Hop {
    let starts = now - (share * 1000.0) as u64;
    let (app, key, offset, broker) = (None, None, Some(offset), Some(BrokerId(broker)));
    Hop {
        leg,
        app,
        key,
        topic: at.0.to_owned(),
        partition: Some(at.1),
        offset,
        broker,
        starts: Micros::from_millis(starts),
        ends: Micros::from_millis(starts + 1000),
        count: 1,
    }
}

/// The shop with nothing on its logs.
pub(crate) fn shop() -> Play {
    let mut play = Play::default();
    play.at(0).brokers(1..=3);
    for (app, reads, writes) in
        [("order", "payments", "orders"), ("stock", "orders", "stock"), ("payment", "stock", "payments")]
    {
        play.app(app, 1, reads, writes, ProcessState::Running).acks_all(app);
    }
    for (app, reads, writes) in [("stock", "orders", "stock"), ("payment", "stock", "payments")] {
        play.app(app, 2, reads, writes, ProcessState::Running);
    }
    for topic in ["orders", "stock", "payments"] {
        play.topic(topic, 2);
    }
    for (topic, p, leader, epoch) in [
        ("orders", 0, 2, 4),
        ("orders", 1, 3, 4),
        ("stock", 0, 1, 3),
        ("stock", 1, 2, 5),
        ("payments", 0, 3, 4),
        ("payments", 1, 1, 3),
    ] {
        play.partition(topic, p, leader, epoch, &[1, 2, 3]);
    }
    play.group("stock", "Stable", &[("stock-1", &[("orders", 0)]), ("stock-2", &[("orders", 1)])]);
    play.group("payment", "Stable", &[("payment-1", &[("stock", 0)]), ("payment-2", &[("stock", 1)])]);
    play.group("order", "Stable", &[("order-1", &[("payments", 0), ("payments", 1)])]);
    play
}

/// Each partition's log ends on brokers 1 to 3, watermark, committed offset and position.
pub(crate) type Level = (&'static str, i32, [i64; 3], i64, i64, i64);

pub(crate) fn level(play: &mut Play, levels: &[Level]) {
    for (topic, p, ends, watermark, committed, position) in levels {
        let ends: Vec<(i32, i64)> = (1..).zip(*ends).collect();
        play.log(topic, *p, &ends, *watermark);
        let group = match *topic {
            "orders" => "stock",
            "stock" => "payment",
            _ => "order",
        };
        play.offsets(group, topic, *p, *committed, *position);
    }
}

pub(crate) fn calm() -> Scene {
    let mut play = shop();
    level(
        play.at(20_000),
        &[
            ("orders", 0, [191, 192, 190], 190, 188, 189),
            ("orders", 1, [222, 222, 222], 222, 221, 222),
            ("stock", 0, [98, 98, 98], 98, 98, 98),
            ("stock", 1, [110, 111, 111], 110, 109, 110),
            ("payments", 0, [95, 95, 95], 95, 95, 95),
            ("payments", 1, [112, 112, 111], 111, 108, 110),
        ],
    );
    let now = 30_000;
    let copy = |to| Leg::Copy { to: BrokerId(to) };
    let read = |group: &str| Leg::Read { group: group.into() };
    let hops = vec![
        hop(copy(1), ("orders", 0), 191, 2, now, 0.6),
        hop(copy(3), ("orders", 0), 190, 2, now, 0.7),
        hop(copy(1), ("stock", 1), 110, 2, now, 0.6),
        hop(copy(3), ("payments", 1), 111, 1, now, 0.8),
        hop(Leg::Produce, ("orders", 1), 222, 3, now, 0.55),
        hop(Leg::Produce, ("orders", 1), 223, 3, now, 0.2),
        hop(Leg::Produce, ("stock", 0), 98, 1, now, 0.8),
        hop(Leg::Produce, ("orders", 0), 192, 2, now, 0.02),
        hop(Leg::Ack, ("orders", 1), 221, 3, now, 0.4),
        hop(Leg::Ack, ("payments", 0), 94, 3, now, 0.7),
        hop(read("stock"), ("orders", 0), 189, 2, now, 0.8),
        hop(read("order"), ("payments", 1), 110, 1, now, 0.6),
    ];
    Scene::new(&play, now, hops)
}

/// Broker 2 is killed; nobody has been elected yet.
fn killed_play() -> Play {
    let mut play = shop();
    level(
        play.at(20_000),
        &[
            ("orders", 0, [271, 272, 272], 270, 268, 269),
            ("orders", 1, [321, 319, 321], 319, 317, 318),
            ("stock", 0, [150, 149, 150], 149, 149, 149),
            ("stock", 1, [158, 158, 157], 157, 156, 156),
            ("payments", 0, [138, 137, 138], 137, 137, 137),
            ("payments", 1, [157, 156, 157], 156, 156, 156),
        ],
    );
    play.at(30_000).process(2, ProcessState::Dead);
    play
}

pub(crate) fn leaderless() -> Scene {
    let mut play = killed_play();
    play.at(30_100).sent("order", "orders", "w1").sent("order", "orders", "w2").sent("order", "orders", "w3");
    play.sent("stock", "stock", "w4").sent("stock", "stock", "w5");
    play.sent("payment", "payments", "payments-0-137").sent("payment", "payments", "payments-1-156");
    Scene::new(&play, 31_400, vec![hop(Leg::Produce, ("orders", 1), 321, 3, 31_400, 0.7)])
}

pub(crate) fn killed() -> Scene {
    let mut play = killed_play();
    play.at(32_900).registered(2, Registration::Fenced);
    for (topic, p, leader, epoch) in [
        ("orders", 0, 3, 5),
        ("orders", 1, 3, 4),
        ("stock", 0, 1, 3),
        ("stock", 1, 1, 6),
        ("payments", 0, 3, 4),
        ("payments", 1, 1, 3),
    ] {
        play.partition(topic, p, leader, epoch, &[1, 3]);
    }
    level(
        play.at(33_000),
        &[
            ("orders", 0, [272, 272, 273], 272, 269, 270),
            ("orders", 1, [322, 319, 322], 322, 318, 320),
            ("stock", 0, [150, 149, 150], 150, 149, 150),
            ("stock", 1, [159, 158, 158], 158, 156, 157),
            ("payments", 0, [138, 137, 138], 138, 138, 138),
            ("payments", 1, [158, 156, 158], 158, 156, 157),
        ],
    );
    for i in 0..4 {
        play.at(31_000).sent("order", "orders", &format!("w{i}"));
    }
    play.sent("stock", "stock", "w9");
    let now = 33_300;
    let copy = |to| Leg::Copy { to: BrokerId(to) };
    let hops = vec![
        hop(Leg::Produce, ("orders", 0), 273, 3, now, 0.75),
        hop(Leg::Produce, ("stock", 1), 159, 1, now, 0.8),
        hop(copy(1), ("orders", 0), 272, 3, now, 0.8),
        hop(copy(3), ("stock", 1), 158, 1, now, 0.8),
        hop(Leg::Ack, ("orders", 1), 321, 3, now, 0.7),
        hop(Leg::Ack, ("payments", 1), 157, 1, now, 0.95),
        hop(Leg::Read { group: "stock".into() }, ("orders", 1), 320, 3, now, 0.7),
    ];
    Scene::new(&play, now, hops)
}

/// Broker 1 paused, 2 back and copying, 3 up; no controller; a member gone, a group moving, an idle member.
pub(crate) fn states() -> Scene {
    let mut play = shop();
    level(
        play.at(20_000),
        &[
            ("orders", 0, [191, 186, 192], 191, 170, 172),
            ("orders", 1, [222, 217, 222], 222, 221, 222),
            ("stock", 0, [98, 93, 98], 98, 98, 98),
            ("stock", 1, [110, 107, 111], 110, 109, 110),
            ("payments", 0, [95, 92, 95], 95, 95, 95),
            ("payments", 1, [112, 109, 111], 111, 108, 110),
        ],
    );
    for (topic, p, leader, epoch) in [
        ("orders", 0, 3, 5),
        ("orders", 1, 3, 4),
        ("stock", 0, 1, 3),
        ("stock", 1, -1, 6),
        ("payments", 0, 3, 4),
        ("payments", 1, 1, 3),
    ] {
        play.partition(topic, p, leader, epoch, &[1, 3]);
    }
    play.at(27_800).say(Event::ControllerChanged { leader_id: BrokerId::NONE, epoch: 1, voters: vec![BrokerId(100)] });
    play.at(28_000).process(1, ProcessState::Paused).process(2, ProcessState::Starting).reachable(2, true);
    play.at(28_400).reachable(1, false);
    play.at(28_700).app("stock", 2, "orders", "stock", ProcessState::Dead);
    play.at(28_800).app("payment", 1, "stock", "payments", ProcessState::Paused);
    play.app("payment", 2, "stock", "payments", ProcessState::Dead);
    play.group("payment", "PreparingRebalance", &[("payment-1", &[("stock", 0)]), ("payment-3", &[("stock", 1)])]);
    play.group("order", "Stable", &[("order-1", &[("payments", 0), ("payments", 1)]), ("order-2", &[])]);
    play.say(Event::RecordsTruncated {
        topic: "orders".into(),
        partition: 0,
        from_offset: 187,
        to_offset: 188,
        leader_epoch: 5,
    });
    Scene::new(&play, 30_000, Vec::new())
}

/// Somebody else's cluster.
pub(crate) fn external(brokers: i32, topics: &[(&str, i32)]) -> Scene {
    let mut play = Play::default();
    play.at(0);
    for id in 1..=brokers {
        play.registered(id, Registration::Active);
    }
    play.say(Event::ControllerChanged { leader_id: BrokerId(1), epoch: 3, voters: vec![BrokerId(1)] });
    for (topic, partitions) in topics {
        play.topic(topic, *partitions);
        for p in 0..*partitions {
            let at = |i: i32| 1 + (p + i).rem_euclid(brokers);
            let replicas: Vec<i32> = (0..brokers.min(3)).map(at).collect();
            play.replicated(topic, p, at(0), 7, &replicas, &replicas);
            let end = 1000 + i64::from(p) * 37;
            let ends: Vec<(i32, i64)> = replicas.iter().map(|b| (*b, end)).collect();
            for (broker, end) in &ends {
                play.say(Event::ReplicaLogEnd {
                    topic: (*topic).into(),
                    partition: p,
                    broker: BrokerId(*broker),
                    log_end_offset: *end,
                });
            }
            play.say(Event::OffsetsMoved {
                topic: (*topic).into(),
                partition: p,
                log_start_offset: end - 700,
                high_watermark: end - 1,
                last_stable_offset: end - 1,
                log_end_offset: end,
            });
            for group in ["billing", "search-indexer"] {
                play.say(Event::OffsetCommitted {
                    group_id: group.into(),
                    topic: (*topic).into(),
                    partition: p,
                    offset: end - 3 - i64::from(p) * 5,
                });
            }
        }
    }
    let all: Vec<(&str, i32)> = topics.iter().flat_map(|(t, n)| (0..*n).map(move |p| (*t, p))).collect();
    let (left, right) = all.split_at(all.len() / 2);
    play.group("billing", "Stable", &[("billing-service", &all)]);
    play.group("search-indexer", "Stable", &[("indexer-a", left), ("indexer-b", right)]);
    Scene::new(&play, 10_000, Vec::new())
}
