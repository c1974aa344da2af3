//! `kafkascope tap`: the fault proxy by itself, before any brokers, with a small HTTP API.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tap::{Observations, Tap, observer};
use tokio::net::{TcpListener, lookup_host};

use crate::{cli, serve::stop_signal, web};

/// How many observations may wait to be kept before they are dropped and counted.
const QUEUE: usize = 16_384;
/// How many are kept for those who ask, and in how much memory at most: one may tell 1,000 event ids.
const KEPT: usize = 10_000;
const KEPT_BYTES: usize = 64 << 20;

/// What it is started with.
#[derive(Debug)]
pub struct Config {
    /// The brokers, as HOST:PORT; they are numbered from 1.
    pub upstreams: Vec<String>,
    /// Where the tap listens for each.
    pub listens: Vec<SocketAddr>,
    /// Where the API is served.
    pub api: SocketAddr,
    /// Whether everything that passes is looked into and kept for /events.
    pub observe: bool,
}

/// The tap and what its API needs besides.
#[derive(Debug)]
pub(crate) struct Alone {
    pub(crate) tap: Tap,
    /// Which number stands for which name.
    pub(crate) names: Mutex<BTreeMap<String, i32>>,
    /// `None` where nobody looks.
    pub(crate) events: Option<Mutex<Events>>,
}

/// The last observations, numbered from 1.
#[derive(Debug, Default)]
pub(crate) struct Events {
    last: u64,
    lines: VecDeque<String>,
    bytes: usize,
}

/// Runs until a signal says stop.
///
/// # Errors
/// Where an address is taken or a broker's name leads nowhere.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let (upstreams, listens) = (&config.upstreams, &config.listens);
    ensure!(
        upstreams.len() == listens.len(),
        "each --upstream needs its --listen: there are {} and {}",
        upstreams.len(),
        listens.len()
    );
    let stop = stop_signal()?;
    let (sight, observations) = if config.observe { Some(observer(QUEUE)).unzip() } else { (None, None) };
    let tap = Tap::new(sight);
    let events = observations.is_some().then(Mutex::default);
    let alone = Arc::new(Alone { tap, names: Mutex::default(), events });
    if let Some(observations) = observations {
        tokio::spawn(keep(Arc::clone(&alone), observations));
    }
    for (number, (upstream, listen)) in (1..).zip(upstreams.iter().zip(listens)) {
        let at = alone.add(format!("broker-{number}"), number, *listen, upstream).await?;
        cli::say(&format!("Tap:   {at} -> {upstream} (broker-{number})"));
    }
    let listener = TcpListener::bind(config.api).await;
    let listener = listener.with_context(|| format!("cannot serve the API on {}; choose --api", config.api))?;
    cli::say(&format!("API:   http://{}", listener.local_addr()?));
    web::serve_tap(listener, Arc::clone(&alone), stop).await?;
    alone.tap.close().await;
    Ok(())
}

impl Alone {
    pub(crate) fn names(&self) -> MutexGuard<'_, BTreeMap<String, i32>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens for one more broker; answers where.
    pub(crate) async fn add(
        &self,
        name: String,
        broker: i32,
        listen: SocketAddr,
        upstream: &str,
    ) -> anyhow::Result<SocketAddr> {
        let found = lookup_host(upstream).await.with_context(|| format!("cannot find {upstream}"))?;
        let found = { found }.next().with_context(|| format!("{upstream} has no address"))?;
        let at = self.tap.listen(broker, listen, found).await;
        let at = at.with_context(|| format!("cannot listen on {listen} for {name}; choose another address"))?;
        self.names().insert(name, broker);
        Ok(at)
    }
}

impl Events {
    fn keep(&mut self, mut event: Value) {
        self.last += 1;
        if let Some(fields) = event.as_object_mut() {
            fields.insert(String::from("seq"), self.last.into());
        }
        let line = event.to_string();
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.lines.len() > KEPT || self.bytes > KEPT_BYTES {
            let Some(oldest) = self.lines.pop_front() else { return };
            self.bytes -= oldest.len();
        }
    }

    /// Those after `since` that are still there, one a line.
    pub(crate) fn after(&self, since: u64) -> String {
        let first = self.last - self.lines.len() as u64;
        let skipped = usize::try_from(since.saturating_sub(first)).unwrap_or(usize::MAX);
        self.lines.iter().skip(skipped).flat_map(|line| [line, "\n"]).collect()
    }
}

/// Keeps the last observations; what the queue could not take is told as a gap.
async fn keep(alone: Arc<Alone>, mut observations: Observations) {
    while let Some(seen) = observations.seen.recv().await {
        let Some(events) = &alone.events else { return };
        let mut events = events.lock().unwrap_or_else(PoisonError::into_inner);
        let dropped = observations.dropped.swap(0, std::sync::atomic::Ordering::Relaxed);
        if dropped > 0 {
            events.keep(json!({ "kind": "gap", "dropped": dropped }));
        }
        events.keep(serde_json::to_value(&seen).unwrap_or_default());
    }
}
