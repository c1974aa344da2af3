//! The page's frames beside pixi.js: as many marks in the same Chromium without a GPU, in turn. `cargo xtask bench page` runs it.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]

mod browser;
mod pixi;

use std::{path::PathBuf, process::Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::browser::{Browser, Frames};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../static/sample.kscope");
/// Marks on their way, and the most that a median and a 95th percentile frame may take, in milliseconds.
const BAR: (u32, f64, f64) = (2_000, 17.0, 34.0);
/// Reported, without a bar.
const MANY: u32 = 10_000;
/// A first paint on loopback may take so long, in milliseconds.
const FIRST_PAINT: f64 = 1_000.0;

/// Who draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Page,
    Pixi,
}

#[derive(Debug)]
struct Slot {
    subject: Subject,
    marks: u32,
    frames: Frames,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => bench(3).await,
        ["--rounds", rounds] => bench(rounds.parse().context("--rounds takes a number")?).await,
        _ => bail!("usage: bench_page [--rounds N]"),
    }
}

async fn bench(rounds: usize) -> Result<()> {
    let (_film, url) = film().await?;
    let pixi = match pixi::page().await {
        Ok(page) => Some(page),
        Err(why) => {
            println!("pixi.js is left out: {why:#}");
            None
        }
    };
    let browser = Browser::open().await?;
    let mut slots = Vec::new();
    let mut paints = Vec::new();
    for _ in 0..rounds {
        for marks in [BAR.0, MANY] {
            // From the sample's calm traffic on, at the speed it had.
            browser.open_page(&format!("{url}/#t=00:12&marks={marks}"), "window.kafkascope?.time() > 0").await?;
            paints.push(browser.first_paint().await?);
            slots.push(Slot { subject: Subject::Page, marks, frames: browser.frames().await? });
            if let Some(pixi) = &pixi {
                browser.open_page(&format!("file://{}#{marks}", pixi.display()), "window.drawn > 0").await?;
                slots.push(Slot { subject: Subject::Pixi, marks, frames: browser.frames().await? });
            }
        }
    }
    browser.close().await?;
    report(&slots, paints)
}

/// The sample, played by the program beside this one.
async fn film() -> Result<(Child, String)> {
    let here = std::env::current_exe()?;
    let program: PathBuf = here.ancestors().nth(2).context("not built by cargo")?.join("kafkascope");
    let mut command = Command::new(&program);
    command.args(["replay", SAMPLE, "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).kill_on_drop(true);
    let mut film = command.spawn().with_context(|| format!("starting {}", program.display()))?;
    let mut lines = BufReader::new(film.stdout.take().context("its output")?).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(url) = line.strip_prefix("Replay:") {
            let url = url.trim().to_owned();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((film, url));
        }
    }
    bail!("{} ended before it said where it plays", program.display())
}

fn report(slots: &[Slot], mut paints: Vec<f64>) -> Result<()> {
    println!("\n| who, marks | frames/s | median ms | p95 ms | CPU of the browser, % of one core |");
    println!("| --- | --- | --- | --- | --- |");
    for marks in [BAR.0, MANY] {
        for subject in [Subject::Page, Subject::Pixi] {
            let of: Vec<&Frames> =
                slots.iter().filter(|s| (s.subject, s.marks) == (subject, marks)).map(|s| &s.frames).collect();
            if of.is_empty() {
                continue;
            }
            let cell = |value: fn(&Frames) -> f64| middle(of.iter().map(|f| value(f)).collect());
            println!(
                "| {subject:?}, {marks} | {:.1} | {:.1} | {:.1} | {:.0} |",
                cell(|f| f.per_second),
                cell(|f| f.median_ms),
                cell(|f| f.p95_ms),
                cell(|f| f.cpu_percent),
            );
        }
    }
    paints.sort_by(f64::total_cmp);
    let slowest = paints.last().copied().unwrap_or_default();
    println!("\nFirst contentful paint: median {:.0} ms, slowest {slowest:.0} ms.", middle(paints));
    let ours = |value: fn(&Frames) -> f64| {
        let at_bar = slots.iter().filter(|s| s.subject == Subject::Page && s.marks == BAR.0);
        middle(at_bar.map(|s| value(&s.frames)).collect())
    };
    let (median, p95) = (ours(|f| f.median_ms), ours(|f| f.p95_ms));
    ensure!(
        median <= BAR.1 && p95 <= BAR.2,
        "{} marks take {median:.1} ms, and {p95:.1} ms in one frame of twenty; {} and {} are the most",
        BAR.0,
        BAR.1,
        BAR.2
    );
    ensure!(slowest <= FIRST_PAINT, "a first paint took {slowest:.0} ms, {FIRST_PAINT:.0} are the most");
    Ok(())
}

/// The median.
fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
