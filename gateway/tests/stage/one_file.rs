//! A recording as one HTML file, in a real Chromium, from file:// and with no network: what it shows is what a gateway's
//! page shows of the same recording, and the recording comes out of it again.

use std::{path::Path, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    browser::{Browser, PATIENCE},
    process::{PROGRAM, Running, folder, run},
    walk::SAMPLE,
};

/// Moments of the sample that are looked at, milliseconds.
const MOMENTS: [u32; 4] = [1_000, 12_000, 27_500, 41_000];

/// Runs `kafkascope export` and answers with what it said.
pub(crate) async fn export(arguments: &[&str]) -> (bool, String) {
    let mut command = tokio::process::Command::new(PROGRAM);
    let ended = command.arg("export").args(arguments).stdin(Stdio::null()).output().await.expect("the program runs");
    let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    (ended.status.success(), said)
}

async fn pictures(page: &Browser) -> Vec<Value> {
    let mut all = Vec::new();
    for moment in MOMENTS {
        page.show(moment).await;
        all.push(page.picture().await);
    }
    all
}

/// Whatever is asked of any network from here on fails, loopback too.
async fn cut_off(page: &Browser) {
    page.chromium("Network.enable", json!({})).await;
    let offline = json!({ "offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0 });
    page.chromium("Network.emulateNetworkConditions", offline).await;
}

/// A recording with chapters.
const TOUR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../static/tour.kscope");

#[test]
fn one_file_shows_what_a_gateway_shows_without_any_network_in_both_themes() {
    run(async {
        let folder = folder("one-file");
        let html = folder.join("talk.html");
        let (ok, said) = export(&[SAMPLE, "--html", html.to_str().unwrap()]).await;
        assert!(ok, "{said}");
        let film = Running::start(["replay", SAMPLE, "--listen", "127.0.0.1:0"], &[]).await;
        let url = film.line("Replay:", PATIENCE).await;
        let page = Browser::open("one-file-browser").await;
        page.play(&url).await;
        let wanted = pictures(&page).await;
        assert!(wanted.iter().any(|picture| picture != &wanted[0]), "the moments differ");

        cut_off(&page).await;
        for theme in ["light", "dark"] {
            page.look_like((1280, 720), &[("prefers-color-scheme", theme)]).await;
            page.play(&format!("file://{}", html.display())).await;
            let shown = pictures(&page).await;
            for ((moment, shown), wanted) in MOMENTS.iter().zip(&shown).zip(&wanted) {
                assert_eq!(shown, wanted, "at {moment} ms, {theme}");
            }
            let asked =
                page.script("return performance.getEntriesByType('resource').map(e => e.name.slice(0, 40))").await;
            let asked: Vec<&str> = asked.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert!(asked.iter().all(|name| name.starts_with("data:") || name.starts_with("blob:")), "{asked:?}");
            let paper = page.script("return getComputedStyle(document.body).backgroundColor").await;
            println!("{theme}: {paper}");
        }
        comes_out_again(&page, &folder).await;
        page.close().await;
    });
}

/// Save gives back the recording: every fact, and smaller.
async fn comes_out_again(page: &Browser, folder: &Path) {
    let saved = folder.join("saved");
    std::fs::create_dir_all(&saved).unwrap();
    let allow = json!({ "behavior": "allow", "downloadPath": saved });
    page.chromium("Browser.setDownloadBehavior", allow).await;
    assert_eq!(page.script("return window.kafkascope.save()").await, json!(""));
    let (file, started) = (saved.join("sample.kscope"), Instant::now());
    while !file.exists() {
        assert!(started.elapsed() < PATIENCE, "nothing was saved");
        sleep(Duration::from_millis(50)).await;
    }
    let facts = |file: &Path| kafkascope::recorder::open(file).unwrap().all_facts();
    assert_eq!(facts(&file), facts(Path::new(SAMPLE)));
    assert!(std::fs::metadata(&file).unwrap().len() < std::fs::metadata(SAMPLE).unwrap().len());
}

#[test]
fn parts_are_cut_with_their_chapters_and_what_cannot_be_cut_says_why() {
    run(async {
        let folder = folder("parts");
        let out = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let inspect = async |file: &str| -> Value {
            let ended = tokio::process::Command::new(PROGRAM).args(["inspect", "--json", file]).output().await.unwrap();
            serde_json::from_slice(&ended.stdout).unwrap()
        };
        let whole = inspect(TOUR).await;
        let chapters = whole["chapters"].as_array().unwrap();
        let cut = out("chapter.kscope");
        let (ok, said) = export(&[TOUR, "--kscope", &cut, "--chapter", "1"]).await;
        assert!(ok, "{said}");
        let part = inspect(&cut).await;
        let begins = |of: &Value| (of["at"].clone(), of["label"].clone());
        assert_eq!(part["chapters"].as_array().unwrap().len(), 1);
        assert_eq!(begins(&part["chapters"][0]), begins(&chapters[0]), "times stay");
        // The last chapter of a recording ends with its last fact, which is before the next chapter's first.
        let ends = |of: &Value| of["end"].as_u64().unwrap();
        let last = ends(&chapters[0]) - ends(&part["chapters"][0]);
        assert!(last < 500_000, "{last} µs of the chapter are gone");
        assert_eq!(part["session"], whole["session"]);
        assert!(part["facts"].as_u64() < whole["facts"].as_u64());
        assert_eq!(part["kafka_version"], whole["kafka_version"], "the first keyframe knows the session");
        let verdicts = |of: &Value| of["verdicts"].as_array().unwrap().clone();
        let (at, end) = (chapters[0]["at"].as_u64(), chapters[0]["end"].as_u64());
        let inside = |verdict: &Value| (at..=end).contains(&verdict["at"].as_u64());
        assert_eq!(verdicts(&part), verdicts(&whole).into_iter().filter(inside).collect::<Vec<_>>());

        let (ok, said) = export(&[SAMPLE, "--ndjson", "--from", "5s", "--to", "6.5"]).await;
        assert!(ok && said.lines().count() > 10, "{said}");
        let last: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        assert!((5_000_000..=6_500_000).contains(&last["at"].as_u64().unwrap()), "{last}");
        let mcap = out("part.mcap");
        assert!(export(&[&cut, "--mcap", &mcap]).await.0);
        let bytes = std::fs::read(mcap).unwrap();
        assert!(bytes.starts_with(b"\x89MCAP0\r\n") && bytes.ends_with(b"\x89MCAP0\r\n"));
        let site = out("site");
        assert!(export(&[&cut, "--static", &site]).await.0);
        assert!(folder.join("site/chapter.kscope").exists() && folder.join("site/kafkascope-page_bg.wasm").exists());

        for (arguments, named) in [
            (vec![TOUR, "--kscope", &cut, "--chapter", "99"], "there is no chapter 99"),
            (vec![SAMPLE, "--kscope", &cut, "--from", "9h"], "nothing is left"),
            (vec![SAMPLE, "--kscope", &cut, "--from", "soon"], "is not a moment"),
            (vec![SAMPLE], "--html"),
            (vec![SAMPLE, "--html", "/nowhere/talk.html"], "/nowhere/talk.html"),
        ] {
            let (ok, said) = export(&arguments).await;
            assert!(!ok && said.contains(named), "{arguments:?}: {said}");
        }
    });
}
