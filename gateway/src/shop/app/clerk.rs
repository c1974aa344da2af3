//! The app's one working thread: books first, then the events, then the offset; never another order.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use model::fact::{Event as Fact, Source};
use rdkafka::{
    consumer::{CommitMode, Consumer as _},
    message::{Header, OwnedHeaders},
    producer::{BaseRecord, Producer as _},
};

use super::{
    Input,
    books::{Books, Outcome},
    client::{self, Delivery, Flight, Producer, Reader, Setup, SharedOffsets, locked},
    event::{Incoming, Outgoing},
    offsets::Place,
    report::Voice,
    seat::Seat,
};
use crate::{
    clock::monotonic_micros,
    shop::{
        guards::{Guard, Guards},
        wire::{Desk, Line, Set, Wish},
    },
};

/// Commits are gathered for so long.
const COMMIT: Duration = Duration::from_millis(20);
/// After a commit that failed (its coordinator is gone) the next one waits so long.
const COMMIT_AGAIN: Duration = Duration::from_millis(200);
/// An event that was refused is tried again after so long for each try, at most [`RETRY_MAX`].
const RETRY: Duration = Duration::from_millis(200);
const RETRY_MAX: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(1);

/// An event under way, and the records that are finished when it has arrived.
#[derive(Debug)]
struct Flying {
    places: Vec<Place>,
    event: Outgoing,
}

/// The app at work.
pub(crate) struct Clerk {
    books: Books,
    guards: Guards,
    setup: Setup,
    offsets: SharedOffsets,
    consumer: Arc<Reader>,
    producer: Producer,
    inputs: SyncSender<Input>,
    voice: Voice,
    /// Events under way by their id.
    flying: BTreeMap<String, Flying>,
    /// Of these, the ones that wait for another try.
    again: Vec<(Instant, String)>,
    next_commit: Instant,
    joined: bool,
}

impl Clerk {
    pub(crate) fn new(
        books: Books,
        guards: Guards,
        setup: Setup,
        offsets: SharedOffsets,
        consumer: Arc<Reader>,
        inputs: SyncSender<Input>,
        voice: &Voice,
    ) -> Result<Self> {
        let producer = client::producer(&setup, guards, inputs.clone(), voice.clone())?;
        Ok(Self {
            books,
            guards,
            setup,
            offsets,
            consumer,
            producer,
            inputs,
            voice: voice.clone(),
            flying: BTreeMap::new(),
            again: Vec::new(),
            next_commit: Instant::now(),
            joined: false,
        })
    }

    /// Tells the books as they stand, and sees to what ended instances left unsent.
    pub(crate) fn open(&mut self, seat: &Seat) -> Result<()> {
        for guard in Guard::ALL {
            self.tell_guard(guard);
        }
        for fact in self.books.snapshot()? {
            self.voice.fact(fact);
        }
        for instance in self.books.left_unsent()? {
            if seat.may_speak_for(instance)? {
                let outcome = self.books.recover(instance, self.guards)?;
                self.carry_out(outcome, None);
            }
        }
        Ok(())
    }

    /// Works until it has to leave.
    pub(crate) fn work(&mut self, waiting: &Receiver<Input>) -> Result<()> {
        loop {
            match waiting.recv_timeout(self.patience()) {
                Ok(Input::Line(line)) => self.line(&line)?,
                Ok(Input::Record(record, place)) => self.record(&record, &place)?,
                Ok(Input::Delivered(delivery)) => self.delivered(delivery)?,
                Ok(Input::Joined(assigned)) => self.joined(&assigned),
                Ok(Input::Leave(why)) => {
                    self.voice.info(&format!("leaves: {why}"));
                    return Ok(());
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.commit_if_due();
            self.retry_if_due()?;
        }
    }

    /// Waits for what is under way, and commits what is finished. Nothing new is taken up.
    pub(crate) fn leave(&mut self, waiting: &Receiver<Input>) {
        let deadline = Instant::now() + Duration::from_secs(3);
        while !self.flying.is_empty() {
            let Ok(input) = waiting.recv_timeout(deadline.saturating_duration_since(Instant::now())) else { break };
            if let Input::Delivered(delivery) = input
                && let Err(error) = self.delivered(delivery)
            {
                self.voice.error(&format!("{error:#}"));
                break;
            }
        }
        let commits = {
            let mut offsets = locked(&self.offsets);
            offsets.commit_failed();
            offsets.take_commits()
        };
        if !commits.is_empty()
            && let Err(error) =
                client::commit_list(&commits).and_then(|list| self.consumer.commit(&list, CommitMode::Sync))
        {
            self.voice.warn(&format!("the last commit failed, its records will be read again: {error}"));
        }
    }

    fn patience(&self) -> Duration {
        let now = Instant::now();
        let mut until = now + IDLE;
        if locked(&self.offsets).is_behind() {
            until = until.min(self.next_commit);
        }
        if let Some(first) = self.again.iter().map(|(due, _)| *due).min() {
            until = until.min(first);
        }
        until.saturating_duration_since(now)
    }

    fn line(&mut self, line: &str) -> Result<()> {
        let Line { id, wish } = match Line::parse(line) {
            Ok(line) => line,
            Err(error) => {
                self.voice.warn(&format!("a line that cannot be read: {error}: {line}"));
                return Ok(());
            }
        };
        let (ok, text) = match wish {
            Wish::Press(press) => {
                let outcome = self.books.press(&press, self.guards)?;
                let answer = (outcome.ok, outcome.effect.clone());
                self.carry_out(outcome, None);
                answer
            }
            Wish::Set(Set::Guard { guard, on }) => match self.set_guard(&guard, on) {
                Ok(text) => (true, text),
                Err(text) => (false, text),
            },
        };
        if id > 0 {
            self.voice.desk(Desk::Answer { id, ok, text });
        }
        Ok(())
    }

    fn record(&mut self, record: &Incoming, place: &Place) -> Result<()> {
        self.voice.fact(Fact::PositionMoved {
            group_id: self.setup.group.clone(),
            client_id: self.setup.client_id.clone(),
            topic: record.topic.clone(),
            partition: record.partition,
            offset: record.offset + 1,
            source: Source::App,
        });
        if let Err(error) = &record.body {
            let Place { topic, partition, offset, .. } = place;
            self.voice.error(&format!("record {topic} {partition} at {offset} cannot be read: {error}"));
        }
        let outcome = self.books.record(record, self.guards)?;
        let handled = Fact::RecordHandled {
            app: self.voice.app().name().to_owned(),
            instance: self.voice.instance(),
            topic: record.topic.clone(),
            partition: record.partition,
            offset: record.offset,
            event_id: record.event_id.clone(),
            effect: outcome.effect.clone(),
        };
        self.voice.fact(handled);
        locked(&self.offsets).begin(place, outcome.outgoing.len());
        self.carry_out(outcome, Some(place));
        Ok(())
    }

    /// Tells what changed and sends what there is to send.
    fn carry_out(&mut self, outcome: Outcome, place: Option<&Place>) {
        for fact in outcome.changed {
            self.voice.fact(fact);
        }
        for event in outcome.outgoing {
            if let Some(flying) = self.flying.get_mut(&event.event_id) {
                // It is under way already: a rebalance gave the record back before its event arrived.
                flying.places.extend(place.cloned());
                continue;
            }
            let event_id = event.event_id.clone();
            self.flying.insert(event_id.clone(), Flying { places: place.cloned().into_iter().collect(), event });
            self.send(&event_id);
        }
    }

    fn send(&mut self, event_id: &str) {
        let Some(Flying { event, .. }) = self.flying.get(event_id) else { return };
        let topic = self.voice.app().writes();
        let key = if self.guards.has(Guard::KeyOrderId) { event.body.key() } else { "" };
        let value = event.body.to_json();
        let headers = event.headers();
        let headers = headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header { key, value: Some(value.as_str()) })
        });
        let sent_at = monotonic_micros();
        let flight = Box::new(Flight { event_id: event_id.to_owned(), sent_at });
        let mut record = BaseRecord::with_opaque_to(topic, flight).payload(&value).headers(headers);
        if !key.is_empty() {
            record = record.key(key);
        }
        let sent = Fact::RecordSent {
            app: self.voice.app().name().to_owned(),
            instance: self.voice.instance(),
            topic: topic.to_owned(),
            key: key.to_owned(),
            event_id: event_id.to_owned(),
            event_type: event.body.name().to_owned(),
            source: Source::App,
        };
        match self.producer.send(record) {
            Ok(()) => self.voice.fact_at(sent_at, sent),
            // Its queue is full: the event stays in the books and is tried again.
            Err((error, _)) => {
                self.voice.warn(&format!("the producer did not take {event_id}: {error}"));
                self.again.push((Instant::now() + RETRY, event_id.to_owned()));
            }
        }
    }

    fn delivered(&mut self, delivery: Delivery) -> Result<()> {
        let Delivery { event_id, at, took_micros, result } = delivery;
        let (app, instance) = (self.voice.app().name().to_owned(), self.voice.instance());
        let topic = self.voice.app().writes().to_owned();
        match result {
            Ok((partition, offset)) => {
                let acks = if self.guards.has(Guard::AcksAll) { "all" } else { "1" }.to_owned();
                let event = event_id.clone();
                let source = Source::App;
                self.voice.fact_at(
                    at,
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
                    },
                );
                self.books.delivered(&event)?;
                if let Some(flying) = self.flying.remove(&event) {
                    let mut offsets = locked(&self.offsets);
                    for place in &flying.places {
                        offsets.one_delivered(place);
                    }
                }
            }
            Err(error) => {
                self.voice.warn(&format!("{event_id} is not on the log: {error}"));
                let tries = self.flying.get(&event_id).map_or(1, |flying| flying.event.attempt);
                self.again.push((Instant::now() + (RETRY * tries).min(RETRY_MAX), event_id.clone()));
                self.voice
                    .fact_at(at, Fact::RecordRefused { app, instance, topic, event_id, error, source: Source::App });
                if let Some((code, reason)) = self.producer.client().fatal_error() {
                    self.voice.error(&format!("the producer is made anew: {code:?}: {reason}"));
                    self.remake_producer()?;
                }
            }
        }
        Ok(())
    }

    fn retry_if_due(&mut self) -> Result<()> {
        if self.again.is_empty() {
            return Ok(());
        }
        let now = Instant::now();
        let (due, later): (Vec<_>, Vec<_>) = self.again.drain(..).partition(|(due, _)| *due <= now);
        self.again = later;
        for (_, event_id) in due {
            let Some(event) = self.books.once_more(&event_id)? else { continue };
            if let Some(flying) = self.flying.get_mut(&event_id) {
                flying.event = event;
                self.send(&event_id);
            }
        }
        Ok(())
    }

    fn commit_if_due(&mut self) {
        let now = Instant::now();
        if now < self.next_commit {
            return;
        }
        let commits = {
            let mut offsets = locked(&self.offsets);
            if offsets.take_failed() {
                self.next_commit = now + COMMIT_AGAIN;
                return;
            }
            offsets.take_commits()
        };
        if commits.is_empty() {
            return;
        }
        self.next_commit = now + COMMIT;
        if let Err(error) =
            client::commit_list(&commits).and_then(|list| self.consumer.commit(&list, CommitMode::Async))
        {
            locked(&self.offsets).commit_failed();
            self.voice.info(&format!("commit failed and is asked for again: {error}"));
        }
    }

    fn joined(&mut self, assigned: &[(String, i32)]) {
        let assigned: Vec<_> = assigned.iter().map(|(topic, partition)| format!("{topic} {partition}")).collect();
        let assigned = assigned.join(", ");
        self.voice.info(&format!("assigned: {assigned}"));
        if !std::mem::replace(&mut self.joined, true) {
            self.voice.desk(Desk::Ready { assigned });
        }
    }

    fn set_guard(&mut self, name: &str, on: bool) -> Result<String, String> {
        let guard: Guard = name.parse()?;
        let before = self.guards;
        self.guards.set(guard, on)?;
        let word = if on { "on" } else { "off" };
        if before == self.guards {
            return Ok(format!("guard {guard} is {word} already"));
        }
        if before.has(Guard::AcksAll) != self.guards.has(Guard::AcksAll)
            || before.has(Guard::Idempotence) != self.guards.has(Guard::Idempotence)
        {
            // The settings of a producer cannot be changed: what is under way is flushed, and another one made.
            drop(self.producer.flush(Duration::from_secs(2)));
            self.remake_producer().map_err(|error| format!("{error:#}"))?;
        }
        for guard in Guard::ALL.into_iter().filter(|guard| before.has(*guard) != self.guards.has(*guard)) {
            self.tell_guard(guard);
        }
        Ok(format!("guard {guard} {word}"))
    }

    fn tell_guard(&self, guard: Guard) {
        let on = self.guards.has(guard);
        self.voice.fact(Fact::GuardChanged {
            app: self.voice.app().name().to_owned(),
            guard: guard.name().to_owned(),
            on,
        });
    }

    /// Another producer; what the old one had under way comes back as not delivered and is sent by the new one.
    fn remake_producer(&mut self) -> Result<()> {
        let producer = client::producer(&self.setup, self.guards, self.inputs.clone(), self.voice.clone())?;
        let old = std::mem::replace(&mut self.producer, producer);
        // Its last delivery reports come through the queue that this thread empties, so another one waits for them.
        thread::spawn(move || drop(old));
        Ok(())
    }
}
