//! A headless Chromium without a GPU: how long its frames take, and what its processes cost.

use std::{
    collections::HashMap,
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::sleep,
};

/// Frames that are measured, after as many seconds of warming up as it takes to draw the first tenth of them.
const FRAMES: u32 = 300;
/// The longest that a page may take to come, and its frames to be drawn.
const PATIENCE: Duration = Duration::from_secs(60);

/// What /proc counts in: USER_HZ, 100 on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// Hands out the times at which frames began; the first of them warm up.
const MEASURE: &str = r#"
    const [wanted, done] = arguments, times = [];
    const tick = (time) => { times.push(time); times.length <= wanted ? requestAnimationFrame(tick) : done(times); };
    requestAnimationFrame(tick);
"#;

/// How frames went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frames {
    pub(crate) per_second: f64,
    pub(crate) median_ms: f64,
    pub(crate) p95_ms: f64,
    /// All processes of the browser, in percent of one core.
    pub(crate) cpu_percent: f64,
}

pub(crate) struct Browser {
    client: Client,
    driver: Child,
}

impl Browser {
    pub(crate) async fn open() -> Result<Self> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut driver = command.spawn().context("starting chromedriver: install chromium-driver")?;
        let mut lines = BufReader::new(driver.stdout.take().context("its output")?).lines();
        let port = loop {
            let line = lines.next_line().await?.context("chromedriver ended before it named its port")?;
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        // WebGL, which pixi.js draws with, is done by the processor where there is no GPU; Chromium wants to be asked.
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--enable-unsafe-swiftshader",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--allow-file-access-from-files",
            "--window-size=1920,1080",
        ];
        let wanted = json!({ "goog:chromeOptions": { "args": arguments } });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted.as_object().context("an object")?.clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("a session of Chromium")?;
        client.update_timeouts(fantoccini::wd::TimeoutConfiguration::new(Some(PATIENCE), None, None)).await?;
        Ok(Self { client, driver })
    }

    /// Opens an address in a page of its own, and waits until `ready` is true there.
    pub(crate) async fn open_page(&self, url: &str, ready: &str) -> Result<()> {
        self.client.goto("about:blank").await?;
        self.client.goto(url).await?;
        let started = Instant::now();
        while self.client.execute(&format!("return Boolean({ready})"), Vec::new()).await? != true {
            ensure!(started.elapsed() < PATIENCE, "{url} never came so far that {ready}");
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// When the page first showed anything of itself, in milliseconds after it was asked for.
    pub(crate) async fn first_paint(&self) -> Result<f64> {
        let asked = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
        self.client.execute(asked, Vec::new()).await?.as_f64().context("Chromium knows when it painted first")
    }

    /// Measures the page that is open.
    pub(crate) async fn frames(&self) -> Result<Frames> {
        self.times(FRAMES / 10).await?;
        let (cpu, started) = (self.cpu_seconds()?, Instant::now());
        let times = self.times(FRAMES).await?;
        let (cpu, took) = (self.cpu_seconds()? - cpu, started.elapsed().as_secs_f64());
        let mut apart: Vec<f64> = times.iter().zip(times.iter().skip(1)).map(|(a, b)| b - a).collect();
        apart.sort_by(f64::total_cmp);
        let share = |share: usize| apart.get(apart.len() * share / 100).copied().unwrap_or(f64::NAN);
        Ok(Frames {
            per_second: apart.len() as f64 * 1000.0 / apart.iter().sum::<f64>(),
            median_ms: share(50),
            p95_ms: share(95),
            cpu_percent: cpu / took * 100.0,
        })
    }

    async fn times(&self, frames: u32) -> Result<Vec<f64>> {
        let times = self.client.execute_async(MEASURE, vec![frames.into()]).await.context("frames are drawn")?;
        let times = times.as_array().context("a list of times")?;
        Ok(times.iter().filter_map(Value::as_f64).collect())
    }

    /// What all processes under chromedriver used so far.
    fn cpu_seconds(&self) -> Result<f64> {
        let root = self.driver.id().context("chromedriver runs")?;
        let mut processes = HashMap::new();
        for entry in fs::read_dir("/proc").context("listing processes")?.flatten() {
            if let Some((pid, parent, ticks)) =
                fs::read_to_string(entry.path().join("stat")).ok().as_deref().and_then(stat)
            {
                processes.insert(pid, (parent, ticks));
            }
        }
        let is_ours = |mut pid: u32| {
            while let Some((parent, _)) = processes.get(&pid) {
                if *parent == root {
                    return true;
                }
                pid = *parent;
            }
            false
        };
        let ticks: u64 = processes.iter().filter(|(pid, _)| is_ours(**pid)).map(|(_, (_, ticks))| ticks).sum();
        Ok(ticks as f64 / TICKS_PER_SECOND)
    }

    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}

/// Process, parent, and the ticks it ran, from /proc/PID/stat (proc(5)); the name in it may hold anything.
fn stat(text: &str) -> Option<(u32, u32, u64)> {
    let (pid, rest) = text.split_once(' ')?;
    let fields: Vec<&str> = rest.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |n: usize| fields.get(n)?.parse::<u64>().ok();
    Some((pid.parse().ok()?, fields.get(1)?.parse().ok()?, ticks(11)? + ticks(12)?))
}
