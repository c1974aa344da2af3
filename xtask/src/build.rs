//! `cargo xtask build`: the gateway with the page inside.

use std::path::PathBuf;

use anyhow::Result;
use xshell::cmd;

use crate::{
    page::{self, Profile},
    step::timed,
    tools,
    workspace::Workspace,
};

/// Builds what is missing; returns the path of the program.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    tools::need_compilers()?;
    page::build(workspace, Profile::Release)?;
    timed("gateway", "built", || {
        Ok(cmd!(workspace.shell, "cargo build --release --package kafkascope").quiet().run()?)
    })?;
    Ok(workspace.target.join("release").join("kafkascope"))
}
