//! The page as axe-core judges it: every view of a recording and everything that opens over it.

use std::path::PathBuf;

use kafkascope::cluster::provision::Environment;
use serde_json::Value;

use crate::{browser::Browser, harness::alone, process::run, walk::sample};

/// The rules that judge accessibility; brought from npm once, into the cache, and never into the page.
const AXE: &str = "axe-core@4.14.1";
/// A laptop in the dark and the light, a phone, and a projector of four to three.
const WINDOWS: [((u32, u32), &str); 4] =
    [((1920, 1080), "dark"), ((1920, 1080), "light"), ((390, 844), "dark"), ((1024, 768), "light")];

/// axe-core's program text.
async fn axe() -> String {
    let folder: PathBuf = Environment::of_this_process().cache.join(AXE);
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if !file.is_file() {
        std::fs::create_dir_all(&folder).expect("a folder in the cache");
        let mut npm = tokio::process::Command::new("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg(AXE);
        let brought =
            npm.output().await.expect("npm runs, which brings axe-core: install npm (Debian: apt-get install npm)");
        assert!(brought.status.success(), "npm cannot bring {AXE}: {}", String::from_utf8_lossy(&brought.stderr));
    }
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What was found wrong, and with what.
struct Judge {
    axe: String,
    wrong: Vec<String>,
}

impl Judge {
    /// Judges the page as it is: rule, how bad, and the first places.
    async fn sees(&mut self, page: &Browser, what: &str) {
        let judge = r#"
            const done = arguments[0];
            axe.run().then((result) => done(result.violations.map((it) =>
                `${it.id} (${it.impact}): ${it.nodes.slice(0, 4).map((node) => node.html.slice(0, 160)).join(" | ")}`)),
                (error) => done([String(error)]));
        "#;
        page.script(&format!("if (!window.axe) {{ {} }} return 0", self.axe)).await;
        let found = page.client.execute_async(judge, Vec::new()).await.expect("axe-core answers");
        let found = found.as_array().expect("a list").iter().filter_map(Value::as_str);
        self.wrong.extend(found.map(|it| format!("{what}: {it}")));
    }

    /// Presses a key, waits for what it opens, judges, and closes it again.
    async fn opens(&mut self, page: &Browser, key: &str, id: &str, what: &str) {
        page.press(key).await;
        page.until_true(id, &format!("return document.querySelector('[data-testid={id}]') !== null")).await;
        self.sees(page, &format!("{what}, {id}")).await;
        page.press("\u{e00c}").await;
        page.until_true(id, &format!("return document.querySelector('[data-testid={id}]') === null")).await;
    }
}

#[test]
fn axe_finds_nothing_wrong_in_a_recording_in_any_theme_and_window() {
    run(async {
        let _machine = alone().await;
        let mut judge = Judge { axe: axe().await, wrong: Vec::new() };
        let (_film, page, url) = sample("axe-profile").await;
        for (window, theme) in WINDOWS {
            page.look_like(window, &[("prefers-color-scheme", theme)]).await;
            for view in ["stage", "lanes", "story"] {
                page.play(&format!("{url}/#view={view}&order=A-20")).await;
                page.show(24_500).await;
                judge.sees(&page, &format!("{view}, {theme}, {}", window.0)).await;
            }
            let what = format!("{theme}, {}", window.0);
            for (key, id) in [("w", "wire"), ("e", "scenes"), ("?", "help")] {
                judge.opens(&page, key, id, &what).await;
            }
            if window.0 > 1024 {
                page.play(&url).await;
                page.show(24_500).await;
                page.inspect("orders 0, offset ").await;
                judge.sees(&page, &format!("the inspector, {what}")).await;
                page.click("notices-button").await;
                page.frames().await;
                judge.sees(&page, &format!("notices, {what}")).await;
            }
        }
        page.close().await;
        assert!(judge.wrong.is_empty(), "{}", judge.wrong.join("\n"));
    });
}
