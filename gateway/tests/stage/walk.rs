//! The page without a pointer, without colours and without motion.

use crate::{
    browser::{Browser, PATIENCE},
    harness::alone,
    process::{Running, run},
};

/// The sample that every build has with it.
pub(crate) const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../static/sample.kscope");
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const RIGHT: &str = "\u{e014}";
const DOWN: &str = "\u{e015}";

/// Who has the keyboard: the name tests know it by, or what it says.
const FOCUSED: &str = "const a = document.activeElement; return a === document.body ? '' : a.dataset.testid || a.getAttribute('aria-label') || a.textContent";
const RINGED: &str = "const s = getComputedStyle(document.activeElement); return s.outlineStyle + ' ' + s.outlineWidth + ' ' + s.outlineOffset";

pub(crate) async fn sample(name: &str) -> (Running, Browser, String) {
    let film = Running::start(["replay", SAMPLE, "--listen", "127.0.0.1:0"], &[]).await;
    let url = film.line("Replay:", PATIENCE).await;
    let page = Browser::open(name).await;
    page.look_like((1920, 1080), &[]).await;
    (film, page, url)
}

async fn focused(page: &Browser) -> String {
    page.script(FOCUSED).await.as_str().unwrap_or_default().to_owned()
}

async fn until_focused(page: &Browser, what: &str, wanted: impl Fn(&str) -> bool) {
    let started = tokio::time::Instant::now();
    loop {
        let focused = focused(page).await;
        if wanted(&focused) {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "{what}: the keyboard is at {focused:?}");
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
}

#[test]
fn everything_is_reached_by_keyboard_alone_and_the_focus_is_seen() {
    run(async {
        let _machine = alone().await;
        let (_film, page, url) = sample("walk-profile").await;
        page.play(&url).await;
        page.show(24_500).await;

        let mut order = Vec::new();
        while order.last().is_none_or(|last| last != "notices-button") {
            page.press(TAB).await;
            let ring = page.script(RINGED).await;
            order.push(focused(&page).await);
            assert_eq!(ring, "solid 3px 3px", "around {:?}", order.last());
            assert!(order.len() < 60, "the walk does not end: {order:?}");
        }
        let at = |id: &str| order.iter().position(|it| it == id).unwrap_or_else(|| panic!("no {id} in {order:?}"));
        let mark = order.iter().position(|it| it.starts_with("broker 1")).expect("the first mark of the stage");
        assert!(mark < at("playhead") && at("playhead") < at("player-play"), "{order:?}");
        assert!(at("player-play") < at("cue-scenes"), "{order:?}");

        // The marks, by arrows; Enter opens what is known of one, Esc gives the keyboard back to it.
        page.script("document.querySelector('.at-mark[tabindex=\"0\"]').focus(); return 0").await;
        page.press(RIGHT).await;
        until_focused(&page, "a record", |it| it.starts_with("orders 0, offset ")).await;
        let first = focused(&page).await;
        page.press(DOWN).await;
        until_focused(&page, "the same record on the next broker", |it| it != first && it.starts_with("orders 0"))
            .await;
        page.press(ENTER).await;
        page.until_true("the inspector", "return !!document.querySelector('[data-testid=inspector]')").await;
        until_focused(&page, "the mark keeps the keyboard", |it| it.starts_with("orders 0")).await;
        page.press(TAB).await;
        until_focused(&page, "the inspector is next", |it| it == "inspector-close").await;
        page.press(ENTER).await;
        until_focused(&page, "back on the mark", |it| it.starts_with("orders 0")).await;

        // A dialog keeps Tab inside, and gives the keyboard back.
        page.press("w").await;
        page.until_true("the wire", "return !!document.querySelector('[data-testid=wire]')").await;
        until_focused(&page, "inside the dialog", |it| it.starts_with("wire") || it.starts_with("drawer")).await;
        for _ in 0..4 {
            page.press(TAB).await;
            let inside = "return !!document.activeElement.closest('[data-testid=wire]')";
            assert_eq!(page.script(inside).await, true, "Tab left the dialog for {}", focused(&page).await);
        }
        page.press(ESCAPE).await;
        until_focused(&page, "back on the mark after the dialog", |it| it.starts_with("orders 0")).await;

        // The time axis is a slider.
        page.script("document.querySelector('[data-testid=playhead]').focus(); return 0").await;
        page.press(RIGHT).await;
        page.until_true("a second later", "return Math.abs(window.kafkascope.time() - 25500) < 60").await;
        page.close().await;
    });
}

/// How many different pictures the canvas shows in two seconds.
async fn pictures(page: &Browser) -> u64 {
    let count = r#"
        const done = arguments[0], stage = document.querySelector("[data-testid=stage]"), seen = new Set(), from = performance.now();
        const small = new OffscreenCanvas(480, 270).getContext("2d", { willReadFrequently: true });
        const look = () => {
            small.drawImage(stage, 0, 0, 480, 270);
            seen.add(small.getImageData(0, 0, 480, 270).data.reduce((sum, part, at) => (sum * 31 + part * at) % 4294967291, 7));
            performance.now() - from < 2000 ? requestAnimationFrame(look) : done(seen.size);
        };
        look();
    "#;
    page.client.execute_async(count, Vec::new()).await.expect("the canvas is looked at").as_u64().expect("a number")
}

#[test]
fn with_less_motion_nothing_travels() {
    run(async {
        let _machine = alone().await;
        let (_film, page, url) = sample("motion-profile").await;
        let mut counted = Vec::new();
        for motion in ["no-preference", "reduce"] {
            page.look_like((1280, 720), &[("prefers-reduced-motion", motion)]).await;
            // Slow, so that steps are rare: each is one more picture, and without less motion every frame is.
            page.play(&format!("{url}/#t=00:15.135&speed=1/100")).await;
            counted.push(pictures(&page).await);
        }
        println!("different pictures in 2 s at a hundredth of the speed: {counted:?}");
        assert!(counted[1] * 3 < counted[0], "with less motion as much moves as without: {counted:?}");
        page.close().await;
    });
}

#[test]
fn at_twice_the_size_and_with_forced_colours_everything_is_still_there() {
    run(async {
        let _machine = alone().await;
        let (_film, page, url) = sample("zoom-profile").await;
        // A 1280 by 720 window at 200 % has 640 by 360 pixels of its own.
        for (window, preferences) in [((640, 360), vec![]), ((1280, 720), vec![("forced-colors", "active")])] {
            page.look_like(window, &preferences).await;
            page.play(&url).await;
            page.show(24_500).await;
            let sideways = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
            assert_eq!(page.script(sideways).await, true, "the page of {window:?} is wider than its window");
            for id in ["caption", "proof-money", "player-play", "playhead"] {
                let seen = format!(
                    "const it = document.querySelector('[data-testid={id}]').getBoundingClientRect(); return it.width > 2 && it.height > 15"
                );
                assert_eq!(page.script(&seen).await, true, "{id} in a window of {window:?}");
            }
        }
        page.close().await;
    });
}
