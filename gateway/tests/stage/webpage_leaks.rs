//! What the page holds after it has played for long: heap, program memory, nodes and listeners stay what they were.

use serde_json::{Value, json};

use crate::{browser::Browser, harness::alone, process::run, walk::sample};

/// How often the killing of the broker is played before the first look, and between the first and the last.
const ROUNDS: (u32, u32) = (3, 12);
/// What the heap of scripts may grow by: what the browser itself remembers of what was drawn.
const HEAP_BYTES: f64 = 1_000_000.0;
/// The program's own memory grows by whole pages and never shrinks; where facts point is remembered up to a bound.
const PROGRAM_BYTES: f64 = 2_000_000.0;

#[derive(Debug)]
struct Held {
    heap: f64,
    program: f64,
    nodes: f64,
    listeners: f64,
}

impl Held {
    async fn by(page: &Browser) -> Self {
        page.chromium("HeapProfiler.collectGarbage", json!({})).await;
        let heap = page.chromium("Runtime.getHeapUsage", json!({})).await;
        let counted = page.chromium("Memory.getDOMCounters", json!({})).await;
        let number = |of: &Value, name: &str| of[name].as_f64().unwrap_or_else(|| panic!("{name} in {of}"));
        Self {
            heap: number(&heap, "usedSize"),
            program: Self::program(page).await,
            nodes: number(&counted, "nodes"),
            listeners: number(&counted, "jsEventListeners"),
        }
    }

    /// The page keeps its memory to itself; Chromium finds it by what it is.
    async fn program(page: &Browser) -> f64 {
        let kind = page.chromium("Runtime.evaluate", json!({ "expression": "WebAssembly.Memory.prototype" })).await;
        let all =
            page.chromium("Runtime.queryObjects", json!({ "prototypeObjectId": kind["result"]["objectId"] })).await;
        let sum = "function() { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0) }";
        let asked = json!({
            "functionDeclaration": sum, "objectId": all["objects"]["objectId"], "returnByValue": true,
        });
        let answer = page.chromium("Runtime.callFunctionOn", asked).await;
        answer["result"]["value"].as_f64().filter(|bytes| *bytes > 0.0).unwrap_or_else(|| panic!("memory: {answer}"))
    }
}

/// Plays from calm traffic through the killing of a broker, sixteen times as fast as it was.
async fn play(page: &Browser, rounds: u32) {
    for _ in 0..rounds {
        page.show(12_000).await;
        page.click("player-play").await;
        page.until_true("the broker is back", "return window.kafkascope.time() > 38000").await;
    }
    page.show(24_500).await;
}

#[test]
fn an_hour_of_playing_holds_no_more_than_its_first_minute() {
    run(async {
        let _machine = alone().await;
        let (_film, page, url) = sample("leaks-profile").await;
        page.look_like((1280, 720), &[]).await;
        page.play(&format!("{url}/#t=00:12&speed=16&paused")).await;
        play(&page, ROUNDS.0).await;
        let before = Held::by(&page).await;
        play(&page, ROUNDS.1).await;
        let after = Held::by(&page).await;
        println!("{before:?}\n{after:?}");
        assert!(after.heap - before.heap < HEAP_BYTES, "the heap grows: {before:?}, {after:?}");
        assert!(after.program - before.program < PROGRAM_BYTES, "the program's memory grows: {before:?}, {after:?}");
        assert!((after.nodes - before.nodes).abs() < 50.0, "nodes are left behind: {before:?}, {after:?}");
        assert!((after.listeners - before.listeners).abs() < 20.0, "listeners are left: {before:?}, {after:?}");
        page.close().await;
    });
}
