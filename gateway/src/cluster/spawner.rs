//! The one thread that starts every child process, so that the kernel ends them all when the gateway ends.

use std::{
    ffi::OsStr,
    io,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::PathBuf,
    process::{Command, ExitStatus},
    sync::Arc,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{ChildStderr, ChildStdin, ChildStdout},
    runtime::Handle,
    sync::{mpsc, oneshot, watch},
};

use crate::clock::monotonic_micros;

/// How many starts may wait for the thread.
const QUEUE: usize = 32;

/// Starts child processes that die with this process, whatever ends it. Cheap to clone.
///
/// The thread lives as long as any clone or any [`Child`] does; where it ended, the kernel would end the children.
#[derive(Clone, Debug)]
pub struct Spawner {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    wrapper: PathBuf,
    requests: mpsc::Sender<Request>,
}

struct Request {
    command: Command,
    started: oneshot::Sender<io::Result<tokio::process::Child>>,
}

impl Spawner {
    /// Starts the thread. `wrapper` is the `kafkascope` binary, whose `child` command children pass through.
    ///
    /// # Errors
    /// Where the system gives no thread. Must be called inside a tokio runtime.
    pub fn start(wrapper: impl Into<PathBuf>) -> io::Result<Self> {
        let (requests, mut waiting) = mpsc::channel::<Request>(QUEUE);
        let runtime = Handle::try_current().map_err(io::Error::other)?;
        std::thread::Builder::new().name(String::from("spawner")).spawn(move || {
            while let Some(Request { command, started }) = waiting.blocking_recv() {
                let _context = runtime.enter();
                let mut command = tokio::process::Command::from(command);
                // Nobody waits for the answer any more: it comes back here and dies here.
                drop(started.send(command.kill_on_drop(true).spawn()));
            }
        })?;
        Ok(Self { inner: Arc::new(Inner { wrapper: wrapper.into(), requests }) })
    }

    /// A spawner whose children pass through this very binary.
    ///
    /// # Errors
    /// As [`Spawner::start`].
    pub fn of_this_binary() -> io::Result<Self> {
        // The link, not the path it names: that may have been replaced by a newer build while we run.
        let link = PathBuf::from("/proc/self/exe");
        if link.exists() { Self::start(link) } else { Self::start(std::env::current_exe()?) }
    }

    /// A command for `program`, to be given arguments, environment and stdio, and then to [`Spawner::spawn`].
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.wrap(program.as_ref(), None)
    }

    /// The same with `nice` added to its niceness.
    pub fn nice_command(&self, program: impl AsRef<OsStr>, nice: i32) -> Command {
        self.wrap(program.as_ref(), Some(nice))
    }

    fn wrap(&self, program: &OsStr, nice: Option<i32>) -> Command {
        let mut command = Command::new(&self.inner.wrapper);
        command.arg("child").arg("--parent").arg(std::process::id().to_string());
        if let Some(nice) = nice {
            command.arg("--nice").arg(nice.to_string());
        }
        command.arg("--").arg(program);
        // A group of its own: Ctrl-C in the gateway's terminal is the gateway's to handle.
        command.process_group(0);
        command
    }

    /// Starts what [`Spawner::command`] made.
    ///
    /// # Errors
    /// Where the process cannot be made. That `program` cannot be executed shows as its exit code 1 and a line on its standard error.
    pub async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (started, answer) = oneshot::channel();
        let gone = || io::Error::other("the thread that starts processes is gone");
        self.inner.requests.send(Request { command, started }).await.map_err(|_closed| gone())?;
        let mut process = answer.await.map_err(|_closed| gone())??;
        let pid = process.id().ok_or_else(|| io::Error::other("the child has no pid"))?;
        let (stdin, stdout, stderr) = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (seen, exit) = watch::channel(None);
        tokio::spawn(async move {
            let status = process.wait().await.unwrap_or_default();
            seen.send_replace(Some(Exit { status, at_micros: monotonic_micros() }));
        });
        Ok(Child { pid, stdin, stdout, stderr, exit, _spawner: self.clone() })
    }
}

/// How and when a child ended.
#[derive(Clone, Copy, Debug)]
pub struct Exit {
    /// What the kernel says.
    pub status: ExitStatus,
    /// CLOCK_MONOTONIC in microseconds when it was seen.
    pub at_micros: u64,
}

impl Exit {
    /// `killed (SIGKILL)`, `exited with code 1`.
    pub fn describe(&self) -> String {
        match (self.status.signal(), self.status.code()) {
            (Some(9), _) => String::from("killed (SIGKILL)"),
            (Some(15), _) => String::from("stopped (SIGTERM)"),
            (Some(signal), _) => format!("ended by signal {signal}"),
            // A JVM turns the signal into an exit code: 128 + SIGTERM.
            (None, Some(143)) => String::from("stopped (SIGTERM)"),
            (None, Some(code)) => format!("exited with code {code}"),
            (None, None) => String::from("ended"),
        }
    }
}

/// A running child process. Dropping it kills it (SIGKILL).
#[derive(Debug)]
pub struct Child {
    /// Its process id, that of the command itself: the wrapper replaces itself.
    pub pid: u32,
    /// Where it was asked for with `Stdio::piped()`.
    pub stdin: Option<ChildStdin>,
    /// Where it was asked for with `Stdio::piped()`.
    pub stdout: Option<ChildStdout>,
    /// Where it was asked for with `Stdio::piped()`.
    pub stderr: Option<ChildStderr>,
    exit: watch::Receiver<Option<Exit>>,
    _spawner: Spawner,
}

impl Child {
    /// How it ended, where it did.
    pub fn exited(&self) -> Option<Exit> {
        *self.exit.borrow()
    }

    /// Waits for its end; may be asked any number of times, and outlives the handle.
    pub fn exit(&self) -> impl Future<Output = Exit> + Send + use<> {
        let mut exit = self.exit.clone();
        async move {
            let seen = exit.wait_for(Option::is_some).await.ok().and_then(|exit| *exit);
            // The watching task only ends early with the runtime.
            seen.unwrap_or_else(|| Exit { status: ExitStatus::default(), at_micros: monotonic_micros() })
        }
    }

    /// Sends a signal; nothing where it has ended.
    ///
    /// # Errors
    /// Where the kernel refuses.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        if self.exited().is_some() {
            return Ok(());
        }
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other(format!("{} is no pid", self.pid)))?;
        match kill_process(pid, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It has ended or it does now.
        drop(self.signal(Signal::KILL));
    }
}
