//! `cargo xtask soak scenes`: every scene many times in random order on one gateway, and a table of what they came to.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::time::sleep;

/// How often what goes on is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// A start, or a run with its restore, that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the command line asks for.
struct Wish {
    program: PathBuf,
    times: usize,
    seed: u64,
}

/// What the runs of a scene came to, one side of it.
#[derive(Default)]
struct Side {
    seconds: Vec<f64>,
    outcomes: BTreeMap<String, usize>,
    failures: Vec<String>,
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
    let data = std::env::temp_dir().join(format!("kafkascope-soak-{}", std::process::id()));
    let mut gateway = Gateway::start(&wish.program, data).await?;
    let mut runs = gateway.plan().await?;
    let once = runs.clone();
    for _ in 1..wish.times {
        runs.extend(once.iter().cloned());
    }
    shuffle(&mut runs, wish.seed);
    println!("{} runs, seed {}", runs.len(), wish.seed);
    let mut sides: BTreeMap<(String, bool), Side> = BTreeMap::new();
    for (number, (name, guarded)) in runs.iter().enumerate() {
        let side = sides.entry((name.clone(), *guarded)).or_default();
        let since = Instant::now();
        let run = gateway.play(name, *guarded).await?;
        let seconds = since.elapsed().as_secs_f64();
        side.seconds.push(seconds);
        let outcome = run["verdict"]["outcome"].as_str().unwrap_or("none").to_owned();
        *side.outcomes.entry(outcome.clone()).or_default() += 1;
        let good = run["verdict"]["holds"] == json!(true) && run["left"].is_null();
        println!(
            "{:>4}  {name}{} {seconds:.1} s {outcome}{}",
            number + 1,
            sign(*guarded),
            if good { "" } else { "  FAILED" }
        );
        if !good {
            side.failures.push(format!("{run:#}"));
        }
    }
    gateway.stop()?;
    let good = report(&sides);
    if good {
        gateway.forget()?;
    } else {
        println!("\nits recording is kept in {}", gateway.data.join("recordings").display());
    }
    Ok(good)
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

fn report(sides: &BTreeMap<(String, bool), Side>) -> bool {
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

/// The gateway under test; it dies with this program.
struct Gateway {
    child: Child,
    data: PathBuf,
    url: String,
    token: String,
    http: Client,
}

impl Gateway {
    async fn start(program: &PathBuf, data: PathBuf) -> Result<Self> {
        let http = Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut gateway = Self { child, data, url: String::new(), token: String::new(), http };
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            sleep(LOOK).await;
            gateway.read_announcement();
            if gateway.is_ready().await {
                println!("ready after {:.1} s", since.elapsed().as_secs_f64());
                return Ok(gateway);
            }
        }
        bail!("the gateway is not ready after {} s", PATIENCE.as_secs())
    }

    fn read_announcement(&mut self) {
        let Ok(text) = std::fs::read_to_string(self.data.join("gateway.json")) else { return };
        let Ok(told) = serde_json::from_str::<Value>(&text) else { return };
        let field = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        (self.url, self.token) = (field("url"), field("token"));
    }

    async fn is_ready(&self) -> bool {
        !self.url.is_empty()
            && self.http.get(format!("{}/healthz", self.url)).send().await.is_ok_and(|answer| answer.status() == 200)
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.with_context(|| format!("{path} is not answered"))?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        if status.is_success() { Ok(body) } else { bail!("{path}: {status}: {body}") }
    }

    /// Every scene that this stage can play, without and with its guard.
    async fn plan(&self) -> Result<Vec<(String, bool)>> {
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

    async fn play(&self, name: &str, guarded: bool) -> Result<Value> {
        let begun = self.ask(Method::POST, &format!("/api/scenes/{name}"), Some(json!({ "guard": guarded }))).await?;
        let path = format!("/api/runs/{}", begun["run"]);
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            let run = self.ask(Method::GET, &path, None).await?;
            if run["status"] == json!("done") {
                return Ok(run);
            }
            sleep(LOOK).await;
        }
        bail!("run {} of {name} is not over after {} s", begun["run"], PATIENCE.as_secs())
    }

    fn stop(&mut self) -> Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }

    fn forget(&self) -> Result<()> {
        Ok(std::fs::remove_dir_all(&self.data)?)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Where all went well it is gone already.
        self.child.kill().ok();
    }
}
