//! `cargo xtask tour`: the recordings in static/, made anew by the program as users get it, on a real cluster.

use anyhow::Result;
use xshell::cmd;

use crate::{step::timed, tools, workspace::Workspace};

pub(crate) fn tour(workspace: &Workspace) -> Result<()> {
    tools::need_compilers()?;
    timed("tour", "built", || {
        let what = ["--bin", "kafkascope", "--example", "record_tour"];
        Ok(cmd!(workspace.shell, "cargo build --release --package kafkascope {what...}").quiet().run()?)
    })?;
    let release = workspace.target.join("release");
    let (program, record) = (release.join("kafkascope"), release.join("examples").join("record_tour"));
    let to = workspace.root.join("static");
    Ok(cmd!(workspace.shell, "{record} {program} {to}").quiet().run()?)
}
