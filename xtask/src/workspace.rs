//! Where things lie: the repository's root, cargo's target folder, the finished page.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use xshell::Shell;

/// The places every command needs, and a shell that stands at the root.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Wherever cargo was told to build.
    pub(crate) target: PathBuf,
    /// The finished page. The gateway embeds it from exactly here, so it does not follow `target`.
    pub(crate) page: PathBuf,
    pub(crate) shell: Shell,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        // Read when run, not when built: a moved clone would otherwise work on the old one.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = PathBuf::from(manifest).parent().context("xtask stands beside the other crates")?.to_path_buf();
        // This program is TARGET/debug/xtask, whatever moved TARGET (a variable, a setting, a flag).
        let program = std::env::current_exe().context("asking for the path of xtask itself")?;
        let target = program.ancestors().nth(2).context("xtask lies in cargo's target folder")?.to_path_buf();
        let shell = Shell::new().context("looking at the current folder")?;
        shell.change_dir(&root);
        Ok(Self { page: root.join("target").join("page"), root, target, shell })
    }
}
