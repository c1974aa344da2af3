//! How an app tells what it does: bounded lines on its standard output and error, which never make it wait.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use model::fact::Event as Fact;

use crate::{
    clock::monotonic_micros,
    shop::{
        AppName,
        wire::{Desk, Report, Told},
    },
};

/// How many lines may wait for a gateway that does not read.
const LINES: usize = 8192;
/// How long [`Voice::flush`] waits.
const FLUSH: Duration = Duration::from_secs(2);

/// The app's voice; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Voice {
    app: AppName,
    instance: u32,
    lines: SyncSender<Said>,
    dropped: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Said {
    Report(Told),
    Log(String),
    /// Everything before it is out when this is dropped.
    Flush(SyncSender<()>),
}

impl Voice {
    /// Starts to write. Lines go out until the last clone is gone; the receiver then hears of the end.
    pub(crate) fn start(app: AppName, instance: u32) -> (Self, Receiver<()>) {
        let (lines, waiting) = sync_channel(LINES);
        let (done, ended) = sync_channel(1);
        let dropped = Arc::new(AtomicU64::new(0));
        let lost = Arc::clone(&dropped);
        thread::spawn(move || {
            write(&waiting, &lost);
            drop(done);
        });
        (Self { app, instance, lines, dropped }, ended)
    }

    pub(crate) fn app(&self) -> AppName {
        self.app
    }

    pub(crate) fn instance(&self) -> u32 {
        self.instance
    }

    /// Reports a fact seen now.
    pub(crate) fn fact(&self, fact: Fact) {
        self.fact_at(monotonic_micros(), fact);
    }

    /// Reports a fact seen at `at`.
    pub(crate) fn fact_at(&self, at: u64, fact: Fact) {
        self.say(Said::Report(Told { at, report: Report::Fact(fact) }));
    }

    /// Tells the gateway's desk something.
    pub(crate) fn desk(&self, desk: Desk) {
        self.say(Said::Report(Told { at: monotonic_micros(), report: Report::Desk(desk) }));
    }

    /// Logs something worth knowing.
    pub(crate) fn info(&self, text: &str) {
        self.log("INFO", text);
    }

    /// Logs something that is not as it should be; the gateway makes a notice of it.
    pub(crate) fn warn(&self, text: &str) {
        self.log("WARN", text);
    }

    /// Logs something that failed; the gateway makes a notice of it.
    pub(crate) fn error(&self, text: &str) {
        self.log("ERROR", text);
    }

    /// Waits until all that was said is out; a gateway that does not read is not waited for.
    pub(crate) fn flush(&self) {
        let (written, wait) = sync_channel(1);
        if self.lines.send(Said::Flush(written)).is_ok() {
            wait.recv_timeout(FLUSH).ok();
        }
    }

    fn log(&self, level: &str, text: &str) {
        let micros = monotonic_micros();
        let text = text.replace('\n', " ");
        self.say(Said::Log(format!("{}.{:06} {level} {text}", micros / 1_000_000, micros % 1_000_000)));
    }

    fn say(&self, said: Said) {
        if self.lines.try_send(said).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes until everybody has said everything, or nobody listens any more.
fn write(waiting: &Receiver<Said>, dropped: &AtomicU64) {
    let mut out = std::io::stdout().lock();
    let mut log = std::io::stderr().lock();
    while let Ok(said) = waiting.recv() {
        let lost = dropped.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let told = Told { at: monotonic_micros(), report: Report::Desk(Desk::Dropped { count: lost }) };
            if line(&mut out, &told).is_err() {
                return;
            }
        }
        let wrote = match &said {
            Said::Report(told) => line(&mut out, told),
            Said::Log(text) => writeln!(log, "{text}"),
            Said::Flush(written) => {
                written.send(()).ok();
                Ok(())
            }
        };
        if wrote.is_err() {
            return;
        }
    }
}

fn line(out: &mut impl std::io::Write, told: &Told) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(told)?;
    bytes.push(b'\n');
    out.write_all(&bytes)?;
    // Standard output is line buffered whatever it is connected to; this says so where it matters.
    out.flush()
}
