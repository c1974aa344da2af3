//! The buttons: who may press, each press done once, and its outcome told as a fact.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Arc, OnceLock},
};

use model::fact::Event;
use serde_json::{Map, Value, json};
use tokio::{
    sync::{Mutex, Semaphore, watch},
    time::Instant,
};

use crate::hub::Hub;

mod check;
mod command;
mod fields;
mod parse;
mod perform;
mod restore;
mod stage;
mod token;
mod topics;

pub use command::{AppVerb, Command, NAMES, NodeVerb};
pub use stage::{Announce, Stage};
pub use token::Token;

/// Commands that may run at once.
const RUNNING: usize = 64;
/// Outcomes that are remembered.
const REMEMBERED: usize = 1000;

/// Why a press is not taken.
#[derive(Debug)]
pub enum Refusal {
    /// A field is missing or wrong.
    BadField {
        /// Its name.
        field: String,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// No token, or not the presenter's.
    NoToken,
    /// There is nothing of that name, with the names there are.
    Unknown(String),
    /// It cannot be done now, with the reason.
    Impossible(String),
    /// Too many commands are running.
    TooFast,
    /// The gateway is shutting down.
    Ending,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadField { why, .. } | Self::Unknown(why) | Self::Impossible(why) => why,
            Self::NoToken => {
                "this needs the presenter's token: open the link that `serve` printed, or send Authorization: Bearer TOKEN"
            }
            Self::TooFast => "too many commands are running; wait for one to finish",
            Self::Ending => "the gateway is shutting down",
        })
    }
}

impl From<crate::hub::Ended> for Refusal {
    fn from(_: crate::hub::Ended) -> Self {
        Self::Ending
    }
}

/// What a command came to.
#[derive(Debug)]
pub struct Did {
    /// In words.
    pub text: String,
}

impl Did {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// A press that was taken.
#[derive(Clone, Debug)]
pub struct Pressed {
    /// Its id.
    pub id: String,
    /// The number of its `command_received` fact.
    pub seq: u64,
}

#[derive(Debug)]
struct Entry {
    seq: u64,
    outcome: watch::Receiver<Option<Value>>,
}

#[derive(Debug, Default)]
struct Known {
    entries: BTreeMap<String, Entry>,
    order: VecDeque<String>,
}

/// Takes presses.
#[derive(Debug)]
pub struct Control {
    hub: Hub,
    token: Token,
    /// What there is to press on; empty on somebody else's cluster, and until ours has started.
    stage: OnceLock<Arc<Stage>>,
    known: Mutex<Known>,
    running: Arc<Semaphore>,
}

impl Control {
    /// Takes presses with this token.
    pub fn new(hub: Hub, token: Token) -> Self {
        let running = Arc::new(Semaphore::new(RUNNING));
        Self { hub, token, stage: OnceLock::new(), known: Mutex::default(), running }
    }

    /// The stage stands: from now on its buttons work.
    pub fn open(&self, stage: Arc<Stage>) {
        // It is set once, by the one who started the cluster.
        self.stage.set(stage).ok();
    }

    /// What there is to press on, where it stands.
    pub fn stage(&self) -> Option<Arc<Stage>> {
        self.stage.get().cloned()
    }

    /// Who may press.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Takes a press and begins to do it. The same id twice does it once.
    ///
    /// # Errors
    /// Where a field is wrong, or it cannot be done.
    pub async fn press(self: &Arc<Self>, mut body: Map<String, Value>) -> Result<Pressed, Refusal> {
        let id = parse::id(&mut body)?;
        let mut known = self.known.lock().await;
        if let Some(entry) = known.entries.get(&id) {
            return Ok(Pressed { id, seq: entry.seq });
        }
        let (name, command) = parse::command(&body)?;
        let stage = self.stage.get().cloned();
        match &stage {
            Some(stage) => stage.check(&command).await?,
            // A marker needs no cluster of ours.
            None if matches!(command, Command::SetMarker { .. }) => {}
            None => return Err(Refusal::Impossible(self.nothing_to_press())),
        }
        let permit = Arc::clone(&self.running).try_acquire_owned().map_err(|_full| Refusal::TooFast)?;
        body.remove("command");
        let received = Event::CommandReceived { id: id.clone(), command: name.to_owned(), args: body };
        let seq = self.hub.tell(received).await?.seq;
        let (finished, outcome) = watch::channel(None);
        known.remember(id.clone(), Entry { seq, outcome });
        drop(known);
        let (control, id_done) = (Arc::clone(self), id.clone());
        tokio::spawn(async move {
            let started = Instant::now();
            let result = match (&stage, &command) {
                (_, Command::SetMarker { text }) => control.mark(&id_done, text).await,
                (Some(stage), command) => stage.perform(command, &control.hub).await,
                (None, _) => Err(anyhow::anyhow!(control.nothing_to_press())),
            };
            let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            control.finish(id_done, name, result, took_ms, &finished).await;
            drop(permit);
        });
        Ok(Pressed { id, seq })
    }

    /// Marks this moment; the marker has the press's id, so that whoever pressed knows it.
    async fn mark(&self, id: &str, text: &str) -> anyhow::Result<Did> {
        let event = Event::MarkerSet { marker: id.to_owned(), text: text.to_owned() };
        self.hub.tell(event).await?;
        Ok(Did::new(format!("marker set: {text:?}")))
    }

    /// Waits for a command's outcome; `None` where it is unknown or the gateway ends.
    pub async fn outcome(&self, id: &str) -> Option<Value> {
        let mut outcome = self.known.lock().await.entries.get(id)?.outcome.clone();
        outcome.wait_for(Option::is_some).await.ok()?.clone()
    }

    /// A command's outcome, or that it is still running.
    pub async fn known(&self, id: &str) -> Option<Value> {
        let known = self.known.lock().await;
        let entry = known.entries.get(id)?;
        let outcome = entry.outcome.borrow().clone();
        Some(outcome.unwrap_or_else(|| json!({ "id": id, "seq": entry.seq, "status": "running" })))
    }

    /// The log of a child process by its name in /api/logs.
    pub async fn log(&self, process: &str) -> Option<String> {
        self.stage.get()?.log(process).await
    }

    /// The names of processes that have a log.
    pub fn processes(&self) -> Vec<String> {
        self.stage.get().map(|s| s.processes()).unwrap_or_default()
    }

    fn nothing_to_press(&self) -> String {
        String::from(
            "there is nothing to press yet: the local cluster is starting, or this cluster is watched read-only",
        )
    }

    async fn finish(
        &self,
        id: String,
        command: &str,
        result: anyhow::Result<Did>,
        took_ms: u64,
        finished: &watch::Sender<Option<Value>>,
    ) {
        let command = command.to_owned();
        let event = match result {
            Ok(did) => Event::CommandFinished { id, command, ok: true, did: did.text, took_ms, reason: None },
            Err(error) => {
                let reason = Some(format!("{error:#}"));
                Event::CommandFinished { id, command, ok: false, did: String::new(), took_ms, reason }
            }
        };
        if let Ok(line) = self.hub.tell(event).await {
            finished.send_replace(serde_json::from_str(&line.json).ok());
        }
    }
}

impl Known {
    fn remember(&mut self, id: String, entry: Entry) {
        self.order.push_back(id.clone());
        self.entries.insert(id, entry);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.entries.remove(&oldest);
        }
    }
}
