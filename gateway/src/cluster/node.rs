//! One node's process: what state it is in, who asked for that, and the signals that change it.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::{
    fact::{Event, ProcessState, Role},
    ids::{BrokerId, Micros},
};
use rustix::process::Signal;
use tokio::{
    io::AsyncRead,
    net::TcpStream,
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{
    archive::Archive,
    control::ControlError,
    log::ProcessLog,
    procfs,
    spawner::{Child, Exit},
};
use crate::report::Reporter;

/// How often a starting node's port is tried. There is no event to wait for: it is another process's.
const PROBE: Duration = Duration::from_millis(20);
/// How long SIGSTOP may take to be seen in /proc.
const PAUSE_PATIENCE: Duration = Duration::from_millis(500);
/// How long the last lines of an ended process may take to be read.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What a node's process does now.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) process: ProcessState,
    pub(super) pid: Option<u32>,
    /// Why: `killed (SIGKILL)`.
    pub(super) cause: String,
    /// Counts its starts.
    pub(super) run: u64,
}

/// A controller or a broker of the local cluster.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) id: BrokerId,
    pub(super) role: Role,
    pub(super) log: ProcessLog,
    /// The port that accepts when it runs: DIRECT, or CONTROLLER.
    port: u16,
    reporter: Reporter,
    life: watch::Sender<Life>,
    hold: Mutex<Hold>,
    /// Held while it is started, so that it is started once.
    pub(super) launching: tokio::sync::Mutex<()>,
}

/// What goes with the process; whoever changes `life` holds this.
#[derive(Debug, Default)]
struct Hold {
    child: Option<Child>,
    /// The signal a command sent it; an end without one was nobody's wish.
    ordered: bool,
    /// What it was when it was paused.
    before_pause: ProcessState,
    pump: Option<JoinHandle<()>>,
}

impl Node {
    pub(super) fn new(id: BrokerId, role: Role, port: u16, log: ProcessLog, reporter: Reporter) -> Self {
        let cause = String::from("not started yet");
        let life = Life { process: ProcessState::Dead, pid: None, cause, run: 0 };
        Self {
            id,
            role,
            log,
            port,
            reporter,
            life: watch::Sender::new(life),
            hold: Mutex::default(),
            launching: tokio::sync::Mutex::default(),
        }
    }

    /// `broker 2`.
    pub(super) fn label(&self) -> String {
        format!("{} {}", self.role_word(), self.id)
    }

    /// `broker-2`, the name of its log.
    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.role_word(), self.id)
    }

    fn role_word(&self) -> &'static str {
        match self.role {
            Role::Broker => "broker",
            Role::Controller => "controller",
        }
    }

    pub(super) fn life(&self) -> Life {
        self.life.borrow().clone()
    }

    /// Takes a process that was just started in.
    pub(super) fn adopt(
        self: &Arc<Self>,
        child: Child,
        output: impl AsyncRead + Unpin + Send + 'static,
        archive: &Arc<Archive>,
        cause: &str,
    ) {
        let exit = child.exit();
        let pid = child.pid;
        let run = self.life().run + 1;
        let node = Arc::clone(self);
        let pump = tokio::spawn(async move { node.log.pump(output).await });
        {
            let mut hold = self.hold();
            *hold = Hold { child: Some(child), ordered: false, before_pause: ProcessState::Starting, pump: Some(pump) };
            let life = Life { process: ProcessState::Starting, pid: Some(pid), cause: cause.to_owned(), run };
            self.turn(self.reporter.clock().now(), life);
        }
        let (node, archive) = (Arc::clone(self), Arc::clone(archive));
        tokio::spawn(async move {
            tokio::pin!(exit);
            let ended = tokio::select! {
                ended = &mut exit => ended,
                () = node.accepts() => {
                    node.answers(run);
                    exit.await
                }
            };
            node.ended(ended);
            archive.ended(node.id, matches!(ended.status.code(), Some(0 | 143)));
        });
    }

    /// Waits until its port accepts.
    async fn accepts(&self) {
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            sleep(PROBE).await;
        }
    }

    fn answers(&self, run: u64) {
        let mut hold = self.hold();
        let mut life = self.life();
        match life.process {
            ProcessState::Starting if life.run == run => {
                life.process = ProcessState::Running;
                life.cause = format!("port {} accepts", self.port);
                self.turn(self.reporter.clock().now(), life);
            }
            // The kernel accepts for a stopped process.
            ProcessState::Paused => hold.before_pause = ProcessState::Running,
            _ => {}
        }
    }

    fn ended(&self, exit: Exit) {
        let hold = self.hold();
        let mut cause = exit.describe();
        if !hold.ordered && (cause.ends_with(')')) {
            cause += ", not by a command";
        }
        let life = Life { process: ProcessState::Dead, pid: None, cause, run: self.life().run };
        self.turn(self.reporter.clock().at_monotonic(exit.at_micros), life);
    }

    /// Sends SIGKILL and does not wait.
    pub(super) fn kill(&self) -> io::Result<()> {
        let mut hold = self.hold();
        hold.ordered = true;
        signal(&hold, Signal::KILL)
    }

    /// Sends SIGTERM, to a paused process too, and does not wait.
    pub(super) fn stop(&self) -> io::Result<()> {
        let mut hold = self.hold();
        hold.ordered = true;
        signal(&hold, Signal::TERM)?;
        // Where it is stopped it could not see it.
        signal(&hold, Signal::CONT)?;
        let life = self.life();
        if life.process != ProcessState::Dead {
            self.turn(
                self.reporter.clock().now(),
                Life { process: ProcessState::Stopping, cause: String::from("asked to stop (SIGTERM)"), ..life },
            );
        }
        Ok(())
    }

    /// Sends SIGSTOP and waits until the kernel has done it.
    pub(super) async fn pause(&self) -> io::Result<()> {
        signal(&self.hold(), Signal::STOP)?;
        let seen = async {
            // The kernel tells only a parent that waits for stops, and tokio does not.
            while !matches!(self.look("paused (SIGSTOP)", ""), ProcessState::Paused | ProcessState::Dead) {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(PAUSE_PATIENCE, seen).await.map_err(|_elapsed| io::Error::other("SIGSTOP had no effect in time"))
    }

    /// Sends SIGCONT.
    pub(super) fn resume(&self) -> io::Result<()> {
        let hold = self.hold();
        signal(&hold, Signal::CONT)?;
        let life = self.life();
        if life.process == ProcessState::Paused {
            let cause = String::from("resumed (SIGCONT)");
            self.turn(self.reporter.clock().now(), Life { process: hold.before_pause, cause, ..life });
        }
        Ok(())
    }

    /// Looks in /proc whether it is stopped; anybody may have done it. The texts say why, where that is new.
    pub(super) fn look(&self, paused: &str, resumed: &str) -> ProcessState {
        let mut hold = self.hold();
        let life = self.life();
        let Some(stat) = life.pid.and_then(procfs::stat) else { return life.process };
        match (life.process, stat.state) {
            (ProcessState::Starting | ProcessState::Running, 'T') => {
                hold.before_pause = life.process;
                let cause = paused.to_owned();
                self.turn(self.reporter.clock().now(), Life { process: ProcessState::Paused, cause, ..life });
                ProcessState::Paused
            }
            (ProcessState::Paused, state) if !matches!(state, 'T' | 'Z' | 'X') => {
                let cause = resumed.to_owned();
                self.turn(self.reporter.clock().now(), Life { process: hold.before_pause, cause, ..life });
                hold.before_pause
            }
            (process, _) => process,
        }
    }

    /// Waits until it is dead.
    pub(super) async fn wait_dead(&self) -> Life {
        self.wait(|life| life.process == ProcessState::Dead).await
    }

    /// Waits until its start came to something.
    ///
    /// # Errors
    /// Where it ended, or was paused, before its port accepted.
    pub(super) async fn wait_running(&self) -> Result<(), ControlError> {
        let life = self.wait(|life| !matches!(life.process, ProcessState::Starting | ProcessState::Stopping)).await;
        match life.process {
            ProcessState::Dead => {
                let pump = self.hold().pump.take();
                if let Some(pump) = pump {
                    // A line that comes later is in the log all the same.
                    drop(timeout(LAST_WORDS, pump).await);
                }
                let last = self.log.last_error().map(|line| format!(": {line}")).unwrap_or_default();
                Err(ControlError::EndedAtStart {
                    node: self.label(),
                    cause: format!("{}{last}", life.cause),
                    log: self.log.path().to_owned(),
                })
            }
            ProcessState::Paused => Err(ControlError::Refused(format!("{} was paused while it started", self.label()))),
            _ => Ok(()),
        }
    }

    async fn wait(&self, until: impl FnMut(&Life) -> bool) -> Life {
        // We hold the sender: it cannot be closed.
        self.life.subscribe().wait_for(until).await.map_or_else(|_closed| self.life(), |life| life.clone())
    }

    /// Tells it; the caller holds `hold`, so that facts come in the order of the changes.
    fn turn(&self, at: Micros, life: Life) {
        self.reporter.report_at(
            at,
            Event::ProcessChanged {
                node: self.id,
                role: self.role,
                state: life.process,
                pid: life.pid,
                cause: life.cause.clone(),
            },
        );
        self.life.send_replace(life);
    }

    fn hold(&self) -> MutexGuard<'_, Hold> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn signal(hold: &Hold, signal: Signal) -> io::Result<()> {
    hold.child.as_ref().map_or(Ok(()), |child| child.signal(signal))
}
