//! Requests of one connection that wait for their answers, in order: Kafka answers in the order it was asked.

use std::{collections::VecDeque, sync::Arc};

use kafka_protocol::messages::ApiKey;
use tokio::sync::Notify;

use crate::asked::Asked;

/// With so many unanswered no further request is taken from the client until one is answered; they wait in its socket.
const MOST: usize = 1024;
/// Nor with so many things in them, where they were read: one frame may hold 100,000.
const MOST_THINGS: usize = 20_000;

/// Which requests are unanswered.
#[derive(Debug)]
pub(crate) struct Flight {
    /// As the last request had it.
    pub(crate) client_id: Arc<str>,
    waiting: VecDeque<Pending>,
    things: usize,
    /// No answer comes any more.
    is_over: bool,
    /// This connection does not speak Kafka.
    pub(crate) is_plain: bool,
    /// Kinds of frames that were told to be undecodable.
    told: Vec<i16>,
}

impl Default for Flight {
    fn default() -> Self {
        Self {
            client_id: Arc::from(""),
            waiting: VecDeque::new(),
            things: 0,
            is_over: false,
            is_plain: false,
            told: Vec::new(),
        }
    }
}

/// A request that waits.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) correlation_id: i32,
    /// `None` where the codec does not know it.
    pub(crate) api: Option<ApiKey>,
    pub(crate) version: i16,
    pub(crate) client_id: Arc<str>,
    /// When it came, in microseconds; 0 where nobody observes.
    pub(crate) at_micros: u64,
    /// What it asked, where that was read.
    pub(crate) asked: Option<Box<Asked>>,
}

impl Pending {
    fn things(&self) -> usize {
        self.asked.as_deref().map_or(0, Asked::things)
    }
}

impl Flight {
    pub(crate) fn is_full(&self) -> bool {
        !self.is_over && (self.waiting.len() >= MOST || self.things >= MOST_THINGS)
    }

    /// What is asked from here on is not answered, and nothing waits for it.
    pub(crate) fn end(&mut self) {
        self.is_over = true;
        self.waiting.clear();
        self.things = 0;
    }

    pub(crate) fn push(&mut self, pending: Pending) {
        if self.is_over {
            return;
        }
        self.things += pending.things();
        self.waiting.push_back(pending);
    }

    /// The next one to be answered.
    pub(crate) fn next(&self) -> Option<&Pending> {
        self.waiting.front()
    }

    pub(crate) fn pop(&mut self) -> Option<Pending> {
        let pending = self.waiting.pop_front()?;
        self.things -= pending.things();
        Some(pending)
    }

    /// Whether this kind of frame is undecodable for the first time.
    pub(crate) fn is_news(&mut self, api_key: i16) -> bool {
        let news = !self.told.contains(&api_key);
        if news {
            self.told.push(api_key);
        }
        news
    }
}

/// Wakes the client's direction when an answer has made room.
#[derive(Debug, Default)]
pub(crate) struct Room(Notify);

impl Room {
    pub(crate) fn made(&self) {
        self.0.notify_one();
    }

    /// May end without cause; look again then.
    pub(crate) async fn wait(&self) {
        self.0.notified().await;
    }
}
