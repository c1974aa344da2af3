//! `cargo xtask run`: builds what is missing, then becomes the gateway.

use std::{os::unix::process::CommandExt as _, process::Command};

use anyhow::{Context as _, Result};

use crate::{build, workspace::Workspace};

/// Replaces this process, so that Ctrl-C, signals and the exit code are the gateway's own.
pub(crate) fn run(workspace: &Workspace, args: &[&str]) -> Result<()> {
    let program = build::build(workspace)?;
    let args = args.strip_prefix(&["--"]).unwrap_or(args);
    let failure = Command::new(&program).arg("serve").args(args).exec();
    Err(failure).with_context(|| format!("starting {}", program.display()))
}
