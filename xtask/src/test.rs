//! `cargo xtask test`: what CI runs, part by part, with the seconds of each.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use xshell::cmd;

mod programs;

use crate::{
    page::{self, Profile},
    size,
    step::seconds,
    tidy, tools,
    workspace::Workspace,
};

/// A part: its name, and what it does.
type Part = (&'static str, fn(&Workspace) -> Result<()>);

/// In the order that finds a mistake soonest.
const PARTS: [Part; 10] = [
    ("tools", |_| tools::need_compilers().and_then(|()| tools::need_kafka_tools())),
    ("fmt", fmt),
    ("tidy", tidy::tidy),
    ("clippy", clippy),
    ("clippy-page", clippy_page),
    ("page", |workspace| page::build(workspace, Profile::Release)),
    ("size", size::check),
    ("test-build", |workspace| programs::build(workspace).map(drop)),
    ("unit", unit),
    ("cluster", cluster),
];

/// Runs the parts named, or all; stops at the first that fails.
pub(crate) fn test(workspace: &Workspace, wanted: &[&str]) -> Result<()> {
    for name in wanted {
        let names = PARTS.map(|(it, _)| it);
        ensure!(names.contains(name), "no such part: {name}; the parts are {}", names.join(", "));
    }
    let start = Instant::now();
    let mut took = Vec::new();
    for (name, work) in PARTS {
        if !wanted.is_empty() && !wanted.contains(&name) {
            continue;
        }
        println!("== {name}");
        let part = Instant::now();
        work(workspace).with_context(|| format!("{name} failed after {}", seconds(part.elapsed())))?;
        took.push((name, part.elapsed()));
    }
    println!("== all passed");
    for (name, part) in took {
        println!("  {name:<12} {:>12}", seconds(part));
    }
    println!("  {:<12} {:>12}", "together", seconds(start.elapsed()));
    Ok(())
}

fn fmt(workspace: &Workspace) -> Result<()> {
    cmd!(workspace.shell, "cargo fmt --all --check").quiet().run().context("`cargo fmt --all` mends it")
}

// `-D warnings` goes to clippy alone: in RUSTFLAGS it would make cargo build every dependency once more.
fn clippy(workspace: &Workspace) -> Result<()> {
    Ok(cmd!(workspace.shell, "cargo clippy --workspace --all-targets -- -D warnings").quiet().run()?)
}

fn clippy_page(workspace: &Workspace) -> Result<()> {
    tools::need_wasm_target(&workspace.shell)?;
    let target = "wasm32-unknown-unknown";
    // The profile the page is built with next: both share what runs at build time (macros, build scripts).
    let profile = Profile::Release.cargo_name();
    let packages = ["--package", "kafkascope-page", "--target", target, "--profile", profile];
    Ok(cmd!(workspace.shell, "cargo clippy {packages...} -- -D warnings").quiet().run()?)
}

/// Everything that needs no cluster and no browser.
fn unit(workspace: &Workspace) -> Result<()> {
    let programs = programs::build(workspace)?;
    programs.iter().filter(|it| !it.needs_cluster()).try_for_each(|it| it.run(workspace, &[]))
}

/// The gateway's own tests: the real program on a real cluster, in a real browser; one at a time, since each brings four JVMs.
fn cluster(workspace: &Workspace) -> Result<()> {
    tools::bring_test_tools(&workspace.shell)?;
    let programs = programs::build(workspace)?;
    let mut programs = programs.iter().filter(|it| it.needs_cluster()).peekable();
    ensure!(programs.peek().is_some(), "gateway/tests/ holds no test");
    programs.try_for_each(|it| it.run_twice(workspace, &["--test-threads=1"]))
}
