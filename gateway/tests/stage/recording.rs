//! A recording is the session: replayed it answers as the gateway did when the session ended.

use std::{path::PathBuf, time::Duration};

use model::{fact::Fact, ids::Micros, picture::Picture, state::view};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    harness::{Gateway, alone, client},
    journal::holds_together,
    load::{Load, all_end},
    process::{Running, run},
};

/// What live answers once nothing changes any more.
async fn live_end(gateway: &Gateway) -> (Value, Vec<Fact>) {
    let facts = gateway.facts(0).await;
    (gateway.json("/api/state").await, facts)
}

/// A session in which something happened.
async fn eventful(gateway: &Gateway) {
    let load = Load::start(gateway, Duration::from_millis(60));
    gateway.until("thirty orders are accepted", |_| load.accepted() > 30).await;
    let victim = gateway.state().await.a_leader();
    gateway.command(json!({ "command": "kill_broker", "broker": victim })).await;
    gateway.until("it leads nothing", |state| state.partitions.iter().all(|p| p.leader != victim)).await;
    gateway.command(json!({ "command": "pay_twice" })).await;
    load.stop().await;
    all_end(gateway).await;
}

#[test]
fn a_replay_ends_with_the_picture_that_live_had() {
    run(async {
        let _machine = alone().await;
        let gateway = Gateway::stage("recorded").await;
        eventful(&gateway).await;

        let (live, facts) = live_end(&gateway).await;
        holds_together(&facts);
        let recordings = gateway.json("/api/recordings").await;
        let name = recordings[0]["name"].as_str().expect("the session is being recorded").to_owned();
        let downloaded = gateway.get(&format!("/api/recordings/{name}")).await.bytes().await.unwrap();
        let file = gateway.data.join("recordings").join(&name);
        let copy = gateway.data.join("copy.kscope");
        std::fs::write(&copy, &downloaded).unwrap();
        let mut viewer = gateway.viewer().await;
        assert!(gateway.stop().await.exit.status.success());
        viewer.closed(Duration::from_secs(5)).await;

        let last: Vec<Fact> = viewer.facts().into_iter().map(|shown| shown.fact).collect();
        // Commits and log ends still move after the last order has ended: what live had is what its viewer saw last.
        let (picture, now) = viewer.picture();
        let mut shown = model::state::view(&picture, now);
        shown["session"] = live["session"].clone();
        let live = shown;
        replayed(file, &live, &facts, &last).await;
        // A copy taken while it was being recorded holds all that was seen until then.
        let film = Film::open(copy).await;
        let copied = film.facts().await;
        assert!(copied.len() >= facts.len() - 200 && copied.iter().zip(&facts).all(|(a, b)| a == b));
        assert!(film.running.line("Ctrl-C", Duration::from_secs(1)).await.contains("ends it"));
    });
}

/// The file's facts are live's, its picture is live's, and nothing can be pressed in it.
async fn replayed(file: PathBuf, live: &Value, facts: &[Fact], after: &[Fact]) {
    let film = Film::open(file).await;
    let all = film.facts().await;
    assert_eq!(&all[..facts.len()], facts, "every fact is in the file as live told it");
    // What came between the last look and the end is what the viewer was told.
    for fact in after {
        assert_eq!(all.get(usize::try_from(fact.seq).unwrap() - 1), Some(fact));
    }
    let end: Value = serde_json::from_str(&all.last().unwrap().to_json()).unwrap();
    assert_eq!(end["kind"], "session_ended");

    let state = film.json("/api/state").await;
    assert_eq!(state["session"]["mode"], "replay");
    assert_eq!(live["session"]["mode"], "local");
    assert_eq!(state["session"]["session"], live["session"]["session"]);
    // The cluster goes on between the last look at live and its end: each is compared with the facts up to its own.
    for answer in [live, &state] {
        let (seq, at) = (&answer["session"]["seq"], &answer["session"]["at"]);
        let until = seq.as_u64().unwrap();
        let picture = Picture::of(all.iter().filter(|fact| fact.seq <= until));
        for (part, wanted) in view(&picture, Micros(at.as_u64().unwrap())).as_object().unwrap() {
            assert_eq!(&answer[part], wanted, "{part} at {seq}");
        }
    }
    assert_eq!(film.json("/healthz").await, json!({ "status": "ready" }));
    for path in ["/api/commands", "/api/commands?wait=1"] {
        let answer = film.http.post(format!("{}{path}", film.url)).json(&json!({ "command": "restore" })).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        assert!(answer.text().await.unwrap().contains("recording"));
    }
    for path in ["/api/commands/x", "/api/logs/broker-1"] {
        assert_eq!(film.get(path).await.status(), StatusCode::CONFLICT, "{path}");
    }
    let viewer = crate::viewer::Viewer::open(&film.url).await;
    assert_eq!(viewer.picture().0.seq, all.last().unwrap().seq);
    let ended = film.stop().await;
    assert!(ended, "a replay ends when it is told to");
}

/// `kafkascope replay FILE`.
struct Film {
    running: Running,
    url: String,
    http: reqwest::Client,
}

impl Film {
    async fn open(file: PathBuf) -> Self {
        let arguments = ["replay", file.to_str().unwrap(), "--listen", "127.0.0.1:0"];
        let running = Running::start(arguments, &[]).await;
        let url = running.line("Replay:", Duration::from_secs(10)).await;
        Self { running, url, http: client() }
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    async fn facts(&self) -> Vec<Fact> {
        let text = self.get("/api/facts?since=0").await.text().await.unwrap();
        text.lines().map(|line| Fact::parse(line).unwrap()).collect()
    }

    async fn stop(self) -> bool {
        self.running.signal(rustix::process::Signal::TERM);
        self.running.ended(Duration::from_secs(10)).await.exit.status.success()
    }
}
