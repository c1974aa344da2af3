//! Kafka's jars: KAFKA_HOME's, or the pinned ones, brought once by Maven into the cache.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::{FlockOperation, flock};

use super::{Environment, KAFKA_VERSION, ProvisionError, java::Java};
use crate::cluster::{
    spawner::Spawner,
    tool::{self, Progress, timed},
};

/// What Maven is asked for.
const POM: &str = include_str!("../../../kafka/pom.xml");

/// The version and the jars, in an order that is always the same: the class archive depends on it.
pub(super) async fn find(
    environment: &Environment,
    java: &Java,
    spawner: &Spawner,
    progress: Progress<'_>,
) -> Result<(String, Vec<PathBuf>), ProvisionError> {
    if let Some(home) = &environment.kafka_home {
        // The processes run in a folder of their own.
        return in_home(&std::path::absolute(home).unwrap_or_else(|_| home.clone()));
    }
    let folder = environment.cache.join(format!("kafka-{KAFKA_VERSION}"));
    if let Some(jars) = brought(&folder) {
        return Ok((String::from(KAFKA_VERSION), jars));
    }
    let lock_path = environment.cache.join(format!("kafka-{KAFKA_VERSION}.lock"));
    let lock = File::create(&lock_path).map_err(ProvisionError::file("write", &lock_path))?;
    timed(progress, "waiting for another kafkascope that brings Kafka", locked(&lock)).await;
    // Whoever held the lock has brought them, or failed.
    if let Some(jars) = brought(&folder) {
        return Ok((String::from(KAFKA_VERSION), jars));
    }
    bring(environment, &folder, java, spawner, progress).await?;
    let jars = brought(&folder).ok_or_else(|| ProvisionError::MavenFailed {
        cause: format!("it left no kafka_2.13-{KAFKA_VERSION}.jar in {}", folder.display()),
    })?;
    Ok((String::from(KAFKA_VERSION), jars))
}

/// Whether they are here, or can be brought.
pub(super) fn can_be_found(environment: &Environment) -> Result<(), ProvisionError> {
    if let Some(home) = &environment.kafka_home {
        return in_home(home).map(drop);
    }
    let is_here = brought(&environment.cache.join(format!("kafka-{KAFKA_VERSION}"))).is_some();
    if is_here || tool::find("mvn", &environment.path).is_some() { Ok(()) } else { Err(ProvisionError::MavenMissing) }
}

fn in_home(home: &Path) -> Result<(String, Vec<PathBuf>), ProvisionError> {
    let wrong = |cause| ProvisionError::KafkaHomeWrong { path: home.to_owned(), cause };
    let jars = list(&home.join("libs")).map_err(|error| wrong(format!("its folder libs cannot be read ({error})")))?;
    let version = jars.iter().find_map(|jar| {
        let name = jar.file_stem()?.to_str()?;
        name.strip_prefix("kafka_2.13-").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    // Besides kafka_2.13-4.3.1.jar a distribution may hold kafka_2.13-4.3.1-sources.jar.
    let version = version.map(|version| version.split('-').next().unwrap_or(version).to_owned());
    match version {
        Some(version) if version.starts_with("4.") => Ok((version, jars)),
        Some(version) => Err(wrong(format!("it is Kafka {version}"))),
        None => Err(wrong(String::from("there is no kafka_2.13-….jar in its folder libs"))),
    }
}

/// The jars in our own folder, where it is complete: it is renamed into its place only then.
fn brought(folder: &Path) -> Option<Vec<PathBuf>> {
    let jars = list(&folder.join("libs")).ok()?;
    let has = |start: &str| jars.iter().filter_map(|jar| jar.file_name()?.to_str()).any(|name| name.starts_with(start));
    let wanted = [
        format!("kafka_2.13-{KAFKA_VERSION}"),
        format!("kafka-tools-{KAFKA_VERSION}"),
        String::from("log4j-slf4j-impl-"),
    ];
    wanted.iter().all(|start| has(start)).then_some(jars)
}

fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut jars = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_jar = path.extension().is_some_and(|extension| extension == "jar");
        // A colon would split the class path.
        if is_jar && !path.to_string_lossy().contains(':') {
            jars.push(path);
        }
    }
    jars.sort();
    Ok(jars)
}

async fn locked(lock: &File) {
    // flock(2) that waits would hold a thread which nothing can stop.
    while flock(lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn bring(
    environment: &Environment,
    folder: &Path,
    java: &Java,
    spawner: &Spawner,
    progress: Progress<'_>,
) -> Result<(), ProvisionError> {
    let maven = tool::find("mvn", &environment.path).ok_or(ProvisionError::MavenMissing)?;
    let temporary = environment.cache.join(format!("kafka-{KAFKA_VERSION}.part"));
    // We hold the lock: what is there was left by somebody who died at it.
    drop(fs::remove_dir_all(&temporary));
    let pom = temporary.join("pom.xml");
    fs::create_dir_all(&temporary).and_then(|()| fs::write(&pom, POM)).map_err(ProvisionError::file("write", &pom))?;
    let mut command = spawner.command(maven);
    command
        .args(["-q", "-B", "-f"])
        .arg(&pom)
        .args(["dependency:copy-dependencies", "-DincludeScope=runtime"])
        .arg(format!("-DoutputDirectory={}", temporary.join("libs").display()))
        .current_dir(&temporary);
    if let Some(home) = java.program.ancestors().nth(2) {
        command.env("JAVA_HOME", home);
    }
    let what = format!("bringing Apache Kafka {KAFKA_VERSION} through Maven (54 MB, once)");
    let brought = timed(progress, &what, tool::run(spawner, command)).await;
    let result = match brought {
        Ok((exit, _)) if exit.status.success() => {
            // An incomplete folder of an older try is in the way of the rename.
            drop(fs::remove_dir_all(folder));
            fs::rename(&temporary, folder).map_err(ProvisionError::file("write", folder))
        }
        Ok((exit, said)) => Err(failure(&said, &temporary).unwrap_or_else(|| ProvisionError::MavenFailed {
            cause: format!("it {} without a word", exit.describe()),
        })),
        Err(error) => Err(ProvisionError::MavenFailed { cause: error.to_string() }),
    };
    if result.is_err() {
        drop(fs::remove_dir_all(&temporary));
    }
    result
}

/// What Maven's output says went wrong.
fn failure(said: &str, folder: &Path) -> Option<ProvisionError> {
    if said.contains("No space left on device") {
        let cause = io::ErrorKind::StorageFull.into();
        return Some(ProvisionError::File { what: "write", path: folder.to_owned(), cause });
    }
    let line = said.lines().find(|line| line.contains("ERROR")).or_else(|| said.lines().next())?;
    let cause = line.trim_start_matches("[ERROR]").trim();
    Some(ProvisionError::MavenFailed { cause: cause.chars().take(300).collect() })
}
