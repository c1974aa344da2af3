//! `cargo xtask tour`: plays the scenes worth teaching on one gateway, and cuts its recording into the tour and one file for each.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use gateway::Gateway;

#[path = "running/gateway.rs"]
mod gateway;

/// What is played, in this order: a file for each, with all its sides.
const SCENES: [(&str, &[bool]); 5] = [
    ("lost-ack", &[false, true]),
    ("kill-leader", &[false]),
    ("pay-twice", &[false, true]),
    ("acked-then-lost", &[false, true]),
    ("transaction-abort", &[false]),
];
/// The tour is the first of them, up to this one.
const TOUR: usize = 3;
/// What is seen before the first chapter, and after the last verdict.
const BEFORE_SECONDS: f64 = 6.0;
const AFTER_SECONDS: f64 = 8.0;
/// A file of the page is not to be larger.
const MOST_BYTES: u64 = 150 << 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match record().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tour: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn record() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let (program, to) = (words.next().context("the program is missing")?, words.next().context("where to is missing")?);
    let (program, to) = (PathBuf::from(program), PathBuf::from(to));
    let data = std::env::temp_dir().join(format!("kafkascope-tour-{}", std::process::id()));
    let mut gateway = Gateway::start(&program, data, &["--title", "A tour of Kafkascope"]).await?;
    customers(&gateway, 4).await?;
    for (name, guarded) in SCENES.iter().flat_map(|(name, sides)| sides.iter().map(move |side| (*name, *side))) {
        let run = gateway.play(name, guarded).await?;
        customers(&gateway, 3).await?;
        let verdict = &run["verdict"];
        ensure!(verdict["holds"] == json!(true) && run["left"].is_null(), "{name} did not go as it must: {run:#}");
        println!("{name}{}: {}", if guarded { " guarded" } else { "" }, verdict["outcome"]);
    }
    sleep(Duration::from_secs(2)).await;
    gateway.stop()?;
    let recording = recording_in(&gateway.data)?;
    let report: Value = serde_json::from_slice(&run(&program, &["inspect", "--json", text(&recording)?])?)?;
    let mut first = 0;
    for (index, (name, sides)) in SCENES.iter().enumerate() {
        let last = first + sides.len() - 1;
        cut(&program, &recording, &report, (first, last), &to.join(format!("{name}.kscope")))?;
        if index + 1 == TOUR {
            cut(&program, &recording, &report, (0, last), &to.join("tour.kscope"))?;
        }
        first = last + 1;
    }
    gateway.forget()
}

/// From a little before a chapter to a little after the verdict of another.
fn cut(program: &Path, recording: &Path, report: &Value, (first, last): (usize, usize), to: &Path) -> Result<()> {
    let seconds = |of: &Value| of["at"].as_f64().map(|micros| micros / 1e6);
    let begin = seconds(&report["chapters"][first]).context("a chapter for each run")?;
    let end = seconds(&report["verdicts"][last]).context("a verdict for each run")?;
    let end = end + AFTER_SECONDS;
    let next = seconds(&report["chapters"][last + 1]).unwrap_or(f64::MAX);
    let (from, until) = (format!("{:.3}", (begin - BEFORE_SECONDS).max(0.0)), format!("{:.3}", end.min(next - 0.001)));
    run(program, &["export", text(recording)?, "--kscope", text(to)?, "--from", &from, "--to", &until])?;
    let bytes = std::fs::metadata(to)?.len();
    println!("{}: {from} to {until} s, {bytes} bytes", to.display());
    if bytes > MOST_BYTES {
        println!("  that is more than {MOST_BYTES}");
    }
    Ok(())
}

/// A few customers between the scenes, so that one sees what works before it breaks, and has time to read.
async fn customers(gateway: &Gateway, count: usize) -> Result<()> {
    for _ in 0..count {
        gateway.ask(Method::POST, "/api/commands?wait=1", Some(json!({ "command": "create_order" }))).await?;
        sleep(Duration::from_millis(3_200)).await;
    }
    Ok(())
}

fn recording_in(data: &Path) -> Result<PathBuf> {
    let entries = std::fs::read_dir(data.join("recordings"))?.flatten();
    let file = entries.map(|entry| entry.path()).find(|path| path.extension().is_some_and(|e| e == "kscope"));
    file.context("the gateway left no recording")
}

fn run(program: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let ended = Command::new(program).args(arguments).output()?;
    if !ended.status.success() {
        bail!("{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }
    Ok(ended.stdout)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}
