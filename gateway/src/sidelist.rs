//! The list beside a recording in which people's markers are edited: NAME.markers.json. The recording itself is never rewritten.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use model::{
    marker::{self, Marker},
    recording::Recording,
};

/// The side list of a recording.
pub fn path_of(recording: &Path) -> PathBuf {
    recording.with_extension("markers.json")
}

/// Lays the side list over a recording; no list is none, and one that cannot be read is said.
///
/// # Errors
/// Where there is a list and it cannot be read.
pub fn lay_over(recording: &mut Recording, path: &Path) -> anyhow::Result<()> {
    let list = path_of(path);
    let text = match std::fs::read(&list) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot read the markers {}", list.display())),
    };
    let edits = serde_json::from_slice(&text).ok().as_ref().and_then(marker::read);
    let edits = edits.with_context(|| {
        format!("{} is not a list of markers; move it away, and the recording's own are shown", list.display())
    })?;
    recording.lay_over(&edits);
    Ok(())
}

/// Writes the side list anew.
///
/// # Errors
/// Where it cannot be written.
pub fn write(recording: &Path, edits: &[Marker]) -> anyhow::Result<()> {
    let list = path_of(recording);
    let temporary = list.with_extension("json.new");
    let text = serde_json::to_string_pretty(edits)? + "\n";
    let write = || std::fs::write(&temporary, text).and_then(|()| std::fs::rename(&temporary, &list));
    write().with_context(|| format!("cannot write the markers {}", list.display()))
}
