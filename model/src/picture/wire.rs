//! What passed the tap, as far as the picture keeps it: sends event by event, connections, transactions.

use std::collections::VecDeque;

use super::Stamp;
use crate::{
    fact::{Attempt, Event, Sends, TransactionState},
    ids::{BrokerId, Micros},
    ordered::Ordered,
};

/// Events whose sends are kept.
pub(crate) const KEPT_SENDS: usize = 128;
/// Attempts that are kept of one event.
const KEPT_ATTEMPTS: usize = 8;
/// Connections and transactional producers that are kept.
const KEPT_CLIENTS: usize = 64;

/// What passed the tap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wire {
    /// The newest events on their way to a log, oldest first; where something went wrong they stay longer.
    pub sends: VecDeque<Sends>,
    /// Connections that are up, by number and broker.
    pub clients: Ordered<(u64, BrokerId), Client>,
    /// Transactions by producer id, as last heard of.
    pub transactions: Ordered<i64, Transaction>,
}

/// A client's connection to the tap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Client {
    /// When it was told.
    pub stamp: Stamp,
    /// What the client calls itself.
    pub client_id: String,
    /// Its library.
    pub software_name: String,
    /// And that library's version.
    pub software_version: String,
    /// Why it came.
    pub reason: String,
}

/// A transactional producer, as its newest answer says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transaction {
    /// When it was told.
    pub stamp: Stamp,
    /// The broker that answered: the transaction's coordinator, or a leader.
    pub broker: BrokerId,
    /// Over which connection.
    pub connection: u64,
    /// What the client calls itself.
    pub client_id: String,
    /// Which request.
    pub correlation_id: i32,
    /// `transactional.id`.
    pub transactional_id: String,
    /// The producer's epoch.
    pub producer_epoch: i16,
    /// Where it stands.
    pub state: TransactionState,
    /// Kafka's name of the error, empty for none.
    pub error: String,
}

impl Wire {
    /// What is known of an event's sends.
    pub fn of_event(&self, event_id: &str) -> Option<&Sends> {
        self.sends.iter().rev().find(|sends| sends.event_id == event_id)
    }

    /// An event's entry, made where it is new.
    pub(crate) fn entry(&mut self, event_id: &str) -> Option<&mut Sends> {
        if !self.sends.iter().any(|sends| sends.event_id == event_id) {
            if self.sends.len() >= KEPT_SENDS {
                let plain = self.sends.iter().position(Sends::is_plain).unwrap_or_default();
                self.sends.remove(plain);
            }
            self.sends.push_back(Sends { event_id: event_id.to_owned(), ..Sends::default() });
        }
        self.sends.iter_mut().rev().find(|sends| sends.event_id == event_id)
    }

    pub(crate) fn fold(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::ProduceSent { broker, connection, correlation_id, topic, partition, event_ids, .. } => {
                for event_id in event_ids {
                    let Some(sends) = self.entry(event_id) else { continue };
                    if sends.topic.is_empty() {
                        sends.topic.clone_from(topic);
                    }
                    sends.attempts.push(Attempt {
                        at: stamp.at,
                        broker: *broker,
                        connection: *connection,
                        correlation_id: *correlation_id,
                        partition: *partition,
                        ..Attempt::default()
                    });
                    if sends.attempts.len() > KEPT_ATTEMPTS {
                        sends.attempts.remove(0);
                    }
                }
            }
            Event::ProduceAnswered { base_offset, error, event_ids, .. } => {
                for (offset, event_id) in (*base_offset..).zip(event_ids) {
                    if let Some(attempt) = self.attempt(event_id, event) {
                        attempt.answered_at = Some(stamp.at);
                        attempt.offset = if *base_offset < 0 { -1 } else { offset };
                        attempt.error.clone_from(error);
                    }
                }
            }
            Event::FaultFired { api, what, event_ids, .. } if api == "Produce" && what.starts_with("drop") => {
                for event_id in event_ids {
                    if let Some(attempt) = self.attempt(event_id, event) {
                        attempt.lost_at = Some(stamp.at);
                    }
                }
            }
            _ => self.fold_client(stamp, event),
        }
    }

    /// The attempt of an event that a later fact speaks of, by connection and correlation id.
    fn attempt(&mut self, event_id: &str, event: &Event) -> Option<&mut Attempt> {
        let (Event::ProduceAnswered { broker, connection, correlation_id, .. }
        | Event::FaultFired { broker, connection, correlation_id, .. }) = event
        else {
            return None;
        };
        let sends = self.sends.iter_mut().rev().find(|sends| sends.event_id == event_id)?;
        let its =
            |a: &&mut Attempt| (a.broker, a.connection, a.correlation_id) == (*broker, *connection, *correlation_id);
        sends.attempts.iter_mut().rev().find(its)
    }

    fn fold_client(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::ClientChanged { broker, connection, up: false, .. } => {
                self.clients.remove(&(*connection, *broker));
            }
            Event::ClientChanged { broker, connection, client_id, software_name, software_version, reason, .. } => {
                let client = Client {
                    stamp,
                    client_id: client_id.clone(),
                    software_name: software_name.clone(),
                    software_version: software_version.clone(),
                    reason: reason.clone(),
                };
                self.clients.insert((*connection, *broker), client);
                while self.clients.len() > KEPT_CLIENTS {
                    self.clients.pop_first();
                }
            }
            Event::TransactionChanged {
                broker,
                connection,
                client_id,
                correlation_id,
                transactional_id,
                producer_id,
                producer_epoch,
                state,
                error,
            } => {
                let transaction = Transaction {
                    stamp,
                    broker: *broker,
                    connection: *connection,
                    client_id: client_id.clone(),
                    correlation_id: *correlation_id,
                    transactional_id: transactional_id.clone(),
                    producer_epoch: *producer_epoch,
                    state: *state,
                    error: error.clone(),
                };
                self.transactions.insert(*producer_id, transaction);
                while self.transactions.len() > KEPT_CLIENTS {
                    self.transactions.pop_first();
                }
            }
            _ => {}
        }
    }

    /// An app handed a record to its producer.
    pub(crate) fn note_sent(&mut self, event_id: &str, flight: &super::Flight) {
        let Some(sends) = self.entry(event_id) else { return };
        sends.sent_at = Some(flight.sent.at);
        sends.app.clone_from(&flight.app);
        sends.instance = flight.instance;
        sends.topic.clone_from(&flight.topic);
        sends.key.clone_from(&flight.key);
        sends.event_type.clone_from(&flight.event_type);
    }

    /// Its producer was told that it is not stored.
    pub(crate) fn note_refused(&mut self, event_id: &str, error: &str, at: Micros) {
        if let Some(sends) = self.entry(event_id) {
            sends.refused_at = Some(at);
            error.clone_into(&mut sends.error);
        }
    }
}
