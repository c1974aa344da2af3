//! Random histories of a small world: 3 brokers, 2 topics of 2 partitions, 2 groups, 3 apps, a few orders.
//!
//! Plausible stretches (a record's journey, a broker's death) stand between facts that contradict each other: what is
//! seen of a failing cluster does, and the fold must take it all.

use std::collections::BTreeMap;

use kafkascope_model::{
    fact::{
        Appended, Assigned, Closed, Control, Counters, Event, Fact, Level, Lost, MarkerKind, Member, Mode, OrderStatus,
        Outage, PartitionHistory, ProcessState, ReadsTo, RecordHistory, Registration, Role, SessionStarted, Source,
    },
    ids::{BrokerId, Micros, OrderId},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

type Events = BoxedStrategy<Event>;

/// How large the numbers and how odd the texts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum World {
    /// A handful of everything, so that facts speak of the same things.
    Small,
    /// Anything that the types can hold.
    Wild,
}

impl World {
    /// Any kind of fact.
    pub(crate) fn event(self) -> Events {
        prop_oneof![
            6 => self.records(),
            4 => self.nodes(),
            4 => self.partitions(),
            3 => self.groups(),
            3 => self.shop(),
            2 => self.session(),
        ]
        .boxed()
    }

    /// Any kind, those of keyframes and unknown ones too.
    pub(crate) fn any_event(self) -> Events {
        prop_oneof![4 => self.event(), 1 => self.keyframe_only()].boxed()
    }

    fn text(self) -> BoxedStrategy<String> {
        match self {
            Self::Small => select(vec!["", "a", "b"]).prop_map(str::to_owned).boxed(),
            Self::Wild => vec(any::<char>(), 0..5).prop_map(|c| c.into_iter().collect()).boxed(),
        }
    }

    fn of(self, small: &'static [&'static str]) -> BoxedStrategy<String> {
        match self {
            Self::Small => select(small).prop_map(str::to_owned).boxed(),
            Self::Wild => self.text(),
        }
    }

    fn topic(self) -> BoxedStrategy<String> {
        prop_oneof![4 => select(vec!["orders", "stock"]).prop_map(str::to_owned), 1 => self.of(&["orders"])].boxed()
    }

    fn app(self) -> BoxedStrategy<String> {
        self.of(&["order", "stock", "payment"])
    }

    fn group(self) -> BoxedStrategy<String> {
        self.of(&["order", "stock"])
    }

    fn event_id(self) -> BoxedStrategy<String> {
        self.of(&["e0", "e1", "e2", "e3", "e4", "e5"])
    }

    fn order(self) -> BoxedStrategy<OrderId> {
        self.of(&["A-1", "A-2", "A-9", "A-10"]).prop_map(OrderId).boxed()
    }

    fn partition(self) -> BoxedStrategy<i32> {
        self.small_or(0..2, any::<i32>())
    }

    fn broker(self) -> BoxedStrategy<BrokerId> {
        self.small_or(-1..4, any::<i32>()).prop_map(BrokerId).boxed()
    }

    fn brokers(self) -> BoxedStrategy<Vec<BrokerId>> {
        vec(self.broker(), 0..4).boxed()
    }

    fn offset(self) -> BoxedStrategy<i64> {
        self.small_or(-1..9_i64, any::<i64>())
    }

    fn amount(self) -> BoxedStrategy<i64> {
        self.small_or(0..3_i64, any::<i64>())
    }

    fn int(self) -> BoxedStrategy<i32> {
        self.small_or(0..4, any::<i32>())
    }

    fn long(self) -> BoxedStrategy<u64> {
        self.small_or(0..4_u64, any::<u64>())
    }

    fn time(self) -> BoxedStrategy<Micros> {
        self.long().prop_map(Micros).boxed()
    }

    fn small_or<T: std::fmt::Debug + 'static>(
        self,
        small: impl Strategy<Value = T> + 'static,
        wild: impl Strategy<Value = T> + 'static,
    ) -> BoxedStrategy<T> {
        if self == Self::Small { small.boxed() } else { wild.boxed() }
    }

    fn session(self) -> Events {
        let head = (self.text(), self.text(), select(vec![Mode::Local, Mode::External]), any::<u32>()).prop_map(
            |(session, bootstrap, mode, value_bytes)| {
                let head = SessionStarted { session, bootstrap, mode, value_bytes, ..SessionStarted::default() };
                Event::SessionStarted(head)
            },
        );
        let marker = select(vec![MarkerKind::Chapter, MarkerKind::Stop, MarkerKind::Note]);
        let level = select(vec![Level::Info, Level::Warn, Level::Error]);
        prop_oneof![
            head,
            Just(Event::SessionEnded {}),
            (self.text(), self.long(), self.text()).prop_map(|(source, count, reason)| Event::Gap {
                source,
                count,
                reason
            }),
            (level, self.text(), self.text()).prop_map(|(level, source, text)| Event::Notice { level, source, text }),
            (self.text(), marker).prop_map(|(label, marker)| Event::Marker { label, marker }),
            (self.text(), self.text(), args()).prop_map(|(id, command, args)| Event::CommandReceived {
                id,
                command,
                args
            }),
            (self.text(), self.text(), any::<bool>(), self.text(), self.long(), option::of(self.text())).prop_map(
                |(id, command, ok, did, took_ms, reason)| Event::CommandFinished {
                    id,
                    command,
                    ok,
                    did,
                    took_ms,
                    reason
                }
            ),
            unknown(),
        ]
        .boxed()
    }

    fn nodes(self) -> Events {
        let role = select(vec![Role::Broker, Role::Controller]);
        let registration = select(vec![Registration::Active, Registration::Fenced, Registration::Absent]);
        prop_oneof![
            3 => (self.broker(), role, process(), option::of(any::<u32>()), self.text()).prop_map(
                |(node, role, state, pid, cause)| Event::ProcessChanged { node, role, state, pid, cause }
            ),
            1 => (self.broker(), self.text(), any::<bool>(), self.text()).prop_map(|(broker, purpose, up, reason)| {
                Event::LinkChanged { broker, purpose, up, reason }
            }),
            3 => (self.broker(), any::<bool>(), self.text()).prop_map(|(broker, reachable, reason)| {
                Event::BrokerReachable { broker, reachable, reason }
            }),
            2 => (self.broker(), registration, self.text(), self.int()).prop_map(
                |(broker, registration, host, port)| Event::BrokerChanged { broker, registration, host, port }
            ),
            1 => (self.broker(), self.int(), self.brokers()).prop_map(|(leader_id, epoch, voters)| {
                Event::ControllerChanged { leader_id, epoch, voters }
            }),
            1 => self.brokers().prop_map(|brokers| Event::ClusterRead { brokers }),
        ]
        .boxed()
    }

    fn partitions(self) -> Events {
        let reads_to = select(vec![ReadsTo::LogEnd, ReadsTo::HighWatermark]);
        prop_oneof![
            1 => (self.topic(), self.text(), self.int(), any::<bool>()).prop_map(
                |(topic, topic_id, partitions, internal)| Event::TopicChanged { topic, topic_id, partitions, internal }
            ),
            1 => self.topic().prop_map(|topic| Event::TopicDeleted { topic }),
            6 => (self.topic(), self.partition(), self.broker(), self.int(), self.brokers(), self.brokers(), self.broker())
                .prop_map(|(topic, partition, leader, leader_epoch, replicas, isr, source)| {
                    Event::PartitionChanged { topic, partition, leader, leader_epoch, replicas, isr, source }
                }),
            3 => (self.topic(), self.partition(), self.broker(), reads_to).prop_map(
                |(topic, partition, broker, reads_to)| Event::TailAttached { topic, partition, broker, reads_to }
            ),
            2 => (self.topic(), self.partition(), self.offset(), self.int(), self.int(), self.offset()).prop_map(
                |(topic, partition, producer_id, producer_epoch, last_sequence, txn_start_offset)| {
                    Event::ProducerChanged {
                        topic, partition, producer_id, producer_epoch, last_sequence, txn_start_offset,
                    }
                }
            ),
        ]
        .boxed()
    }

    fn appended(self) -> BoxedStrategy<Appended> {
        let place = (self.topic(), self.partition(), self.offset(), self.int());
        let producer = (self.offset(), any::<i16>(), self.int(), any::<bool>());
        let body = (option::of(self.text()), option::of(self.event_id()), option::of(self.text()), self.amount());
        let control = option::weighted(0.2, select(vec![Control::Commit, Control::Abort]));
        (place, producer, body, control)
            .prop_map(|(place, producer, body, control)| {
                let (topic, partition, offset, leader_epoch) = place;
                let (producer_id, producer_epoch, sequence, transactional) = producer;
                let (key, event_id, value, value_bytes) = body;
                let headers = event_id.map(|id| (String::from("event-id"), id)).into_iter().collect();
                Appended {
                    topic,
                    partition,
                    offset,
                    leader_epoch,
                    timestamp_ms: 5,
                    producer_id,
                    producer_epoch,
                    sequence,
                    transactional,
                    control,
                    key,
                    headers,
                    value,
                    value_bytes,
                }
            })
            .boxed()
    }

    fn records(self) -> Events {
        let offsets = (self.offset(), self.offset(), self.offset(), self.offset());
        prop_oneof![
            6 => self.appended().prop_map(|a| Event::RecordAppended(Box::new(a))),
            4 => (self.topic(), self.partition(), offsets).prop_map(|(topic, partition, (a, b, c, d))| {
                Event::OffsetsMoved {
                    topic, partition, log_start_offset: a, high_watermark: b, last_stable_offset: c, log_end_offset: d,
                }
            }),
            5 => (self.topic(), self.partition(), self.broker(), self.offset()).prop_map(
                |(topic, partition, broker, log_end_offset)| {
                    Event::ReplicaLogEnd { topic, partition, broker, log_end_offset }
                }
            ),
            1 => (self.topic(), self.partition(), self.offset(), self.amount(), self.long()).prop_map(
                |(topic, partition, base_offset, count, bytes)| Event::BatchAppended {
                    topic, partition, base_offset, count, bytes,
                    leader_epoch: 1, producer_id: 2, producer_epoch: 3, base_sequence: 4,
                }
            ),
            2 => (self.topic(), self.partition(), self.offset(), self.offset(), self.int()).prop_map(
                |(topic, partition, from_offset, to_offset, leader_epoch)| {
                    Event::RecordsTruncated { topic, partition, from_offset, to_offset, leader_epoch }
                }
            ),
            3 => (self.app(), any::<u32>(), self.topic(), self.text(), self.event_id(), self.text(), source()).prop_map(
                |(app, instance, topic, key, event_id, event_type, source)| {
                    Event::RecordSent { app, instance, topic, key, event_id, event_type, source }
                }
            ),
            3 => (self.app(), self.topic(), self.partition(), self.offset(), self.event_id(), acks(), self.long(), source())
                .prop_map(|(app, topic, partition, offset, event_id, acks, took_micros, source)| {
                    let instance = 1;
                    Event::RecordAcknowledged {
                        app, instance, topic, partition, offset, event_id, acks, took_micros, source,
                    }
                }),
            1 => (self.app(), self.topic(), self.event_id(), self.text(), source()).prop_map(
                |(app, topic, event_id, error, source)| {
                    Event::RecordRefused { app, instance: 1, topic, event_id, error, source }
                }
            ),
            2 => (self.app(), self.topic(), self.partition(), self.offset(), self.event_id(), self.text()).prop_map(
                |(app, topic, partition, offset, event_id, effect)| {
                    Event::RecordHandled { app, instance: 1, topic, partition, offset, event_id, effect }
                }
            ),
        ]
        .boxed()
    }

    fn groups(self) -> Events {
        let assigned = (self.topic(), self.partition()).prop_map(|(topic, partition)| Assigned { topic, partition });
        let member = (self.text(), self.text(), self.text(), vec(assigned, 0..3))
            .prop_map(|(member_id, client_id, host, assignment)| Member { member_id, client_id, host, assignment });
        prop_oneof![
            2 => (self.group(), self.text(), self.text(), self.text(), self.broker(), vec(member, 0..3)).prop_map(
                |(group_id, state, group_type, protocol, coordinator, members)| {
                    Event::GroupChanged { group_id, state, group_type, protocol, coordinator, members }
                }
            ),
            1 => self.group().prop_map(|group_id| Event::GroupDeleted { group_id }),
            3 => (self.group(), self.topic(), self.partition(), self.offset()).prop_map(
                |(group_id, topic, partition, offset)| Event::OffsetCommitted { group_id, topic, partition, offset }
            ),
            3 => (self.group(), self.text(), self.topic(), self.partition(), self.offset(), source()).prop_map(
                |(group_id, client_id, topic, partition, offset, source)| {
                    Event::PositionMoved { group_id, client_id, topic, partition, offset, source }
                }
            ),
        ]
        .boxed()
    }

    /// Orders as the apps report them; also used by itself, to fill the books.
    pub(crate) fn orders(self, order: BoxedStrategy<OrderId>) -> Events {
        let status = select(vec![OrderStatus::Open, OrderStatus::Confirmed, OrderStatus::Cancelled]);
        let order_too = order.clone();
        prop_oneof![
            (order.clone(), status, self.text(), self.text(), self.amount(), self.amount()).prop_map(
                |(order, status, customer, item, count, price_cents)| {
                    Event::OrderChanged { order, status, customer, item, count, price_cents }
                }
            ),
            (order_too, self.text(), self.amount(), self.amount())
                .prop_map(|(order, item, reserved, sold)| { Event::StockChanged { order, item, reserved, sold } }),
            (order, self.amount(), self.amount(), self.amount(), 0..3u32, any::<bool>()).prop_map(
                |(order, due_cents, taken_cents, refunded_cents, times_taken, refused)| Event::PaymentChanged {
                    order,
                    due_cents,
                    taken_cents,
                    refunded_cents,
                    times_taken,
                    refused,
                }
            ),
        ]
        .boxed()
    }

    fn shop(self) -> Events {
        let names = (self.group(), self.text(), self.topic(), self.topic(), self.text());
        let stock = (self.amount(), self.amount(), self.amount(), self.amount(), self.amount());
        prop_oneof![
            3 => (self.app(), 0..2u32, process(), option::of(any::<u32>()), names).prop_map(
                |(app, instance, state, pid, (group, client_id, reads, writes, cause))| Event::AppChanged {
                    app, instance, state, pid, group, client_id, reads, writes, cause,
                }
            ),
            1 => (self.app(), self.text(), any::<bool>()).prop_map(|(app, guard, on)| Event::GuardChanged {
                app, guard, on,
            }),
            6 => self.orders(self.order()),
            2 => (self.text(), stock).prop_map(|(item, (created, on_hand, reserved, sold, price_cents))| {
                Event::ItemChanged { item, created, on_hand, reserved, sold, price_cents }
            }),
            1 => any::<u32>().prop_map(|ledger| Event::LedgerStarted { ledger }),
        ]
        .boxed()
    }

    fn keyframe_only(self) -> Events {
        let place = (self.topic(), self.partition(), self.offset());
        let copied = vec((self.broker(), self.time()), 0..3);
        let texts = vec((self.text(), self.text()), 0..2);
        let times = (option::of(self.time()), option::of(self.time()), option::of(self.time()));
        let record = (place, copied, times, texts, self.text(), self.long()).prop_map(
            |(
                (topic, partition, offset),
                copied,
                (sent_at, committed_at, acknowledged_at),
                handled,
                acks,
                took_micros,
            )| {
                let copied = copied.into_iter().collect::<BTreeMap<_, _>>();
                let history = RecordHistory {
                    topic,
                    partition,
                    offset,
                    sent_at,
                    copied,
                    committed_at,
                    acknowledged_at,
                    acks,
                    took_micros,
                    read: handled.iter().map(|(group, _)| (group.clone(), Micros(took_micros))).collect(),
                    handled: handled.into_iter().collect(),
                    ..RecordHistory::default()
                };
                Event::RecordHistory(Box::new(history))
            },
        );
        let outage = (self.broker(), self.time(), option::of(self.time()));
        let outage = option::of(outage.prop_map(|(broker, since, until)| Outage { broker, since, until }));
        let lost = (self.offset(), any::<bool>(), self.time());
        let lost = vec(lost.prop_map(|(offset, acknowledged, at)| Lost { offset, acknowledged, at }), 0..20);
        let partition = (self.topic(), self.partition(), self.time(), self.broker(), outage, lost).prop_map(
            |(topic, partition, leader_since, previous_leader, outage, lost)| {
                let history = PartitionHistory { topic, partition, leader_since, previous_leader, outage, lost };
                Event::PartitionHistory(Box::new(history))
            },
        );
        let counted =
            (self.long(), self.long(), self.long(), any::<u32>()).prop_map(|(records, merged, surprises, ledger)| {
                Event::Counted(Counters { records, merged, surprises, ledger, ..Counters::default() })
            });
        let closed =
            (self.long(), self.amount(), self.amount()).prop_map(|(confirmed, taken_cents, confirmed_pieces)| {
                Event::OrdersClosed(Closed { confirmed, taken_cents, confirmed_pieces, ..Closed::default() })
            });
        prop_oneof![3 => record, 1 => partition, 1 => counted, 1 => closed].boxed()
    }

    /// What a record meets, in any order, some of it never seen.
    fn journey(self) -> BoxedStrategy<Vec<Event>> {
        (self.topic(), 0..2i32, 0..8i64, self.group())
            .prop_map(|(topic, partition, offset, group)| {
                let (app, event_id) = (String::from("order"), format!("e{}", offset % 6));
                let end = offset + 1;
                let copied = |broker| Event::ReplicaLogEnd {
                    topic: topic.clone(),
                    partition,
                    broker: BrokerId(broker),
                    log_end_offset: end,
                };
                vec![
                    Event::RecordSent {
                        app: app.clone(),
                        instance: 1,
                        topic: topic.clone(),
                        key: String::from("A-1"),
                        event_id: event_id.clone(),
                        event_type: String::from("OrderPlaced"),
                        source: Source::App,
                    },
                    Event::RecordAppended(Box::new(Appended {
                        topic: topic.clone(),
                        partition,
                        offset,
                        leader_epoch: 1,
                        headers: BTreeMap::from([(String::from("event-id"), event_id.clone())]),
                        ..Appended::default()
                    })),
                    copied(1),
                    copied(2),
                    copied(3),
                    Event::OffsetsMoved {
                        topic: topic.clone(),
                        partition,
                        log_start_offset: 0,
                        high_watermark: end,
                        last_stable_offset: end,
                        log_end_offset: end,
                    },
                    Event::RecordAcknowledged {
                        app,
                        instance: 1,
                        topic: topic.clone(),
                        partition,
                        offset,
                        event_id,
                        acks: String::from("all"),
                        took_micros: 7,
                        source: Source::App,
                    },
                    Event::OffsetCommitted { group_id: group, topic: topic.clone(), partition, offset: end },
                ]
            })
            .prop_shuffle()
            .prop_flat_map(|events| {
                let most = events.len();
                (Just(events), 1..=most).prop_map(|(mut events, kept)| {
                    events.truncate(kept);
                    events
                })
            })
            .boxed()
    }

    /// A history of about `steps` steps; numbers have holes, as they do where facts were dropped.
    pub(crate) fn history(self, steps: std::ops::Range<usize>) -> BoxedStrategy<Vec<Fact>> {
        let step = prop_oneof![4 => self.event().prop_map(|event| vec![event]), 1 => self.journey()];
        let events = (prop_oneof![Just(Vec::new()), Just(opening())], vec(step, steps))
            .prop_map(|(opening, steps)| opening.into_iter().chain(steps.into_iter().flatten()).collect::<Vec<_>>());
        let events = events.prop_flat_map(|events| {
            let moves = vec((1..3u64, 0..400_000u64), events.len());
            (Just(events), moves)
        });
        events.prop_map(|(events, moves)| numbered(events, moves)).boxed()
    }
}

/// Stamps events: how far the number and the clock move before each.
pub(crate) fn numbered(events: Vec<Event>, moves: impl IntoIterator<Item = (u64, u64)>) -> Vec<Fact> {
    let (mut seq, mut at) = (0, 0);
    let stamp = |(event, (by, after)): (Event, (u64, u64))| {
        (seq, at) = (seq + by, at + after);
        Fact { seq, at: Micros(at), event }
    };
    events.into_iter().zip(moves).map(stamp).collect()
}

/// The world as it stands when all is well.
fn opening() -> Vec<Event> {
    crate::notation::facts(
        "session local
        broker 1 running
        broker 2 running
        broker 3 running
        topic orders 2
        orders 0 leader 1 epoch 1 isr 1,2,3
        orders 1 leader 2 epoch 1 isr 1,2,3
        tail orders 0 b1
        tail orders 1 b2
        app order running
        app stock running",
    )
    .into_iter()
    .map(|fact| fact.event)
    .collect()
}

fn process() -> impl Strategy<Value = ProcessState> {
    use ProcessState::{Dead, Paused, Running, Starting, Stopping, Unknown};
    select(vec![Starting, Running, Paused, Stopping, Dead, Unknown])
}

fn source() -> impl Strategy<Value = Source> {
    select(vec![Source::App, Source::Tap])
}

fn acks() -> impl Strategy<Value = String> {
    select(vec!["all", "1", "0"]).prop_map(str::to_owned)
}

/// JSON of any shape; fractions only such as survive being written and read.
pub(crate) fn json() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i16>().prop_map(|quarters| json!(f64::from(quarters) / 4.0)),
        World::Wild.text().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((World::Wild.text(), inner), 0..3).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
    .boxed()
}

fn args() -> impl Strategy<Value = Map<String, Value>> {
    vec((World::Wild.text(), json()), 0..3).prop_map(|fields| fields.into_iter().collect())
}

/// A kind of a later version.
fn unknown() -> impl Strategy<Value = Event> {
    (args(), select(vec!["replica_lagged", "unknown", ""])).prop_map(|(mut body, kind)| {
        body.remove("seq");
        body.remove("at");
        body.insert(String::from("kind"), Value::from(kind));
        Event::Unknown(body)
    })
}
