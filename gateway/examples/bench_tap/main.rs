//! The tap beside its peers: rounds in which each stands before the same cluster in turn. `cargo xtask bench tap` runs it.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]

mod cluster;
mod subject;
mod table;
mod work;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result, bail};

use crate::{
    cluster::Stage,
    subject::{KINDS, Kind},
    table::Slot,
};

/// With fewer the medians move from run to run as much as the bars are wide.
const ROUNDS: usize = 15;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["copy", pairs @ ..] => subject::copy(&addresses(pairs)?).await.map(|()| ExitCode::SUCCESS),
        ["observed", pairs @ ..] => subject::observed(&addresses(pairs)?).await.map(|()| ExitCode::SUCCESS),
        ["--rounds", rounds] => bench(rounds.parse().context("--rounds takes a number")?).await,
        [] => bench(ROUNDS).await,
        _ => bail!("usage: bench_tap [--rounds N]"),
    }
}

/// `LISTEN=UPSTREAM` for each broker.
fn addresses(pairs: &[&str]) -> Result<Vec<(SocketAddr, SocketAddr)>> {
    let parse = |pair: &&str| {
        let (listen, upstream) = pair.split_once('=').context("a pair is LISTEN=UPSTREAM")?;
        Ok((listen.parse()?, upstream.parse()?))
    };
    pairs.iter().map(parse).collect()
}

/// Exits with 1 where a bar is missed.
async fn bench(rounds: usize) -> Result<ExitCode> {
    let data = std::env::temp_dir().join(format!("kafkascope-bench-{}", std::process::id()));
    let stage = Stage::start(&data).await?;
    let outcome = rotate(&stage, rounds, &data).await;
    stage.end().await?;
    std::fs::remove_dir_all(&data).context("removing the bench's folder")?;
    let (present, slots) = outcome?;
    let met = table::print(rounds, &present, &slots);
    Ok(if met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn rotate(stage: &Stage, rounds: usize, data: &std::path::Path) -> Result<(Vec<Kind>, Vec<Slot>)> {
    let present: Vec<Kind> = KINDS.into_iter().filter(|kind| kind.is_installed()).collect();
    stage.topic(work::FULL, 1).await?;
    work::fill(stage).await?;
    let mut slots = Vec::new();
    // One that is thrown away warms the brokers.
    work::slot(stage, Kind::Direct, data, "warm-up").await?;
    for round in 0..rounds {
        for turn in 0..present.len() {
            let Some(kind) = present.get((round + turn) % present.len()).copied() else { continue };
            let figures = work::slot(stage, kind, data, &format!("round-{round}-{turn}")).await?;
            println!("round {}, {}: {figures:?}, load {}", round + 1, kind.name(), load());
            slots.push(Slot { round, kind, figures });
        }
    }
    Ok((present, slots))
}

/// The machine's load average over the last minute.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// `target/release/examples/bench_tap` stands beside `target/release/kafkascope`.
fn program() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let program = here.ancestors().nth(2).context("not built by cargo")?.join("kafkascope");
    anyhow::ensure!(program.exists(), "{} is not built", program.display());
    Ok(program)
}
