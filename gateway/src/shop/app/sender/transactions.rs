//! Transactional sending: what a record or a press caused and the record's offset, committed as one or not at all.
//!
//! Each call to the coordinator waits for its answer, at most [`STEP`]; what is not answered by then is gone on with at
//! the next turn, so that presses are answered while a coordinator is away.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use model::fact::Event as Fact;
use rdkafka::{
    consumer::Consumer as _,
    error::{KafkaError, KafkaResult},
    producer::Producer as _,
    types::RDKafkaErrorCode,
};

use super::{
    super::{
        books::Books,
        client::{self, Reader, SharedOffsets, Transactional, locked},
        crash::Crash,
        event::Outgoing,
        offsets::Place,
    },
    post::{Answer, Post},
};
use crate::shop::{
    guards::Guards,
    wire::{CrashAction, Point},
};

/// How long the coordinator may take to know the producer when the app starts; a transaction that a killed app left open
/// is aborted within this.
pub(super) const START: Duration = Duration::from_secs(20);
/// The same when the guard is switched: whoever switched it waits for the answer.
pub(super) const SWITCH: Duration = Duration::from_secs(4);
/// How long one step of a transaction may take before presses are looked at again.
const STEP: Duration = Duration::from_secs(1);
/// After a step that failed the next one waits so long, longer with each try, at most [`AGAIN_MAX`].
const AGAIN: Duration = Duration::from_millis(200);
const AGAIN_MAX: Duration = Duration::from_secs(5);
/// How long a transaction is held open for a crash point that counts its events; shorter than its own time-out.
const HELD: Duration = Duration::from_secs(3);
/// So many records and presses may wait for their transaction; then the app takes nothing up.
const WAITING: usize = 256;

/// What one record or one press caused: it is committed in one transaction, with the record's offset.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) events: Vec<Outgoing>,
    pub(super) place: Option<Place>,
}

impl Parcel {
    /// Whether it holds one of these events; an event keeps its id however often its record is read.
    fn shares(&self, events: &[Outgoing]) -> bool {
        self.events.iter().any(|mine| events.iter().any(|event| event.event_id == mine.event_id))
    }
}

/// What is to be done next in the open transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Send,
    Arrive,
    Offset,
    /// All is sent; a crash point may be here.
    Sent,
    /// A crash point waits for more events than there are so far.
    Hold,
    Commit,
    Abort,
}

#[derive(Debug)]
struct Open {
    /// The last one is being sent, those before it have been.
    parcels: Vec<Parcel>,
    next: Next,
    since: Instant,
    /// The presenter wants it aborted: it is no accident.
    on_purpose: bool,
}

/// What came of a turn.
#[derive(Debug, Default)]
pub(crate) struct Worked {
    /// Rows of the books that changed.
    pub(crate) changed: Vec<Fact>,
    /// The producer was refused for good: the app has to end.
    pub(crate) fenced: bool,
}

/// The transactional producer, and what waits for a transaction.
pub(super) struct Transactions {
    post: Post,
    producer: Transactional,
    consumer: Arc<Reader>,
    offsets: SharedOffsets,
    waiting: VecDeque<Parcel>,
    open: Option<Open>,
    /// Failed tries in a row, and until when the next one waits.
    tries: u32,
    rests_until: Option<Instant>,
    fenced: bool,
}

impl Transactions {
    /// Makes the producer and waits until its coordinator knows it, so that older ones of its id are fenced.
    ///
    /// # Errors
    /// Where librdkafka refuses the settings, or there is no coordinator in time.
    pub(super) fn new(post: Post, consumer: Arc<Reader>, offsets: SharedOffsets, patience: Duration) -> Result<Self> {
        let producer = client::transactional(&post.setup, post.guards, post.voice.clone())?;
        producer.init_transactions(patience).with_context(|| {
            format!(
                "the coordinator of transactional.id {} did not answer in {} s: are its brokers running?",
                post.setup.transactional_id,
                patience.as_secs()
            )
        })?;
        let (waiting, open) = (VecDeque::new(), None);
        Ok(Self { post, producer, consumer, offsets, waiting, open, tries: 0, rests_until: None, fenced: false })
    }

    pub(super) fn set_guards(&mut self, guards: Guards) {
        self.post.guards = guards;
    }

    /// Whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.fenced || (self.open.is_none() && self.waiting.is_empty())
    }

    /// Whether a transaction is open.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether no more may wait.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING
    }

    /// When the next try is due.
    pub(super) fn next_try(&self) -> Option<Instant> {
        self.rests_until
    }

    /// Takes what a record or a press caused; [`Self::work`] sends it.
    pub(super) fn send(&mut self, events: Vec<Outgoing>, place: Option<&Place>) {
        let open = self.open.iter_mut().flat_map(|open| &mut open.parcels);
        if let Some(parcel) = open.chain(&mut self.waiting).find(|parcel| parcel.shares(&events)) {
            // It is under way already: a rebalance gave the record back before it was committed.
            parcel.place = place.cloned();
            return;
        }
        self.waiting.push_back(Parcel { events, place: place.cloned() });
    }

    /// Goes on with what can go on now.
    ///
    /// # Errors
    /// Where the books cannot be used, or a transaction can neither be ended nor tried again.
    pub(super) fn work(&mut self, books: &mut Books, crash: &mut Crash) -> Result<Worked> {
        let mut worked = Worked::default();
        self.producer.poll(Duration::ZERO);
        while self.may_go_on(crash.is_armed(Point::InTransaction)) {
            self.rests_until = None;
            match self.advance(books, crash, &mut worked)? {
                Ok(()) => self.tries = 0,
                Err(error) => self.failed(&error)?,
            }
        }
        worked.fenced = self.fenced;
        Ok(worked)
    }

    /// Ends what is open; what still waits is for somebody else to send.
    ///
    /// # Errors
    /// Where the open transaction does not end.
    pub(super) fn end(&mut self, books: &mut Books, crash: &mut Crash) -> Result<(Worked, Vec<Parcel>)> {
        let worked = self.work(books, crash)?;
        if self.is_open() {
            bail!("the transaction under way does not end; try again when its coordinator is back");
        }
        Ok((worked, self.waiting.drain(..).collect()))
    }

    fn may_go_on(&self, is_armed: bool) -> bool {
        if self.fenced || self.rests_until.is_some_and(|until| until > Instant::now()) {
            return false;
        }
        match &self.open {
            Some(Open { next: Next::Hold, since, .. }) => {
                !is_armed || since.elapsed() > HELD || !self.waiting.is_empty()
            }
            Some(_) => true,
            // A plain commit that is under way would come after the transaction's and take the group back.
            None => !self.waiting.is_empty() && !locked(&self.offsets).is_commit_under_way(),
        }
    }

    /// One step. The outer error is ours, the inner one Kafka's.
    fn advance(&mut self, books: &mut Books, crash: &mut Crash, worked: &mut Worked) -> Result<KafkaResult<()>> {
        let Some(next) = self.open.as_ref().map(|open| open.next) else { return Ok(self.begin()) };
        match next {
            Next::Send => Ok(self.hand_over()),
            Next::Arrive => Ok(self.arrive()),
            Next::Offset => Ok(self.send_offset()),
            Next::Sent => Ok(self.sent(crash)),
            Next::Hold => Ok(self.fill(crash)),
            Next::Commit => match self.producer.commit_transaction(STEP) {
                Ok(()) => self.committed(books).map(Ok),
                Err(error) => Ok(Err(error)),
            },
            Next::Abort => match self.producer.abort_transaction(STEP) {
                Ok(()) => self.aborted(books, worked).map(Ok),
                Err(error) => Ok(Err(error)),
            },
        }
    }

    fn begin(&mut self) -> KafkaResult<()> {
        while let Some(parcel) = self.waiting.pop_front() {
            // Whoever has the partition now reads the record again and finds its events in the books.
            if parcel.place.as_ref().is_some_and(|place| !locked(&self.offsets).is_ours(place)) {
                continue;
            }
            if let Err(error) = self.producer.begin_transaction() {
                self.waiting.push_front(parcel);
                return Err(error);
            }
            let since = Instant::now();
            self.open = Some(Open { parcels: vec![parcel], next: Next::Send, since, on_purpose: false });
            break;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> KafkaResult<()> {
        let Some(open) = &mut self.open else { return Ok(()) };
        for event in open.parcels.last().iter().flat_map(|parcel| &parcel.events) {
            self.post.hand_over(event, |letter| self.producer.send(letter).map_err(|(error, _)| error))?;
        }
        open.next = Next::Arrive;
        Ok(())
    }

    /// Waits until the brokers have answered each send.
    fn arrive(&mut self) -> KafkaResult<()> {
        let flushed = self.producer.flush(STEP);
        let mut refused = false;
        for delivery in self.producer.context().take() {
            let Answer { event_id, result } = self.post.tell(delivery);
            if let Err(error) = result {
                self.post.voice.info(&format!("{event_id} is not on the log, its transaction is aborted: {error}"));
                refused = true;
            }
        }
        let Some(open) = &mut self.open else { return flushed };
        if refused {
            open.next = Next::Abort;
            return Ok(());
        }
        flushed?;
        let has_place = open.parcels.last().is_some_and(|parcel| parcel.place.is_some());
        open.next = if has_place { Next::Offset } else { Next::Sent };
        Ok(())
    }

    fn send_offset(&mut self) -> KafkaResult<()> {
        let Some(open) = &mut self.open else { return Ok(()) };
        if let Some(Place { topic, partition, offset, .. }) = open.parcels.last().and_then(|last| last.place.clone()) {
            let list = client::commit_list(&[(topic, partition, offset + 1)])?;
            let unknown = KafkaError::ConsumerCommit(RDKafkaErrorCode::UnknownMemberId);
            let group = self.consumer.group_metadata().ok_or(unknown)?;
            self.producer.send_offsets_to_transaction(&list, &group, STEP)?;
        }
        open.next = Next::Sent;
        Ok(())
    }

    /// All of the last parcel is sent, each event comes to its crash point.
    fn sent(&mut self, crash: &mut Crash) -> KafkaResult<()> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let events = open.parcels.last().map_or(0, |parcel| parcel.events.len());
        open.on_purpose = (0..events).any(|_| crash.reach(Point::InTransaction) == Some(CrashAction::AbortTransaction));
        open.next = match (open.on_purpose, crash.is_armed(Point::InTransaction)) {
            (true, _) => Next::Abort,
            (false, true) => Next::Hold,
            (false, false) => Next::Commit,
        };
        Ok(())
    }

    /// The held transaction takes one more parcel, or is held no longer.
    fn fill(&mut self, crash: &Crash) -> KafkaResult<()> {
        let Some(open) = &mut self.open else { return Ok(()) };
        if crash.is_armed(Point::InTransaction)
            && open.since.elapsed() <= HELD
            && let Some(parcel) = self.waiting.pop_front()
        {
            open.parcels.push(parcel);
            open.next = Next::Send;
        } else {
            open.next = Next::Commit;
        }
        Ok(())
    }

    fn committed(&mut self, books: &Books) -> Result<()> {
        for parcel in self.open.take().into_iter().flat_map(|open| open.parcels) {
            for event in &parcel.events {
                books.delivered(&event.event_id)?;
            }
            if let Some(place) = &parcel.place {
                locked(&self.offsets).committed(place);
            }
        }
        Ok(())
    }

    /// Nobody who reads committed records will see it. An order that the presenter wanted aborted was never placed; all
    /// else waits for another transaction.
    fn aborted(&mut self, books: &mut Books, worked: &mut Worked) -> Result<()> {
        // What the abort took back is no news of the next transaction.
        for delivery in self.producer.context().take() {
            self.post.tell(delivery);
        }
        let Some(Open { parcels, on_purpose, .. }) = self.open.take() else { return Ok(()) };
        for parcel in parcels.into_iter().rev() {
            let mut events = Vec::with_capacity(parcel.events.len());
            for event in &parcel.events {
                let taken_back = if on_purpose { books.take_back(event)? } else { None };
                match taken_back {
                    Some(outcome) => {
                        self.post.voice.info(&outcome.effect);
                        worked.changed.extend(outcome.changed);
                    }
                    // One that is gone arrived all the same, under another instance.
                    None => events.extend(books.once_more(&event.event_id)?),
                }
            }
            if !events.is_empty() || parcel.place.is_some() {
                self.waiting.push_front(Parcel { events, place: parcel.place });
            }
        }
        if !on_purpose {
            self.rest();
        }
        Ok(())
    }

    fn rest(&mut self) {
        self.tries += 1;
        self.rests_until = Some(Instant::now() + (AGAIN * self.tries).min(AGAIN_MAX));
    }

    /// A step failed: it is done again, or the transaction is aborted, or the producer is of no use any more.
    fn failed(&mut self, error: &KafkaError) -> Result<()> {
        if let Some((code, reason)) = self.producer.client().fatal_error() {
            self.refused(code, &reason);
            return Ok(());
        }
        let again = match error {
            KafkaError::Transaction(error) => error.is_retriable() && !error.txn_requires_abort(),
            KafkaError::Flush(code) => *code == RDKafkaErrorCode::OperationTimedOut,
            _ => false,
        };
        match &mut self.open {
            _ if again => {
                self.post.voice.info(&format!("a transaction has to wait: {error}"));
                self.rest();
            }
            Some(open) if open.next != Next::Abort => {
                self.post.voice.info(&format!("a transaction is aborted and tried again: {error}"));
                open.next = Next::Abort;
            }
            Some(_) => bail!("a transaction cannot be aborted: {error}"),
            None => bail!("a transaction cannot be begun: {error}"),
        }
        Ok(())
    }

    /// Its epoch is over: another producer of its transactional.id, or the coordinator after a time-out, ended it.
    fn refused(&mut self, code: RDKafkaErrorCode, reason: &str) {
        self.fenced = true;
        self.post.voice.info(&format!("the transactional producer is refused for good: {reason}"));
        self.post.voice.fact(Fact::TransactionRefused {
            app: self.post.voice.app().name().to_owned(),
            instance: self.post.voice.instance(),
            transactional_id: self.post.setup.transactional_id.clone(),
            error: client::kafka_name(code),
        });
    }
}
