//! A gateway of its own for a program that plays scenes on it: started, asked, stopped.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
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

/// The gateway under test; it dies with this program.
pub(crate) struct Gateway {
    child: Child,
    pub(crate) data: PathBuf,
    pub(crate) url: String,
    token: String,
    pub(crate) http: Client,
}

impl Gateway {
    pub(crate) async fn start(program: &Path, data: PathBuf, more: &[&str]) -> Result<Self> {
        let http = Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .args(more)
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

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.with_context(|| format!("{path} is not answered"))?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        if status.is_success() { Ok(body) } else { bail!("{path}: {status}: {body}") }
    }

    pub(crate) async fn play(&self, name: &str, guarded: bool) -> Result<Value> {
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

    pub(crate) fn stop(&mut self) -> Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }

    pub(crate) fn forget(&self) -> Result<()> {
        Ok(std::fs::remove_dir_all(&self.data)?)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Where all went well it is gone already.
        self.child.kill().ok();
    }
}
