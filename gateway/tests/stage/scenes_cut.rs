//! Scenes that are cut short: cancelled at any step, and by the gateway's own death.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    harness::{Gateway, PATIENCE, alone, shared},
    process::{folder, gone, naming, run},
    scenes::{begin, ended, play},
};

/// How often a run that goes on is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// What an order that goes on takes to be paid and confirmed.
const PAID: Duration = Duration::from_secs(5);

/// Waits until a step of a run has begun.
async fn reaches(stage: &Gateway, number: u64, step: usize) {
    let since = Instant::now();
    loop {
        let run = stage.json(&format!("/api/runs/{number}")).await;
        if run["steps"][step]["status"].as_str().is_some_and(|status| status != "waiting") {
            return;
        }
        assert!(run["status"] == "running" && since.elapsed() < PATIENCE, "never at step {step}: {run:#}");
        sleep(LOOK).await;
    }
}

#[test]
fn a_scene_can_be_cancelled_at_every_step_and_the_stage_is_green_again() {
    run(async {
        let stage = shared().await;
        let cancel = async |number: u64| {
            let asked = stage.http.delete(format!("{}/api/runs/{number}", stage.url)).bearer_auth(&stage.token);
            let answer = asked.send().await.unwrap();
            (answer.status(), answer.json::<Value>().await.unwrap())
        };
        // The step that is cut, counted from 0; none is while the stage is brought to green before the first.
        for (name, guarded, step) in [
            ("kill-leader", false, None),
            ("kill-leader", false, Some(2)),
            ("pause-leader", false, Some(2)),
            ("acked-then-lost", true, Some(2)),
            ("kill-controller", false, Some(3)),
            ("at-most-once", false, Some(2)),
            ("lost-ack", false, Some(1)),
            ("zombie-fenced", false, Some(2)),
            ("hanging-transaction", false, Some(3)),
        ] {
            let number = begin(&stage, name, guarded).await;
            if let Some(step) = step {
                reaches(&stage, number, step).await;
            }
            let (status, body) = cancel(number).await;
            assert_eq!(status, StatusCode::ACCEPTED, "{body}");
            let done = ended(&stage, number).await;
            assert_eq!(done["verdict"]["outcome"], "not_shown", "{name} {step:?}: {done:#}");
            assert_eq!(
                (&done["reason"], &done["left"]),
                (&json!("cancelled"), &Value::Null),
                "{name} {step:?}: {done:#}"
            );
            assert!(!done["steps"].as_array().unwrap().is_empty(), "{name} {step:?}: its steps are told: {done:#}");
            // A customer whose order was placed before the cut pays when it is due, whatever becomes of the scene.
            let since = Instant::now();
            loop {
                let green = &stage.json("/api/state").await["green"];
                if green["is"] == true {
                    break;
                }
                assert!(since.elapsed() < PAID, "{name} {step:?} left the stage so: {green:#}");
                sleep(LOOK).await;
            }
            let (status, body) = cancel(number).await;
            assert_eq!(status, StatusCode::CONFLICT, "{body}");
            assert!(body["error"].as_str().unwrap().contains("is over"), "{body}");
        }
        assert_eq!(cancel(9999).await.0, StatusCode::NOT_FOUND);
        // The picture keeps the last few runs, the gateway the steps of all.
        let first = stage.json("/api/runs/1").await;
        assert!(!first["steps"].as_array().unwrap().is_empty(), "{first:#}");
    });
}

#[test]
fn a_gateway_that_is_killed_in_a_scene_leaves_nothing_in_the_way_of_the_next() {
    run(async {
        let _machine = alone().await;
        let data = folder("scene-cut");
        let gateway = Gateway::serve(&data, &[]).await;
        gateway.ready().await;
        let number = begin(&gateway, "pause-leader", false).await;
        // A broker that stands still has to die with the others.
        gateway.until("a broker is paused", |s| s.brokers.iter().any(|broker| broker.process == "paused")).await;
        reaches(&gateway, number, 2).await;
        let address = gateway.url.trim_start_matches("http://").to_owned();
        let pids = gateway.state().await.pids();
        gateway.running.signal(Signal::KILL);
        gone(&pids, Duration::from_secs(5)).await;
        gateway.running.ended(Duration::from_secs(5)).await;
        assert_eq!(naming(&data), [""; 0]);

        // On the same folder and the same port; the first one's cluster is no part of it.
        let gateway = Gateway::serve_at(&data, &address, &[]).await;
        gateway.ready().await;
        let (_, done) = play(&gateway, "lost-ack", true).await;
        assert_eq!((&done["verdict"]["outcome"], &done["left"]), (&json!("held"), &Value::Null), "{done:#}");
        let pids = gateway.state().await.pids();
        assert!(gateway.stop().await.exit.status.success());
        gone(&pids, Duration::from_secs(1)).await;
        assert_eq!(naming(&data), [""; 0]);
    });
}
