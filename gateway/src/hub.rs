//! The one owner of the picture: numbers what was seen, folds it, and hands it to viewers, recorder and whoever asks.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use model::{
    fact::{Event, Fact},
    frame,
    ids::Micros,
    keyframe::keyframe,
    picture::Picture,
    verdict::Evidence,
};
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{
    clock::Clock,
    recorder::{Piece, RecorderHandle},
    report::{Inbox, Seen},
};

/// How often viewers get a frame while something happens.
const FRAME: Duration = Duration::from_millis(40);
/// How often they get one while nothing happens.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// Frames a viewer may be behind (about 5 s of traffic) before it is told that it missed some.
const FRAMES_BEHIND: usize = 128;
/// Facts kept as text, so that /api/facts and a short break need no file.
const KEPT_FACTS: usize = 20_000;
/// A keyframe in the recording at the latest after so many facts, or so long.
const PIECE_FACTS: u64 = 2_000;
const PIECE_MICROS: u64 = 10_000_000;

/// Facts that were numbered together, serialised once for everybody.
#[derive(Debug)]
pub struct Batch {
    /// The websocket frame.
    pub frame: Utf8Bytes,
    /// Each fact's number and line.
    pub lines: Vec<Line>,
}

/// A fact as text.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number.
    pub seq: u64,
    /// When it was seen.
    pub at: Micros,
    /// Its JSON, without a line end.
    pub json: Arc<str>,
}

/// What a newcomer gets: the whole picture, and every frame after it.
#[derive(Debug)]
pub struct Subscription {
    /// The picture as a frame.
    pub keyframe: Utf8Bytes,
    /// What follows it, without a gap.
    pub frames: broadcast::Receiver<Arc<Batch>>,
}

/// Facts from the hub's memory.
#[derive(Debug)]
pub struct Recent {
    /// Facts after the number asked for, oldest first.
    pub lines: Vec<Line>,
    /// The oldest number in memory; where it is past the one asked for, older facts are in the recording.
    pub oldest: u64,
    /// What follows them, without a gap.
    pub frames: broadcast::Receiver<Arc<Batch>>,
}

type Reading = Box<dyn FnOnce(&Picture, Micros) + Send>;
/// What is told about a run is told before the next fact comes, so that a reader of the recording judges the same facts.
type Judging = Box<dyn FnOnce(Option<&Evidence>) -> Option<Event> + Send>;

enum Ask {
    Subscribe(oneshot::Sender<Subscription>),
    Recent(u64, oneshot::Sender<Recent>),
    Read(Reading),
    Judge(Judging),
    Tell(Event, oneshot::Sender<Line>),
    End(oneshot::Sender<()>),
}

/// The way to ask the hub; cheap to clone.
#[derive(Clone)]
pub struct Hub {
    asks: mpsc::Sender<Ask>,
    newest: watch::Receiver<u64>,
    clock: Clock,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("newest", &*self.newest.borrow()).finish_non_exhaustive()
    }
}

/// The hub has ended, so nothing can be asked of it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the gateway is shutting down")]
pub struct Ended;

/// Starts the owner task.
pub fn start(clock: Clock, inbox: Inbox, recorder: RecorderHandle) -> Hub {
    let (asks, asked) = mpsc::channel(256);
    let (newest_sender, newest) = watch::channel(0);
    let (frames, _) = broadcast::channel(FRAMES_BEHIND);
    let owner = Owner {
        clock,
        inbox,
        asked,
        recorder,
        frames,
        newest: newest_sender,
        picture: Picture::default(),
        evidence: None,
        kept: VecDeque::new(),
        pending: Vec::new(),
        sent: Instant::now(),
        piece_at: Micros(0),
        piece_facts: 0,
    };
    tokio::spawn(owner.run());
    Hub { asks, newest, clock }
}

impl Hub {
    /// Now, in session time.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// The picture as a keyframe, and every frame after it.
    ///
    /// # Errors
    /// Where the hub has ended.
    pub async fn subscribe(&self) -> Result<Subscription, Ended> {
        self.ask(Ask::Subscribe).await
    }

    /// Facts after `since` from memory, and what follows.
    ///
    /// # Errors
    /// Where the hub has ended.
    pub async fn recent(&self, since: u64) -> Result<Recent, Ended> {
        self.ask(|reply| Ask::Recent(since, reply)).await
    }

    /// Reads something off the picture.
    ///
    /// # Errors
    /// Where the hub has ended.
    pub async fn read<T, F>(&self, look: F) -> Result<T, Ended>
    where
        T: Send + 'static,
        F: FnOnce(&Picture, Micros) -> T + Send + 'static,
    {
        self.ask(|reply| {
            Ask::Read(Box::new(move |picture, now| {
                reply.send(look(picture, now)).ok();
            }))
        })
        .await
    }

    /// Reads something off what the newest run of a scene has seen; none before the first one.
    ///
    /// # Errors
    /// Where the hub has ended.
    pub async fn judge<T, F>(&self, look: F) -> Result<Option<T>, Ended>
    where
        T: Send + 'static,
        F: FnOnce(&Evidence) -> T + Send + 'static,
    {
        self.judge_and_tell(|evidence| (look(evidence), None)).await
    }

    /// The same, and tells what came of it before anything else is told.
    ///
    /// # Errors
    /// Where the hub has ended.
    pub async fn judge_and_tell<T, F>(&self, look: F) -> Result<Option<T>, Ended>
    where
        T: Send + 'static,
        F: FnOnce(&Evidence) -> (T, Option<Event>) + Send + 'static,
    {
        self.ask(|reply| {
            Ask::Judge(Box::new(move |evidence| {
                let (found, event) = evidence.map(look).unzip();
                reply.send(found).ok();
                event.flatten()
            }))
        })
        .await
    }

    /// Waits until something changes, or 100 ms have passed: some things come true by time alone.
    pub async fn changed(&self) {
        let mut newest = self.newest.clone();
        newest.borrow_and_update();
        // A closed watch is found out by the next question.
        tokio::time::timeout(Duration::from_millis(100), newest.changed()).await.ok();
    }

    /// Puts a fact in and gives it back as it was numbered.
    ///
    /// # Errors
    /// Where the hub has ended.
    pub async fn tell(&self, event: Event) -> Result<Line, Ended> {
        self.ask(|reply| Ask::Tell(event, reply)).await
    }

    /// Waits until `look` finds something in the picture, looking again after each change and each 100 ms.
    ///
    /// # Errors
    /// Where the hub has ended.
    pub async fn until<T, F>(&self, look: F) -> Result<T, Ended>
    where
        T: Send + 'static,
        F: Fn(&Picture, Micros) -> Option<T> + Clone + Send + 'static,
    {
        let mut newest = self.newest.clone();
        loop {
            newest.borrow_and_update();
            if let Some(found) = self.read(look.clone()).await? {
                return Ok(found);
            }
            // Some conditions come true by time alone; a closed watch is found out by the next read.
            tokio::time::timeout(Duration::from_millis(100), newest.changed()).await.ok();
        }
    }

    /// Writes the session's end, flushes the recording and stops; facts that come later are not of this session.
    pub async fn end(&self) {
        self.ask(Ask::End).await.ok();
    }

    async fn ask<T>(&self, ask: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, Ended> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(ask(reply)).await.map_err(|_closed| Ended)?;
        answer.await.map_err(|_closed| Ended)
    }
}

struct Owner {
    clock: Clock,
    inbox: Inbox,
    asked: mpsc::Receiver<Ask>,
    recorder: RecorderHandle,
    frames: broadcast::Sender<Arc<Batch>>,
    newest: watch::Sender<u64>,
    picture: Picture,
    /// What the newest run of a scene has seen.
    evidence: Option<Box<Evidence>>,
    kept: VecDeque<Line>,
    /// Numbered, not sent yet.
    pending: Vec<Line>,
    sent: Instant,
    /// When the recording's open piece began.
    piece_at: Micros,
    piece_facts: u64,
}

impl Owner {
    async fn run(mut self) {
        let mut tick = interval(FRAME);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen = Vec::with_capacity(1024);
        // The first piece begins with nothing, so that every fact of the session is in the file as itself.
        self.begin_piece();
        loop {
            tokio::select! {
                biased;
                ask = self.asked.recv() => match ask {
                    Some(Ask::End(done)) => {
                        self.take(Event::SessionEnded {}, self.clock.now());
                        self.flush();
                        self.recorder.finish().await;
                        done.send(()).ok();
                        return;
                    }
                    Some(ask) => self.answer(ask),
                    None => return,
                },
                _ = tick.tick() => self.tick(),
                count = self.inbox.seen.recv_many(&mut seen, 1024) => {
                    if count == 0 {
                        return;
                    }
                    for Seen { at, event } in seen.drain(..) {
                        self.take(event, at);
                    }
                    self.newest.send_replace(self.picture.seq);
                }
            }
        }
    }

    fn take(&mut self, event: Event, at: Micros) -> Line {
        let fact = Fact { seq: self.picture.seq + 1, at, event };
        self.gather(&fact);
        self.picture.fold(&fact);
        let line = Line { seq: fact.seq, at, json: Arc::from(fact.to_json()) };
        if self.kept.len() >= KEPT_FACTS {
            self.kept.pop_front();
        }
        self.kept.push_back(line.clone());
        self.pending.push(line.clone());
        line
    }

    /// A run's facts are gathered from its first to the one that ends it.
    fn gather(&mut self, fact: &Fact) {
        if let Some(begun) = Evidence::begin(&self.picture, fact) {
            self.evidence = Some(Box::new(begun));
        } else if let Some(evidence) = &mut self.evidence {
            match &fact.event {
                Event::SceneEnded { .. } => self.evidence = None,
                _ => evidence.take(fact),
            }
        }
    }

    fn tick(&mut self) {
        let dropped = self.inbox.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            self.gap("hub", dropped, "more was seen at once than the hub could take");
        }
        let unrecorded = self.recorder.take_dropped();
        if unrecorded > 0 {
            self.gap("recorder", unrecorded, "the disk was slower than the cluster");
        }
        if !self.pending.is_empty() || self.sent.elapsed() >= HEARTBEAT {
            self.flush();
        }
    }

    fn gap(&mut self, source: &str, count: u64, reason: &str) {
        self.take(Event::Gap { source: source.to_owned(), count, reason: reason.to_owned() }, self.clock.now());
    }

    /// Sends what is pending to viewers and recorder.
    fn flush(&mut self) {
        self.sent = Instant::now();
        let lines = std::mem::take(&mut self.pending);
        let text = frame::facts_text(lines.iter().map(|l| &*l.json), self.clock.now());
        let batch = Arc::new(Batch { frame: text.into(), lines });
        if !batch.lines.is_empty() {
            self.record(&batch);
        }
        // Nobody may be watching.
        self.frames.send(batch).ok();
    }

    fn record(&mut self, batch: &Arc<Batch>) {
        self.recorder.facts(Arc::clone(batch));
        self.piece_facts += batch.lines.len() as u64;
        if self.picture.at.since(self.piece_at) >= PIECE_MICROS || self.piece_facts >= PIECE_FACTS {
            self.begin_piece();
        }
    }

    /// A new piece of the recording, which begins with all that is known; where the queue is full the old one goes on.
    fn begin_piece(&mut self) {
        let (seq, at) = (self.picture.seq, self.picture.at);
        let keyframe = frame::keyframe_text(&keyframe(&self.picture), seq, at);
        if self.recorder.piece(Piece { keyframe, seq, at }) {
            self.piece_at = at;
            self.piece_facts = 0;
        }
    }

    fn keyframe_text(&self) -> Utf8Bytes {
        frame::keyframe_text(&keyframe(&self.picture), self.picture.seq, self.clock.now()).into()
    }

    fn answer(&mut self, ask: Ask) {
        match ask {
            Ask::Subscribe(reply) => {
                self.flush();
                let frames = self.frames.subscribe();
                reply.send(Subscription { keyframe: self.keyframe_text(), frames }).ok();
            }
            Ask::Recent(since, reply) => {
                self.flush();
                let oldest = self.kept.front().map_or(self.picture.seq + 1, |l| l.seq);
                let lines = self.kept.iter().filter(|l| l.seq > since).cloned().collect();
                reply.send(Recent { lines, oldest, frames: self.frames.subscribe() }).ok();
            }
            Ask::Read(look) => look(&self.picture, self.clock.now()),
            Ask::Judge(look) => {
                if let Some(event) = look(self.evidence.as_deref()) {
                    let line = self.take(event, self.clock.now());
                    self.newest.send_replace(line.seq);
                }
            }
            Ask::Tell(event, reply) => {
                let line = self.take(event, self.clock.now());
                self.newest.send_replace(line.seq);
                reply.send(line).ok();
            }
            Ask::End(done) => {
                done.send(()).ok();
            }
        }
    }
}
