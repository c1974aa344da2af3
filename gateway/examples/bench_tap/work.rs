//! What is measured in a slot: Kafka's own producer and consumer tools, and round trips of single records.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use rdkafka::{
    ClientConfig,
    producer::{FutureProducer, FutureRecord},
};
use tokio::process::Command;

use crate::{
    cluster::Stage,
    subject::{Kind, Subject},
};

/// What all consumers read.
pub(crate) const FULL: &str = "full";
const RECORD_BYTES: usize = 1024;
const PRODUCED_ALL: u32 = 40_000;
const PRODUCED_ONE: u32 = 150_000;
const CONSUMED: u32 = 300_000;
const WARM_UP: usize = 200;
const ROUND_TRIPS: usize = 2000;
/// All of a slot's round trips, warm-up and both kinds of acks included.
const ALL_TRIPS: u32 = 4400;

/// A slot's figures. CPU is seconds per 100,000 records, for round trips per 4,000.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) all_per_s: f64,
    pub(crate) one_per_s: f64,
    pub(crate) consumed_per_s: f64,
    pub(crate) one_p50_ms: f64,
    pub(crate) one_p99_ms: f64,
    pub(crate) all_p50_ms: f64,
    pub(crate) all_p99_ms: f64,
    pub(crate) all_cpu: f64,
    pub(crate) one_cpu: f64,
    pub(crate) consumed_cpu: f64,
    pub(crate) trips_cpu: f64,
}

/// Measures one subject once.
pub(crate) async fn slot(stage: &Stage, kind: Kind, data: &Path, name: &str) -> Result<Figures> {
    let folder = data.join(name);
    std::fs::create_dir_all(&folder)?;
    let (all, one) = (format!("{name}-all"), format!("{name}-one"));
    stage.topic(&all, 3).await?;
    stage.topic(&one, 1).await?;
    let subject = Subject::start(kind, stage, &folder).await?;
    let bootstrap = if kind == Kind::Direct { stage.direct() } else { stage.through() };
    let mut figures = Figures::default();
    let mut cpu = subject.cpu_seconds();
    let mut spent = |records: u32, unit: f64| {
        let now = subject.cpu_seconds();
        (now - std::mem::replace(&mut cpu, now)) / f64::from(records) * unit
    };
    figures.all_per_s = produce(stage, &bootstrap, &all, PRODUCED_ALL, &["acks=all"]).await?;
    figures.all_cpu = spent(PRODUCED_ALL, 100_000.0);
    let batches = ["acks=1", "batch.size=65536", "linger.ms=5"];
    figures.one_per_s = produce(stage, &bootstrap, &one, PRODUCED_ONE, &batches).await?;
    figures.one_cpu = spent(PRODUCED_ONE, 100_000.0);
    figures.consumed_per_s = consume(stage, &bootstrap).await?;
    figures.consumed_cpu = spent(CONSUMED, 100_000.0);
    (figures.one_p50_ms, figures.one_p99_ms) = round_trips(&bootstrap, &one, "1").await?;
    (figures.all_p50_ms, figures.all_p99_ms) = round_trips(&bootstrap, &all, "all").await?;
    figures.trips_cpu = spent(ALL_TRIPS, 4000.0);
    subject.end().await?;
    stage.drop_topics(&[&all, &one]).await?;
    Ok(figures)
}

/// Writes what the consumers read.
pub(crate) async fn fill(stage: &Stage) -> Result<()> {
    produce(stage, &stage.direct(), FULL, CONSUMED, &["acks=1", "batch.size=65536", "linger.ms=5"]).await.map(drop)
}

async fn tool(stage: &Stage, class: &str, arguments: &[&str]) -> Result<String> {
    let mut java = Command::new(stage.kafka.java());
    java.args(["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]);
    java.arg(format!("org.apache.kafka.tools.{class}")).args(arguments).env("CLASSPATH", stage.kafka.class_path());
    let said = java.stdin(Stdio::null()).kill_on_drop(true).output().await?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    ensure!(said.status.success(), "{class} failed: {text}{}", String::from_utf8_lossy(&said.stderr));
    Ok(text)
}

/// ProducerPerformance; answers records a second.
async fn produce(stage: &Stage, bootstrap: &str, topic: &str, records: u32, settings: &[&str]) -> Result<f64> {
    let (records, size) = (records.to_string(), RECORD_BYTES.to_string());
    let bootstrap = format!("bootstrap.servers={bootstrap}");
    let mut arguments = vec!["--topic", topic, "--num-records", &records, "--record-size", &size];
    arguments.extend(["--throughput", "-1", "--command-property", &bootstrap]);
    arguments.extend(settings);
    let said = tool(stage, "ProducerPerformance", &arguments).await?;
    // 40000 records sent, 5495.1 records/sec (5.37 MB/sec), 123.4 ms avg latency, …
    let last = said.lines().rfind(|line| line.contains(" records sent, ") && line.contains("99.9th"));
    let rate = last.and_then(|line| line.split(", ").nth(1)).and_then(|rate| rate.split(' ').next());
    rate.and_then(|rate| rate.parse().ok()).with_context(|| format!("ProducerPerformance says no rate: {said}"))
}

/// ConsumerPerformance; answers records a second, without the time its group took to form.
async fn consume(stage: &Stage, bootstrap: &str) -> Result<f64> {
    let records = CONSUMED.to_string();
    let arguments = ["--bootstrap-server", bootstrap, "--topic", FULL, "--num-records", &records, "--timeout", "60000"];
    let said = tool(stage, "ConsumerPerformance", &arguments).await?;
    // …, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec
    let rate = said.lines().filter(|line| line.contains(", ")).filter_map(|line| line.rsplit(", ").next());
    rate.filter_map(|rate| rate.trim().parse().ok())
        .next_back()
        .with_context(|| format!("ConsumerPerformance says no rate: {said}"))
}

/// One record in flight; answers p50 and p99 in milliseconds.
async fn round_trips(bootstrap: &str, topic: &str, acks: &str) -> Result<(f64, f64)> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap).set("acks", acks).set("linger.ms", "0").set("max.in.flight", "1");
    config.set("socket.nagle.disable", "true").set("enable.metrics.push", "false");
    let producer: FutureProducer = config.create()?;
    let payload = vec![b'x'; RECORD_BYTES];
    let mut took = Vec::with_capacity(ROUND_TRIPS);
    for number in 0..WARM_UP + ROUND_TRIPS {
        let record: FutureRecord<'_, (), [u8]> = FutureRecord::to(topic).payload(payload.as_slice()).partition(0);
        let begun = Instant::now();
        producer.send(record, Duration::from_secs(10)).await.map_err(|(error, _)| error)?;
        if number >= WARM_UP {
            took.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took.get((took.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
    Ok((at(0.5), at(0.99)))
}
