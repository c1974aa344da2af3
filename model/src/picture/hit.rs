//! A frame that a fault hit: what was taken away, and what passed the tap of the same events since.

use super::Stamp;
use crate::{
    fact::{Event, Fact},
    ids::{BrokerId, Micros, PartitionId},
};

/// How many requests and answers after a fault are remembered.
const KEPT_SINCE: usize = 8;

/// The newest fault that hit a frame, and what passed the tap of the same events since.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// First the fault that fired, then the requests and answers, each as it was seen.
    facts: Vec<Fact>,
}

/// What a fault took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The answer to a Produce request: the record is stored and its producer does not know.
    Ack,
    /// A Produce request: no broker has it.
    Send,
    /// Nothing that was sent to be stored, or only time.
    Other,
}

/// What became of a record whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing more was seen.
    Open,
    /// It was sent again; the answer was not seen yet.
    SentAgain,
    /// It was stored a second time, at this offset.
    Twice(i64),
    /// The broker answered with the offset it has already.
    Recognised(i64),
}

impl Hit {
    /// A fault that fires now.
    pub(crate) fn of(stamp: Stamp, event: &Event) -> Option<Self> {
        Some(Self { facts: vec![seen(stamp, event)?] })
    }

    /// Takes a request or an answer that is about the events that were hit.
    pub(crate) fn see(&mut self, stamp: Stamp, event: &Event) {
        let (Event::ProduceSent { event_ids, .. } | Event::ProduceAnswered { event_ids, .. }) = event else { return };
        if self.facts.len() <= KEPT_SINCE && event_ids.iter().any(|id| self.event_ids().contains(id)) {
            self.facts.extend(seen(stamp, event));
        }
    }

    /// The facts it is made of.
    pub(crate) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// When it fired.
    pub fn at(&self) -> Micros {
        self.facts.first().map(|f| f.at).unwrap_or_default()
    }

    /// What it took away.
    pub fn taken(&self) -> Taken {
        match self.facts.first().map(|f| &f.event) {
            Some(Event::FaultFired { api, what, .. }) if api == "Produce" => match what.as_str() {
                "drop_response" | "drop_response_and_close" => Taken::Ack,
                "drop_request" => Taken::Send,
                _ => Taken::Other,
            },
            _ => Taken::Other,
        }
    }

    /// The broker, the client and what was done to its frame, as the tap names it.
    pub fn whose(&self) -> (BrokerId, &str, &str) {
        match self.facts.first().map(|f| &f.event) {
            Some(Event::FaultFired { broker, client_id, what, .. }) => (*broker, client_id, what),
            _ => (BrokerId::NONE, "", ""),
        }
    }

    /// The partition whose records were in the frame.
    pub fn partition(&self) -> Option<PartitionId> {
        match self.facts.first().map(|f| &f.event) {
            Some(Event::FaultFired { topic, partition, .. }) => Some(PartitionId::new(topic.clone(), *partition)),
            _ => None,
        }
    }

    /// The events in the frame.
    pub fn event_ids(&self) -> &[String] {
        match self.facts.first().map(|f| &f.event) {
            Some(Event::FaultFired { event_ids, .. }) => event_ids,
            _ => &[],
        }
    }

    /// When one of its events was first sent again.
    pub fn again(&self) -> Option<Micros> {
        let again = self.others().find(|f| matches!(f.event, Event::ProduceSent { .. }));
        again.map(|f| f.at)
    }

    /// What became of the first of its events, whose record stands at `first`.
    pub fn fate(&self, first: Option<i64>) -> Fate {
        let answer = self.others().find_map(|f| match &f.event {
            Event::ProduceAnswered { base_offset, error, .. } if error.is_empty() && *base_offset >= 0 => {
                Some(*base_offset)
            }
            _ => None,
        });
        match (answer, first) {
            (Some(offset), Some(first)) if offset > first => Fate::Twice(offset),
            (Some(offset), Some(_)) => Fate::Recognised(offset),
            _ if self.again().is_some() => Fate::SentAgain,
            _ => Fate::Open,
        }
    }

    /// Requests and answers of other frames than the one that was hit.
    fn others(&self) -> impl Iterator<Item = &Fact> {
        let hit = self.facts.first().and_then(|f| frame(&f.event));
        self.facts.iter().skip(1).filter(move |f| frame(&f.event) != hit)
    }
}

/// Which frame a fact of the tap speaks of.
fn frame(event: &Event) -> Option<(BrokerId, u64, i32)> {
    match event {
        Event::FaultFired { broker, connection, correlation_id, .. }
        | Event::ProduceSent { broker, connection, correlation_id, .. }
        | Event::ProduceAnswered { broker, connection, correlation_id, .. } => {
            Some((*broker, *connection, *correlation_id))
        }
        _ => None,
    }
}

/// Kinds that are kept, copied one by one: a copy of any event is code that every page would carry.
pub(crate) fn seen(stamp: Stamp, event: &Event) -> Option<Fact> {
    macro_rules! copied {
        ($($kind:ident { $($field:ident),* })*) => {
            match event {
                $(Event::$kind { $($field),* } => Event::$kind { $($field: $field.clone()),* },)*
                _ => return None,
            }
        };
    }
    let event = copied! {
        FaultFired {
            rule, broker, connection, client_id, api, correlation_id, topic, partition, event_ids, what
        }
        ProduceSent {
            broker, connection, client_id, correlation_id, acks, transactional_id, topic, partition, producer_id,
            producer_epoch, base_sequence, count, event_ids
        }
        ProduceAnswered {
            broker, connection, client_id, correlation_id, topic, partition, base_offset, error, event_ids, took_micros
        }
        RecordRefused { app, instance, topic, event_id, error, source }
    };
    Some(Fact { seq: stamp.seq, at: stamp.at, event })
}
