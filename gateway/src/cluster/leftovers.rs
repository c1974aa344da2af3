//! What a gateway that was killed left behind, and the care not to touch anything that is not ours.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use rustix::{
    fs::{FlockOperation, flock},
    process::{Pid, Signal, kill_process},
};
use serde::{Deserialize, Serialize};

use super::procfs;

const NOTES: &str = "pids.json";
/// How long a killed process may take to vanish: it frees its memory and closes its files.
const PATIENCE: Duration = Duration::from_secs(10);

/// A process we started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Noted {
    name: String,
    pid: u32,
    /// With the boot id this names one process for ever.
    start_ticks: u64,
}

/// What stands in pids.json.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Notes {
    boot_id: String,
    /// Folders beside pids.json that we made.
    folders: Vec<String>,
    processes: Vec<Noted>,
}

/// Our claim on DIR/cluster, and the notes that let a later start clean up.
#[derive(Debug)]
pub(super) struct Ledger {
    folder: PathBuf,
    notes: Notes,
    /// Locked as long as we live.
    _lock: File,
}

impl Ledger {
    /// Claims `folder` and ends what a dead gateway left in it.
    pub(super) async fn open(folder: &Path) -> anyhow::Result<Self> {
        let wants = || format!("cannot use {} for the cluster's data; choose another with --data", folder.display());
        fs::create_dir_all(folder).with_context(wants)?;
        let lock = claim(folder).with_context(wants)?;
        let old: Notes = match fs::read(folder.join(NOTES)) {
            // Notes cut short by a full disk name nothing we could be sure of.
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Notes::default(),
            Err(error) => return Err(error).with_context(wants),
        };
        end_processes(&old).await?;
        for name in old.folders.iter().filter(|name| is_ours(name)) {
            remove(&folder.join(name)).with_context(wants)?;
        }
        let ledger = Self {
            folder: folder.to_owned(),
            notes: Notes { boot_id: procfs::boot_id(), ..Notes::default() },
            _lock: lock,
        };
        ledger.save().with_context(wants)?;
        Ok(ledger)
    }

    /// Notes a folder before it is made, and names its path.
    pub(super) fn folder(&mut self, name: &str) -> io::Result<PathBuf> {
        self.notes.folders.push(name.to_owned());
        self.save()?;
        Ok(self.folder.join(name))
    }

    /// Notes a process right after its start, in the place of its former life.
    pub(super) fn process(&mut self, name: &str, pid: u32) -> io::Result<()> {
        self.notes.processes.retain(|noted| noted.name != name);
        // Gone already: nothing to note.
        if let Some(stat) = procfs::stat(pid) {
            self.notes.processes.push(Noted { name: name.to_owned(), pid, start_ticks: stat.start_ticks });
        }
        self.save()
    }

    /// Removes folders and notes; all processes have ended.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        for name in std::mem::take(&mut self.notes.folders) {
            remove(&self.folder.join(name))?;
        }
        self.notes.processes.clear();
        fs::remove_file(self.folder.join(NOTES))
    }

    /// Writes the notes in one step: a reader finds the old ones or the new ones.
    fn save(&self) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(&self.notes)?;
        let temporary = self.folder.join(format!("{NOTES}.tmp"));
        fs::write(&temporary, text)?;
        fs::rename(temporary, self.folder.join(NOTES))
    }
}

fn claim(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("lock");
    let mut lock = File::options().read(true).write(true).create(true).truncate(false).open(&path)?;
    if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut pid = String::new();
        lock.read_to_string(&mut pid)?;
        bail!("another kafkascope (pid {}) is using it", pid.trim());
    }
    lock.set_len(0)?;
    write!(lock, "{}", std::process::id())?;
    Ok(lock)
}

/// The names we give: a cluster id.
fn is_ours(name: &str) -> bool {
    name.len() == 22 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

async fn end_processes(notes: &Notes) -> anyhow::Result<()> {
    if notes.boot_id != procfs::boot_id() {
        return Ok(());
    }
    for noted in &notes.processes {
        let lives =
            || procfs::stat(noted.pid).is_some_and(|stat| stat.start_ticks == noted.start_ticks && stat.state != 'Z');
        let pid = i32::try_from(noted.pid).ok().and_then(Pid::from_raw);
        let (true, Some(pid)) = (lives(), pid) else { continue };
        if let Err(error) = kill_process(pid, Signal::KILL) {
            bail!(
                "cannot end {} (pid {}), left by a gateway that died: {error}; end it by hand",
                noted.name,
                noted.pid
            );
        }
        let waited = async {
            // It is not our child: nobody tells us when it is gone.
            while lives() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waited).await.is_err() {
            bail!("{} (pid {}), left by a gateway that died, does not end; end it by hand", noted.name, noted.pid);
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("kafkascope-leftovers-{name}-{}", std::process::id()))
    }

    #[tokio::test]
    async fn only_the_noted_process_is_ended() {
        let folder = scratch("pids");
        let mut ours = tokio::process::Command::new("sleep").arg("100").spawn().unwrap();
        let mut foreign = tokio::process::Command::new("sleep").arg("100").kill_on_drop(true).spawn().unwrap();
        let mut ledger = Ledger::open(&folder).await.unwrap();
        ledger.process("broker-1", ours.id().unwrap()).unwrap();
        ledger.process("broker-2", foreign.id().unwrap()).unwrap();
        // The second pid was given to somebody else since.
        ledger.notes.processes[1].start_ticks += 1;
        ledger.save().unwrap();
        let made = ledger.folder("abcdefghijklmnopqrstuv").unwrap();
        fs::create_dir_all(&made).unwrap();
        fs::create_dir_all(folder.join("a-person-put-this-here")).unwrap();
        ledger.notes.folders.push(String::from("../.."));
        ledger.save().unwrap();
        drop(ledger);

        let ledger = Ledger::open(&folder).await.unwrap();
        assert!(!ours.wait().await.unwrap().success());
        assert!(foreign.try_wait().unwrap().is_none(), "a process that is not ours was ended");
        assert!(!made.exists() && folder.join("a-person-put-this-here").exists());
        drop(ledger);
        fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn two_gateways_do_not_share_a_folder() {
        let folder = scratch("claim");
        let _first = Ledger::open(&folder).await.unwrap();
        let error = format!("{:#}", Ledger::open(&folder).await.unwrap_err());
        assert!(error.contains(&format!("pid {}", std::process::id())) && error.contains("--data"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }
}
