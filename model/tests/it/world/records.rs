//! Random facts of records, and a record's journey.

use kafkascope_model::{
    fact::{Appended, Control, Event, Source},
    ids::BrokerId,
};
use proptest::{option, prelude::*, sample::select};

use super::{Events, World, acks, source};

impl World {
    pub(super) fn appended(self) -> BoxedStrategy<Appended> {
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

    pub(super) fn records(self) -> Events {
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
                    Event::RecordHandled { app, instance: 1, topic, partition, offset, event_id, effect, skipped: false }
                }
            ),
        ]
        .boxed()
    }

    /// What a record meets, in any order, some of it never seen.
    pub(super) fn journey(self) -> BoxedStrategy<Vec<Event>> {
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
                        headers: [(String::from("event-id"), event_id.clone())].into_iter().collect(),
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
}
