//! Stand-in for the gateway's one spawner, with its interface, until that is merged: children here are not tied to its life.

use std::{
    ffi::OsStr,
    io,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    process::{Command, ExitStatus},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{ChildStderr, ChildStdin, ChildStdout},
    sync::watch,
};

use crate::clock::monotonic_micros;

/// Starts child processes.
#[derive(Clone, Debug, Default)]
pub struct Spawner {}

impl Spawner {
    /// A command for `program`, to be given arguments, environment and stdio, and then to [`Spawner::spawn`].
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.process_group(0);
        command
    }

    /// Starts what [`Spawner::command`] made.
    ///
    /// # Errors
    /// Where the process cannot be made.
    pub async fn spawn(&self, command: Command) -> io::Result<Child> {
        let mut process = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        let pid = process.id().ok_or_else(|| io::Error::other("the child has no pid"))?;
        let (stdin, stdout, stderr) = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (seen, exit) = watch::channel(None);
        tokio::spawn(async move {
            let status = process.wait().await.unwrap_or_default();
            seen.send_replace(Some(Exit { status, at_micros: monotonic_micros() }));
        });
        Ok(Child { pid, stdin, stdout, stderr, exit })
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
            (None, Some(code)) => format!("exited with code {code}"),
            (None, None) => String::from("ended"),
        }
    }
}

/// A running child process. Dropping it kills it (SIGKILL).
#[derive(Debug)]
pub struct Child {
    /// Its process id.
    pub pid: u32,
    /// Where it was asked for with `Stdio::piped()`.
    pub stdin: Option<ChildStdin>,
    /// Where it was asked for with `Stdio::piped()`.
    pub stdout: Option<ChildStdout>,
    /// Where it was asked for with `Stdio::piped()`.
    pub stderr: Option<ChildStderr>,
    exit: watch::Receiver<Option<Exit>>,
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
