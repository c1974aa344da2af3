//! A gateway under test and everything a person with its link could do to it.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use model::fact::Fact;
use reqwest::{Client, RequestBuilder, StatusCode};
use rustix::process::Signal;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::sleep,
};

use crate::{
    process::{Ended, Running, folder},
    state::State,
    viewer::Viewer,
};

/// How long the slowest thing may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// How often what cannot be awaited is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// A gateway, and how to reach it.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) running: Running,
    pub(crate) data: PathBuf,
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) http: Client,
    pub(crate) started: Instant,
}

/// `command_finished`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) id: String,
    pub(crate) ok: bool,
    pub(crate) did: String,
    pub(crate) took_ms: u64,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

impl Gateway {
    /// Starts `kafkascope serve --data DATA …`; it serves, and may not be ready yet.
    pub(crate) async fn serve(data: &Path, more: &[&str]) -> Self {
        Self::serve_at(data, "127.0.0.1:0", more).await
    }

    /// The same, at an address that is known before.
    pub(crate) async fn serve_at(data: &Path, address: &str, more: &[&str]) -> Self {
        let started = Instant::now();
        let mut arguments = vec!["serve", "--listen", address, "--data", data.to_str().unwrap()];
        arguments.extend(more);
        let running = Running::start(arguments, &[]).await;
        let url = running.line("Stage:", PATIENCE).await;
        let link = running.line("Presenter:", PATIENCE).await;
        let token = link.split_once("#token=").expect("the presenter's link has a token").1.to_owned();
        Self { running, data: data.to_owned(), url, token, http: client(), started }
    }

    /// Starts a local stage in a new folder and waits until it is ready.
    pub(crate) async fn stage(name: &str) -> Self {
        let gateway = Self::serve(&folder(name), &[]).await;
        gateway.ready().await;
        gateway.stock_up().await;
        gateway
    }

    /// Enough pieces for all customers.
    pub(crate) async fn stock_up(&self) {
        self.command(json!({ "command": "create_item", "item": "mug", "count": 100_000, "price_cents": 1250 })).await;
    }

    /// Waits until /healthz says ready; answers how long after the start that was.
    pub(crate) async fn ready(&self) -> Duration {
        loop {
            let answer = self.get("/healthz").await;
            let status = answer.status();
            let health: Value = answer.json().await.unwrap();
            if status == StatusCode::OK {
                assert_eq!(health, json!({ "status": "ready" }));
                return self.started.elapsed();
            }
            assert_eq!((status, &health["status"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("starting")), "{health}");
            assert!(self.started.elapsed() < PATIENCE, "not ready: {health}\n{}", self.running.said());
            sleep(LOOK).await;
        }
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(format!("{}{path}", self.url)).send().await.expect("the gateway answers")
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    pub(crate) async fn state(&self) -> State {
        serde_json::from_value(self.json("/api/state").await).expect("/api/state is as interface.md says")
    }

    /// All facts after `since`.
    pub(crate) async fn facts(&self, since: u64) -> Vec<Fact> {
        let answer = self.get(&format!("/api/facts?since={since}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let text = answer.text().await.unwrap();
        text.lines().map(|line| Fact::parse(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    /// The number of the newest fact.
    pub(crate) async fn seq(&self) -> u64 {
        self.state().await.session.seq
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    /// Presses, and answers with what came of it once that is there.
    pub(crate) async fn try_command(&self, body: &Value) -> (StatusCode, Value) {
        let answer = self.post("/api/commands?wait=1").json(body).send().await.expect("the gateway answers");
        (answer.status(), answer.json().await.expect("every answer is JSON"))
    }

    /// Presses what is taken, whatever comes of it.
    pub(crate) async fn outcome(&self, body: Value) -> Outcome {
        let (status, answer) = self.try_command(&body).await;
        assert_eq!(status, StatusCode::OK, "{body}: {answer}");
        serde_json::from_value(answer).unwrap()
    }

    /// Presses what must work.
    pub(crate) async fn command(&self, body: Value) -> Outcome {
        let outcome = self.outcome(body.clone()).await;
        assert!(outcome.ok, "{body}: {:?}", outcome.reason);
        assert!(!outcome.did.is_empty() && outcome.reason.is_none(), "{outcome:?}");
        outcome
    }

    /// Presses what must be refused; answers the reason.
    pub(crate) async fn refused(&self, body: Value) -> String {
        let (status, answer) = self.try_command(&body).await;
        assert_eq!(status, StatusCode::CONFLICT, "{body}: {answer}");
        answer["error"].as_str().expect("a reason").to_owned()
    }

    /// All back to green; answers what that took.
    pub(crate) async fn restore(&self) -> Outcome {
        let outcome = self.command(json!({ "command": "restore" })).await;
        let state = self.state().await;
        assert!(state.green.is, "restore is done and this is missing: {:?}", state.green.missing);
        assert_eq!(state.shop.proof.status, "holds");
        println!("restore: {} ms: {}", outcome.took_ms, outcome.did);
        outcome
    }

    /// Waits until the state is as wanted; `what` is said where it does not come.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&State) -> bool) -> State {
        let since = Instant::now();
        loop {
            let state = self.state().await;
            if wanted(&state) {
                return state;
            }
            assert!(since.elapsed() < PATIENCE, "never came: {what}\n{state:#?}");
            sleep(LOOK).await;
        }
    }

    pub(crate) async fn viewer(&self) -> Viewer {
        Viewer::open(&self.url).await
    }

    /// Nothing was lost from sight and nothing could not be explained.
    pub(crate) async fn saw_everything(&self) {
        let session = self.state().await.session;
        assert_eq!((session.dropped_facts, session.surprises), (0, 0), "{session:?}");
    }

    /// SIGTERM, and its end.
    pub(crate) async fn stop(self) -> Ended {
        self.running.signal(Signal::TERM);
        self.running.ended(PATIENCE).await
    }
}

/// A client that asks this machine only, whatever proxy the environment names.
pub(crate) fn client() -> Client {
    Client::builder().no_proxy().timeout(PATIENCE).build().unwrap()
}

/// The stage that tests share.
pub(crate) struct Shared {
    held: MutexGuard<'static, Option<Gateway>>,
}

impl std::ops::Deref for Shared {
    type Target = Gateway;

    fn deref(&self) -> &Gateway {
        self.held.as_ref().expect("it was started")
    }
}

static STAGE: Mutex<Option<Gateway>> = Mutex::const_new(None);

/// A green stage; whoever takes it leaves it green.
pub(crate) async fn shared() -> Shared {
    let mut held = STAGE.lock().await;
    if held.is_none() {
        let gateway = Gateway::stage("shared").await;
        println!("the shared stage is ready after {:.1} s", gateway.started.elapsed().as_secs_f64());
        *held = Some(gateway);
    }
    let shared = Shared { held };
    // Where the test before failed, this one still gets what it needs.
    if !shared.state().await.green.is {
        shared.restore().await;
    }
    shared
}

/// The machine for oneself: the shared stage ends, and no other test runs while this is held.
pub(crate) async fn alone() -> MutexGuard<'static, Option<Gateway>> {
    let mut held = STAGE.lock().await;
    if let Some(gateway) = held.take() {
        gateway.stop().await;
    }
    held
}
