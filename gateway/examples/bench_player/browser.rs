//! A Chromium of this program's own, and what is measured in it.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// Until the frame after the next one is drawn: what was asked for is on the screen then.
const SEEK: &str = "const done = arguments[arguments.length - 1]; const from = performance.now(); \
                    Promise.resolve(window.seekTo(arguments[0])).then(() => requestAnimationFrame(() => \
                    setTimeout(() => done(performance.now() - from))));";
const OPENED: &str = "const done = arguments[arguments.length - 1]; const look = () => window.openedAt ? done(window.openedAt) : \
                      setTimeout(look, 5); look();";

pub(crate) struct Browser {
    client: Client,
    driver: Child,
}

impl Browser {
    pub(crate) async fn open(folder: &Path) -> Result<Self> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver = command.spawn().context("chromedriver does not start; install chromium-driver")?;
        let mut lines = BufReader::new(driver.stdout.take().context("chromedriver says nothing")?).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            line.split_once("started successfully on port ").map(|(_, port)| port.trim_end_matches('.').to_owned())
        });
        // Its pipe is kept empty for as long as it lives.
        std::thread::spawn(move || lines.for_each(drop));
        let port = port.context("chromedriver names no port")?;
        let profile = format!("--user-data-dir={}", folder.join(format!("profile-{port}")).display());
        let arguments = json!([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--window-size=1920,1080",
            profile
        ]);
        let wanted = json!({ "goog:chromeOptions": { "args": arguments }, "timeouts": { "script": 300_000, "pageLoad": 300_000 } });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted.as_object().cloned().unwrap_or_default())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await?;
        Ok(Self { client, driver })
    }

    /// Opens a page; how long after its navigation began it had opened its session, milliseconds.
    pub(crate) async fn visit(&self, url: &str) -> Result<f64> {
        self.client.goto(url).await?;
        let opened = self.client.execute_async(OPENED, Vec::new()).await?;
        opened.as_f64().with_context(|| format!("{url} did not open: {opened}"))
    }

    /// How long a seek takes until it is drawn, milliseconds.
    pub(crate) async fn seek(&self, millis: u64) -> Result<f64> {
        let took = self.client.execute_async(SEEK, vec![Value::from(millis)]).await?;
        took.as_f64().with_context(|| format!("no seek: {took}"))
    }

    /// The memory of the largest process that draws a page (PSS).
    pub(crate) fn memory_megabytes(&self) -> Result<u64> {
        let mut largest = 0;
        for entry in std::fs::read_dir("/proc")?.flatten() {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line);
            if line.contains("--type=renderer") && line.contains("chrom") {
                let rollup = std::fs::read_to_string(entry.path().join("smaps_rollup")).unwrap_or_default();
                let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
                let kilobytes: u64 = pss.trim().trim_end_matches(" kB").parse().unwrap_or_default();
                largest = largest.max(kilobytes);
            }
        }
        Ok(largest / 1024)
    }

    pub(crate) async fn close(mut self) -> Result<()> {
        self.client.close().await?;
        self.driver.kill()?;
        self.driver.wait()?;
        Ok(())
    }
}
