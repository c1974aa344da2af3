//! `cargo xtask soak`: long runs against a gateway as users get it.

use anyhow::Result;
use xshell::cmd;

use crate::{step::timed, tools, workspace::Workspace};

/// Every scene many times in random order; `args` go to the program that plays them.
pub(crate) fn scenes(workspace: &Workspace, args: &[&str]) -> Result<()> {
    tools::need_compilers()?;
    timed("soak", "built", || {
        let what = ["--bin", "kafkascope", "--example", "soak_scenes"];
        Ok(cmd!(workspace.shell, "cargo build --release --package kafkascope {what...}").quiet().run()?)
    })?;
    let release = workspace.target.join("release");
    let (program, soak) = (release.join("kafkascope"), release.join("examples").join("soak_scenes"));
    Ok(cmd!(workspace.shell, "{soak} --program {program} {args...}").quiet().run()?)
}
