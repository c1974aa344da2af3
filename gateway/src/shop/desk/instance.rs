//! One child process of the shop: its state, its three pipes, and who waits for which of its answers.

use std::{
    collections::BTreeMap,
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::fact::{CrashState, Event as Fact, ProcessState};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{ChildStdin, ChildStdout},
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

use super::{Refused, Shop, StartApp};
use crate::cluster::spawner::{Child, Exit};
use crate::shop::{
    AppName, CLASSIC_SESSION_MS, CONSUMER_SESSION_MS,
    app::FENCED,
    wire::{CrashAction, Desk, Line, Report, Told, Wish},
};

/// Lines that may wait for an app that does not read.
const LINES: usize = 256;
/// An app that takes no line for so long has its standard input closed, which makes it leave.
const WRITE: Duration = Duration::from_secs(10);
/// How long an answer is waited for.
const ANSWER: Duration = Duration::from_secs(5);
/// How long an app may take to join its group: a killed member's session (6 s) has to end first.
const JOIN: Duration = Duration::from_secs(30);
/// A clean leave takes at most 5 s by the app's own clock.
const LEAVE: Duration = Duration::from_secs(7);
/// How long the last line of a process that failed is waited for.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// An app's process, over all its lives.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) app: AppName,
    pub(crate) number: u32,
    /// Held while it is decided whether a process has to be started, so that two do not start at once.
    pub(crate) turn: tokio::sync::Mutex<()>,
    life: Mutex<Life>,
    state: watch::Sender<ProcessState>,
}

#[derive(Debug, Default)]
struct Life {
    /// Counts starts; what an earlier process still says is not about this one.
    generation: u64,
    child: Option<Child>,
    lines: Option<mpsc::Sender<String>>,
    answers: BTreeMap<u64, oneshot::Sender<Result<String, Refused>>>,
    last_id: u64,
    cause: String,
    group: String,
    topic: String,
    /// How it was started.
    how: StartApp,
    /// The crash point that is armed, or at which it stands still, as the app told it.
    crash: Option<Fact>,
}

impl Instance {
    pub(crate) fn new(app: AppName, number: u32) -> Self {
        Self {
            app,
            number,
            turn: tokio::sync::Mutex::default(),
            life: Mutex::default(),
            state: watch::Sender::new(ProcessState::Dead),
        }
    }

    pub(crate) fn state(&self) -> ProcessState {
        *self.state.borrow()
    }

    /// `the order app`, `instance 2 of the order app`.
    pub(crate) fn title(&self) -> String {
        match self.number {
            1 => format!("the {} app", self.app),
            number => format!("instance {number} of the {} app", self.app),
        }
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a process; it is [`ProcessState::Starting`] until it joined its group.
    pub(crate) async fn spawn(
        self: &Arc<Self>,
        shop: &Arc<Shop>,
        args: Vec<String>,
        how: StartApp,
        why: &str,
    ) -> Result<(), Refused> {
        let mut command = shop.config.spawner.command(&shop.config.exe);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = shop
            .config
            .spawner
            .spawn(command)
            .await
            .map_err(|error| Refused::failed(format!("cannot start {}: {error}", self.title())))?;
        let (sender, receiver) = mpsc::channel(LINES);
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let exit = child.exit();
        let generation = {
            let mut life = self.life();
            life.generation += 1;
            life.child = Some(child);
            life.lines = Some(sender);
            life.group = how.group.clone().unwrap_or_else(|| self.app.name().to_owned());
            life.topic = how.topic.clone().unwrap_or_else(|| self.app.reads().to_owned());
            life.how = how;
            life.generation
        };
        shop.reporter.report(self.session_timeout());
        self.set(shop, ProcessState::Starting, why, None);
        if let Some(stdin) = stdin {
            tokio::spawn(write(stdin, receiver));
        }
        let reports = stdout.map(|stdout| tokio::spawn(Arc::clone(self).read(Arc::clone(shop), stdout, generation)));
        let log = stderr.map(|stderr| tokio::spawn(super::log::pump(Arc::clone(shop), Arc::clone(self), stderr)));
        let (instance, shop) = (Arc::clone(self), Arc::clone(shop));
        tokio::spawn(async move {
            let exit = exit.await;
            let mut how = exit.describe();
            // It ended by itself: what it wrote last says why.
            if exit.status.code().is_some_and(|code| code != 0)
                && let Some(log) = log
                && let Ok(Ok(Some(error))) = timeout(LAST_WORDS, log).await
            {
                how = format!("{how}: {error}");
            }
            // What it reported last comes before its end.
            if let Some(reports) = reports {
                timeout(LAST_WORDS, reports).await.ok();
            }
            instance.ended(&shop, generation, exit, how);
        });
        Ok(())
    }

    /// How long its group's coordinator will wait for it when it is silent.
    fn session_timeout(&self) -> Fact {
        let life = self.life();
        let classic = life.how.group_protocol.as_deref().is_none_or(|protocol| protocol == "classic");
        let ms = if classic { CLASSIC_SESSION_MS } else { CONSUMER_SESSION_MS };
        Fact::SessionTimeout { group_id: life.group.clone(), ms }
    }

    /// Waits until it joined its group.
    pub(crate) async fn joined(&self) -> Result<(), Refused> {
        let mut state = self.state.subscribe();
        let decided = |state: &ProcessState| !matches!(state, ProcessState::Starting);
        let Ok(Ok(state)) = timeout(JOIN, state.wait_for(decided)).await.map(|state| state.map(|state| *state)) else {
            return Err(Refused::failed(format!("{} did not join its group in 30 s: see its log", self.title())));
        };
        match state {
            ProcessState::Running => Ok(()),
            _ => Err(Refused::failed(format!("{} did not start: {}", self.title(), self.life().cause))),
        }
    }

    /// Whether somebody reads what is pressed; where not, why.
    pub(crate) fn takes_presses(&self) -> Result<(), Refused> {
        let word = match self.state() {
            ProcessState::Running => return Ok(()),
            ProcessState::Starting => "starting",
            ProcessState::Paused => "paused: resume it",
            ProcessState::Stopping => "stopping",
            ProcessState::Dead | ProcessState::Unknown => "dead: start it",
        };
        Err(Refused::conflict(format!("{} is {word}", self.title())))
    }

    /// Sends it a line and waits for what came of it.
    pub(crate) async fn ask(&self, wish: Wish) -> Result<String, Refused> {
        self.send(wish)?.answer(self).await
    }

    /// Puts a line into its pipe; never waits.
    pub(crate) fn send(&self, wish: Wish) -> Result<Asked, Refused> {
        self.takes_presses()?;
        let mut life = self.life();
        life.last_id += 1;
        let id = life.last_id;
        let line = Line { id, wish }.to_json();
        let Some(Ok(())) = life.lines.as_ref().map(|lines| lines.try_send(line)) else {
            return Err(Refused::conflict(format!("{} takes no presses at the moment", self.title())));
        };
        let (sender, answer) = oneshot::channel();
        life.answers.insert(id, sender);
        Ok(Asked { id, answer })
    }

    pub(crate) fn signal(&self, signal: Signal) -> Result<(), Refused> {
        let life = self.life();
        let Some(child) = &life.child else { return Ok(()) };
        child.signal(signal).map_err(|error| Refused::failed(format!("cannot signal {}: {error}", self.title())))
    }

    /// Waits until its process is gone, for at most so long.
    pub(crate) async fn gone(&self) -> bool {
        let mut state = self.state.subscribe();
        timeout(LEAVE, state.wait_for(|state| *state == ProcessState::Dead)).await.is_ok()
    }

    /// Its process is in this state now, and why. With `at`, since then.
    pub(crate) fn set(&self, shop: &Shop, state: ProcessState, cause: &str, at: Option<u64>) {
        let fact = {
            let mut life = self.life();
            cause.clone_into(&mut life.cause);
            let alive = state != ProcessState::Dead;
            Fact::AppChanged {
                app: self.app.name().to_owned(),
                instance: self.number,
                state,
                pid: life.child.as_ref().filter(|_| alive).map(|child| child.pid),
                group: life.group.clone(),
                client_id: self.app.client_id(self.number),
                reads: life.topic.clone(),
                writes: self.app.writes().to_owned(),
                cause: cause.to_owned(),
            }
        };
        let at = at.map_or_else(|| shop.reporter.clock().now(), |at| shop.reporter.clock().at_monotonic(at));
        shop.reporter.report_at(at, fact);
        self.state.send_replace(state);
    }

    /// Reads reports until the pipe ends.
    async fn read(self: Arc<Self>, shop: Arc<Shop>, stdout: ChildStdout, generation: u64) {
        let mut lines = BufReader::new(stdout).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            match serde_json::from_str::<Told>(&line) {
                Ok(Told { at, report: Report::Fact(fact) }) => {
                    let crash = matches!(fact, Fact::CrashPointChanged { .. }).then(|| fact.clone());
                    shop.told(at, fact);
                    if let Some(crash) = crash {
                        self.crash_point(&shop, generation, crash).await;
                    }
                }
                Ok(Told { at, report: Report::Desk(desk) }) => self.heard(&shop, generation, at, desk),
                Err(error) => shop.warn(self.app, format!("a report that cannot be read: {error}")),
            }
        }
    }

    fn heard(&self, shop: &Shop, generation: u64, at: u64, desk: Desk) {
        match desk {
            Desk::Ready { assigned } => {
                if self.life().generation == generation && self.state() == ProcessState::Starting {
                    let cause =
                        if assigned.is_empty() { String::from("joined") } else { format!("joined, reads {assigned}") };
                    self.set(shop, ProcessState::Running, &cause, Some(at));
                    shop.press_due();
                }
            }
            Desk::Answer { id, ok, text } => {
                let waiting = self.life().answers.remove(&id);
                if let Some(waiting) = waiting {
                    // Nobody waits any more where the time was up.
                    waiting.send(if ok { Ok(text) } else { Err(Refused::conflict(text)) }).ok();
                }
            }
            Desk::Dropped { count } => {
                let reason = String::from("its reports came faster than they were read");
                shop.reporter.report(Fact::Gap { source: format!("{} app", self.app), count, reason });
            }
        }
    }

    /// Whether it was started otherwise than an app of the shop is by itself.
    pub(crate) fn is_odd(&self) -> bool {
        let how = StartApp { from_end: false, ..self.life().how.clone() };
        self.state() != ProcessState::Dead && how != StartApp::default()
    }

    /// Whether a crash point is armed in it.
    pub(crate) fn is_armed(&self) -> bool {
        self.life().crash.is_some()
    }

    /// An app that stands still at its crash point is paused, and resumed like any other.
    async fn crash_point(&self, shop: &Shop, generation: u64, fact: Fact) {
        let Fact::CrashPointChanged { at_point, action, state, .. } = &fact else { return };
        let pid = {
            let mut life = self.life();
            if life.generation != generation {
                return;
            }
            life.crash = (*state != CrashState::Cleared).then(|| fact.clone());
            life.child.as_ref().map(|child| child.pid)
        };
        if *state == CrashState::Reached && action == CrashAction::Hang.name() && stands_still(pid).await {
            self.set(shop, ProcessState::Paused, &format!("stopped itself (SIGSTOP) at crash point {at_point}"), None);
        }
    }

    fn ended(&self, shop: &Shop, generation: u64, exit: Exit, how: String) {
        let (answers, crash) = {
            let mut life = self.life();
            if life.generation != generation {
                return;
            }
            life.child = None;
            life.lines = None;
            (std::mem::take(&mut life.answers), life.crash.take())
        };
        let asked = self.state() == ProcessState::Stopping;
        let cause = match exit.status.code() {
            Some(0) if asked => String::from("left"),
            Some(code) if code == i32::from(FENCED) => {
                String::from("its transactional producer was refused for good (fenced)")
            }
            _ => how,
        };
        self.set(shop, ProcessState::Dead, &cause, Some(exit.at_micros));
        if let Some(Fact::CrashPointChanged { app, instance, at_point, action, .. }) = crash {
            let state = CrashState::Cleared;
            shop.reporter.report(Fact::CrashPointChanged { app, instance, at_point, action, state });
        }
        for (_, waiting) in answers {
            waiting.send(Err(Refused::failed(format!("{} ended before it answered: {cause}", self.title())))).ok();
        }
    }
}

/// Waits until a process has really stopped; a signal to go on that came before would be lost. False where it ended.
async fn stands_still(pid: Option<u32>) -> bool {
    let Some(pid) = pid.and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)) else { return false };
    let look = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let stopped = tokio::task::spawn_blocking(move || waitid(WaitId::Pid(pid), look)).await;
    matches!(stopped, Ok(Ok(Some(status))) if status.stopped())
}

/// A line under way.
#[derive(Debug)]
pub(crate) struct Asked {
    id: u64,
    answer: oneshot::Receiver<Result<String, Refused>>,
}

impl Asked {
    /// What came of it.
    pub(crate) async fn answer(self, instance: &Instance) -> Result<String, Refused> {
        let answer = timeout(ANSWER, self.answer).await;
        instance.life().answers.remove(&self.id);
        match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(_closed)) => Err(gone(instance)),
            Err(_elapsed) => Err(Refused::failed(format!("{} did not answer in 5 s", instance.title()))),
        }
    }

    /// What came of it, however long the app is paused: whether it was answered at all before the process ended.
    pub(crate) async fn was_answered(self) -> bool {
        matches!(self.answer.await, Ok(Ok(_) | Err(Refused::Conflict(_))))
    }
}

fn gone(instance: &Instance) -> Refused {
    Refused::failed(format!("{} ended before it answered", instance.title()))
}

/// Writes lines until there are no more, or until the app takes none.
async fn write(mut stdin: ChildStdin, mut lines: mpsc::Receiver<String>) {
    while let Some(mut line) = lines.recv().await {
        line.push('\n');
        if !matches!(timeout(WRITE, stdin.write_all(line.as_bytes())).await, Ok(Ok(()))) {
            return;
        }
    }
}
