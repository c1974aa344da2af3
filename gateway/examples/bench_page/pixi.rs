//! The peer: pixi.js from npm, in the cache, and a page on which it draws as many marks.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use kafkascope::cluster::provision::Environment;
use tokio::process::Command;

const PIXI: &str = "pixi.js@8.22.0";
const PAGE: &str = include_str!("pixi.html");

/// The page, beside the program that it loads.
pub(crate) async fn page() -> Result<PathBuf> {
    let folder = Environment::of_this_process().cache.join(PIXI);
    if !folder.join("node_modules/pixi.js/dist/pixi.min.js").is_file() {
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg(PIXI);
        let brought = npm.output().await.context("npm does not run: install npm (Debian: apt-get install npm)")?;
        ensure!(brought.status.success(), "npm cannot bring {PIXI}: {}", String::from_utf8_lossy(&brought.stderr));
    }
    let page = folder.join("marks.html");
    std::fs::write(&page, PAGE).with_context(|| format!("writing {}", page.display()))?;
    Ok(page)
}
