//! Random facts of groups, apps and books.

use kafkascope_model::{
    fact::{Assigned, Event, Member, OrderStatus},
    ids::OrderId,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{Events, World, process, source};

impl World {
    pub(super) fn groups(self) -> Events {
        let assigned = (self.topic(), self.partition()).prop_map(|(topic, partition)| Assigned { topic, partition });
        let rebalanced = assigned.clone();
        let member = (self.text(), self.text(), self.text(), vec(assigned, 0..3))
            .prop_map(|(member_id, client_id, host, assignment)| Member { member_id, client_id, host, assignment });
        prop_oneof![
            2 => (self.group(), self.text(), self.text(), self.text(), self.broker(), vec(member, 0..3)).prop_map(
                |(group_id, state, group_type, protocol, coordinator, members)| {
                    Event::GroupChanged { group_id, state, group_type, protocol, coordinator, members }
                }
            ),
            1 => self.group().prop_map(|group_id| Event::GroupDeleted { group_id }),
            1 => (self.group(), 0..9000u32).prop_map(|(group_id, ms)| Event::SessionTimeout { group_id, ms }),
            3 => (self.group(), self.topic(), self.partition(), self.offset()).prop_map(
                |(group_id, topic, partition, offset)| Event::OffsetCommitted { group_id, topic, partition, offset }
            ),
            1 => (self.app(), 0..3u32, self.group(), self.text(), vec(rebalanced, 0..3)).prop_map(
                |(app, instance, group_id, change, partitions)| {
                    Event::Rebalanced { app, instance, group_id, change, partitions }
                }
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

    pub(super) fn shop(self) -> Events {
        let names = (self.group(), self.text(), self.topic(), self.topic(), self.text());
        let stock = (self.amount(), self.amount(), self.amount(), self.amount(), self.amount());
        let place = (self.topic(), self.partition(), self.offset());
        let moved = (self.text(), self.text(), self.text(), self.text());
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
            1 => (self.app(), 0..2u32, place, self.event_id(), self.text(), any::<bool>()).prop_map(
                |(app, instance, (topic, partition, offset), event_id, error, dead_letter)| Event::RecordUnreadable {
                    app, instance, topic, partition, offset, event_id, error, dead_letter,
                }
            ),
            1 => (self.app(), self.order(), moved).prop_map(|(app, order, (from, event, to, outcome))| {
                Event::OrderTransition { app, order, from, event, to, outcome }
            }),
            1 => any::<u32>().prop_map(|ledger| Event::LedgerStarted { ledger }),
        ]
        .boxed()
    }
}
