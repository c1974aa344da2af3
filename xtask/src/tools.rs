//! What has to be on the machine, how to see that it is missing, and the one sentence that says how to get it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail, ensure};
use xshell::{Shell, cmd};

use crate::step::timed;

const OLDEST_JAVA: u32 = 17;

/// The compilers and make that librdkafka and SQLite are built with.
pub(crate) fn need_compilers() -> Result<()> {
    for (variable, program, what) in [
        ("CC", "cc", "C compiler"),
        ("CXX", "c++", "C++ compiler"),
        ("MAKE", "make", "make"),
        ("BASH", "bash", "shell"),
    ] {
        let wanted = env::var_os(variable).unwrap_or_else(|| program.into());
        // "ccache gcc" is a wrapper and its argument.
        let first = wanted.to_string_lossy().split_whitespace().next().unwrap_or(program).to_owned();
        ensure!(
            find(&first).is_some(),
            "the {what} `{first}` is missing, which librdkafka is built with: install it (Debian: apt-get install build-essential; \
             Fedora: dnf install gcc gcc-c++ make; macOS: xcode-select --install)"
        );
    }
    Ok(())
}

/// The standard library for wasm32; rustup brings it where it is missing.
pub(crate) fn need_wasm_target(shell: &Shell) -> Result<()> {
    let target = "wasm32-unknown-unknown";
    let folder = cmd!(shell, "rustc --print target-libdir --target {target}").quiet().read()?;
    if Path::new(&folder).exists() {
        return Ok(());
    }
    ensure!(
        find("rustup").is_some(),
        "Rust's {target} target is missing and rustup is not here to bring it: install Rust with rustup, \
         or your system's package of that target"
    );
    timed("wasm target", "brought by rustup", || Ok(cmd!(shell, "rustup target add {target}").quiet().run()?))
}

/// Java and Maven, which the tests on a real cluster need.
pub(crate) fn need_kafka_tools() -> Result<()> {
    let java = env::var_os("JAVA_HOME").map(|home| Path::new(&home).join("bin").join("java"));
    let java = java.filter(|it| it.exists()).or_else(|| find("java"));
    let how = "install a JDK (Debian: apt-get install openjdk-17-jdk-headless) or set JAVA_HOME";
    let Some(java) = java else { bail!("Java {OLDEST_JAVA} or newer is missing, which Kafka runs on: {how}") };
    let said = Command::new(&java).arg("-version").output().with_context(|| format!("running {}", java.display()))?;
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let major = java_major(&said).with_context(|| format!("{} does not say its version: {said}", java.display()))?;
    ensure!(
        major >= OLDEST_JAVA,
        "Java {major} at {} is too old, {OLDEST_JAVA} or newer is needed: {how}",
        java.display()
    );
    ensure!(
        find("mvn").is_some() || env::var_os("KAFKA_HOME").is_some(),
        "Maven (`mvn`) is missing, which brings Kafka: install it (Debian: apt-get install maven) or set KAFKA_HOME to an unpacked Kafka"
    );
    Ok(())
}

/// `openjdk version "17.0.17"` is 17; up to 8 it was written 1.8.
fn java_major(said: &str) -> Option<u32> {
    let version = said.split('"').nth(1)?;
    let mut numbers = version.split(|it: char| !it.is_ascii_digit()).filter_map(|it| it.parse().ok());
    match numbers.next()? {
        1 => numbers.next(),
        major => Some(major),
    }
}

/// A browser, its driver and kcat: the tests' second opinion. Installed with apt where that may be.
pub(crate) fn bring_test_tools(shell: &Shell) -> Result<()> {
    let wanted: [(&[&str], &str); 3] = [
        (&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"], "chromium"),
        (&["chromedriver"], "chromium-driver"),
        (&["kcat", "kafkacat"], "kcat"),
    ];
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(names, _)| names.iter().all(|it| find(it).is_none()))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let how = format!("missing: {}; install with: apt-get install {0}", missing.join(" "));
    let Some(prefix) = apt(shell) else { bail!("{how} (this account may not run apt-get by itself)") };
    timed("test tools", "installed with apt", || {
        for words in [&["update"][..], &[&["install", "-y", "--no-install-recommends"], missing.as_slice()].concat()] {
            // `env` twice: sudo drops the variables of its caller.
            cmd!(shell, "env {prefix...} env DEBIAN_FRONTEND=noninteractive apt-get {words...}")
                .quiet()
                .ignore_stdout()
                .run()
                .context(how.clone())?;
        }
        Ok(())
    })
}

/// What to put before apt-get: nothing for root, sudo where it asks for no password, None where neither works.
fn apt(shell: &Shell) -> Option<&'static [&'static str]> {
    find("apt-get")?;
    if cmd!(shell, "id -u").quiet().read().is_ok_and(|it| it == "0") {
        return Some(&[]);
    }
    find("sudo")?;
    let allowed = cmd!(shell, "sudo -n true").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    allowed.then_some(&["sudo", "-n"])
}

/// Where `program` is, by PATH or by itself if it is a path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|it| it.is_file());
    }
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|it| it.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_javas_own_way_to_say_its_version_is_understood() {
        assert_eq!(java_major("openjdk version \"17.0.17\" 2025-10-21\nOpenJDK Runtime"), Some(17));
        assert_eq!(java_major("openjdk version \"25\" 2025-09-16"), Some(25));
        assert_eq!(java_major("java version \"1.8.0_432\""), Some(8));
        assert_eq!(java_major("java version \"26-ea\" 2026-03-17"), Some(26));
        assert_eq!(java_major("The operation couldn’t be completed. Unable to locate a Java Runtime."), None);
    }

    #[test]
    fn a_program_is_found_by_name_and_by_path() {
        assert!(find("sh").is_some());
        assert!(find("/bin/sh").is_some());
        assert!(find("no-such-program-here").is_none());
    }
}
