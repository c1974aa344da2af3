//! Which Java runs Kafka: JAVA_HOME's, else the one in PATH, and what version it is.

use std::{fs, path::PathBuf};

use super::{Environment, ProvisionError};
use crate::cluster::{spawner::Spawner, tool};

/// Kafka 4 brokers need it (KIP-1013).
const OLDEST: u32 = 17;

/// A Java that is new enough.
#[derive(Debug)]
pub(super) struct Java {
    pub(super) program: PathBuf,
    /// `17.0.15`.
    pub(super) version: String,
    /// All it says of itself; another build is another Java to the class archive.
    pub(super) release: String,
}

pub(super) async fn find(environment: &Environment, spawner: &Spawner) -> Result<Java, ProvisionError> {
    let program = match &environment.java_home {
        Some(home) => Some(home.join("bin/java"))
            .filter(|program| tool::is_executable(program))
            .ok_or_else(|| ProvisionError::JavaHomeWrong { path: home.clone() })?,
        None => tool::find("java", &environment.path).ok_or(ProvisionError::JavaMissing)?,
    };
    // The link in PATH says nothing; the folder it leads to has a file that spares us a JVM's start.
    let program = program.canonicalize().unwrap_or(program);
    let release = program.ancestors().nth(2).map(|home| home.join("release"));
    let release = release.and_then(|file| fs::read_to_string(file).ok()).filter(|text| text.contains("JAVA_VERSION="));
    let release = match release {
        Some(release) => release,
        None => ask(&program, spawner).await?,
    };
    let version = version(&release).ok_or_else(|| ProvisionError::JavaBroken {
        path: program.clone(),
        cause: format!("it does not tell its version but {:?}", release.lines().next().unwrap_or_default()),
    })?;
    if major(&version).is_none_or(|major| major < OLDEST) {
        return Err(ProvisionError::JavaTooOld { path: program, version });
    }
    Ok(Java { program, version, release })
}

async fn ask(program: &PathBuf, spawner: &Spawner) -> Result<String, ProvisionError> {
    let mut command = spawner.command(program);
    command.arg("-version");
    let broken = |cause| ProvisionError::JavaBroken { path: program.clone(), cause };
    let (exit, said) = tool::run(spawner, command).await.map_err(|error| broken(error.to_string()))?;
    if exit.status.success() {
        Ok(said)
    } else {
        Err(broken(format!("{}, saying {:?}", exit.describe(), said.lines().next().unwrap_or_default())))
    }
}

/// From a release file (`JAVA_VERSION="17.0.15"`) or from `java -version` (`openjdk version "17.0.15" 2025-04-15`).
fn version(release: &str) -> Option<String> {
    let line = release.lines().find(|line| line.starts_with("JAVA_VERSION=") || line.contains(" version \""))?;
    line.split('"').nth(1).map(str::to_owned)
}

/// `17.0.15`, `21-ea` and, before Java 9, `1.8.0_402`.
fn major(version: &str) -> Option<u32> {
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok());
    match numbers.next()? {
        1 => numbers.next(),
        major => Some(major),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_every_age_are_read() {
        for (text, expected) in [
            ("IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"17.0.15\"\nOS_ARCH=\"x86_64\"\n", 17),
            ("openjdk version \"21\" 2023-09-19\n", 21),
            ("openjdk version \"25-ea\" 2025-09-16\n", 25),
            ("java version \"1.8.0_402\"\n", 8),
        ] {
            assert_eq!(version(text).as_deref().and_then(major), Some(expected), "{text}");
        }
        assert_eq!(version("no such thing"), None);
    }
}
