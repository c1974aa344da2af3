//! Everything a cluster needs before it can start: a Java, Kafka's jars, a formatted controller and the class archive's place.

mod format;
mod jars;
mod java;

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::UNIX_EPOCH,
};

use super::{spawner::Spawner, tool::Progress};

/// The version that is brought where KAFKA_HOME names no other.
pub const KAFKA_VERSION: &str = "4.3.1";

/// Why there can be no cluster on this machine; each is one sentence a person can act on.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// No Java at all.
    #[error(
        "no Java found in PATH, and JAVA_HOME is not set; install a JDK 17 or newer (Debian: apt-get install openjdk-17-jdk-headless)"
    )]
    JavaMissing,
    /// JAVA_HOME names no Java.
    #[error("JAVA_HOME is {path}, but there is no bin/java in it; set it to a JDK 17 or newer, or unset it", path = .path.display())]
    JavaHomeWrong {
        /// JAVA_HOME.
        path: PathBuf,
    },
    /// A Java that does not say what it is.
    #[error("{path} does not work as a Java: {cause}; set JAVA_HOME to a JDK 17 or newer", path = .path.display())]
    JavaBroken {
        /// The program.
        path: PathBuf,
        /// What it said.
        cause: String,
    },
    /// Kafka 4 brokers need Java 17 (KIP-1013).
    #[error("{path} is Java {version}, and Kafka 4 needs 17 or newer; set JAVA_HOME to a newer JDK", path = .path.display())]
    JavaTooOld {
        /// The program.
        path: PathBuf,
        /// Its version.
        version: String,
    },
    /// KAFKA_HOME is not an unpacked Kafka 4.
    #[error("KAFKA_HOME is {path}, but {cause}; set it to an unpacked Apache Kafka 4, or unset it to have Kafka {KAFKA_VERSION} brought by Maven", path = .path.display())]
    KafkaHomeWrong {
        /// KAFKA_HOME.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// No jars, and nobody to bring them.
    #[error(
        "Kafka's jars are not here yet, and Maven (mvn), which brings them, is not in PATH; install Maven (Debian: apt-get install maven), or set KAFKA_HOME to an unpacked Apache Kafka 4"
    )]
    MavenMissing,
    /// Maven did not bring them.
    #[error(
        "Maven could not bring Kafka {KAFKA_VERSION}: {cause}; see that this machine reaches Maven Central (a mirror or proxy stands in ~/.m2/settings.xml), or set KAFKA_HOME to an unpacked Apache Kafka 4"
    )]
    MavenFailed {
        /// Maven's own word.
        cause: String,
    },
    /// Kafka's format tool failed.
    #[error("Kafka's format tool (kafka.tools.StorageTool) failed: {cause}")]
    FormatFailed {
        /// Its own word.
        cause: String,
    },
    /// A file or folder of ours.
    #[error("cannot {what} {path}: {cause}; {cure}", path = .path.display(), cure = cure(.cause))]
    File {
        /// What was tried: `write`.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's word.
        cause: io::Error,
    },
}

fn cure(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::StorageFull => "free space on that disk, or set XDG_CACHE_HOME to a folder on another",
        _ => "set XDG_CACHE_HOME to a folder that can be written",
    }
}

impl ProvisionError {
    fn file(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::File { what, path, cause }
    }
}

/// What is looked at to find Java, Maven, Kafka and the cache; the process's environment, or a test's.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// PATH.
    pub path: OsString,
    /// JAVA_HOME.
    pub java_home: Option<PathBuf>,
    /// KAFKA_HOME.
    pub kafka_home: Option<PathBuf>,
    /// The folder `kafkascope` of XDG_CACHE_HOME or ~/.cache; the temporary folder's where there is no home.
    pub cache: PathBuf,
}

impl Environment {
    /// This process's.
    pub fn of_this_process() -> Self {
        let folder = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = folder("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        let cache = cache.or_else(|| folder("HOME").map(|home| home.join(".cache")));
        Self {
            path: std::env::var_os("PATH").unwrap_or_default(),
            java_home: folder("JAVA_HOME"),
            kafka_home: folder("KAFKA_HOME"),
            cache: cache.unwrap_or_else(std::env::temp_dir).join("kafkascope"),
        }
    }
}

/// A Kafka that can be started on this machine.
#[derive(Clone, Debug)]
pub struct Kafka {
    /// `4.3.1`.
    pub version: String,
    /// `17.0.15`.
    pub java_version: String,
    java: PathBuf,
    jars: Vec<PathBuf>,
    /// Our cache folder.
    cache: PathBuf,
    /// What was made from this very Java and these very jars.
    made: PathBuf,
}

/// Whether a cluster can be had on this machine, asked before anything is started or brought.
///
/// # Errors
/// What is missing, and where it comes from.
pub async fn is_possible(environment: &Environment, spawner: &Spawner) -> Result<(), ProvisionError> {
    java::find(environment, spawner).await?;
    jars::can_be_found(environment)
}

/// Finds Java and Kafka, brings and prepares what is missing, and tells of what takes longer than two seconds.
///
/// # Errors
/// Where something is missing that cannot be brought.
pub async fn provision(
    environment: &Environment,
    spawner: &Spawner,
    progress: Progress<'_>,
) -> Result<Kafka, ProvisionError> {
    let cache = environment.cache.clone();
    fs::create_dir_all(&cache).map_err(ProvisionError::file("make the folder", &cache))?;
    let java = java::find(environment, spawner).await?;
    let (version, jars) = jars::find(environment, &java, spawner, progress).await?;
    let key = key(&java, &jars).map_err(ProvisionError::file("read Kafka's jars in", &cache))?;
    let made = cache.join(format!("stage-{version}-{key:016x}"));
    fs::create_dir_all(&made).map_err(ProvisionError::file("make the folder", &made))?;
    let kafka = Kafka { version, java_version: java.version, java: java.program, jars, cache, made };
    format::prepare(&kafka, spawner, progress).await?;
    Ok(kafka)
}

impl Kafka {
    /// Where gateways of this user meet.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// The jars as a class path in fixed order, for Kafka's own tools too (`org.apache.kafka.tools.TopicCommand`, …).
    pub fn class_path(&self) -> OsString {
        // Jar names hold no colon: they come from a listing that left such ones out.
        std::env::join_paths(&self.jars).unwrap_or_default()
    }

    /// The Java program.
    pub fn java(&self) -> &Path {
        &self.java
    }

    /// The checkpoint with the first metadata records of a cluster.
    pub(super) fn bootstrap(&self) -> PathBuf {
        self.made.join(super::folders::BOOTSTRAP)
    }

    /// Where the archive of loaded classes is, or will be (AppCDS).
    ///
    /// A JVM with other jars or another Java would silently not use it, so its folder is keyed by both.
    pub(super) fn archive(&self) -> PathBuf {
        self.made.join("classes.jsa")
    }

    /// What every JVM of the stage has in common: a small heap and the cheapest way to start. With C1 alone and SerialGC
    /// four JVMs take 40 % of the CPU at start and 30 % less memory than with the defaults.
    pub(super) fn add_java_options(&self, command: &mut Command) {
        command
            .args(["-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto"])
            .args(["-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true"])
            // Options of others would spoil the archive without a word.
            .env_remove("JAVA_TOOL_OPTIONS")
            .env_remove("JDK_JAVA_OPTIONS")
            .env_remove("_JAVA_OPTIONS")
            .env("CLASSPATH", self.class_path());
    }
}

/// FNV-1a over Java and jars: who they are, how long and how old, as the JVM itself checks an archive.
fn key(java: &java::Java, jars: &[PathBuf]) -> io::Result<u64> {
    let mut text = format!("{} {}", java.program.display(), java.release);
    for jar in jars {
        let data = jar.metadata()?;
        let modified = data.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        text += &format!("\n{} {} {modified}", jar.display(), data.len());
    }
    Ok(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
}
