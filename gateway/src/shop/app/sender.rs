//! Events on their way to the log: sent, acknowledged, refused and sent again, each under the id it was born with.

use std::{
    collections::BTreeMap,
    sync::mpsc::SyncSender,
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use model::fact::{Event as Fact, Source};
use rdkafka::{
    message::{Header, OwnedHeaders},
    producer::{BaseRecord, Producer as _},
};

use super::{
    Input,
    books::Books,
    client::{self, Delivery, Flight, Producer, Setup},
    event::Outgoing,
    offsets::Place,
    report::Voice,
};
use crate::{
    clock::monotonic_micros,
    shop::guards::{Guard, Guards},
};

/// An event that was refused is tried again after so long for each try, at most [`RETRY_MAX`].
const RETRY: Duration = Duration::from_millis(200);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// How long what is under way is waited for before the producer is made anew.
const FLUSH: Duration = Duration::from_secs(2);

/// An event under way, and the records that are finished when it has arrived.
#[derive(Debug)]
struct Flying {
    places: Vec<Place>,
    event: Outgoing,
}

/// The producer and what it has under way.
pub(crate) struct Sender {
    setup: Setup,
    guards: Guards,
    producer: Producer,
    inputs: SyncSender<Input>,
    voice: Voice,
    /// Events under way by their id.
    flying: BTreeMap<String, Flying>,
    /// Of these, the ones that wait for another try.
    again: Vec<(Instant, String)>,
}

impl Sender {
    /// A sender under these guards.
    ///
    /// # Errors
    /// Where librdkafka refuses the settings.
    pub(crate) fn new(setup: Setup, guards: Guards, inputs: SyncSender<Input>, voice: Voice) -> Result<Self> {
        let producer = client::producer(&setup, guards, inputs.clone(), voice.clone())?;
        Ok(Self { setup, guards, producer, inputs, voice, flying: BTreeMap::new(), again: Vec::new() })
    }

    /// Whether nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.flying.is_empty()
    }

    /// When the next try is due.
    pub(crate) fn next_try(&self) -> Option<Instant> {
        self.again.iter().map(|(due, _)| *due).min()
    }

    /// Sends an event; the record at `place` is finished when it has arrived.
    pub(crate) fn send(&mut self, event: Outgoing, place: Option<&Place>) {
        if let Some(flying) = self.flying.get_mut(&event.event_id) {
            // It is under way already: a rebalance gave the record back before its event arrived.
            flying.places.extend(place.cloned());
            return;
        }
        self.hand_over(&event);
        self.flying.insert(event.event_id.clone(), Flying { places: place.cloned().into_iter().collect(), event });
    }

    /// Gives an event to the producer.
    fn hand_over(&mut self, event: &Outgoing) {
        let topic = self.voice.app().writes();
        let key = if self.guards.has(Guard::KeyOrderId) { event.body.key() } else { "" };
        let value = event.body.to_json();
        let headers = event.headers();
        let headers = headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header { key, value: Some(value.as_str()) })
        });
        let sent_at = monotonic_micros();
        let acks = if self.guards.has(Guard::AcksAll) { "all" } else { "1" };
        let flight = Box::new(Flight { event_id: event.event_id.clone(), sent_at, acks });
        let mut record = BaseRecord::with_opaque_to(topic, flight).payload(&value).headers(headers);
        if !key.is_empty() {
            record = record.key(key);
        }
        let sent = Fact::RecordSent {
            app: self.voice.app().name().to_owned(),
            instance: self.voice.instance(),
            topic: topic.to_owned(),
            key: key.to_owned(),
            event_id: event.event_id.clone(),
            event_type: event.body.name().to_owned(),
            source: Source::App,
        };
        match self.producer.send(record) {
            Ok(()) => self.voice.fact_at(sent_at, sent),
            // Its queue is full: the event stays in the books and is tried again.
            Err((error, _)) => {
                self.voice.warn(&format!("the producer did not take {}: {error}", event.event_id));
                self.again.push((Instant::now() + RETRY, event.event_id.clone()));
            }
        }
    }

    /// What became of an event; the records that are one event nearer to their end.
    ///
    /// # Errors
    /// Where the books cannot be written, or no other producer can be made after a fatal error.
    pub(crate) fn delivered(&mut self, delivery: Delivery, books: &Books) -> Result<Vec<Place>> {
        let Delivery { flight, at, result } = delivery;
        let Flight { event_id, sent_at, acks } = *flight;
        let (app, instance) = (self.voice.app().name().to_owned(), self.voice.instance());
        let (topic, source) = (self.voice.app().writes().to_owned(), Source::App);
        match result {
            Ok((partition, offset)) => {
                books.delivered(&event_id)?;
                let places = self.flying.remove(&event_id).map(|flying| flying.places).unwrap_or_default();
                let (acks, took_micros) = (acks.to_owned(), at.saturating_sub(sent_at));
                let acknowledged = Fact::RecordAcknowledged {
                    app,
                    instance,
                    topic,
                    partition,
                    offset,
                    event_id,
                    acks,
                    took_micros,
                    source,
                };
                self.voice.fact_at(at, acknowledged);
                Ok(places)
            }
            Err(error) => {
                self.voice.warn(&format!("{event_id} is not on the log: {error}"));
                let tries = self.flying.get(&event_id).map_or(1, |flying| flying.event.attempt);
                self.again.push((Instant::now() + (RETRY * tries).min(RETRY_MAX), event_id.clone()));
                self.voice.fact_at(at, Fact::RecordRefused { app, instance, topic, event_id, error, source });
                if let Some((code, reason)) = self.producer.client().fatal_error() {
                    self.voice.error(&format!("the producer is made anew: {code:?}: {reason}"));
                    self.remake()?;
                }
                Ok(Vec::new())
            }
        }
    }

    /// Tries again what is due for it, counted in its `attempt`.
    ///
    /// # Errors
    /// Where the books cannot be read or written.
    pub(crate) fn retry(&mut self, books: &Books) -> Result<()> {
        let now = Instant::now();
        let (due, later) = self.again.drain(..).partition::<Vec<_>, _>(|(due, _)| *due <= now);
        self.again = later;
        for (_, event_id) in due {
            match books.once_more(&event_id)? {
                Some(event) => {
                    self.hand_over(&event);
                    if let Some(flying) = self.flying.get_mut(&event_id) {
                        flying.event = event;
                    }
                }
                // It arrived all the same, under another instance.
                None => drop(self.flying.remove(&event_id)),
            }
        }
        Ok(())
    }

    /// Works under other guards from now on.
    ///
    /// # Errors
    /// Where librdkafka refuses the settings.
    pub(crate) fn set_guards(&mut self, guards: Guards) -> Result<()> {
        let before = std::mem::replace(&mut self.guards, guards);
        let of_producer = |guards: Guards| (guards.has(Guard::AcksAll), guards.has(Guard::Idempotence));
        if of_producer(before) == of_producer(guards) {
            return Ok(());
        }
        // The settings of a producer cannot be changed: what is under way is flushed, and another one made.
        if let Err(error) = self.producer.flush(FLUSH) {
            self.voice.info(&format!("not all was delivered before the guard was switched: {error}"));
        }
        self.remake()
    }

    /// Another producer; what the old one had under way comes back as not delivered and is sent by the new one.
    fn remake(&mut self) -> Result<()> {
        let producer = client::producer(&self.setup, self.guards, self.inputs.clone(), self.voice.clone())?;
        let old = std::mem::replace(&mut self.producer, producer);
        // Its last delivery reports come through the queue that this thread empties, so another one waits for them.
        thread::spawn(move || drop(old));
        Ok(())
    }
}
