//! The app's one working thread: books first, then the events, then the offset; never another order.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use model::fact::{Event as Fact, Source};
use rdkafka::consumer::{CommitMode, Consumer as _};

use super::{
    Input,
    books::{Books, Outcome},
    client::{self, Delivery, Reader, Setup, SharedOffsets, locked},
    committer::Committer,
    crash::Crash,
    dead_letter::{self, Stopped},
    event::{Incoming, Outgoing},
    offsets::Place,
    report::Voice,
    seat::Seat,
    sender::{Sender, Worked},
};
use crate::shop::{
    guards::{Guard, Guards},
    wire::{CrashAction, Desk, Line, Point, Set, Wish},
};

/// Commits are gathered for so long.
const COMMIT: Duration = Duration::from_millis(20);
/// After a commit that failed (its coordinator is gone) the next one waits so long.
const COMMIT_AGAIN: Duration = Duration::from_millis(200);
const IDLE: Duration = Duration::from_secs(1);

/// The app at work.
pub(crate) struct Clerk {
    books: Books,
    guards: Guards,
    setup: Setup,
    offsets: SharedOffsets,
    consumer: Arc<Reader>,
    committer: Committer,
    sender: Sender,
    voice: Voice,
    crash: Crash,
    stopped: Stopped,
    /// Topics for dead letters that this process has made or found.
    asides: BTreeSet<String>,
    /// A record whose crash point after its work waits for its events to be acknowledged.
    doomed: Option<Place>,
    next_commit: Instant,
    joined: bool,
    fenced: bool,
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
        let committer = Committer::start(&consumer, Arc::clone(&offsets), inputs.clone(), voice.clone());
        let (reader, progress) = (Arc::clone(&consumer), Arc::clone(&offsets));
        let sender = Sender::new(setup.clone(), guards, reader, progress, inputs, voice.clone())?;
        Ok(Self {
            books,
            guards,
            setup,
            offsets,
            consumer,
            committer,
            sender,
            voice: voice.clone(),
            crash: Crash::new(voice.clone()),
            stopped: Stopped::default(),
            asides: BTreeSet::new(),
            doomed: None,
            next_commit: Instant::now(),
            joined: false,
            fenced: false,
        })
    }

    /// Tells the books as they stand, and sees to what ended instances left unsent.
    pub(crate) fn open(&mut self, seat: &Seat) -> Result<()> {
        let guards = if self.voice.app().is_of_shop() { &Guard::ALL[..] } else { &[][..] };
        for guard in guards {
            self.tell_guard(*guard);
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
        self.relay()
    }

    /// Works until it has to leave.
    pub(crate) fn work(&mut self, waiting: &Receiver<Input>) -> Result<()> {
        while !self.fenced {
            // Nothing more is taken up before a transaction is through: the app's own clients and the gateway wait.
            if self.sender.is_full() {
                thread::park_timeout(self.patience().min(COMMIT));
                self.go_on()?;
                continue;
            }
            match waiting.recv_timeout(self.patience()) {
                Ok(Input::Line(line)) => self.line(&line)?,
                Ok(Input::Record(record, place)) => self.record(&record, &place)?,
                Ok(Input::Delivered(delivery)) => self.delivered(delivery)?,
                Ok(Input::Joined(assigned)) => self.joined(&assigned),
                // Perhaps there is more to commit by now.
                Ok(Input::Committed) => {}
                Ok(Input::Leave(why)) => {
                    self.voice.info(&format!("leaves: {why}"));
                    return Ok(());
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.commit_if_due();
            self.go_on()?;
        }
        Ok(())
    }

    /// Whether its transactional producer was refused for good.
    pub(crate) const fn is_fenced(&self) -> bool {
        self.fenced
    }

    /// Goes on with what is to be sent.
    fn go_on(&mut self) -> Result<()> {
        self.relay()?;
        let worked = self.sender.work(&mut self.books, &mut self.crash)?;
        self.take_in(worked);
        Ok(())
    }

    /// Sends the next event of the outbox when the one before is on the log, so that none overtakes another.
    fn relay(&mut self) -> Result<()> {
        if self.guards.relays()
            && self.sender.is_idle()
            && let Some(event) = self.books.next_unsent()?
        {
            self.hand_over(vec![event], None);
        }
        Ok(())
    }

    /// The last place where something can go wrong that is the app's own fault.
    fn hand_over(&mut self, mut events: Vec<Outgoing>, place: Option<&Place>) {
        if !events.is_empty() && self.crash.reach(Point::BeforeSend) == Some(CrashAction::Garble) {
            events.iter_mut().for_each(|event| event.garbled = true);
        }
        self.sender.send(events, place);
    }

    fn take_in(&mut self, worked: Worked) {
        for fact in worked.changed {
            self.voice.fact(fact);
        }
        self.fenced |= worked.fenced;
    }

    /// Waits for what is under way, and commits what is finished. Nothing new is taken up.
    pub(crate) fn leave(&mut self, waiting: &Receiver<Input>) {
        let deadline = Instant::now() + Duration::from_secs(3);
        while !self.sender.is_idle() && Instant::now() < deadline {
            let delivered = match waiting.recv_timeout(COMMIT) {
                Ok(Input::Delivered(delivery)) => self.delivered(delivery),
                _ => Ok(()),
            };
            if let Err(error) = delivered.and_then(|()| self.go_on()) {
                self.voice.error(&format!("{error:#}"));
                break;
            }
        }
        let commits = locked(&self.offsets).last_commits();
        if !commits.is_empty()
            && let Err(error) =
                client::commit_list(&commits).and_then(|list| self.consumer.commit(&list, CommitMode::Sync))
        {
            let text = format!("the last commit failed, its records will be read again: {error}");
            // One that was fenced has been away for so long that its group goes on without it.
            if self.fenced { self.voice.info(&text) } else { self.voice.warn(&text) }
        }
    }

    fn patience(&self) -> Duration {
        let now = Instant::now();
        let mut until = now + IDLE;
        if !self.sender.is_in_transaction() && locked(&self.offsets).may_commit() {
            until = until.min(self.next_commit);
        }
        if let Some(first) = self.sender.next_try() {
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
                self.tell(&outcome);
                // It stands in the books: whatever becomes of its events, the press was done.
                self.answer(id, outcome.ok, outcome.effect.clone());
                self.send(outcome, None);
                return Ok(());
            }
            Wish::Set(Set::Guard { guard, on }) => match self.set_guard(&guard, on) {
                Ok(text) => (true, text),
                Err(text) => (false, text),
            },
            Wish::Set(Set::Crash { point }) => {
                self.doomed = None;
                self.crash.arm(point);
                (true, String::from(if point.is_some() { "crash point armed" } else { "no crash point is armed" }))
            }
        };
        self.answer(id, ok, text);
        Ok(())
    }

    fn answer(&self, id: u64, ok: bool, text: String) {
        if id > 0 {
            self.voice.desk(Desk::Answer { id, ok, text });
        }
    }

    fn record(&mut self, record: &Incoming, place: &Place) -> Result<()> {
        if self.stopped.holds_back(place) || !self.can_go_on(record, place) {
            return Ok(());
        }
        self.voice.fact(Fact::PositionMoved {
            group_id: self.setup.group.clone(),
            client_id: self.setup.client_id.clone(),
            topic: record.topic.clone(),
            partition: record.partition,
            offset: record.offset + 1,
            source: Source::App,
        });
        if self.setup.commit_first {
            self.commit_before_work(place);
        }
        self.crash.reach(Point::BeforeWork);
        std::thread::park_timeout(self.setup.work);
        let outcome = self.books.record(record, self.guards)?;
        let handled = Fact::RecordHandled {
            app: self.voice.app().name().to_owned(),
            instance: self.voice.instance(),
            topic: record.topic.clone(),
            partition: record.partition,
            offset: record.offset,
            event_id: record.event_id.clone(),
            effect: outcome.effect.clone(),
            skipped: outcome.skipped,
        };
        self.voice.fact(handled);
        if self.setup.commit_first {
            self.carry_out(outcome, None);
            return Ok(());
        }
        // What waits for the relay is stored: the record need not come again for it.
        let events = if self.guards.relays() { 0 } else { outcome.outgoing.len() };
        locked(&self.offsets).begin(place, events);
        self.carry_out(outcome, Some(place));
        match (self.crash.is_due(Point::AfterWork), events) {
            (true, 1..) if self.doomed.is_none() => self.doomed = Some(place.clone()),
            (true, 1..) => {}
            _ => drop(self.crash.reach(Point::AfterWork)),
        }
        Ok(())
    }

    /// A record that cannot be read stops its partition, or is put aside; a reader takes each as it is.
    fn can_go_on(&mut self, record: &Incoming, place: &Place) -> bool {
        let Err(unreadable) = &record.body else { return true };
        if self.voice.app().writes().is_empty() {
            return true;
        }
        let dead_letter = self.guards.has(Guard::DeadLetter);
        let is_new = dead_letter || self.stopped.stop(place);
        if is_new {
            self.voice.fact(Fact::RecordUnreadable {
                app: self.voice.app().name().to_owned(),
                instance: self.voice.instance(),
                topic: record.topic.clone(),
                partition: record.partition,
                offset: record.offset,
                event_id: record.event_id.clone(),
                error: unreadable.reason.clone(),
                dead_letter,
            });
        }
        if dead_letter {
            self.stopped.go_on(place);
            self.make_aside(&dead_letter::topic_of(&record.topic));
        }
        dead_letter
    }

    /// Where it cannot be made now, the producer goes on trying to send there.
    fn make_aside(&mut self, topic: &str) {
        if self.asides.contains(topic) {
            return;
        }
        match dead_letter::make_topic(&self.setup.bootstrap, topic) {
            Ok(()) => drop(self.asides.insert(topic.to_owned())),
            Err(error) => self.voice.warn(&format!("{error:#}")),
        }
    }

    /// At most once: whatever happens from here on, the record is not read again. A commit that fails is made again as long
    /// as the partition is ours; where it is not, somebody else reads the record.
    fn commit_before_work(&self, place: &Place) {
        locked(&self.offsets).begin(place, 0);
        let commit = [(place.topic.clone(), place.partition, place.offset + 1)];
        while locked(&self.offsets).generation(&place.topic, place.partition) == place.generation {
            let list = client::commit_list(&commit);
            match list.and_then(|list| self.consumer.commit(&list, CommitMode::Sync)) {
                Ok(()) => return,
                Err(error) => self.voice.info(&format!("commit before the work failed and is made again: {error}")),
            }
            std::thread::park_timeout(COMMIT_AGAIN);
        }
    }

    /// Tells what changed and sends what there is to send.
    fn carry_out(&mut self, outcome: Outcome, place: Option<&Place>) {
        self.tell(&outcome);
        self.send(outcome, place);
    }

    fn tell(&self, outcome: &Outcome) {
        for fact in &outcome.changed {
            self.voice.fact(fact.clone());
        }
    }

    fn send(&mut self, outcome: Outcome, place: Option<&Place>) {
        if !self.guards.relays() {
            self.hand_over(outcome.outgoing, place);
        }
    }

    fn delivered(&mut self, delivery: Delivery) -> Result<()> {
        let places = self.sender.delivered(delivery, &self.books)?;
        for place in &places {
            let finished = locked(&self.offsets).one_delivered(place);
            if finished && self.doomed.as_ref() == Some(place) {
                self.doomed = None;
                self.crash.reach(Point::AfterWork);
            }
        }
        Ok(())
    }

    fn commit_if_due(&mut self) {
        let now = Instant::now();
        if now < self.next_commit || self.sender.is_in_transaction() {
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
        self.committer.ask(commits, &self.offsets);
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
        if before.relays() && !self.guards.relays() {
            for event in self.books.unsent().map_err(|error| format!("{error:#}"))? {
                self.sender.send(vec![event], None);
            }
        }
        match self.sender.set_guards(self.guards, &mut self.books, &mut self.crash) {
            Ok(worked) => self.take_in(worked),
            Err(error) => {
                self.guards = before;
                return Err(format!("{error:#}"));
            }
        }
        for guard in Guard::ALL.into_iter().filter(|guard| before.has(*guard) != self.guards.has(*guard)) {
            self.tell_guard(guard);
        }
        // Here a partition that stands goes on.
        if guard == Guard::DeadLetter && on {
            self.stopped.look_again(&self.consumer).map_err(|error| format!("{error:#}"))?;
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
}
