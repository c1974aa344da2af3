//! What can be measured of how the page looks: how sharp it is, how wide its letters are, what lies over what, and how soon
//! there is anything to see.

use serde_json::Value;

use crate::{browser::Browser, harness::alone, process::run, walk::sample};

/// More device pixels than this for each stage pixel cannot be seen and cost time.
const MOST_SCALE: f64 = 2.0;
/// Longer than this a first paint on loopback must not take, in milliseconds.
const FIRST_PAINT: f64 = 1_000.0;
/// Weight, character and advance in hundredths of the font size, as Chromium measures them in static/fonts/next.woff2.
/// `KAFKASCOPE_RENEW_WIDTHS=1` on the test below writes them; the page's own test holds its table to them.
const WIDTHS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../frontend/tests/stage/widths.txt");

#[test]
fn the_canvas_has_a_pixel_for_each_of_the_screen() {
    run(async {
        let _machine = alone().await;
        let (_film, page, url) = sample("crisp-profile").await;
        for (window, ratio) in [((1920, 1080), 1.0), ((1280, 720), 2.0), ((1920, 1080), 2.0), ((3840, 2160), 1.0)] {
            page.look_like_at(window, ratio).await;
            page.play(&url).await;
            page.show(15_200).await;
            let asked = "const c = document.querySelector('[data-testid=stage]'), r = c.getBoundingClientRect(); return [c.width, c.height, r.width, r.height, devicePixelRatio]";
            let seen: Vec<f64> = serde_json::from_value(page.script(asked).await).expect("numbers");
            let [width, height, wide, high, dpr] = seen[..] else { panic!("{seen:?}") };
            assert_eq!(dpr, ratio);
            // The sheet is 1920 stage pixels wide.
            let most = MOST_SCALE / (wide / 1920.0);
            let wanted = ratio.min(most);
            assert!((width - wide * wanted).abs() <= 1.0, "{window:?} at {ratio}: {width} pixels for {wide}");
            assert!((height - high * wanted).abs() <= 1.0, "{window:?} at {ratio}: {height} pixels for {high}");
        }
        page.close().await;
    });
}

#[test]
fn something_is_seen_within_a_second() {
    run(async {
        let _machine = alone().await;
        let (_film, page, url) = sample("paint-profile").await;
        page.play(&url).await;
        let asked = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
        let first = page.script(asked).await.as_f64().expect("Chromium knows when it painted first");
        println!("first contentful paint after {first:.0} ms");
        assert!(first < FIRST_PAINT, "the first paint came after {first:.0} ms");
        page.close().await;
    });
}

#[test]
fn letters_are_as_wide_as_the_page_reckons() {
    run(async {
        let _machine = alone().await;
        let (_film, page, url) = sample("widths-profile").await;
        page.play(&url).await;
        let measure = r#"
            const context = new OffscreenCanvas(1, 1).getContext("2d"), lines = [];
            const all = [...Array(95).keys()].map((n) => String.fromCharCode(32 + n)).concat([..."·–…×≠€"]);
            for (const weight of [400, 500, 600, 650, 700]) {
                context.font = `${weight} 1000px "Atkinson Hyperlegible Next"`;
                for (const it of all) lines.push(`${weight} ${it} ${(context.measureText(it).width / 10).toFixed(1)}`);
            }
            return lines.join("\n") + "\n";
        "#;
        page.script("document.fonts.load('600 20px \"Atkinson Hyperlegible Next\"'); return 0").await;
        page.until_true("the font", "return document.fonts.check('600 20px \"Atkinson Hyperlegible Next\"')").await;
        let measured = page.script(measure).await.as_str().expect("text").to_owned();
        if std::env::var_os("KAFKASCOPE_RENEW_WIDTHS").is_some() {
            std::fs::write(WIDTHS, &measured).unwrap_or_else(|error| panic!("{WIDTHS}: {error}"));
        }
        let kept = std::fs::read_to_string(WIDTHS).unwrap_or_else(|error| panic!("{WIDTHS}: {error}"));
        let number = |line: &str| line.rsplit_once(' ').and_then(|(_, width)| width.parse().ok()).unwrap_or(f64::NAN);
        for (now, before) in measured.lines().zip(kept.lines()) {
            let apart = (number(now) - number(before)).abs();
            assert!(apart < 0.15, "the font has {now:?}, and {WIDTHS} {before:?}");
        }
        assert_eq!(measured.lines().count(), kept.lines().count());
        page.close().await;
    });
}

/// Pairs of texts of the document that cover each other, of those that one sees.
const COVERED: &str = r#"
    const seen = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; node = walker.nextNode();) {
        const words = node.textContent.trim(), of = node.parentElement;
        if (!words || !of.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
            // What lies under a dialog, or is cut off, is not seen.
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            if (box.width > 2 && top && (top === of || of.contains(top) || top.contains(of) && !top.matches("main, body, html"))) {
                seen.push({ words, box, of });
            }
        }
    }
    const pairs = [];
    seen.forEach((a, n) => seen.slice(n + 1).forEach((b) => {
        const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        // Lines may be set a little closer than the font is high.
        if (wide > 2 && high > 0.3 * Math.min(a.box.height, b.box.height) && a.of !== b.of) pairs.push(`${a.words} | ${b.words}: ${wide.toFixed()} × ${high.toFixed()}`);
    }));
    return [seen.length, pairs];
"#;

async fn covered(page: &Browser, what: &str, fewest: u64) -> Vec<String> {
    let answer = page.script(COVERED).await;
    assert!(answer[0].as_u64() >= Some(fewest), "{what} has words: {answer}");
    let pairs = answer[1].as_array().expect("a list").iter().filter_map(Value::as_str);
    pairs.map(|pair| format!("{what}: {pair}")).collect()
}

#[test]
fn no_words_lie_over_others_in_any_view() {
    run(async {
        let _machine = alone().await;
        let (_film, page, url) = sample("covered-profile").await;
        let mut wrong = Vec::new();
        for window in [(1920, 1080), (1280, 720), (1024, 768), (390, 844)] {
            page.look_like(window, &[]).await;
            for view in ["stage", "lanes", "story"] {
                page.play(&format!("{url}/#view={view}&order=A-20")).await;
                for millis in [15_200, 24_500, 36_500] {
                    page.show(millis).await;
                    wrong.extend(covered(&page, &format!("{view} at {millis}, {window:?}"), 6).await);
                }
            }
            // The sample has no scenes: a title, a sentence and the way out.
            for key in ["w", "e", "?"] {
                page.press(key).await;
                page.frames().await;
                wrong.extend(covered(&page, &format!("{key}, {window:?}"), 3).await);
                page.press("\u{e00c}").await;
            }
        }
        page.close().await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}
