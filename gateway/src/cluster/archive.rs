//! The archive of loaded classes (AppCDS) that halves the CPU of a start, and which JVM is to write it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use model::ids::BrokerId;

use super::procfs;

/// The archive of this Java and these jars. It can only be written by a JVM that ends cleanly
/// (`-XX:ArchiveClassesAtExit`), so one broker of a cluster without an archive is to write it when it is stopped.
#[derive(Debug)]
pub(super) struct Archive {
    path: PathBuf,
    writer: Mutex<Option<BrokerId>>,
}

impl Archive {
    /// The archive at `path`, there or not.
    pub(super) fn new(path: PathBuf) -> Self {
        remove_stale(&path);
        Self { path, writer: Mutex::new(None) }
    }

    /// Lets a JVM use the archive; where there is none, and `may_write`, and nobody else is to, it will write it.
    pub(super) fn add_options(&self, command: &mut Command, node: BrokerId, may_write: bool) {
        // What is wrong with an archive is not wrong with the broker: without it, it only starts slower.
        command.arg("-Xlog:disable").arg("-Xlog:all=error:stdout");
        if self.path.exists() {
            command.arg(option("-XX:SharedArchiveFile=", &self.path));
            return;
        }
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if may_write && writer.is_none() {
            *writer = Some(node);
            command.arg(option("-XX:ArchiveClassesAtExit=", &self.part()));
        }
    }

    /// Who writes the archive when it is stopped.
    pub(super) fn writer(&self) -> Option<BrokerId> {
        *self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `node` has ended. Where it was the writer and did so cleanly, the archive is put in its place.
    pub(super) fn ended(&self, node: BrokerId, cleanly: bool) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if *writer != Some(node) {
            return;
        }
        *writer = None;
        let part = self.part();
        // Losing it costs the next start some seconds.
        drop(if cleanly { fs::rename(&part, &self.path) } else { fs::remove_file(&part) });
    }

    fn part(&self) -> PathBuf {
        self.path.with_extension(format!("part-{}", std::process::id()))
    }
}

fn option(name: &str, path: &Path) -> std::ffi::OsString {
    let mut option = std::ffi::OsString::from(name);
    option.push(path);
    option
}

/// Half-written archives of gateways that are gone: 50 MB each.
fn remove_stale(path: &Path) {
    let Some(folder) = path.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return };
    for file in folder.flatten().map(|entry| entry.path()) {
        let pid = file.extension().and_then(|extension| extension.to_str()).and_then(|text| text.strip_prefix("part-"));
        if pid.and_then(|pid| pid.parse().ok()).is_some_and(|pid| procfs::stat(pid).is_none()) {
            drop(fs::remove_file(&file));
        }
    }
}
