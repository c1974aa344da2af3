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

/// Our page beside asciinema-player and rrweb-player; `args` go to the bench.
pub(crate) fn player(workspace: &Workspace, args: &[&str]) -> Result<()> {
    tools::need_compilers()?;
    build::build(workspace)?;
    timed("bench", "built", || {
        let what = ["--example", "bench_player"];
        Ok(cmd!(workspace.shell, "cargo build --release --package kafkascope {what...}").quiet().run()?)
    })?;
    let others = workspace.target.join("bench-player");
    std::fs::create_dir_all(&others)?;
    cmd!(
        workspace.shell,
        "npm install --no-audit --no-fund --prefix {others} asciinema-player@3.18.0 rrweb-player@2.1.7"
    )
    .quiet()
    .run()?;
    let release = workspace.target.join("release");
    let (program, bench) = (release.join("kafkascope"), release.join("examples").join("bench_player"));
    let modules = others.join("node_modules");
    Ok(cmd!(workspace.shell, "{bench} --program {program} --modules {modules} {args...}").quiet().run()?)
}
