//! `kafkascope scenes` and `kafkascope scene`: what scripts of a speaker rely on, the exit code before all.

use std::time::{Duration, Instant};

use model::recording::Recording;
use serde_json::{Value, json};

use crate::{
    harness::{PATIENCE, alone},
    process::{Ended, Running, folder, run},
    scenes::evidence,
};

/// No cluster starts in this time.
const AT_ONCE: Duration = Duration::from_secs(5);

async fn ended(arguments: &[&str]) -> Ended {
    Running::start(arguments.iter().copied(), &[]).await.ended(2 * PATIENCE).await
}

#[test]
fn the_catalogue_is_told_in_words_and_as_json() {
    run(async {
        let told = ended(&["scenes", "--json"]).await;
        assert!(told.exit.status.success(), "{told:?}");
        let told: Value = serde_json::from_str(&told.said).unwrap();
        let scenes = told["scenes"].as_array().unwrap();
        let words = ended(&["scenes"]).await.said;
        for scene in scenes {
            let name = scene["name"].as_str().unwrap();
            let line = words.lines().find(|line| line.trim_start().starts_with(&format!("{name} ")));
            let line = line.unwrap_or_else(|| panic!("{name} is not in: {words}"));
            assert!(line.contains(scene["summary"].as_str().unwrap()), "{line}");
            assert_eq!(line.contains("--guard"), !scene["guard"].is_null(), "{line}");
            assert!(words.lines().any(|line| line == scene["chapter"]), "{}", scene["chapter"]);
        }
        assert_eq!(words.lines().filter(|line| line.starts_with("  ")).count(), scenes.len());
    });
}

#[test]
fn what_cannot_be_played_is_said_before_a_cluster_is_started() {
    run(async {
        for (arguments, why) in [
            (&["scene", "flood"][..], "there is no scene \"flood\"; there are: event, "),
            (&["scene", "stop-leader", "--guard", "--json"], "scene stop-leader has no guard: play it without"),
            (
                &["scene", "lost-ack", "--record", "/dev/null/a.kscope"],
                "cannot write the recording to /dev/null/a.kscope",
            ),
        ] {
            let since = Instant::now();
            let told = ended(arguments).await;
            assert_eq!(told.exit.status.code(), Some(2), "{told:?}");
            assert!(told.said.starts_with(why) && told.said.lines().count() == 1, "{}", told.said);
            assert!(since.elapsed() < AT_ONCE, "{:?}", since.elapsed());
        }
    });
}

/// The run of a recording, judged again by nobody but its facts.
fn judged_again(file: &std::path::Path) -> Value {
    let facts = Recording::open(std::fs::read(file).unwrap(), None).unwrap().all_facts();
    evidence(&facts, 1).0
}

#[test]
fn a_quorum_of_three_holds_without_its_controller_and_exits_with_0() {
    run(async {
        let _machine = alone().await;
        let file = folder("kill-controller").join("kept.kscope");
        let arguments = ["scene", "kill-controller", "--guard", "--json", "--record", file.to_str().unwrap()];
        let told = ended(&arguments).await;
        assert_eq!(told.exit.status.code(), Some(0), "{told:?}");
        let verdict: Value = serde_json::from_str(told.said.lines().last().unwrap()).unwrap();
        assert_eq!((&verdict["outcome"], &verdict["holds"]), (&json!("held"), &json!(true)), "{verdict:#}");
        assert_eq!((&verdict["reason"], &verdict["left"]), (&Value::Null, &Value::Null), "{verdict:#}");
        assert_eq!(judged_again(&file)["rows"], verdict["rows"], "the recording says something else");
    });
}

#[test]
fn a_broken_shop_is_said_in_words_and_exits_with_1() {
    run(async {
        let _machine = alone().await;
        let file = folder("lost-ack").join("kept.kscope");
        let told = ended(&["scene", "lost-ack", "--record", file.to_str().unwrap()]).await;
        assert_eq!(told.exit.status.code(), Some(1), "{told:?}");
        let line = |what: &str| {
            let line = told.said.lines().find(|line| line.starts_with(what));
            line.unwrap_or_else(|| panic!("{what} is not in: {}", told.said)).to_owned()
        };
        let records = line("OrderPlaced on the log");
        let words: Vec<&str> = records.split_whitespace().skip(4).collect();
        assert_eq!(words[..4], ["1", "2", "2", "wrong"], "{records}");
        assert!(records.contains("orders ") && records.contains(" @"), "{records}");
        assert_eq!(line("broken"), "broken: not a correct shop's numbers; as this scene must show");
        assert_eq!(judged_again(&file)["outcome"], "broken");
    });
}
