//! Where on the stage a fact points, by its number: so the numbers of a verdict can show what proves them.

use std::collections::VecDeque;

use model::{
    fact::{Event, Fact, Role},
    ids::PartitionId,
    ordered::each_once,
};

use crate::stage::Selected;

/// Facts that are remembered; a run of a scene has fewer.
const KEPT: usize = 16_384;

/// The newest facts that point at something. What a fact says never changes, so a seek forgets nothing.
#[derive(Debug, Default)]
pub struct Places(VecDeque<(u64, Selected)>);

impl Places {
    pub(super) fn add(&mut self, fact: &Fact) {
        let Some(place) = place(&fact.event) else { return };
        self.0.push_back((fact.seq, place));
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }

    /// What these facts point at, each once; facts that are not remembered point nowhere.
    pub fn of(&self, facts: &[u64]) -> Vec<(u64, Selected)> {
        let mut wanted = each_once(facts.iter().copied());
        let mut found = Vec::new();
        for (seq, place) in self.0.iter().rev() {
            if wanted.is_empty() {
                break;
            }
            if let Ok(at) = wanted.binary_search(seq) {
                wanted.remove(at);
                found.push((*seq, place.clone()));
            }
        }
        found.reverse();
        found
    }
}

fn place(event: &Event) -> Option<Selected> {
    let record = |topic: &str, partition: i32, offset: i64| {
        let id = PartitionId::new(topic, partition);
        Some(if offset < 0 { Selected::Partition(id) } else { Selected::Record { id, offset } })
    };
    match event {
        Event::RecordAppended(a) => record(&a.topic, a.partition, a.offset),
        Event::RecordAcknowledged { topic, partition, offset, .. }
        | Event::RecordHandled { topic, partition, offset, .. }
        | Event::ProduceAnswered { topic, partition, base_offset: offset, .. }
        | Event::FetchAnswered { topic, partition, from_offset: offset, .. } => record(topic, *partition, *offset),
        Event::ProduceSent { topic, partition, .. }
        | Event::PartitionChanged { topic, partition, .. }
        | Event::OffsetsMoved { topic, partition, .. }
        | Event::RecordsTruncated { topic, partition, .. }
        | Event::OffsetCommitted { topic, partition, .. }
        | Event::CommitAnswered { topic, partition, .. } => record(topic, *partition, -1),
        Event::FaultFired { topic, partition, .. } if !topic.is_empty() => record(topic, *partition, -1),
        Event::ControllerChanged { .. } => Some(Selected::Controller),
        Event::TransactionChanged { client_id, .. } => app_of(client_id),
        Event::ProcessChanged { node, role: Role::Broker, .. } => Some(Selected::Broker(*node)),
        Event::FaultFired { broker, .. }
        | Event::BrokerReachable { broker, .. }
        | Event::BrokerChanged { broker, .. } => Some(Selected::Broker(*broker)),
        Event::AppChanged { app, instance, .. }
        | Event::RecordSent { app, instance, .. }
        | Event::RecordRefused { app, instance, .. }
        | Event::TransactionRefused { app, instance, .. }
        | Event::CrashPointChanged { app, instance, .. } => Some(Selected::App(app.clone(), *instance)),
        Event::OrderChanged { .. } => Some(Selected::App("order".to_owned(), 1)),
        Event::StockChanged { .. } | Event::ItemChanged { .. } => Some(Selected::App("stock".to_owned(), 1)),
        Event::PaymentChanged { .. } => Some(Selected::App("payment".to_owned(), 1)),
        _ => None,
    }
}

/// The instance of an app that names itself so to brokers, as `order-1`.
fn app_of(client_id: &str) -> Option<Selected> {
    let (app, instance) = client_id.rsplit_once('-')?;
    Some(Selected::App(app.to_owned(), instance.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use model::{
        fact::{Appended, TransactionState},
        ids::{BrokerId, Micros},
    };

    use super::*;

    #[test]
    fn controllers_and_transactions_point_at_whose_they_are() {
        let order = Selected::App("order".to_owned(), 1);
        assert_eq!(place(&begun("order-1")), Some(order));
        assert_eq!(place(&begun("stranger")), None);
        let changed = Event::ControllerChanged { leader_id: BrokerId(101), epoch: 4, voters: vec![] };
        assert_eq!(place(&changed), Some(Selected::Controller));
    }

    fn begun(client_id: &str) -> Event {
        Event::TransactionChanged {
            broker: BrokerId(1),
            connection: 1,
            client_id: client_id.to_owned(),
            correlation_id: 7,
            transactional_id: String::new(),
            producer_id: 4000,
            producer_epoch: 0,
            state: TransactionState::Begun,
            error: String::new(),
        }
    }

    #[test]
    fn facts_point_at_what_they_speak_of_as_long_as_they_are_remembered() {
        let mut places = Places::default();
        let appended = |offset| {
            Event::RecordAppended(Box::new(Appended { topic: "orders".to_owned(), offset, ..Appended::default() }))
        };
        let record = |offset| Selected::Record { id: PartitionId::new("orders", 0), offset };
        let mut add = |seq, event| places.add(&Fact { seq, at: Micros(0), event });
        add(7, appended(3));
        add(8, Event::SessionEnded {});
        add(9, appended(4));
        assert_eq!(places.of(&[7, 8, 9, 10]), [(7, record(3)), (9, record(4))]);
        for seq in 10..10 + KEPT as u64 - 1 {
            places.add(&Fact { seq, at: Micros(0), event: appended(5) });
        }
        assert_eq!(places.of(&[7, 9]), [(9, record(4))]);
    }
}
