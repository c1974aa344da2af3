//! A gateway's end, by its own will or by SIGKILL, and the next start on what it left.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use model::frame::Frame;
use rustix::process::Signal;
use serde_json::Value;
use tokio::process::Command;

use crate::{
    harness::{Gateway, alone},
    load::Load,
    process::{PROGRAM, Running, folder, gone, naming, run},
};

/// How much of the session may be missing after SIGKILL.
const LOST_MICROS: u64 = 500_000;

fn recordings(data: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data.join("recordings")).unwrap().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    all.sort();
    all
}

async fn inspect(file: &Path) -> Value {
    let inspected = Command::new(PROGRAM).args(["inspect", "--json"]).arg(file).output().await.unwrap();
    assert!(inspected.status.success(), "{}", String::from_utf8_lossy(&inspected.stderr));
    serde_json::from_slice(&inspected.stdout).unwrap()
}

/// The newest fact of a recording, as plain gzip tools read it; `zcat` must not complain.
async fn newest_by_zcat(file: &Path) -> u64 {
    let read = Command::new("zcat").arg(file).output().await.unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("each line is JSON"));
    lines.filter(|line| line.get("kind").is_some()).filter_map(|fact| fact["seq"].as_u64()).max().unwrap()
}

#[test]
fn a_killed_gateway_leaves_no_process_and_a_recording_and_the_next_start_works_at_once() {
    run(async {
        let _machine = alone().await;
        let data = folder("killed");
        let gateway = Gateway::serve(&data, &[]).await;
        println!("first start on this folder: ready after {:.1} s", gateway.ready().await.as_secs_f64());
        let pids = gateway.state().await.pids();
        assert_eq!(pids.len(), 7, "four JVMs and three apps");
        gateway.stock_up().await;
        let mut viewer = gateway.viewer().await;
        let load = Load::start(&gateway, Duration::from_millis(60));
        // Two pieces, so that a sealed one and an open one are left.
        gateway.until("2,500 facts", |state| state.session.seq > 2500).await;

        gateway.running.signal(Signal::KILL);
        println!("no process is left {:?} after SIGKILL", gone(&pids, Duration::from_secs(5)).await);
        let http = gateway.http.clone();
        gateway.running.ended(Duration::from_secs(5)).await;
        viewer.closed(Duration::from_secs(5)).await;
        load.stop().await;
        drop(http);
        assert_eq!(naming(&data), [""; 0]);

        let left = recordings(&data);
        let [file, part] = &left[..] else { panic!("a file and its open piece: {left:?}") };
        assert_eq!(part.extension().unwrap(), "part");
        let told = inspect(file).await;
        assert_eq!(told["ends_early"], true);
        let recorded = told["facts"].as_u64().unwrap();
        let lost: Vec<u64> =
            viewer.facts().iter().filter(|shown| shown.fact.seq > recorded).map(|shown| shown.fact.at.0).collect();
        let last_shown = viewer.frames().iter().rev().find_map(|received| match &received.frame {
            Frame::Facts { at, .. } => Some(at.0),
            _ => None,
        });
        let lost_micros = lost.first().map_or(0, |first| last_shown.unwrap() - first);
        println!("{recorded} facts recorded; {} that were shown are lost, {} ms", lost.len(), lost_micros / 1000);
        assert!(lost_micros <= LOST_MICROS, "{lost_micros} µs are lost");

        second_start(&data, file, recorded).await;
    });
}

/// Whatever the dead one left must not be in the way, and its recording is closed for it.
async fn second_start(data: &Path, file: &Path, recorded: u64) {
    let gateway = Gateway::serve(data, &[]).await;
    println!("second start: ready after {:.1} s", gateway.ready().await.as_secs_f64());
    assert_eq!(newest_by_zcat(file).await, recorded);
    let told = inspect(file).await;
    assert_eq!((&told["ends_early"], told["facts"].as_u64()), (&Value::Bool(false), Some(recorded)));
    let left = recordings(data);
    assert_eq!(left.len(), 3, "the closed one, ours and its open piece: {left:?}");
    let clusters = std::fs::read_dir(data.join("cluster")).unwrap().flatten().filter(|e| e.path().is_dir()).count();
    assert_eq!(clusters, 1, "the dead gateway's cluster folder is gone");
    assert!(gateway.state().await.green.is || gateway.command(serde_json::json!({"command": "restore"})).await.ok);
    leaves_nothing(gateway).await;
}

/// SIGTERM: exit code 0, no process, no gateway.json, a sealed recording.
async fn leaves_nothing(gateway: Gateway) {
    let announced = gateway.data.join("gateway.json");
    assert_eq!(announced.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let text: Value = serde_json::from_str(&std::fs::read_to_string(&announced).unwrap()).unwrap();
    let state = gateway.state().await;
    assert_eq!(text["url"], gateway.url.as_str());
    assert_eq!(text["token"], gateway.token.as_str());
    assert_eq!(text["pid"], gateway.running.pid());
    assert_eq!(
        (&text["bootstrap"], &text["stage_bootstrap"]),
        (&state.bootstrap.into(), &state.stage_bootstrap.into())
    );
    let state = gateway.state().await;
    let (pids, data) = (state.pids(), gateway.data.clone());
    let ended = gateway.stop().await;
    assert!(ended.exit.status.success(), "{ended:?}");
    gone(&pids, Duration::from_secs(1)).await;
    assert_eq!(naming(&data), [""; 0]);
    assert!(!announced.exists());
    assert!(recordings(&data).iter().all(|file| file.extension().unwrap() == "kscope"), "{:?}", recordings(&data));
    let told = inspect(recordings(&data).last().unwrap()).await;
    assert_eq!((&told["ends_early"], &told["dropped_facts"]), (&Value::Bool(false), &Value::from(0)));
    let clusters = std::fs::read_dir(data.join("cluster")).unwrap().flatten().filter(|e| e.path().is_dir()).count();
    assert_eq!(clusters, 0);
}

#[test]
fn a_gateway_that_is_told_to_end_while_it_starts_leaves_nothing() {
    run(async {
        let _machine = alone().await;
        let data = folder("early-end");
        let gateway = Gateway::serve(&data, &[]).await;
        let started = gateway.until("its JVMs are there", |state| state.pids().len() >= 4).await;
        let ended = gateway.stop().await;
        assert!(ended.exit.status.success(), "{ended:?}");
        gone(&started.pids(), Duration::from_secs(1)).await;
        assert_eq!(naming(&data), [""; 0]);
        assert!(!data.join("gateway.json").exists());
    });
}

/// The second gateway says what is wrong, and the first does not notice.
#[test]
fn two_gateways_do_not_share_a_folder_or_a_port() {
    run(async {
        let _machine = alone().await;
        let data = folder("taken");
        // Somebody else's cluster that never answers: folder and port are taken all the same, and no JVM is needed.
        let first = Gateway::serve(&data, &["--bootstrap", "127.0.0.1:1"]).await;
        let port = first.url.rsplit(':').next().unwrap().to_owned();

        let arguments = ["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
        let ended = Running::start(arguments, &[]).await.ended(Duration::from_secs(10)).await;
        assert!(!ended.exit.status.success());
        assert_eq!(ended.said.lines().count(), 1, "{}", ended.said);
        assert!(ended.said.contains(data.to_str().unwrap()) && ended.said.contains("--data"), "{}", ended.said);

        let other = folder("taken-port");
        let listen = format!("127.0.0.1:{port}");
        let arguments = ["serve", "--listen", &listen, "--data", other.to_str().unwrap()];
        let ended = Running::start(arguments, &[]).await.ended(Duration::from_secs(10)).await;
        assert!(!ended.exit.status.success());
        assert_eq!(ended.said.lines().count(), 1, "{}", ended.said);
        assert!(ended.said.contains(&port) && ended.said.contains("--listen"), "{}", ended.said);

        assert!(data.join("gateway.json").exists(), "the first one's word is not taken away");
        assert_eq!(first.get("/healthz").await.status(), 503);
        assert!(first.stop().await.exit.status.success());
    });
}
