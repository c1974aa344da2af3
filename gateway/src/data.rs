//! The data folder: one gateway at a time, its recordings, and gateway.json for other programs.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::recorder;

/// The folder, held by this gateway until dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Takes the folder, and seals what a killed gateway left open.
    ///
    /// # Errors
    /// Where it cannot be made or written, or another gateway holds it.
    pub fn take(path: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("cannot use the data folder {}; name another with --data DIR", path.display());
        fs::create_dir_all(path.join("recordings")).with_context(cannot)?;
        fs::create_dir_all(path.join("logs")).with_context(cannot)?;
        let path = path.canonicalize().with_context(cannot)?;
        let lock = OpenOptions::new().create(true).append(true).open(path.join("lock")).with_context(cannot)?;
        if lock.try_lock().is_err() {
            bail!(
                "another gateway is using the data folder {}; stop it, or name another folder with --data DIR",
                path.display()
            );
        }
        let folder = Self { path, _lock: lock };
        // A killed gateway's word would send others to a port that is nobody's now.
        fs::remove_file(folder.announcement()).ok();
        folder.seal_orphans();
        Ok(folder)
    }

    /// The folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of recordings.
    pub fn recordings(&self) -> PathBuf {
        self.path.join("recordings")
    }

    /// Tells other programs how to reach us; only this user may read it, since it holds the token.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn announce(&self, url: &str, token: &str, bootstrap: &str, stage_bootstrap: &str) -> anyhow::Result<()> {
        let path = self.announcement();
        let pid = std::process::id();
        let text = json!({
            "url": url, "token": token, "bootstrap": bootstrap, "stage_bootstrap": stage_bootstrap, "pid": pid,
        });
        let temporary = self.path.join("gateway.json.new");
        let write = || -> std::io::Result<()> {
            fs::remove_file(&temporary)
                .or_else(|e| if e.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(e) })?;
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
            file.write_all(format!("{text}\n").as_bytes())?;
            fs::rename(&temporary, &path)
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }

    fn announcement(&self) -> PathBuf {
        self.path.join("gateway.json")
    }

    /// Recordings whose recorder was killed; one that cannot be sealed stays as it is, and can still be read.
    fn seal_orphans(&self) {
        let entries = fs::read_dir(self.recordings()).into_iter().flatten().flatten();
        for part in entries.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "part")) {
            if let Err(error) = recorder::seal_orphan(&part.with_extension("")) {
                crate::cli::complain(&format!("{error:#}"));
            }
        }
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        fs::remove_file(self.announcement()).ok();
    }
}
