//! Random facts of processes, brokers, topics and partitions.

use kafkascope_model::fact::{Event, ReadsTo, Registration, Role};
use proptest::{option, prelude::*, sample::select};

use super::{Events, World, process};

impl World {
    pub(super) fn nodes(self) -> Events {
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

    pub(super) fn partitions(self) -> Events {
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
}
