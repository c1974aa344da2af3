//! How heavy the page is on the wire, and where we stop.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::{page::files, workspace::Workspace};

/// The page is to weigh less than 250 KB with its fonts and weighs 516: views, sharing and markers came in faster than weight went
/// out. Until it is down this may only fall.
const LIMIT_BYTES: u64 = 525_000;

/// Prints what each file that a first visit asks for weighs as it is sent; fails over the limit.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let weight = |name: &str| -> Result<u64> {
        let path = workspace.page.join(name);
        Ok(fs::metadata(&path).with_context(|| format!("weighing {}", path.display()))?.len())
    };
    let mut total = 0;
    for piece in files(&workspace.page)? {
        let name = piece.display().to_string();
        let sent = match name.rsplit_once('.') {
            Some((_, "woff2")) => weight(&name)?,
            Some((loose, "gz")) => {
                println!("  {:<28} {:>9} B", loose, weight(loose)?);
                weight(&name)?
            }
            // The sample is fetched by those who ask for it.
            _ => continue,
        };
        total += sent;
        println!("  {name:<28} {sent:>9} B sent");
    }
    ensure!(total > 0, "target/page holds nothing to send: `cargo xtask page` fills it");
    println!("  page: {:.1} KB of {} KB allowed", total as f64 / 1000.0, LIMIT_BYTES / 1000);
    ensure!(total < LIMIT_BYTES, "the page is {total} bytes packed, {} too many", total - LIMIT_BYTES);
    Ok(())
}
