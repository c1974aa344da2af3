//! The log of one process: everything it prints goes to a file, and its WARN and ERROR lines become notices, bounded.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use model::fact::{Event, Level};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    time::{Instant, timeout_at},
};

use crate::report::Reporter;

/// Notices a process may make in one second; the rest is counted into one.
const NOTICES_A_SECOND: u32 = 20;
/// Longest text of a notice, and longest line looked at.
const TEXT_BYTES: usize = 1000;
/// A file that grew past this is kept once more as `.1` and begun again.
const FILE_BYTES: u64 = 32 << 20;

/// WARN lines of a healthy cluster, which are in the log and no notices; and whether that holds only until a process
/// has started ([`STARTED`]).
const HARMLESS: [(&str, bool); 2] = [
    // All JVMs start at once, and those that come first find the controller's port closed. Later it is news.
    ("could not be established. Node may not be available.", true),
    // A controller says so each time it becomes the active one, which is a fact of its own.
    ("Performing controller activation.", false),
];
/// The line that ends a start.
const STARTED: &str = "Kafka Server started";

/// Where one process's output goes.
#[derive(Debug)]
pub(super) struct ProcessLog {
    /// `broker 2`.
    source: String,
    path: PathBuf,
    reporter: Reporter,
    /// The newest ERROR line of the current run; the cause a person wants where a start failed.
    last_error: Mutex<Option<String>>,
}

impl ProcessLog {
    /// The log at `path`; what an earlier session left there is kept as `.1`.
    pub(super) fn new(source: String, path: PathBuf, reporter: Reporter) -> Self {
        keep_old(&path);
        Self { source, path, reporter, last_error: Mutex::new(None) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The newest ERROR line since the process's last start.
    pub(super) fn last_error(&self) -> Option<String> {
        self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes down what `output` gives until its end. A full disk is told once; the process goes on.
    pub(super) async fn pump(&self, mut output: impl AsyncRead + Unpin) {
        *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let mut keeper = Keeper::open(&self.path);
        let mut lines = Lines::default();
        let mut budget = Budget::new();
        let mut starts = true;
        let mut buffer = vec![0; 16 << 10];
        loop {
            let read = match budget.summary_due() {
                None => output.read(&mut buffer).await,
                Some(due) => match timeout_at(due, output.read(&mut buffer)).await {
                    Ok(read) => read,
                    Err(_elapsed) => {
                        self.say_suppressed(&mut budget);
                        continue;
                    }
                },
            };
            let Ok(count @ 1..) = read else { break };
            let Some(bytes) = buffer.get(..count) else { break };
            if let Some(trouble) = keeper.write(bytes) {
                self.notice(Level::Error, trouble);
            }
            lines.push(bytes, |line| {
                starts &= !line.contains(STARTED);
                if !is_harmless(line, starts) {
                    self.look_at(line, &mut budget);
                }
            });
        }
        self.say_suppressed(&mut budget);
    }

    fn look_at(&self, line: &str, budget: &mut Budget) {
        let Some((level, text)) = classify(line) else { return };
        if level == Level::Error {
            *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.to_owned());
        }
        if budget.is_new_second() {
            self.say_suppressed(budget);
        }
        if budget.allows(level) {
            self.notice(level, text.to_owned());
        }
    }

    fn say_suppressed(&self, budget: &mut Budget) {
        if let Some((level, count)) = budget.take_suppressed() {
            self.notice(level, format!("and {count} more WARN and ERROR lines within a second: see the log"));
        }
    }

    fn notice(&self, level: Level, text: String) {
        self.reporter.report(Event::Notice { level, source: self.source.clone(), text });
    }
}

/// The last `bytes` of the file at `path`, from the start of a line.
pub(super) fn tail(path: &Path, bytes: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let start = length.saturating_sub(bytes);
    file.seek(SeekFrom::Start(start))?;
    let mut text = Vec::new();
    file.take(bytes).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let cut = if start == 0 { 0 } else { text.find('\n').map_or(0, |end| end + 1) };
    Ok(text.get(cut..).unwrap_or_default().to_owned())
}

/// Level and text of a line worth a notice: log4j's WARN, ERROR and FATAL, and what a JVM says when it cannot go on.
fn classify(line: &str) -> Option<(Level, &str)> {
    if let Some((_, rest)) = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        let (word, text) = rest.split_once(' ')?;
        return match word {
            "WARN" => Some((Level::Warn, text)),
            "ERROR" | "FATAL" => Some((Level::Error, text)),
            _ => None,
        };
    }
    let fatal = [
        "Error: ",
        "Error occurred",
        "Exception in thread",
        "Terminating due to",
        "# A fatal error",
        "java.lang.OutOfMemoryError",
    ];
    fatal.iter().any(|start| line.starts_with(start)).then_some((Level::Error, line))
}

fn is_harmless(line: &str, starts: bool) -> bool {
    let known = |text: &str| HARMLESS.iter().any(|(known, at_start)| (starts || !at_start) && text.contains(known));
    matches!(classify(line), Some((Level::Warn, text)) if known(text))
}

fn keep_old(path: &Path) {
    if path.exists() {
        let mut kept = path.as_os_str().to_owned();
        kept.push(".1");
        // An old log that cannot be kept is appended to.
        drop(fs::rename(path, kept));
    }
}

/// Cuts a stream into lines and keeps no more than [`TEXT_BYTES`] of each.
#[derive(Default)]
struct Lines {
    begun: Vec<u8>,
}

impl Lines {
    fn push(&mut self, bytes: &[u8], mut line: impl FnMut(&str)) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, whole) = match part.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (part, false),
            };
            let room = TEXT_BYTES.saturating_sub(self.begun.len()).min(text.len());
            self.begun.extend_from_slice(text.get(..room).unwrap_or_default());
            if whole {
                line(String::from_utf8_lossy(&self.begun).trim_end());
                self.begun.clear();
            }
        }
    }
}

/// How many notices this second may still have.
struct Budget {
    second_ends: Instant,
    said: u32,
    suppressed: u64,
    worst: Level,
}

impl Budget {
    fn new() -> Self {
        Self { second_ends: Instant::now(), said: 0, suppressed: 0, worst: Level::Warn }
    }

    /// Begins a new second where the last one is over.
    fn is_new_second(&mut self) -> bool {
        let now = Instant::now();
        let over = now >= self.second_ends;
        if over {
            self.second_ends = now + Duration::from_secs(1);
            self.said = 0;
        }
        over
    }

    fn allows(&mut self, level: Level) -> bool {
        self.said += 1;
        if self.said <= NOTICES_A_SECOND {
            return true;
        }
        self.suppressed += 1;
        if level == Level::Error {
            self.worst = Level::Error;
        }
        false
    }

    /// When the suppressed ones are to be told, where there are any.
    fn summary_due(&self) -> Option<Instant> {
        (self.suppressed > 0).then_some(self.second_ends)
    }

    fn take_suppressed(&mut self) -> Option<(Level, u64)> {
        let taken = (self.suppressed > 0).then_some((self.worst, self.suppressed));
        (self.suppressed, self.worst) = (0, Level::Warn);
        taken
    }
}

/// The file, or the fact that it cannot be written.
struct Keeper {
    path: PathBuf,
    file: io::Result<File>,
    length: u64,
    told: bool,
}

impl Keeper {
    fn open(path: &Path) -> Self {
        let file = path.parent().map_or(Ok(()), fs::create_dir_all);
        let file = file.and_then(|()| OpenOptions::new().create(true).append(true).open(path));
        let length = file.as_ref().ok().and_then(|file| file.metadata().ok()).map_or(0, |data| data.len());
        Self { path: path.to_owned(), file, length, told: false }
    }

    /// Appends; the answer is what to tell, once.
    fn write(&mut self, bytes: &[u8]) -> Option<String> {
        if self.length > FILE_BYTES {
            keep_old(&self.path);
            *self = Self { told: self.told, ..Self::open(&self.path) };
        }
        let trouble = match &mut self.file {
            Ok(file) => match file.write_all(bytes) {
                Ok(()) => {
                    self.length += bytes.len() as u64;
                    return None;
                }
                Err(error) => error.to_string(),
            },
            Err(error) => error.to_string(),
        };
        let first = !std::mem::replace(&mut self.told, true);
        first.then(|| format!("its log {} cannot be written: {trouble}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, report};

    #[test]
    fn only_warnings_and_errors_are_told() {
        let told = [
            "[2026-11-23 21:12:05,123] WARN [Producer] Connection lost (org.apache.kafka.clients.NetworkClient)",
            "[2026-11-23 21:12:05,123] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)",
            "Error: Could not find or load main class kafka.Kafka",
        ];
        assert_eq!(classify(told[0]).unwrap().0, Level::Warn);
        assert!(classify(told[0]).unwrap().1.starts_with("[Producer] Connection lost"));
        assert_eq!(classify(told[1]).unwrap().0, Level::Error);
        assert_eq!(classify(told[2]).unwrap().0, Level::Error);
        let quiet =
            ["[2026-11-23 21:12:05,123] INFO Kafka version: 4.3.1 (x)", "\tat kafka.Kafka.main(Kafka.scala)", ""];
        assert!(quiet.iter().all(|line| classify(line).is_none()));
    }

    #[tokio::test]
    async fn what_every_start_says_is_no_notice_and_later_it_is() {
        let folder = std::env::temp_dir().join(format!("kafkascope-log-start-{}", std::process::id()));
        let (reporter, mut inbox) = report::queue(Clock::start());
        let log = ProcessLog::new(String::from("broker 2"), folder.join("broker-2.log"), reporter);
        let alone = "[t] WARN Connection to node 100 could not be established. Node may not be available. (x)\n";
        let active = "[t] WARN Performing controller activation. (x)\n";
        let text = format!("{alone}[t] WARN something else (x)\n[t] INFO Kafka Server started (x)\n{active}{alone}");
        log.pump(text.as_bytes()).await;
        let mut told = Vec::new();
        while let Ok(seen) = inbox.seen.try_recv() {
            let Event::Notice { text, .. } = seen.event else { panic!("{seen:?}") };
            told.push(text);
        }
        assert_eq!(told, ["something else (x)", alone.trim_start_matches("[t] WARN ").trim_end()]);
        assert_eq!(tail(log.path(), 1 << 20).unwrap(), text);
        fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn a_flood_is_counted_and_the_file_has_it_all() {
        let folder = std::env::temp_dir().join(format!("kafkascope-log-{}", std::process::id()));
        let (reporter, mut inbox) = report::queue(Clock::start());
        let log = ProcessLog::new(String::from("broker 2"), folder.join("broker-2.log"), reporter);
        let text = "[t] WARN flood (x)\n".repeat(100) + "[t] ERROR last\n";
        log.pump(text.as_bytes()).await;
        drop(log.reporter.clone());
        assert_eq!(log.last_error().as_deref(), Some("last"));
        assert_eq!(tail(log.path(), 1 << 20).unwrap(), text);
        assert_eq!(tail(log.path(), 20).unwrap(), "[t] ERROR last\n");
        let mut notices = Vec::new();
        while let Ok(seen) = inbox.seen.try_recv() {
            notices.push(seen.event);
        }
        assert_eq!(notices.len(), 21);
        let Some(Event::Notice { level: Level::Error, text, .. }) = notices.last() else { panic!("{notices:?}") };
        assert!(text.starts_with("and 81 more"), "{text}");
        fs::remove_dir_all(folder).unwrap();
    }
}
