//! The recorder at its worst: its gateway killed at any moment, its disk full, its limit reached. No Kafka is needed: markers
//! are facts too.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use kafkascope::recorder;
use model::fact::Event;
use reqwest::StatusCode;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    harness::{Gateway, PATIENCE, client},
    process::{folder, run},
};

/// Nobody listens there.
const NOBODY: [&str; 2] = ["--bootstrap", "127.0.0.1:1"];
/// What SIGKILL may lose (docs/interface.md, "Files").
const LOST: Duration = Duration::from_millis(500);
const ROUNDS: u64 = 20;

/// Sets markers as fast as they are taken, and notes when each was.
struct Marking {
    taken: Arc<Mutex<Vec<(String, Instant)>>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Marking {
    fn start(gateway: &Gateway, text: &'static str) -> Self {
        let taken: Arc<Mutex<Vec<(String, Instant)>>> = Arc::default();
        let tasks = (0..3).map(|task| {
            let (taken, http) = (Arc::clone(&taken), client());
            let (url, token) = (format!("{}/api/commands", gateway.url), gateway.token.clone());
            tokio::spawn(async move {
                for number in 0.. {
                    let id = format!("m-{task}-{number}");
                    // What gzip cannot make small.
                    let text = format!("{text}{}", uuid_like(number * 3 + task));
                    let body = json!({ "command": "set_marker", "id": id, "text": text });
                    let Ok(answer) = http.post(&url).bearer_auth(&token).json(&body).send().await else { return };
                    if answer.status() == StatusCode::ACCEPTED {
                        taken.lock().unwrap().push((id, Instant::now()));
                    }
                }
            })
        });
        Self { tasks: tasks.collect(), taken }
    }

    fn stop(self) -> Vec<(String, Instant)> {
        self.tasks.iter().for_each(JoinHandle::abort);
        std::mem::take(&mut *self.taken.lock().unwrap())
    }
}

/// 160 digits that do not repeat.
fn uuid_like(seed: u64) -> String {
    let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{state:016x}")
    };
    (0..10).map(word).collect()
}

fn recordings(data: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data.join("recordings")).unwrap().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|file| file.extension().is_some_and(|e| e == "kscope")).collect();
    files.sort();
    files
}

/// Every fact from the first to the last that is there, and the markers among them.
fn markers_of(file: &Path) -> Vec<String> {
    let facts = recorder::open(file).unwrap().all_facts();
    let numbers: Vec<u64> = facts.iter().map(|fact| fact.seq).collect();
    assert_eq!(numbers, (1..=facts.len() as u64).collect::<Vec<_>>(), "{}: a hole", file.display());
    let marker = |event: &Event| match event {
        Event::MarkerSet { marker, .. } => Some(marker.clone()),
        _ => None,
    };
    facts.iter().filter_map(|fact| marker(&fact.event)).collect()
}

#[test]
fn killed_at_any_moment_it_loses_half_a_second_at_most_and_every_file_opens() {
    run(async {
        let data = folder("killed-often");
        let seed = u64::from(std::process::id());
        let (mut lost_most, mut facts) = (Duration::ZERO, 0);
        for round in 0..ROUNDS {
            // Each start seals what the one before left.
            let gateway = Gateway::serve(&data, &NOBODY).await;
            let file = recordings(&data).pop().unwrap();
            let marking = Marking::start(&gateway, "");
            let wait = 200 + seed.wrapping_mul(round + 1).wrapping_mul(2_654_435_761) % 1900;
            tokio::time::sleep(Duration::from_millis(wait)).await;
            let killed = Instant::now();
            gateway.running.signal(Signal::KILL);
            gateway.running.ended(PATIENCE).await;
            let taken = marking.stop();
            let kept = markers_of(&file);
            let lost = taken.iter().filter(|(id, _)| !kept.contains(id)).map(|(_, at)| killed.duration_since(*at));
            let longest = lost.max().unwrap_or_default();
            assert!(longest <= LOST, "round {round}, seed {seed}: lost what was taken {longest:?} before the kill");
            (lost_most, facts) = (lost_most.max(longest), facts + kept.len());
        }
        Gateway::serve(&data, &NOBODY).await.stop().await;
        let files = recordings(&data);
        assert_eq!(files.len() as u64, ROUNDS);
        let parts = std::fs::read_dir(data.join("recordings")).unwrap().flatten();
        let parts = parts.filter(|entry| entry.path().extension().is_some_and(|e| e == "part")).count();
        assert_eq!(parts, 0, "all are sealed");
        assert!(files.iter().all(|file| !recorder::open(file).unwrap().cut));
        println!("{facts} markers in {ROUNDS} rounds, at most the last {} ms lost", lost_most.as_millis());
    });
}

/// A small disk, for as long as it is held; none where mounting is not permitted.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(name: &str, size: &str) -> Option<Self> {
        let at = folder(name);
        let options = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&at).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

#[test]
fn a_full_disk_ends_the_recording_with_a_notice_and_never_the_show() {
    run(async {
        let Some(disk) = SmallDisk::mount("small-disk", "1m") else {
            println!("skipped: mounting a tmpfs is not permitted here");
            return;
        };
        let gateway = Gateway::serve(&disk.0, &NOBODY).await;
        let marking = Marking::start(&gateway, "");
        let notice = until_notice(&gateway, "the recording stopped").await;
        assert!(notice.contains("space") && notice.contains("the show goes on"), "{notice}");
        // The show goes on.
        let before = gateway.json("/api/state").await["session"]["seq"].as_u64();
        let mark = json!({ "command": "set_marker", "text": "still here" });
        let answer = gateway.http.post(format!("{}/api/commands?wait=1", gateway.url)).bearer_auth(&gateway.token);
        let outcome: Value = answer.json(&mark).send().await.unwrap().json().await.unwrap();
        assert_eq!(outcome["ok"], true);
        assert!(gateway.json("/api/state").await["session"]["seq"].as_u64() > before);
        marking.stop();
        assert!(gateway.stop().await.exit.status.success());
        assert!(markers_of(&recordings(&disk.0)[0]).len() > 100, "what was recorded until then is there");
    });
}

#[test]
fn a_recording_that_reaches_its_limit_is_closed_and_said_to_be() {
    run(async {
        let data = folder("limited");
        let gateway = Gateway::serve(&data, &[&NOBODY[..], &["--record-mb", "1"]].concat()).await;
        let marking = Marking::start(&gateway, "");
        let soon = until_notice(&gateway, "will end soon").await;
        assert!(soon.contains("--record-mb"), "{soon}");
        until_notice(&gateway, "the recording is full").await;
        marking.stop();
        let recording = recorder::open(&recordings(&data)[0]).unwrap();
        assert!(!recording.cut && recording.facts() > 2000);
        assert!(gateway.stop().await.exit.status.success());
    });
}

async fn until_notice(gateway: &Gateway, wanted: &str) -> String {
    let mut since = 0;
    let started = Instant::now();
    loop {
        for fact in gateway.facts(since).await {
            since = fact.seq;
            if let Event::Notice { source, text, .. } = fact.event
                && source == "recorder"
                && text.contains(wanted)
            {
                return text;
            }
        }
        assert!(started.elapsed() < PATIENCE, "no notice: {wanted}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
