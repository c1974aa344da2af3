//! `cargo xtask bench`: which program measures what, built as users get it.

use anyhow::Result;
use xshell::cmd;

use crate::{build, step::timed, tools, workspace::Workspace};

/// The tap beside a plain copy, HAProxy and toxiproxy; `args` go to the bench.
pub(crate) fn tap(workspace: &Workspace, args: &[&str]) -> Result<()> {
    tools::need_compilers()?;
    tools::need_kafka_tools()?;
    timed("bench", "built", || {
        let what = ["--bin", "kafkascope", "--example", "bench_tap"];
        Ok(cmd!(workspace.shell, "cargo build --release --package kafkascope {what...}").quiet().run()?)
    })?;
    let program = workspace.target.join("release").join("examples").join("bench_tap");
    Ok(cmd!(workspace.shell, "{program} {args...}").quiet().run()?)
}

/// Frames of the page beside pixi.js; `args` go to the bench.
pub(crate) fn page(workspace: &Workspace, args: &[&str]) -> Result<()> {
    build::build(workspace)?;
    timed("bench", "built", || {
        let what = ["--example", "bench_page"];
        Ok(cmd!(workspace.shell, "cargo build --release --package kafkascope {what...}").quiet().run()?)
    })?;
    let program = workspace.target.join("release").join("examples").join("bench_page");
    Ok(cmd!(workspace.shell, "{program} {args...}").quiet().run()?)
}
