//! Plain sending: each event by itself, acknowledged or refused and sent again, under the id it was born with.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use rdkafka::producer::Producer as _;

use super::{
    super::{
        books::Books,
        client::{self, Delivery, Producer},
        event::Outgoing,
        offsets::Place,
    },
    post::{Answer, Post},
};
use crate::shop::guards::{Guard, Guards};

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
pub(super) struct Plain {
    post: Post,
    producer: Producer,
    /// Events under way by their id.
    flying: BTreeMap<String, Flying>,
    /// Of these, the ones that wait for another try.
    again: Vec<(Instant, String)>,
}

impl Plain {
    /// A plain producer under these guards.
    ///
    /// # Errors
    /// Where librdkafka refuses the settings.
    pub(super) fn new(post: Post) -> Result<Self> {
        let producer = client::producer(&post.setup, post.guards, post.inputs.clone(), post.voice.clone())?;
        Ok(Self { post, producer, flying: BTreeMap::new(), again: Vec::new() })
    }

    /// Whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.flying.is_empty()
    }

    /// When the next try is due.
    pub(super) fn next_try(&self) -> Option<Instant> {
        self.again.iter().map(|(due, _)| *due).min()
    }

    /// Sends an event; the record at `place` is finished when it has arrived.
    pub(super) fn send(&mut self, event: Outgoing, place: Option<&Place>) {
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
        let sent = self.post.hand_over(event, |letter| self.producer.send(letter).map_err(|(error, _)| error));
        // Its queue is full: the event stays in the books and is tried again.
        if let Err(error) = sent {
            self.post.voice.warn(&format!("the producer did not take {}: {error}", event.event_id));
            self.again.push((Instant::now() + RETRY, event.event_id.clone()));
        }
    }

    /// What became of an event; the records that are one event nearer to their end.
    ///
    /// # Errors
    /// Where the books cannot be written, or no other producer can be made after a fatal error.
    pub(super) fn delivered(&mut self, delivery: Delivery, books: &Books) -> Result<Vec<Place>> {
        let Answer { event_id, result } = self.post.tell(delivery);
        let Err(error) = result else {
            books.delivered(&event_id)?;
            return Ok(self.flying.remove(&event_id).map(|flying| flying.places).unwrap_or_default());
        };
        // The fact says it, and it is sent again.
        self.post.voice.info(&format!("{event_id} is not on the log: {error}"));
        let tries = self.flying.get(&event_id).map_or(1, |flying| flying.event.attempt);
        self.again.push((Instant::now() + (RETRY * tries).min(RETRY_MAX), event_id));
        if let Some((code, reason)) = self.producer.client().fatal_error() {
            self.post.voice.error(&format!("the producer is made anew: {code:?}: {reason}"));
            self.remake()?;
        }
        Ok(Vec::new())
    }

    /// Tries again what is due for it, counted in its `attempt`.
    ///
    /// # Errors
    /// Where the books cannot be read or written.
    pub(super) fn retry(&mut self, books: &Books) -> Result<()> {
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
    pub(super) fn set_guards(&mut self, guards: Guards) -> Result<()> {
        let before = std::mem::replace(&mut self.post.guards, guards);
        let of_producer = |guards: Guards| (guards.has(Guard::AcksAll), guards.has(Guard::Idempotence));
        if of_producer(before) == of_producer(guards) {
            return Ok(());
        }
        // The settings of a producer cannot be changed: what is under way is flushed, and another one made.
        if let Err(error) = self.producer.flush(FLUSH) {
            self.post.voice.info(&format!("not all was delivered before the guard was switched: {error}"));
        }
        self.remake()
    }

    /// Ends; nothing is under way any more. A producer takes a moment to go, and nobody waits for it.
    pub(super) fn end(self) {
        thread::spawn(move || drop(self.producer));
    }

    /// Another producer; what the old one had under way comes back as not delivered and is sent by the new one.
    fn remake(&mut self) -> Result<()> {
        let Post { setup, guards, inputs, voice } = &self.post;
        let producer = client::producer(setup, *guards, inputs.clone(), voice.clone())?;
        let old = std::mem::replace(&mut self.producer, producer);
        // Its last delivery reports come through the queue that this thread empties, so another one waits for them.
        thread::spawn(move || drop(old));
        Ok(())
    }
}
