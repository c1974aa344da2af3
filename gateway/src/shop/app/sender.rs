//! Which way events go to the log: plainly, or in Kafka's transactions; what is under way at a switch is not lost.

mod plain;
mod post;
mod transactions;

use std::{
    sync::{Arc, mpsc::SyncSender},
    time::{Duration, Instant},
};

use anyhow::Result;

use self::{
    plain::Plain,
    post::Post,
    transactions::{Parcel, Transactions},
};
use super::{
    Input,
    books::Books,
    client::{Delivery, Reader, Setup, SharedOffsets},
    crash::Crash,
    event::Outgoing,
    offsets::Place,
    report::Voice,
};
use crate::shop::guards::{Guard, Guards};
pub(crate) use transactions::Worked;

/// The app's sender.
pub(crate) struct Sender {
    post: Post,
    consumer: Arc<Reader>,
    offsets: SharedOffsets,
    /// Sends while there are no transactions; when they begin, it ends what it has under way, and goes.
    plain: Option<Plain>,
    transactions: Option<Transactions>,
}

impl Sender {
    /// A sender under these guards. A transactional one waits until its coordinator knows it; the plain reader's sends nothing.
    ///
    /// # Errors
    /// Where librdkafka refuses the settings, or no coordinator is found for a transactional producer.
    pub(crate) fn new(
        setup: Setup,
        guards: Guards,
        consumer: Arc<Reader>,
        offsets: SharedOffsets,
        inputs: SyncSender<Input>,
        voice: Voice,
    ) -> Result<Self> {
        let post = Post { setup, guards, inputs, voice };
        let mut sender = Self { post, consumer, offsets, plain: None, transactions: None };
        if guards.has(Guard::Transactions) {
            sender.transactions = Some(sender.begin_transactions(transactions::START)?);
        } else if !sender.post.voice.app().writes().is_empty() {
            sender.plain = Some(Plain::new(sender.post.clone())?);
        }
        Ok(sender)
    }

    /// Whether nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.plain.as_ref().is_none_or(Plain::is_idle) && self.transactions.as_ref().is_none_or(Transactions::is_idle)
    }

    /// Whether a transaction is open: its offsets are committed with it, and no others before it ends.
    pub(crate) fn is_in_transaction(&self) -> bool {
        self.transactions.as_ref().is_some_and(Transactions::is_open)
    }

    /// Whether so much waits for transactions that nothing more may be taken up.
    pub(crate) fn is_full(&self) -> bool {
        self.plain.is_none() && self.transactions.as_ref().is_some_and(Transactions::is_full)
    }

    /// When the next try is due.
    pub(crate) fn next_try(&self) -> Option<Instant> {
        let plain = self.plain.as_ref().and_then(Plain::next_try);
        let transactions = self.transactions.as_ref().and_then(Transactions::next_try);
        plain.into_iter().chain(transactions).min()
    }

    /// Sends what a press or a record caused; the record at `place` is finished when all of it has arrived.
    pub(crate) fn send(&mut self, events: Vec<Outgoing>, place: Option<&Place>) {
        if events.is_empty() {
            return;
        }
        match (&mut self.transactions, &mut self.plain) {
            (Some(transactions), _) => transactions.send(events, place),
            (None, Some(plain)) => events.into_iter().for_each(|event| plain.send(event, place)),
            (None, None) => {}
        }
    }

    /// What became of an event that was sent plainly; the records that are one event nearer to their end.
    ///
    /// # Errors
    /// Where the books cannot be written, or no other producer can be made after a fatal error.
    pub(crate) fn delivered(&mut self, delivery: Delivery, books: &Books) -> Result<Vec<Place>> {
        self.plain.as_mut().map_or_else(|| Ok(Vec::new()), |plain| plain.delivered(delivery, books))
    }

    /// Goes on with what can go on now.
    ///
    /// # Errors
    /// Where the books cannot be used, or a transaction can neither be ended nor tried again.
    pub(crate) fn work(&mut self, books: &mut Books, crash: &mut Crash) -> Result<Worked> {
        if let Some(plain) = &mut self.plain {
            plain.retry(books)?;
        }
        if self.transactions.is_some()
            && let Some(idle) = self.plain.take_if(|plain| plain.is_idle())
        {
            idle.end();
        }
        match &mut self.transactions {
            // An offset that is committed in a transaction must not pass a record whose event is still under way.
            Some(transactions) if self.plain.is_none() => transactions.work(books, crash),
            _ => Ok(Worked::default()),
        }
    }

    /// Works under other guards from now on.
    ///
    /// # Errors
    /// Where librdkafka refuses the settings, or the coordinator does not answer; nothing is switched then.
    pub(crate) fn set_guards(&mut self, guards: Guards, books: &mut Books, crash: &mut Crash) -> Result<Worked> {
        let before = std::mem::replace(&mut self.post.guards, guards);
        let switched = self.switch(books, crash);
        if switched.is_err() {
            self.post.guards = before;
        }
        switched
    }

    fn switch(&mut self, books: &mut Books, crash: &mut Crash) -> Result<Worked> {
        let guards = self.post.guards;
        let mut worked = Worked::default();
        match &mut self.transactions {
            None if guards.has(Guard::Transactions) => {
                self.transactions = Some(self.begin_transactions(transactions::SWITCH)?);
            }
            Some(transactions) if !guards.has(Guard::Transactions) => {
                let rest;
                (worked, rest) = transactions.end(books, crash)?;
                let mut plain = self.plain.take().map_or_else(|| Plain::new(self.post.clone()), Ok)?;
                for Parcel { events, place } in rest {
                    events.into_iter().for_each(|event| plain.send(event, place.as_ref()));
                }
                (self.plain, self.transactions) = (Some(plain), None);
            }
            _ => {}
        }
        if let Some(plain) = &mut self.plain {
            plain.set_guards(guards)?;
        }
        if let Some(transactions) = &mut self.transactions {
            transactions.set_guards(guards);
        }
        Ok(worked)
    }

    fn begin_transactions(&self, patience: Duration) -> Result<Transactions> {
        Transactions::new(self.post.clone(), Arc::clone(&self.consumer), Arc::clone(&self.offsets), patience)
    }
}
