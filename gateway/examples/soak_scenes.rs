//! `cargo xtask soak scenes`: every scene many times in random order, and a table of what they came to. What needs a quorum
//! of three is played on a second gateway, when the first is done.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, time::Instant};

use anyhow::{Context as _, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};

use gateway::Gateway;

#[path = "running/gateway.rs"]
mod gateway;

/// What the command line asks for.
struct Wish {
    program: PathBuf,
    times: usize,
    seed: u64,
}

/// A scene, and whether it is played with its guard.
type Play = (String, bool);

/// What the runs of a scene came to, one side of it.
#[derive(Default)]
struct Side {
    seconds: Vec<f64>,
    outcomes: BTreeMap<String, usize>,
    /// What each number of its first run was: right or wrong.
    first: Option<Value>,
    failures: Vec<String>,
}

impl Side {
    /// Notes a run; answers whether all about it is as it must be.
    fn note(&mut self, run: &Value, amiss: Vec<String>) -> bool {
        let verdict = &run["verdict"];
        *self.outcomes.entry(verdict["outcome"].as_str().unwrap_or("none").to_owned()).or_default() += 1;
        let rows = verdict["rows"].as_array().into_iter().flatten();
        let numbers: Value = rows.map(|row| json!([row["what"], row["right"]])).collect();
        let first = self.first.get_or_insert_with(|| numbers.clone());
        let mut amiss = amiss;
        if *first != numbers {
            amiss.push(format!("another verdict than in its first run, which was {first}"));
        }
        if verdict["holds"] != json!(true) {
            amiss.push(String::from("it does not hold"));
        }
        if !run["left"].is_null() {
            amiss.push(format!("left: {}", run["left"]));
        }
        if amiss.is_empty() {
            return true;
        }
        self.failures.push(format!("{}\n{run:#}", amiss.join("\n")));
        false
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match soak().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak scenes: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn soak() -> Result<bool> {
    let wish = wish()?;
    let mut sides: BTreeMap<Play, Side> = BTreeMap::new();
    for controllers in ["1", "3"] {
        soak_on(controllers, &wish, &mut sides).await?;
    }
    Ok(report(&sides))
}

/// Plays what was not played yet and a stage with so many controllers can play.
async fn soak_on(controllers: &str, wish: &Wish, sides: &mut BTreeMap<Play, Side>) -> Result<()> {
    let data = std::env::temp_dir().join(format!("kafkascope-soak-{}-{controllers}", std::process::id()));
    let mut gateway = Gateway::start(&wish.program, data, &["--controllers", controllers]).await?;
    let mut once = gateway.plan().await?;
    once.retain(|play| !sides.contains_key(play));
    let mut runs: Vec<Play> = once.iter().cycle().take(once.len() * wish.times).cloned().collect();
    shuffle(&mut runs, wish.seed);
    println!("{} runs with {controllers} controllers, seed {}", runs.len(), wish.seed);
    let mut good = true;
    for (number, (name, guarded)) in (1..).zip(runs) {
        let since = Instant::now();
        let before = gateway.seq().await?;
        let run = gateway.play(&name, guarded).await?;
        let seconds = since.elapsed().as_secs_f64();
        let amiss = gateway.amiss(before).await?;
        let side = sides.entry((name.clone(), guarded)).or_default();
        side.seconds.push(seconds);
        let fine = side.note(&run, amiss);
        good &= fine;
        let outcome = run["verdict"]["outcome"].as_str().unwrap_or("none");
        let word = if fine { "" } else { "  FAILED" };
        println!("{number:>4}  {name}{} {seconds:.1} s {outcome}{word}", sign(guarded));
    }
    gateway.stop()?;
    if good {
        gateway.forget()?;
    } else {
        println!("its recording is kept in {}", gateway.data.join("recordings").display());
    }
    Ok(())
}

fn wish() -> Result<Wish> {
    let mut wish = Wish { program: PathBuf::new(), times: 10, seed: u64::from(std::process::id()) };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--program" => wish.program = value.into(),
            "--times" => wish.times = value.parse().context("--times takes a number")?,
            "--seed" => wish.seed = value.parse().context("--seed takes a number")?,
            _ => bail!("no such option: {word}; there are --times N and --seed S"),
        }
    }
    Ok(wish)
}

/// A permutation that the seed decides (Fisher-Yates on a 64-bit linear congruence).
fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pick = usize::try_from(state >> 33).unwrap_or_default() % (last + 1);
        items.swap(last, pick);
    }
}

const fn sign(guarded: bool) -> &'static str {
    if guarded { " (guarded)" } else { "" }
}

fn report(sides: &BTreeMap<Play, Side>) -> bool {
    println!(
        "\n| scene | runs | outcome | seconds: median (least to most) | failed |\n| --- | --- | --- | --- | --- |"
    );
    let mut good = true;
    for ((name, guarded), side) in sides {
        let mut seconds = side.seconds.clone();
        seconds.sort_by(f64::total_cmp);
        let (least, most) = (seconds.first().copied().unwrap_or_default(), seconds.last().copied().unwrap_or_default());
        let median = seconds.get(seconds.len() / 2).copied().unwrap_or_default();
        let outcomes: Vec<String> = side.outcomes.iter().map(|(outcome, count)| format!("{outcome} {count}")).collect();
        println!(
            "| {name}{} | {} | {} | {median:.1} ({least:.1} to {most:.1}) | {} |",
            sign(*guarded),
            seconds.len(),
            outcomes.join(", "),
            side.failures.len()
        );
        good &= side.failures.is_empty();
    }
    for failure in sides.values().flat_map(|side| &side.failures) {
        println!("\n{failure}");
    }
    good
}

impl Gateway {
    /// Every scene that this stage can play, without and with its guard.
    async fn plan(&self) -> Result<Vec<Play>> {
        let list = self.ask(Method::GET, "/api/scenes", None).await?;
        let mut runs = Vec::new();
        for scene in list["scenes"].as_array().context("scenes are a list")? {
            let name = scene["name"].as_str().unwrap_or_default().to_owned();
            if scene["cannot"].is_null() {
                runs.push((name.clone(), false));
            }
            if !scene["guard"].is_null() && scene["cannot_guarded"].is_null() {
                runs.push((name, true));
            }
        }
        Ok(runs)
    }

    async fn seq(&self) -> Result<u64> {
        let state = self.ask(Method::GET, "/api/state", None).await?;
        state["session"]["seq"].as_u64().context("the session counts its facts")
    }

    /// What is not as it must be behind a run: the stage is not green, our own sight lost something, or somebody of ours
    /// complained. What Kafka's processes say when they are killed is theirs.
    async fn amiss(&self, before: u64) -> Result<Vec<String>> {
        let mut amiss = Vec::new();
        let state = self.ask(Method::GET, "/api/state", None).await?;
        if state["green"]["is"] != json!(true) {
            amiss.push(format!("not green: {}", state["green"]["missing"]));
        }
        let facts = self.http.get(format!("{}/api/facts?since={before}", self.url)).send().await?.text().await?;
        for line in facts.lines() {
            let fact: Value = serde_json::from_str(line)?;
            let (kind, level) = (fact["kind"].as_str().unwrap_or_default(), fact["level"].as_str().unwrap_or_default());
            let source = fact["source"].as_str().unwrap_or_default();
            let kafkas = source.starts_with("broker ") || source.starts_with("controller ");
            // So is what an app's librdkafka says when the leader that it knew is gone.
            let kafkas = kafkas || fact["text"].as_str().is_some_and(|text| text.contains("librdkafka METADATAUPDATE"));
            if kind == "gap" || kind == "notice" && !kafkas && ["warn", "error"].contains(&level) {
                amiss.push(line.to_owned());
            }
        }
        Ok(amiss)
    }
}
