//! The same moments of the same recording look as they did: both themes, three windows.
//!
//! `KAFKASCOPE_RENEW_SCREENS=1 cargo test -p kafkascope --test stage screens` makes the pictures anew; look at each of them
//! before it is committed.

use std::path::Path;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::{
    browser::{Browser, PATIENCE},
    harness::alone,
    process::{Running, folder, run},
    walk::SAMPLE,
};

/// Name, window, and by how much its picture is made smaller: large windows would be heavy, and letters' rims differ.
const WINDOWS: [(&str, (u32, u32), f64); 3] =
    [("hall", (1920, 1080), 0.5), ("desk", (1280, 720), 0.75), ("phone", (390, 844), 1.0)];
/// Name and milliseconds: calm traffic, and a broker that was killed.
const MOMENTS: [(&str, u32); 2] = [("calm", 15_200), ("killed", 24_500)];
/// How many of ten thousand pixels may differ: fonts are smoothed a little differently from one Chromium to the next.
const TOLERANCE: f64 = 40.0;

/// Compares two pictures in the browser, which can read them; answers how many of ten thousand pixels differ.
const COMPARE: &str = r#"
    const [before, now, done] = arguments;
    const pixels = async (base64) => {
        const blob = await (await fetch("data:image/png;base64," + base64)).blob();
        const image = await createImageBitmap(blob);
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
    };
    Promise.all([pixels(before), pixels(now)]).then(([a, b]) => {
        if (a.width !== b.width || a.height !== b.height) return done(10000);
        let different = 0;
        for (let i = 0; i < a.data.length; i += 4) {
            const apart = [0, 1, 2].some((part) => Math.abs(a.data[i + part] - b.data[i + part]) > 64);
            if (apart) different += 1;
        }
        done(different * 40000 / a.data.length);
    }, (error) => done(String(error)));
"#;

#[test]
fn the_same_moments_look_as_they_did() {
    run(async {
        let _machine = alone().await;
        let film = Running::start(["replay", SAMPLE, "--listen", "127.0.0.1:0"], &[]).await;
        let url = film.line("Replay:", PATIENCE).await;
        let page = Browser::open("screens-profile").await;
        let renew = std::env::var_os("KAFKASCOPE_RENEW_SCREENS").is_some();
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stage/screens");
        let seen = folder("screens");
        let mut wrong = Vec::new();
        for (window, size, scale) in WINDOWS {
            for theme in ["dark", "light"] {
                page.look_like(size, &[("prefers-color-scheme", theme)]).await;
                page.play(&url).await;
                for (moment, millis) in MOMENTS {
                    page.show(millis).await;
                    let name = format!("{window}-{theme}-{moment}.png");
                    let now = page.screenshot(size, scale).await;
                    let to = if renew { kept.join(&name) } else { seen.join(&name) };
                    let bytes = BASE64_STANDARD.decode(&now).expect("base 64");
                    assert!(bytes.len() < 150_000, "{name} has {} bytes, too many to be committed", bytes.len());
                    std::fs::write(&to, bytes).unwrap_or_else(|error| panic!("{}: {error}", to.display()));
                    if !renew {
                        wrong
                            .extend(different(&page, &kept.join(&name), now).await.map(|how| format!("{name}: {how}")));
                    }
                }
            }
        }
        page.close().await;
        assert!(wrong.is_empty(), "{}\nwhat is seen now lies in {}", wrong.join("\n"), seen.display());
    });
}

async fn different(page: &Browser, before: &Path, now: String) -> Option<String> {
    let before = match std::fs::read(before) {
        Ok(bytes) => BASE64_STANDARD.encode(bytes),
        Err(error) => return Some(format!("{}: {error}", before.display())),
    };
    let pictures = vec![Value::String(before), Value::String(now)];
    let share = page.client.execute_async(COMPARE, pictures).await.expect("the pictures are compared");
    let share = share.as_f64().unwrap_or_else(|| panic!("the pictures are compared, but: {share}"));
    (share > TOLERANCE).then(|| format!("{share:.1} of 10 000 pixels differ, {TOLERANCE} may"))
}
