//! The test programs cargo built, and how each is run.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use xshell::cmd;

use crate::{step::timed, workspace::Workspace};

/// Sorted by crate, and what is inside it first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Program {
    /// The folder of its crate, where cargo would run it.
    folder: PathBuf,
    /// `tests/NAME.rs`, not the tests inside a crate.
    integration: bool,
    executable: PathBuf,
}

/// Builds all tests at once. `cargo test --test NAME` would choose fewer packages, thereby other features, and build most
/// dependencies a second time; so we run the programs ourselves.
pub(crate) fn build(workspace: &Workspace) -> Result<Vec<Program>> {
    let build = cmd!(workspace.shell, "cargo test --workspace --no-run --message-format json-render-diagnostics");
    let messages = build.quiet().read()?;
    let mut programs: Vec<Program> = messages.lines().filter_map(program).collect();
    // cargo tells of them in the order they were done, which is another one each time.
    programs.sort();
    Ok(programs)
}

/// One of cargo's messages, where it tells of a test program.
fn program(message: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(message).ok()?;
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    Some(Program {
        executable: message["executable"].as_str()?.into(),
        folder: Path::new(message["manifest_path"].as_str()?).parent()?.to_path_buf(),
        integration: message["target"]["kind"][0] == "test",
    })
}

impl Program {
    /// Everything under gateway/tests/ starts the real thing.
    pub(crate) fn needs_cluster(&self) -> bool {
        self.integration && self.folder.ends_with("gateway")
    }

    /// Runs it, and what failed in it once more, alone. These tests hold a real cluster to fractions of a second on a
    /// machine that others use too: what fails twice is wrong, what fails once is said and not hidden.
    pub(crate) fn run_twice(&self, workspace: &Workspace, args: &[&str]) -> Result<()> {
        let file = self.executable.file_stem().context("a program has a name")?.to_string_lossy();
        let folder = workspace.target.join("tmp");
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let log = folder.join(format!("{file}.log"));
        let executable = self.executable.to_string_lossy();
        let quoted = format!("set -o pipefail; '{executable}' {} 2>&1 | tee '{}'", args.join(" "), log.display());
        let shell = workspace.shell.clone();
        shell.change_dir(&self.folder);
        let run = cmd!(shell, "bash -c {quoted}").env("CARGO_MANIFEST_DIR", &self.folder).quiet();
        println!("-- {file}");
        if timed(&file, "ended", || Ok(run.run().is_ok()))? {
            return Ok(());
        }
        let said = std::fs::read_to_string(&log).with_context(|| format!("cannot read {}", log.display()))?;
        let failed = failed(&said);
        ensure!(!failed.is_empty(), "{file} ended without naming a failed test; its words are in {}", log.display());
        println!("-- FAILED ONCE, tried once more: {}", failed.join(", "));
        let again: Vec<&str> = args.iter().copied().chain(["--exact"]).chain(failed).collect();
        self.run(workspace, &again)
    }

    /// Runs it as `cargo test` would, with these arguments.
    pub(crate) fn run(&self, workspace: &Workspace, args: &[&str]) -> Result<()> {
        let file = self.executable.file_stem().context("a program has a name")?.to_string_lossy();
        // cargo puts a hash behind the name.
        let name = file.rsplit_once('-').map_or(&*file, |(name, _)| name);
        let shell = workspace.shell.clone();
        shell.change_dir(&self.folder);
        println!("-- {name}{}", if self.integration { "" } else { " (inside)" });
        let executable = &self.executable;
        let run = cmd!(shell, "{executable} {args...}").env("CARGO_MANIFEST_DIR", &self.folder).quiet();
        timed(name, "passed", || Ok(run.run()?))
    }
}

/// The tests that libtest says have failed: their names stand alone, indented, in its list of failures.
fn failed(said: &str) -> Vec<&str> {
    let list = said.rsplit_once("\nfailures:\n").map_or("", |(_, list)| list);
    let names = list.lines().take_while(|line| !line.starts_with("test result"));
    names.filter_map(|line| line.strip_prefix("    ")).map(str::trim).filter(|name| !name.contains(' ')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_tests_are_read_off_the_last_list() {
        let said = "test a::b ... FAILED\ntest c ... ok\n\nfailures:\n\n---- a::b stdout ----\nwords\n\nfailures:\n    a::b\n    d\n\n\
                    test result: FAILED. 1 passed\n";
        assert_eq!(failed(said), ["a::b", "d"]);
        assert!(failed("test result: ok. 3 passed").is_empty());
    }

    #[test]
    fn only_test_programs_are_taken_from_what_cargo_says() {
        let built = r#"{"reason":"compiler-artifact","manifest_path":"/x/gateway/Cargo.toml","target":{"kind":["test"],"name":"a"},
            "profile":{"test":true},"executable":"/t/a-1f"}"#;
        let program = program(built).expect("a test program");
        assert!(program.needs_cluster());
        assert_eq!(super::program(&built.replace("[\"test\"]", "[\"lib\"]")).map(|it| it.needs_cluster()), Some(false));
        assert_eq!(super::program(&built.replace("true", "false")), None);
        assert_eq!(super::program(r#"{"reason":"build-finished","success":true}"#), None);
        assert_eq!(super::program("not JSON"), None);
    }
}
