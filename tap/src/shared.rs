//! What all connections of one tap share, and how anything in it is told.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

use kafka_protocol::messages::ApiKey;

use crate::{
    book::Book,
    flight::{Flight, Room},
    observation::{Observation, Observer},
    pump::MOST_WHOLE_BYTES,
    rule::What,
    rules::{FIRED, Hit, Rules},
    wire::names,
};

/// One tap's state.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) rules: Rules,
    pub(crate) observer: Option<Observer>,
    pub(crate) slow_ms: AtomicU32,
    connections: AtomicU64,
    book: Mutex<Book>,
}

impl Shared {
    pub(crate) fn new(observer: Option<Observer>) -> Self {
        Self { observer, ..Self::default() }
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what concerns no single connection.
    pub(crate) fn tell(&self, what: Observation) {
        if let Some(observer) = &self.observer {
            observer.tell(None, None, what);
        }
    }

    pub(crate) fn slow_ms(&self) -> u32 {
        self.slow_ms.load(Ordering::Relaxed)
    }
}

/// One connection, as both of its directions see it.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) shared: Arc<Shared>,
    pub(crate) broker: i32,
    number: u64,
    flight: Mutex<Flight>,
    room: Room,
}

impl Link {
    pub(crate) fn new(shared: Arc<Shared>, broker: i32) -> Self {
        let number = shared.connections.fetch_add(1, Ordering::Relaxed) + 1;
        Self { shared, broker, number, flight: Mutex::default(), room: Room::default() }
    }

    pub(crate) fn is_observed(&self) -> bool {
        self.shared.observer.is_some()
    }

    pub(crate) fn tell(&self, what: Observation) {
        if let Some(observer) = &self.shared.observer {
            observer.tell(Some(self.broker), Some(self.number), what);
        }
    }

    pub(crate) fn flight(&self) -> MutexGuard<'_, Flight> {
        self.flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) const fn room(&self) -> &Room {
        &self.room
    }

    /// Tells which rule hit what.
    pub(crate) fn tell_hit(&self, hit: Hit, client_id: &str, api: Option<ApiKey>, correlation_id: Option<i32>) {
        let Hit { rule, what, part, is_over } = hit;
        let partition = part.as_ref().map(|part| part.partition);
        let (topic, event_ids): (Option<String>, Option<Vec<String>>) =
            part.map(|part| (part.topic.to_string(), part.event_ids)).unzip();
        self.tell(Observation::RuleFired {
            rule,
            client_id: client_id.to_owned(),
            api: api.map(names::api).unwrap_or_default(),
            correlation_id,
            topic,
            partition,
            event_id: event_ids.and_then(|mut ids| ids.pop()),
            what: What::name(what),
        });
        if is_over {
            self.shared.tell(Observation::RuleExpired { rule, why: FIRED.to_owned() });
        }
    }

    /// A frame that is passed on and could not be read; once for each kind.
    pub(crate) fn tell_undecodable(&self, api: ApiKey, version: i16, reason: &str) {
        if self.is_observed() && self.flight().is_news(api as i16) {
            self.tell(Observation::Undecodable { api: names::api(api), version, reason: reason.to_owned() });
        }
    }

    /// A frame that somebody wanted to see and that is too big to be held; once for each kind.
    pub(crate) fn tell_too_big(&self, api: ApiKey, version: i16, frame_bytes: usize) {
        if frame_bytes > MOST_WHOLE_BYTES {
            self.tell_undecodable(api, version, "it is bigger than 1 MiB, so it passed without a look");
        }
    }

    /// The broker answers no more; who waits for room need not wait.
    pub(crate) fn answers_ended(&self) {
        self.flight().end();
        self.room.made();
    }

    /// From here on this connection is copied as it is.
    pub(crate) fn go_plain(&self, reason: &str) {
        self.flight().is_plain = true;
        self.room.made();
        self.tell(Observation::Undecodable { api: String::new(), version: -1, reason: reason.to_owned() });
    }
}
