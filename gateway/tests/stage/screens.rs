//! The same moments of the same recording look as they did: every view, both themes, three windows.
//!
//! `KAFKASCOPE_RENEW_SCREENS=1 cargo test -p kafkascope --test stage screens` makes the pictures anew; look at each of them
//! before it is committed.

use std::path::{Path, PathBuf};

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
    [("hall", (1920, 1080), 0.5), ("projector", (1024, 768), 0.5), ("phone", (390, 844), 0.75)];

/// What is kept of a page: name, what stands behind `#`, and the millisecond.
const SIGHTS: [(&str, &str, u32); 6] = [
    ("calm", "view=stage", 15_200),
    ("killed", "view=stage", 24_500),
    ("lanes", "view=lanes", 24_500),
    ("story", "view=story&order=A-20", 24_500),
    ("twice", "view=stage", 36_500),
    ("inspector", "view=stage", 24_500),
];

/// How many of ten thousand pixels may differ: fonts are smoothed a little differently from one Chromium to the next.
const TOLERANCE: f64 = 40.0;

/// Both run in the browser, which can read pictures: the one makes a PNG of a palette, which is a third as heavy, and the
/// other tells how many of ten thousand pixels differ.
const PICTURES: &str = include_str!("screens.js");

struct Album {
    page: Browser,
    /// Whether the pictures are made anew.
    renews: bool,
    /// The references.
    kept: PathBuf,
    seen: PathBuf,
    wrong: Vec<String>,
}

impl Album {
    async fn picture(&mut self, name: &str, (size, scale): ((u32, u32), f64)) {
        let now = self.page.screenshot(size, scale).await;
        if self.renews {
            let packed = self.compute("packed(arguments[0])", vec![now.into()]).await;
            let packed = packed.as_str().unwrap_or_else(|| panic!("{name} is packed, but: {packed}"));
            let bytes = BASE64_STANDARD.decode(packed).expect("base 64");
            assert!(bytes.len() < 70_000, "{name} has {} bytes, too many to be committed", bytes.len());
            std::fs::write(self.kept.join(name), bytes).expect("a reference is written");
        } else if let Some(how) = self.different(name, &now).await {
            let bytes = BASE64_STANDARD.decode(&now).expect("base 64");
            std::fs::write(self.seen.join(name), bytes).expect("what is seen is written");
            self.wrong.push(format!("{name}: {how}"));
        }
    }

    async fn different(&self, name: &str, now: &str) -> Option<String> {
        let before = match std::fs::read(self.kept.join(name)) {
            Ok(bytes) => BASE64_STANDARD.encode(bytes),
            Err(error) => return Some(error.to_string()),
        };
        let share = self.compute("apart(arguments[0], arguments[1])", vec![before.into(), now.into()]).await;
        let share = share.as_f64().unwrap_or_else(|| panic!("the pictures are compared, but: {share}"));
        (share > TOLERANCE).then(|| format!("{share:.1} of 10 000 pixels differ, {TOLERANCE} may"))
    }

    async fn compute(&self, what: &str, of: Vec<Value>) -> Value {
        let last = of.len();
        let code = format!("{PICTURES}; {what}.then(arguments[{last}], (error) => arguments[{last}](String(error)));");
        self.page.client.execute_async(&code, of).await.expect("the browser computes")
    }
}

#[test]
fn the_same_moments_look_as_they_did() {
    run(async {
        let _machine = alone().await;
        let film = Running::start(["replay", SAMPLE, "--listen", "127.0.0.1:0"], &[]).await;
        let url = film.line("Replay:", PATIENCE).await;
        let mut album = Album {
            page: Browser::open("screens-profile").await,
            renews: std::env::var_os("KAFKASCOPE_RENEW_SCREENS").is_some(),
            kept: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stage/screens"),
            seen: folder("screens"),
            wrong: Vec::new(),
        };
        std::fs::create_dir_all(&album.kept).expect("a folder for the references");
        for (window, size, scale) in WINDOWS {
            for theme in ["dark", "light"] {
                album.page.look_like(size, &[("prefers-color-scheme", theme)]).await;
                // In a hand a tap opens a lane, and there is no inspector.
                let sights = SIGHTS.into_iter().filter(|(sight, ..)| (window, *sight) != ("phone", "inspector"));
                album.page.play(&format!("{url}/#t=15.2&paused")).await;
                for (sight, address, millis) in sights {
                    // A link that is followed within the page.
                    album.page.script(&format!("location.hash = '#{address}&paused'; return 0")).await;
                    let view = address.split(['=', '&']).nth(1).unwrap_or_default();
                    let there = format!("return document.querySelector('.page').dataset.sight === '{view}'");
                    album.page.until_true(address, &there).await;
                    album.page.show(millis).await;
                    if sight == "inspector" {
                        album.page.inspect("orders 0, offset ").await;
                    }
                    album.picture(&format!("{window}-{theme}-{sight}.png"), (size, scale)).await;
                }
            }
        }
        // The sheet of states is one long page: its first window is seen.
        for theme in ["dark", "light"] {
            let (_, size, scale) = WINDOWS[0];
            album.page.look_like(size, &[]).await;
            album.page.sheet(&format!("{url}/#/states&theme={theme}")).await;
            album.picture(&format!("states-{theme}.png"), (size, scale)).await;
        }
        let Album { page, wrong, seen, .. } = album;
        page.close().await;
        assert!(wrong.is_empty(), "{}\nwhat is seen now lies in {}", wrong.join("\n"), seen.display());
    });
}
