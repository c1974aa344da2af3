//! Writes the session to disk as it happens; a slow disk loses facts with a count, never slows the show.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, bail};
use model::{
    fact::{Event, Fact, Level},
    ids::Micros,
    recording::{Header, Mark, PieceInfo, Recording, Writer},
};
use tokio::{
    fs::File,
    io::AsyncWriteExt as _,
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::{hub::Batch, report::Reporter, sidelist};

mod limits;

pub use limits::Limits;
use limits::Room;

/// How often the open piece is written: SIGKILL loses at most this and one frame.
const WRITE: Duration = Duration::from_millis(250);
/// Batches that may wait for the disk: about 20 s of traffic.
const QUEUE: usize = 512;

/// A new piece begins with this keyframe.
#[derive(Debug)]
pub struct Piece {
    /// The keyframe as one line of JSON.
    pub keyframe: String,
    /// The newest fact in it.
    pub seq: u64,
    /// Its time.
    pub at: Micros,
}

enum Order {
    Piece(Piece),
    Facts(Arc<Batch>),
    Finish(oneshot::Sender<()>),
}

/// The hub's end.
#[derive(Debug)]
pub struct RecorderHandle {
    orders: mpsc::Sender<Order>,
    dropped: Arc<AtomicU64>,
}

impl RecorderHandle {
    /// Begins a piece; `false` where the queue is full and it must be tried again.
    pub fn piece(&self, piece: Piece) -> bool {
        self.orders.try_send(Order::Piece(piece)).is_ok()
    }

    /// Records a batch, or counts it where the queue is full.
    pub fn facts(&self, batch: Arc<Batch>) {
        let count = batch.lines.len() as u64;
        if let Err(mpsc::error::TrySendError::Full(_)) = self.orders.try_send(Order::Facts(batch)) {
            self.dropped.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// How many facts were not recorded since the last call.
    pub fn take_dropped(&self) -> u64 {
        self.dropped.swap(0, Ordering::Relaxed)
    }

    /// Seals the file; returns when it is on disk.
    pub async fn finish(&self) {
        let (done, finished) = oneshot::channel();
        if self.orders.send(Order::Finish(done)).await.is_ok() {
            finished.await.ok();
        }
    }
}

/// Creates the file and starts the task that writes it.
///
/// # Errors
/// Where the file cannot be made; later failures are notices, and end the recording only.
pub async fn start(
    path: PathBuf,
    header: &Header,
    limits: Limits,
    reporter: Reporter,
) -> anyhow::Result<RecorderHandle> {
    let (writer, bytes) = Writer::begin(header);
    let mut file =
        File::create(&path).await.with_context(|| format!("cannot create the recording {}", path.display()))?;
    file.write_all(&bytes).await.with_context(|| format!("cannot write the recording {}", path.display()))?;
    let part_path = part_of(&path);
    let part = File::create(&part_path).await.with_context(|| format!("cannot create {}", part_path.display()))?;
    let (orders, queue) = mpsc::channel(QUEUE);
    let open =
        Open { file, part, writer, info: None, lines: String::new(), unwritten: 0, marks: Vec::new(), syncing: None };
    tokio::spawn(async move {
        if let Err(error) = run(open, queue, &part_path, limits, &reporter).await {
            let text = format!("the recording stopped: {error}; the show goes on, make room and start again to record");
            notice(&reporter, Level::Error, text);
        }
    });
    Ok(RecorderHandle { orders, dropped: Arc::new(AtomicU64::new(0)) })
}

/// The file beside a recording that holds its open piece.
pub fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Opens a recording with what lies beside it: the open piece, where its recorder was killed, and the edited markers.
///
/// # Errors
/// Where the file cannot be read or is not a recording; the message names it.
pub fn open(path: &Path) -> anyhow::Result<Recording> {
    let mut recording = open_as_recorded(path)?;
    sidelist::lay_over(&mut recording, path)?;
    Ok(recording)
}

/// The same without the edited markers.
///
/// # Errors
/// Where the file cannot be read or is not a recording; the message names it.
pub fn open_as_recorded(path: &Path) -> anyhow::Result<Recording> {
    // The open piece first: were it sealed between the two reads, it would be in the file as well, and not missing.
    let part = std::fs::read(part_of(path)).ok().map(|b| String::from_utf8_lossy(&b).into_owned());
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the recording {}", path.display()))?;
    if bytes.is_empty() && part.as_deref().is_none_or(str::is_empty) {
        bail!("{} is empty: nothing was recorded, or it was not copied whole", path.display());
    }
    Recording::open(bytes, part).with_context(|| format!("cannot open {}", path.display()))
}

async fn run(
    mut open: Open,
    mut queue: mpsc::Receiver<Order>,
    part_path: &Path,
    limits: Limits,
    reporter: &Reporter,
) -> io::Result<()> {
    let mut tick = interval(WRITE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut warned = false;
    loop {
        tokio::select! {
            order = queue.recv() => match order {
                Some(Order::Piece(piece)) => {
                    open.begin(piece).await?;
                    match limits.room(open.at(), open.writer.offset()) {
                        Room::Enough => {}
                        Room::Little(text) if !std::mem::replace(&mut warned, true) => {
                            notice(reporter, Level::Warn, text);
                        }
                        Room::Little(_) => {}
                        Room::None(text) => {
                            open.finish(part_path).await?;
                            notice(reporter, Level::Warn, text);
                            return Ok(());
                        }
                    }
                }
                Some(Order::Facts(batch)) => open.add(&batch),
                Some(Order::Finish(done)) => {
                    let finished = open.finish(part_path).await;
                    done.send(()).ok();
                    return finished;
                }
                None => return Ok(()),
            },
            _ = tick.tick() => open.write_part().await?,
        }
    }
}

fn notice(reporter: &Reporter, level: Level, text: String) {
    reporter.report(Event::Notice { level, source: String::from("recorder"), text });
}

struct Open {
    file: File,
    part: File,
    writer: Writer,
    /// The open piece.
    info: Option<PieceInfo>,
    /// Its lines so far.
    lines: String,
    /// Where the part of them begins that is not in the `.part` file yet.
    unwritten: usize,
    /// Markers of the open piece.
    marks: Vec<Mark>,
    /// The newest sealed piece, on its way to the disk.
    syncing: Option<JoinHandle<io::Result<()>>>,
}

impl Open {
    async fn begin(&mut self, piece: Piece) -> io::Result<()> {
        self.seal().await?;
        self.lines.push_str(&piece.keyframe);
        self.lines.push('\n');
        self.info = Some(PieceInfo { start: piece.at, end: piece.at, seq: piece.seq, ..PieceInfo::default() });
        self.write_part().await
    }

    fn add(&mut self, batch: &Batch) {
        let Some(info) = &mut self.info else { return };
        for line in &batch.lines {
            self.lines.push_str(&line.json);
            self.lines.push('\n');
            info.facts += 1;
            info.end = info.end.max(line.at);
            // Also "marker_set".
            if line.json.contains(r#""kind":"marker"#) {
                self.marks.extend(Fact::parse(&line.json).ok().as_ref().and_then(Mark::of_fact));
            }
        }
    }

    async fn write_part(&mut self) -> io::Result<()> {
        if let Some(new) = self.lines.get(self.unwritten..).filter(|new| !new.is_empty()) {
            self.part.write_all(new.as_bytes()).await?;
            self.part.flush().await?;
            self.unwritten = self.lines.len();
        }
        Ok(())
    }

    /// Writes the open piece as a member and empties the `.part` file, in that order: a reader that finds both
    /// leaves the part out, since it holds nothing new. A slow disk syncs meanwhile: what is seen until then would wait in the
    /// queue, and SIGKILL would take more than it may.
    async fn seal(&mut self) -> io::Result<()> {
        let Some(info) = self.info.take() else { return Ok(()) };
        for mark in self.marks.drain(..) {
            self.writer.mark(mark);
        }
        let bytes = self.writer.seal(info, &self.lines);
        self.synced().await?;
        self.file.write_all(&bytes).await?;
        self.file.flush().await?;
        let file = self.file.try_clone().await?;
        self.syncing = Some(tokio::spawn(async move { file.sync_data().await }));
        self.lines.clear();
        self.unwritten = 0;
        self.part.set_len(0).await?;
        tokio::io::AsyncSeekExt::rewind(&mut self.part).await.map(|_| ())
    }

    /// Waits until the piece before is on the disk.
    async fn synced(&mut self) -> io::Result<()> {
        match self.syncing.take() {
            Some(syncing) => syncing.await.map_err(io::Error::other)?,
            None => Ok(()),
        }
    }

    /// The newest piece's time.
    fn at(&self) -> Micros {
        self.info.as_ref().map_or(Micros(0), |info| info.start)
    }

    async fn finish(&mut self, part_path: &Path) -> io::Result<()> {
        self.seal().await?;
        self.file.write_all(&self.writer.finish()).await?;
        self.file.sync_all().await?;
        tokio::fs::remove_file(part_path).await
    }
}

/// Seals what a killed recorder left: the open piece becomes a member, index and trailer follow.
///
/// # Errors
/// Where the files cannot be read or written.
pub fn seal_orphan(path: &Path) -> anyhow::Result<()> {
    let sealed = open_as_recorded(path)?.sealed();
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".sealing");
    std::fs::write(&temporary, sealed).with_context(|| format!("cannot seal the recording {}", path.display()))?;
    std::fs::rename(&temporary, path).with_context(|| format!("cannot seal the recording {}", path.display()))?;
    std::fs::remove_file(part_of(path)).with_context(|| format!("cannot remove {}", part_of(path).display()))
}
