//! An event as a record and as facts: what is the same however it is sent.

use std::sync::mpsc::SyncSender;

use model::fact::{Event as Fact, Source};
use rdkafka::{
    error::KafkaResult,
    message::{Header, OwnedHeaders},
    producer::BaseRecord,
};

use super::super::{
    Input,
    client::{Delivery, Flight, Setup},
    dead_letter,
    event::{Body, Outgoing},
    report::Voice,
};
use crate::{
    clock::monotonic_micros,
    shop::guards::{Guard, Guards},
};

/// A record on its way to a producer.
pub(super) type Letter<'a> = BaseRecord<'a, str, [u8], Box<Flight>>;

/// What became of an event that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) event_id: String,
    /// Whether it is on the log, or Kafka's name of the error.
    pub(super) result: Result<(), String>,
}

/// What both ways of sending need.
#[derive(Clone)]
pub(super) struct Post {
    pub(super) setup: Setup,
    pub(super) guards: Guards,
    pub(super) inputs: SyncSender<Input>,
    pub(super) voice: Voice,
}

impl Post {
    /// Gives an event to a producer and tells that it was sent.
    pub(super) fn hand_over(
        &self,
        event: &Outgoing,
        send: impl FnOnce(Letter<'_>) -> KafkaResult<()>,
    ) -> KafkaResult<()> {
        let topic = match &event.body {
            Body::DeadLetter { topic, .. } => dead_letter::topic_of(topic),
            _ => self.voice.app().writes().to_owned(),
        };
        let key = self.setup.key.of(&event.body, self.guards).unwrap_or_default();
        let value = event.value();
        let headers = event.headers();
        let headers = headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header { key, value: Some(value.as_str()) })
        });
        let sent_at = monotonic_micros();
        let acks = if self.guards.has(Guard::AcksAll) { "all" } else { "1" };
        let flight = Box::new(Flight { event_id: event.event_id.clone(), topic: topic.clone(), sent_at, acks });
        let mut record = BaseRecord::with_opaque_to(&topic, flight).payload(value.as_slice()).headers(headers);
        if !key.is_empty() {
            record = record.key(key);
        }
        send(record)?;
        let sent = Fact::RecordSent {
            app: self.voice.app().name().to_owned(),
            instance: self.voice.instance(),
            topic: topic.clone(),
            key: key.to_owned(),
            event_id: event.event_id.clone(),
            event_type: event.body.name().to_owned(),
            source: Source::App,
        };
        self.voice.fact_at(sent_at, sent);
        Ok(())
    }

    /// Tells what became of an event.
    pub(super) fn tell(&self, delivery: Delivery) -> Answer {
        let Delivery { flight, at, result } = delivery;
        let Flight { event_id, topic, sent_at, acks } = *flight;
        let (app, instance) = (self.voice.app().name().to_owned(), self.voice.instance());
        let source = Source::App;
        let answer = Answer { event_id: event_id.clone(), result: result.clone().map(drop) };
        let fact = match result {
            Ok((partition, offset)) => {
                let (acks, took_micros) = (acks.to_owned(), at.saturating_sub(sent_at));
                Fact::RecordAcknowledged {
                    app,
                    instance,
                    topic,
                    partition,
                    offset,
                    event_id,
                    acks,
                    took_micros,
                    source,
                }
            }
            Err(error) => Fact::RecordRefused { app, instance, topic, event_id, error, source },
        };
        self.voice.fact_at(at, fact);
        answer
    }
}
