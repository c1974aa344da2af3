//! Random facts of the kinds that only keyframes have.

use kafkascope_model::{
    fact::{
        Attempt, Closed, Counters, Event, Lost, Moment, OrderStatus, Outage, PartitionHistory, RecordHistory, Sends,
    },
    ids::Micros,
};
use proptest::{collection::vec, option, prelude::*};

use super::{Events, World};

impl World {
    pub(super) fn keyframe_only(self) -> Events {
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
                let copied = copied.into_iter().collect();
                let history = RecordHistory {
                    topic,
                    partition,
                    offset,
                    sent_at,
                    copied,
                    committed_at,
                    acknowledged_at,
                    acknowledged_by: took_micros,
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
        let outage = option::of(outage.prop_map(|(broker, since, until)| {
            let (begun_by, ended_by) = (since.0, since.0 / 2);
            Outage { broker, since, until, begun_by, ended_by }
        }));
        let lost = (self.offset(), any::<bool>(), self.time());
        let lost = vec(
            lost.prop_map(|(offset, acknowledged, at)| {
                let (acknowledged_by, lost_by) = (at.0 / 3, at.0);
                Lost { offset, acknowledged, at, acknowledged_by, lost_by }
            }),
            0..20,
        );
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
        prop_oneof![3 => record, 1 => partition, 1 => counted, 1 => closed, 1 => self.ways()].boxed()
    }

    /// What came before records and orders, kept beside them.
    fn ways(self) -> Events {
        let attempt =
            (self.time(), self.broker(), self.long(), self.offset()).prop_map(|(at, broker, connection, offset)| {
                Attempt { at, broker, connection, offset, ..Attempt::default() }
            });
        let sends = (self.event_id(), option::of(self.time()), self.text(), vec(attempt, 0..3)).prop_map(
            |(event_id, sent_at, key, attempts)| Sends { event_id, sent_at, key, attempts, ..Sends::default() },
        );
        let sends = vec(sends, 0..3).prop_map(|sends| Event::SendsHistory { sends });
        let moment = (self.time(), self.amount()).prop_map(|(at, kept_cents)| Moment {
            at,
            status: OrderStatus::Confirmed,
            kept_cents,
        });
        let order =
            (self.order(), vec(moment, 0..3)).prop_map(|(order, moments)| Event::OrderHistory { order, moments });
        prop_oneof![sends, order].boxed()
    }
}
