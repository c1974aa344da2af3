//! The real page in a real Chromium: what a presenter presses happens, and a replay ends with the picture live had.

use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use crate::{
    browser::{Browser, PATIENCE},
    harness::{Gateway, alone},
    process::{Running, folder, run},
};

fn partition<'a>(picture: &'a Value, topic: &str, index: i64) -> Option<&'a Value> {
    let partitions = picture["partitions"].as_array()?;
    partitions.iter().find(|p| p["topic"] == topic && p["partition"] == index)
}

fn committed(picture: &Value, group: &str) -> Option<i64> {
    let group = picture["groups"].as_array()?.iter().find(|g| g["group_id"] == group)?;
    Some(group["offsets"].as_array()?.iter().filter_map(|o| o["committed"].as_i64()).sum())
}

fn confirmed(picture: &Value) -> Option<i64> {
    picture["shop"]["orders"]["confirmed"].as_i64()
}

async fn press_and_see(page: &Browser) {
    page.until("three brokers in sync", |p| {
        let brokers = p["brokers"].as_array()?;
        let active = brokers.iter().filter(|b| b["registration"] == "active" && b["process"] == "running").count();
        (active == 3).then_some(())
    })
    .await;
    assert_eq!(page.text("mode").await.trim(), "LIVE");

    let read_before = committed(&page.picture().await, "stock").unwrap_or_default();
    page.click("cue-order").await;
    page.until("the order is read by the stock group", |p| {
        (committed(p, "stock")? > read_before && confirmed(p)? >= 1).then_some(())
    })
    .await;

    let before = page.picture().await;
    let orders = partition(&before, "orders", 0).expect("orders 0").clone();
    let leader = orders["leader"].as_i64().expect("a leader");
    page.click("cue-kill").await;
    page.click(&format!("digit-{leader}")).await;
    let caption = page.until_text("caption", "who is gone", |text| text.contains(&format!("Broker {leader}"))).await;
    println!("{caption}");
    page.until("another broker leads orders 0", |p| {
        let now = partition(p, "orders", 0)?;
        let moved = now["leader"].as_i64()? != leader && now["leader_reachable"] == true;
        (moved && now["leader_epoch"].as_i64()? > orders["leader_epoch"].as_i64()?).then_some(())
    })
    .await;
    let caption = page.until_text("caption", "how long nobody led", |t| t.contains("had no working leader")).await;
    println!("{caption}");
    let seconds =
        caption.split_once("For ").and_then(|(_, rest)| rest.split_once(" s ")).map(|(n, _)| n.parse::<f64>());
    let seconds = seconds.and_then(Result::ok).unwrap_or_else(|| panic!("no duration in: {caption}"));
    assert!((0.5..15.0).contains(&seconds), "{caption}");

    page.click("cue-green").await;
    page.until("all brokers back and leading where they should", |p| {
        let home = |q: &Value| q["replicas"][0] == q["leader"] && q["isr"].as_array().map(Vec::len) == Some(3);
        p["partitions"].as_array()?.iter().all(home).then_some(())
    })
    .await;
}

/// What the page shows of a recording when it is sought to its end.
async fn last_of(page: &Browser, file: &Path, wanted: &Value) -> Value {
    let film = Running::start(["replay", &file.display().to_string(), "--listen", "127.0.0.1:0"], &[]).await;
    let url = film.line("Replay:", PATIENCE).await;
    page.client.goto(&url).await.expect("the replay's page opens");
    page.until("a picture with partitions", |p| (!p["partitions"].as_array()?.is_empty()).then_some(())).await;
    assert_eq!(page.text("mode").await.trim(), "REPLAY");
    page.script("window.kafkascope.seek(1e9); return 0").await;
    let last = page.until("orders", |p| (confirmed(p) == confirmed(wanted)).then(|| p.clone())).await;
    page.script("window.kafkascope.seek(0); return 0").await;
    page.until("the beginning has no order", |p| (confirmed(p)? == 0).then_some(())).await;
    page.script("window.kafkascope.seek(1e9); return 0").await;
    let again = page.until("orders", |p| (confirmed(p) == confirmed(wanted)).then(|| p.clone())).await;
    assert_eq!(last, again, "the same moment is the same picture");
    last
}

#[test]
fn what_is_pressed_is_seen_and_a_replay_ends_as_live_did() {
    run(async {
        let _machine = alone().await;
        let gateway = Gateway::stage("page").await;
        let page = Browser::open("page-profile").await;
        page.client.goto(&format!("{}/#token={}", gateway.url, gateway.token)).await.expect("the page opens");
        press_and_see(&page).await;

        gateway.until("green", |state| state.green.is).await;
        let name = gateway.json("/api/recordings").await[0]["name"].as_str().expect("a recording").to_owned();
        let live = gateway.json("/api/state").await;
        let settled = |p: &Value| {
            let holds = p["shop"]["proof"]["status"] == "holds" && p["shop"] == live["shop"];
            (holds && p["partitions"] == live["partitions"] && p["groups"] == live["groups"]).then(|| p.clone())
        };
        let shown = page.until("what the gateway says", settled).await;
        let file = gateway.data.join("recordings").join(name);
        assert!(gateway.stop().await.exit.status.success());
        page.until_text("mode", "that the gateway is gone", |mode| mode.contains("STALE")).await;

        let last = last_of(&page, &file, &shown).await;
        for part in ["partitions", "groups", "brokers", "controllers", "controller", "apps", "shop", "producers"] {
            assert_eq!(last[part], shown[part], "{part}");
        }
        page.close().await;
    });
}

/// How many colours each canvas of the sheet has.
const COLOURS: &str = "return [...document.querySelectorAll('.state canvas')].map(canvas => {
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(new Uint32Array(pixels.buffer)).size;
})";

#[test]
fn the_sheet_of_states_shows_every_one_of_them() {
    run(async {
        let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/../static/sample.kscope");
        let film = Running::start(["replay", recording, "--listen", "127.0.0.1:0"], &[]).await;
        let url = film.line("Replay:", PATIENCE).await;
        let page = Browser::open("sheet-profile").await;
        page.client.goto(&format!("{url}/#/states")).await.expect("the sheet opens");
        page.until_true("a state", "return document.querySelector('.state canvas') !== null").await;
        let colours = page.script(COLOURS).await;
        let colours: Vec<u64> = colours.as_array().expect("a list").iter().filter_map(Value::as_u64).collect();
        let states = include_str!("../../../static/states.ndjson").matches(r#""kind":"state""#).count();
        assert_eq!(colours.len(), states);
        // Ground, lines and words with their smoothed edges.
        assert!(states > 40 && colours.iter().all(|colours| *colours > 8), "{colours:?}");
        page.close().await;
    });
}

#[test]
fn a_page_outlives_its_gateway_and_finds_the_next_one() {
    run(async {
        let _machine = alone().await;
        let data = folder("gone");
        let gateway = Gateway::serve(&data, &[]).await;
        gateway.ready().await;
        let address = gateway.url.trim_start_matches("http://").to_owned();
        let page = Browser::open("gone-profile").await;
        page.client.goto(&gateway.url).await.expect("the page opens");
        page.until_text("mode", "that it is live", |mode| mode.contains("LIVE")).await;
        let session = gateway.json("/api/state").await["session"]["session"].clone();

        gateway.running.signal(Signal::KILL);
        gateway.running.ended(PATIENCE).await;
        page.until_text("mode", "that nobody vouches for the picture", |mode| mode.contains("STALE")).await;
        let said = |text: &str| {
            text.contains("No news from the cluster for")
                && text.contains("The picture is from")
                && text.contains("attempt")
        };
        page.until_text("caption", "since when, and that it tries again", said).await;

        let next = Gateway::serve_at(&data, &address, &[]).await;
        next.ready().await;
        page.until_text("mode", "that it is live again", |mode| mode.contains("LIVE")).await;
        let now = next.json("/api/state").await["session"]["session"].clone();
        assert_ne!(now, session, "another session");
        next.command(serde_json::json!({ "command": "create_item", "item": "lantern" })).await;
        let lantern =
            |p: &serde_json::Value| p["shop"]["items"].as_array()?.iter().any(|i| i["item"] == "lantern").then_some(());
        page.until("what the new gateway has", lantern).await;
        page.close().await;
        assert!(next.stop().await.exit.status.success());
    });
}
