//! One app of the shop as a process: what runs on which thread, and how it comes and goes.

mod books;
mod clerk;
mod client;
mod committer;
mod compensation;
mod crash;
mod dead_letter;
mod event;
mod key;
mod life;
mod offsets;
mod order;
mod outbox;
mod payment;
mod report;
mod seat;
mod sender;
mod stock;
#[cfg(test)]
mod tests;
mod view;

use std::{
    io::BufRead as _,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use rdkafka::{
    consumer::{Consumer as _, RebalanceProtocol},
    message::{BorrowedMessage, Headers as _, Message as _},
};

use self::{
    books::Books,
    clerk::Clerk,
    client::{Delivery, Reader, Setup, SharedOffsets, locked},
    event::Incoming,
    offsets::{Offsets, Place},
    report::Voice,
    seat::Seat,
};
use super::{AppName, guards::Guards};

/// How many things may wait for the app: full, its own clients and standard input wait, and nobody else.
const INPUTS: usize = 1024;
/// How long a clean leave may take before the process ends anyway.
const LEAVE: Duration = Duration::from_secs(5);

/// How the process ends where its transactional producer was refused for good: a fenced producer can only be closed.
pub(crate) const FENCED: u8 = 3;

/// A member that was given nothing for so long after it joined is one more than there are partitions.
const IDLE_MEMBER: Duration = Duration::from_secs(1);

/// `kafkascope app NAME …`, used by the gateway itself.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Which app.
    #[arg(value_enum)]
    pub name: AppName,
    /// Which instance of it, from 1; all share one set of books.
    #[arg(long, default_value_t = 1)]
    pub instance: u32,
    /// Bootstrap address of the STAGE listeners.
    #[arg(long)]
    pub bootstrap: String,
    /// The gateway's data folder; the books are in its folder `shop`.
    #[arg(long)]
    pub data: PathBuf,
    /// The consumer group; the app's own name where it is missing.
    #[arg(long)]
    pub group: Option<String>,
    /// `classic` or `consumer` (KIP-848).
    #[arg(long, default_value = "classic")]
    pub group_protocol: String,
    /// Guards that differ from their defaults: `inbox=off,outbox=on`.
    #[arg(long, default_value = "")]
    pub guards: String,
    /// The topic it reads; the app's own where it is missing.
    #[arg(long)]
    pub topic: Option<String>,
    /// `range` or `cooperative-sticky`, of a classic group.
    #[arg(long)]
    pub assignor: Option<String>,
    /// Which key its records carry, under the guard key-order-id.
    #[arg(long, value_enum, default_value = "order")]
    key: key::Key,
    /// How long its work on a record takes beyond what it does, milliseconds.
    #[arg(long, default_value_t = 0)]
    pub work_ms: u64,
    /// What comes too early is parked instead of refused.
    #[arg(long)]
    pub park: bool,
    /// `read_committed` or `read_uncommitted`.
    #[arg(long, default_value = "read_committed")]
    pub isolation: String,
    /// Commits a record's offset before its work instead of after it.
    #[arg(long)]
    pub commit_first: bool,
    /// `transactional.id` under the guard transactions; the client id where it is missing.
    #[arg(long)]
    pub transactional_id: Option<String>,
    /// Commits the log's end before it joins: new books do not read what the old ones wrote.
    #[arg(long)]
    pub from_end: bool,
}

/// What can reach the app's one working thread.
#[derive(Debug)]
pub(crate) enum Input {
    /// A line of standard input.
    Line(String),
    /// A record of the topic it reads.
    Record(Box<Incoming>, Place),
    /// An event is on the log, or is not.
    Delivered(Delivery),
    /// The group gave it these partitions; perhaps none.
    Joined(Vec<(String, i32)>),
    /// A commit was answered.
    Committed,
    /// It has to go, and why.
    Leave(&'static str),
}

/// Runs an app until its standard input ends or SIGTERM comes.
///
/// # Errors
/// Where the books cannot be used or librdkafka refuses its settings.
pub fn run(args: &Args) -> Result<ExitCode> {
    let (voice, written) = Voice::start(args.name, args.instance);
    let result = work(args, &voice);
    if let Err(error) = &result {
        voice.error(&format!("{error:#}"));
    }
    drop(voice);
    // The writer ends when all has been said; a gateway that does not read is not waited for.
    written.recv_timeout(Duration::from_millis(500)).ok();
    result
}

fn work(args: &Args, voice: &Voice) -> Result<ExitCode> {
    let guards: Guards = args.guards.parse().map_err(anyhow::Error::msg)?;
    let folder = args.data.join("shop");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let seat = Seat::take(&folder, args.name, args.instance)?;
    let mut books = match args.name {
        AppName::Reader => Books::of_nothing()?,
        name => Books::open(name, args.instance, &folder.join(format!("{name}.db")))?,
    };
    books.parks = args.park;
    let setup = Setup {
        bootstrap: args.bootstrap.clone(),
        client_id: args.name.client_id(args.instance),
        group: args.group.clone().unwrap_or_else(|| args.name.name().to_owned()),
        group_protocol: args.group_protocol.clone(),
        assignor: args.assignor.clone(),
        topics: args
            .topic
            .clone()
            .map_or_else(|| args.name.topics().iter().map(|topic| (*topic).to_owned()).collect(), |topic| vec![topic]),
        key: args.key,
        work: Duration::from_millis(args.work_ms),
        isolation: args.isolation.clone(),
        commit_first: args.commit_first,
        transactional_id: args.transactional_id.clone().unwrap_or_else(|| args.name.client_id(args.instance)),
    };
    let topics = setup.topics.clone();
    let (inputs, waiting) = sync_channel(INPUTS);
    let offsets: SharedOffsets = Arc::new(Mutex::new(Offsets::default()));
    let consumer = Arc::new(client::consumer(&setup, Arc::clone(&offsets), inputs.clone(), voice.clone())?);
    listen(inputs.clone());
    obey_signals(inputs.clone())?;
    let mut clerk =
        Clerk::new(books, guards, setup, Arc::clone(&offsets), Arc::clone(&consumer), inputs.clone(), voice)?;
    clerk.open(&seat)?;
    if args.from_end {
        commit_end(&consumer, &topics, voice)?;
    }
    consumer.subscribe(&topics.iter().map(String::as_str).collect::<Vec<_>>()).context("cannot subscribe")?;
    let stop = Arc::new(AtomicBool::new(false));
    let reading = read(Arc::clone(&consumer), inputs, offsets, Arc::clone(&stop), voice.clone());

    let result = clerk.work(&waiting);
    end_anyway();
    stop.store(true, Ordering::Relaxed);
    clerk.leave(&waiting);
    let code = if clerk.is_fenced() { ExitCode::from(FENCED) } else { ExitCode::SUCCESS };
    // From here on whoever still has something for the app is told that it is gone, instead of waiting for it.
    drop(waiting);
    drop(clerk);
    drop(reading.join());
    // Its last owner closes the consumer, which leaves the group: the partitions move at once.
    drop(consumer);
    voice.info("left");
    result.map(|()| code)
}

/// Standard input, line by line; its end means leave.
fn listen(inputs: SyncSender<Input>) {
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            if inputs.send(Input::Line(line)).is_err() {
                return;
            }
        }
        drop(inputs.send(Input::Leave("standard input ended")));
    });
}

/// SIGTERM and SIGINT mean leave.
fn obey_signals(inputs: SyncSender<Input>) -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            let (Ok(mut terminate), Ok(mut interrupt)) =
                (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
            else {
                return;
            };
            let why = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            };
            drop(inputs.send(Input::Leave(why)));
        });
    });
    Ok(())
}

/// Takes records off the log; waits where the app is busy, while librdkafka's own thread keeps the membership alive.
fn read(
    consumer: Arc<Reader>,
    inputs: SyncSender<Input>,
    offsets: SharedOffsets,
    stop: Arc<AtomicBool>,
    voice: Voice,
) -> JoinHandle<()> {
    thread::spawn(move || {
        // A member more than there are partitions may never be assigned anything; it has joined all the same.
        let mut joined_since: Option<Instant> = None;
        let mut told = false;
        while !stop.load(Ordering::Relaxed) {
            match consumer.poll(Duration::from_millis(100)) {
                Some(Ok(message)) => {
                    let input = incoming(&message, &offsets);
                    if inputs.send(input).is_err() {
                        return;
                    }
                }
                Some(Err(error)) => client::trouble(&voice, "reading", &error, "see the log"),
                None if !told => {
                    told = locked(&offsets).is_assigned();
                    if !told && !matches!(consumer.rebalance_protocol(), RebalanceProtocol::None) {
                        let since = *joined_since.get_or_insert_with(Instant::now);
                        if since.elapsed() > IDLE_MEMBER {
                            told = true;
                            drop(inputs.send(Input::Joined(Vec::new())));
                        }
                    }
                }
                None => {}
            }
        }
    })
}

fn incoming(message: &BorrowedMessage<'_>, offsets: &SharedOffsets) -> Input {
    let header = |name: &str| {
        let header = message.headers()?.iter().find(|header| header.key == name)?;
        header.value.map(|value| String::from_utf8_lossy(value).into_owned())
    };
    let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
    let generation = locked(offsets).generation(topic, partition);
    let record = Incoming::read(topic, partition, offset, header, message.payload());
    Input::Record(Box::new(record), Place { topic: topic.to_owned(), partition, offset, generation })
}

/// Commits the end of every partition, so that nothing before it is read.
fn commit_end(consumer: &Reader, topics: &[String], voice: &Voice) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match try_commit_end(consumer, topics) {
            Ok(text) => {
                voice.info(&format!("starts at the log's end: {text}"));
                return Ok(());
            }
            // A member that was killed keeps its group from being ours for the length of its session.
            Err(error) if Instant::now() < deadline => {
                voice.info(&format!("cannot commit the log's end yet: {error:#}"))
            }
            Err(error) => return Err(error.context("cannot commit the log's end")),
        }
        // Serves the client's own events while it waits.
        drop(consumer.poll(Duration::from_millis(200)));
    }
}

fn try_commit_end(consumer: &Reader, topics: &[String]) -> Result<String> {
    let wait = Duration::from_secs(3);
    let mut ends = Vec::new();
    for topic in topics {
        let metadata = consumer.fetch_metadata(Some(topic), wait)?;
        let partitions = metadata.topics().first().map_or(0, |topic| topic.partitions().len());
        anyhow::ensure!(partitions > 0, "topic {topic} is not there");
        for partition in 0..i32::try_from(partitions)? {
            let (_, end) = consumer.fetch_watermarks(topic, partition, wait)?;
            ends.push((topic.to_owned(), partition, end));
        }
    }
    consumer.commit(&client::commit_list(&ends)?, rdkafka::consumer::CommitMode::Sync)?;
    Ok(ends
        .iter()
        .map(|(topic, partition, end)| format!("{topic} {partition} at {end}"))
        .collect::<Vec<_>>()
        .join(", "))
}

/// A leave that hangs (no coordinator, no broker) ends all the same; what was not committed is read again.
fn end_anyway() {
    thread::spawn(|| {
        let (never, ended) = sync_channel::<()>(1);
        ended.recv_timeout(LEAVE).ok();
        drop(never);
        std::process::exit(0);
    });
}
