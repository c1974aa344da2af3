//! What producers were told on the wire that is no acknowledgement: sends refused, transactions begun, ended and fenced.

use super::{Picture, Stamp};
use crate::{
    fact::{Event, Fact, TransactionState},
    ids::{BrokerId, Micros},
};

/// A send whose producer was told that it is not stored.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// The fact that told so.
    pub seq: u64,
    /// When.
    pub at: Micros,
    /// Where to.
    pub topic: &'a str,
    /// The event it is; of several that went together the first.
    pub event_id: &'a str,
    /// Kafka's name for why.
    pub error: &'a str,
}

impl Picture {
    /// The newest refusals, oldest first, as the wire and the apps told them: one send may be refused often.
    pub fn refusals(&self) -> impl DoubleEndedIterator<Item = Refused<'_>> {
        self.refused.iter().filter_map(refused)
    }

    /// The newest refusal of what an instance of an app sent.
    pub fn last_refusal(&self, app: &str, instance: u32) -> Option<Refused<'_>> {
        let client = &self.apps.get(&(app.to_owned(), instance))?.client_id;
        let sent = |fact: &&Fact| match &fact.event {
            Event::RecordRefused { app: by, instance: n, .. } => by == app && *n == instance,
            Event::ProduceAnswered { client_id, .. } => client_id == client,
            _ => false,
        };
        self.refused.iter().rev().find(sent).and_then(refused)
    }
}

fn refused(Fact { seq, at, event }: &Fact) -> Option<Refused<'_>> {
    let (topic, event_id, error) = match event {
        Event::RecordRefused { topic, event_id, error, .. } => (topic, event_id.as_str(), error),
        Event::ProduceAnswered { topic, event_ids, error, .. } => {
            (topic, event_ids.first().map_or("", String::as_str), error)
        }
        _ => return None,
    };
    Some(Refused { seq: *seq, at: *at, topic, event_id, error })
}

/// A transactional producer, as its answers on the wire say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transaction {
    /// The newest answer; none where only its refusal was told.
    pub stamp: Stamp,
    /// Who answered, on which connection, and to which request.
    pub frame: (BrokerId, u64, i32),
    /// Who asked.
    pub client_id: String,
    /// Its producer id.
    pub producer_id: i64,
    /// Its epoch; older ones are fenced.
    pub producer_epoch: i16,
    /// Where it stands.
    pub state: TransactionState,
    /// Kafka's name for what is the matter; empty for nothing.
    pub error: String,
    /// The app whose producer was refused for good, its instance, and Kafka's name for why.
    pub refused: Option<(Stamp, String, u32, String)>,
}
