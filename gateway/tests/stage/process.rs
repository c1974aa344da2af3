//! The program as the kernel sees it: started so that it dies with the tests, and what it leaves behind.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, LazyLock, Mutex},
    time::{Duration, Instant},
};

use kafkascope::cluster::spawner::{Child, Exit, Spawner};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    runtime::Runtime,
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_kafkascope");

/// One runtime for all tests: what one test started must live on in the next.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
});
static SPAWNER: LazyLock<Spawner> = LazyLock::new(|| Spawner::start(PROGRAM).expect("a spawner"));

/// Runs a test.
pub(crate) fn run(test: impl Future<Output = ()>) {
    RUNTIME.block_on(test);
}

/// Starts processes that die with the tests.
pub(crate) fn spawner() -> Spawner {
    SPAWNER.clone()
}

/// A folder of this test's own, empty; it lies in target/tmp and stays there to be looked at.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stage").join(name);
    std::fs::remove_dir_all(&path).ok();
    std::fs::create_dir_all(&path).expect("a folder in target/tmp");
    path
}

/// A running program and all it said so far.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    said: watch::Receiver<String>,
    pumps: Vec<JoinHandle<()>>,
}

/// How it ended, and its last words.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) exit: Exit,
    /// Standard output and error as they came.
    pub(crate) said: String,
}

impl Running {
    /// Starts the program with `arguments` in an environment that is changed as told; `None` removes a variable.
    pub(crate) async fn start<A: Into<OsString>>(
        arguments: impl IntoIterator<Item = A>,
        environment: &[(&str, Option<&str>)],
    ) -> Self {
        let spawner = spawner();
        let mut command = spawner.command(PROGRAM);
        command.args(arguments.into_iter().map(Into::into));
        for (name, value) in environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = spawner.spawn(command).await.expect("the program starts");
        let (sender, said) = watch::channel(String::new());
        let sender = Arc::new(Mutex::new(sender));
        let out = child.stdout.take().map(|out| tokio::spawn(pump(out, Arc::clone(&sender))));
        let err = child.stderr.take().map(|err| tokio::spawn(pump(err, sender)));
        Self { child, said, pumps: out.into_iter().chain(err).collect() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.pid
    }

    pub(crate) fn said(&self) -> String {
        self.said.borrow().clone()
    }

    /// Waits for the rest of the first line that begins with `word`.
    pub(crate) async fn line(&self, word: &str, patience: Duration) -> String {
        let find =
            |said: &String| said.lines().find_map(|line| line.strip_prefix(word)).map(|rest| rest.trim().to_owned());
        let mut said = self.said.clone();
        let found = timeout(patience, said.wait_for(|said| find(said).is_some())).await.map(|said| said.map(drop));
        assert!(matches!(found, Ok(Ok(()))), "no line {word:?} within {patience:?}, but:\n{}", self.said());
        find(&self.said()).expect("it was found")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        self.child.signal(signal).expect("a signal is sent");
    }

    /// Waits for its end.
    pub(crate) async fn ended(self, patience: Duration) -> Ended {
        let exit = timeout(patience, self.child.exit()).await;
        let exit = exit.unwrap_or_else(|_| panic!("still running after {patience:?}, saying:\n{}", self.said()));
        for pump in self.pumps {
            // A child of its own may hold the pipe open; then that is what is wrong, and others tell.
            timeout(Duration::from_secs(2), pump).await.ok();
        }
        let said = self.said.borrow().clone();
        Ended { exit, said }
    }
}

async fn pump(pipe: impl AsyncRead + Unpin, said: Arc<Mutex<watch::Sender<String>>>) {
    let mut lines = BufReader::new(pipe).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        said.lock().unwrap().send_modify(|said| {
            said.push_str(&line);
            said.push('\n');
        });
    }
}

/// Sends a signal to somebody else's child, as a person with a shell would.
pub(crate) fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// The state letter of /proc/PID/stat; `None` where there is no such process, or only its zombie.
pub(crate) fn letter(pid: u32) -> Option<char> {
    let line = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    line.rsplit_once(") ")?.1.chars().next().filter(|letter| !"ZX".contains(*letter))
}

/// Waits until none of them is there any more; answers how long that took.
pub(crate) async fn gone(pids: &[u32], patience: Duration) -> Duration {
    let since = Instant::now();
    loop {
        let left: Vec<u32> = pids.iter().copied().filter(|pid| letter(*pid).is_some()).collect();
        if left.is_empty() {
            return since.elapsed();
        }
        assert!(since.elapsed() < patience, "orphans after {patience:?}: {left:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Processes that name `folder` on their command line, with that line.
fn those_naming(folder: &Path) -> impl Iterator<Item = (u32, String)> {
    let wanted = folder.to_str().unwrap().to_owned();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        Some((entry.file_name().to_str()?.parse().ok()?, String::from_utf8_lossy(&line).replace('\0', " ")))
    });
    lines.filter(move |(_, line)| line.contains(&wanted))
}

/// The command lines of processes that name `folder`.
pub(crate) fn naming(folder: &Path) -> Vec<String> {
    those_naming(folder).map(|(_, line)| line).collect()
}

/// Ends processes of ours that name `folder`, a folder of this test alone.
pub(crate) fn end_those_naming(folder: &Path) {
    for (pid, _) in those_naming(folder) {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        // It may have ended by itself.
        pid.map(|pid| kill_process(pid, Signal::KILL).ok());
    }
}
