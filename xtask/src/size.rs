//! How heavy the page is on the wire, and where we stop.

use std::{fs, io::Write as _};

use anyhow::{Context as _, Result, ensure};
use flate2::{Compression, write::GzEncoder};

use crate::{page::files, workspace::Workspace};

/// The page is to weigh less than 250 KB with its fonts and does not yet; until it does this may only fall.
const LIMIT_BYTES: usize = 335_000;

/// Prints what each file of the page weighs gzipped; fails over the limit.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut total = 0;
    for piece in files(&workspace.page)? {
        if piece
            .extension()
            .is_none_or(|it| !["wasm", "js", "html", "css", "woff2", "svg"].iter().any(|end| it == *end))
        {
            continue;
        }
        let path = workspace.page.join(&piece);
        let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        let gzipped = gzipped_bytes(&bytes)?;
        total += gzipped;
        println!("  {:<28} {:>9} B, gzip {:>8} B", piece.display().to_string(), bytes.len(), gzipped);
    }
    ensure!(total > 0, "target/page is empty: `cargo xtask page` fills it");
    println!("  page: {:.1} KB gzip of {} KB allowed", total as f64 / 1000.0, LIMIT_BYTES / 1000);
    ensure!(total < LIMIT_BYTES, "the page is {total} bytes gzipped, {} too many", total - LIMIT_BYTES);
    Ok(())
}

fn gzipped_bytes(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}
