//! The page's files, built by `cargo xtask page` and embedded in the binary.

use std::borrow::Cow;

use anyhow::{Context as _, bail};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "../target/page"]
#[allow_missing = true]
struct Page;

/// What the page was to be built with.
pub(crate) const CURE: &str = "the page was not built into this binary; run `cargo xtask build`";

/// One file of the page.
pub(crate) fn file(name: &str) -> Option<Cow<'static, [u8]>> {
    Page::get(name).map(|file| file.data)
}

/// One file of the page that must be there.
pub(crate) fn must(name: &str) -> anyhow::Result<Cow<'static, [u8]>> {
    file(name).with_context(|| format!("{name} is missing: {CURE}"))
}

/// A text of the page that must be there.
pub(crate) fn text(name: &str) -> anyhow::Result<String> {
    Ok(String::from_utf8_lossy(&must(name)?).into_owned())
}

/// The names of all files, without those that are packed for sending.
pub(crate) fn names() -> anyhow::Result<Vec<String>> {
    let names: Vec<String> = Page::iter().map(String::from).filter(|name| !name.ends_with(".gz")).collect();
    if names.is_empty() {
        bail!(CURE);
    }
    Ok(names)
}
