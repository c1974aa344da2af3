//! What the controller says of each broker, from the one broker that is asked for it.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    fact::{Event, Registration},
    ids::BrokerId,
};

use crate::kafka::RegisteredBroker;

use super::told::Told;

/// The registrations told so far.
#[derive(Debug, Default)]
pub(super) struct Registrations {
    told: Told<BrokerId, (Registration, String, i32)>,
    /// Configured, or seen once: they are told as absent when they are not listed.
    known: BTreeSet<BrokerId>,
    asked: Option<BrokerId>,
}

impl Registrations {
    pub(super) fn of(configured: BTreeSet<BrokerId>) -> Self {
        Self { known: configured, ..Self::default() }
    }

    /// Whether `broker` is the one to ask; it is, if no other is.
    pub(super) fn claim(&mut self, broker: BrokerId) -> bool {
        *self.asked.get_or_insert(broker) == broker
    }

    /// `broker` does not answer any more.
    pub(super) fn release(&mut self, broker: BrokerId) {
        if self.asked == Some(broker) {
            self.asked = None;
        }
    }

    /// Whether no answer came yet.
    pub(super) fn is_untold(&self) -> bool {
        self.told.is_empty()
    }

    /// What is new in this answer.
    pub(super) fn answer(&mut self, answer: &[RegisteredBroker]) -> Vec<Event> {
        let listed: BTreeMap<BrokerId, &RegisteredBroker> =
            answer.iter().map(|broker| (broker.node.id, broker)).collect();
        self.known.extend(listed.keys());
        let mut events = Vec::new();
        for &broker in &self.known {
            let (registration, host, port) = match listed.get(&broker) {
                Some(listed) if listed.fenced => (Registration::Fenced, listed.node.host.clone(), listed.node.port),
                Some(listed) => (Registration::Active, listed.node.host.clone(), listed.node.port),
                None => {
                    // Where it was is still worth knowing.
                    let last = self.told.get(&broker).map(|(_, host, port)| (host.clone(), *port));
                    let (host, port) = last.unwrap_or_default();
                    (Registration::Absent, host, port)
                }
            };
            if self.told.is_news(broker, (registration, host.clone(), port)) {
                events.push(Event::BrokerChanged { broker, registration, host, port });
            }
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use model::{
        fact::{Event, Registration},
        ids::BrokerId,
    };

    use crate::kafka::{Node, RegisteredBroker};

    use super::Registrations;

    fn listed(id: i32, fenced: bool) -> RegisteredBroker {
        RegisteredBroker { node: Node { id: BrokerId(id), host: String::from("h"), port: 9092 }, fenced }
    }

    fn told(events: &[Event]) -> Vec<(i32, Registration)> {
        let changed = |event: &Event| match event {
            Event::BrokerChanged { broker, registration, .. } => Some((broker.0, *registration)),
            _ => None,
        };
        events.iter().filter_map(changed).collect()
    }

    #[test]
    fn tells_each_change_once() {
        use Registration::{Absent, Active, Fenced};
        let mut registrations = Registrations::of([BrokerId(1), BrokerId(2)].into());
        let both = [listed(1, false), listed(2, false)];
        assert_eq!(told(&registrations.answer(&both[..1])), [(1, Active), (2, Absent)]);
        assert_eq!(told(&registrations.answer(&both)), [(2, Active)]);
        assert_eq!(told(&registrations.answer(&both)), []);
        assert_eq!(told(&registrations.answer(&[listed(1, false), listed(2, true)])), [(2, Fenced)]);
        assert_eq!(told(&registrations.answer(&both[..1])), [(2, Absent)]);
    }

    #[test]
    fn one_broker_is_asked_until_it_is_gone() {
        let mut registrations = Registrations::default();
        assert!(registrations.claim(BrokerId(2)));
        assert!(!registrations.claim(BrokerId(1)));
        registrations.release(BrokerId(1));
        assert!(!registrations.claim(BrokerId(1)));
        registrations.release(BrokerId(2));
        assert!(registrations.claim(BrokerId(1)));
    }
}
