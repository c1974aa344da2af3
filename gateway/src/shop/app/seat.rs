//! Which instances of an app are alive: each holds a lock file as long as its process lives.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use rustix::fs::{FlockOperation, flock};

use crate::shop::AppName;

/// This process's place among the instances of its app.
#[derive(Debug)]
pub(crate) struct Seat {
    folder: PathBuf,
    app: AppName,
    instance: u32,
    _held: File,
}

impl Seat {
    /// Takes the place; the system gives it back when the process ends, however it ends.
    ///
    /// # Errors
    /// Where another process holds it.
    pub(crate) fn take(folder: &Path, app: AppName, instance: u32) -> Result<Self> {
        let held = lock(folder, app, instance)?
            .with_context(|| format!("{} is running already on {}", app.client_id(instance), folder.display()))?;
        Ok(Self { folder: folder.to_owned(), app, instance, _held: held })
    }

    /// Whether an instance is this one or has no process any more.
    pub(crate) fn may_speak_for(&self, instance: u32) -> Result<bool> {
        Ok(instance == self.instance || lock(&self.folder, self.app, instance)?.is_some())
    }
}

fn lock(folder: &Path, app: AppName, instance: u32) -> Result<Option<File>> {
    let path = folder.join(format!("{}.lock", app.client_id(instance)));
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    Ok(flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok().then_some(file))
}
