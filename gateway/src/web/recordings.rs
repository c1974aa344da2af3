//! The recordings that can be played and taken home.

use std::path::{Path as FilePath, PathBuf};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use model::{fact::Fact, recording::Recording};
use serde_json::{Value, json};

use super::{Source, reply::Problem};
use crate::recorder;

/// The folder of recordings, and the one that is being written.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The folder.
    pub folder: PathBuf,
    /// The file of this session, in that folder.
    pub current: String,
}

impl Shelf {
    /// Facts of this session after `since` and before `until`, from the file.
    pub(super) fn older_facts(&self, since: u64, until: u64) -> anyhow::Result<Vec<Fact>> {
        let recording = recorder::open(&self.folder.join(&self.current))?;
        let mut facts = Vec::new();
        for (index, info) in recording.pieces.iter().enumerate() {
            if info.seq < until && info.seq + info.facts > since {
                let piece = recording.piece(index).facts;
                facts.extend(piece.into_iter().filter(|f| f.seq > since && f.seq < until));
            }
        }
        Ok(facts)
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|e| e.file_name().into_string().ok())
            .filter(|name| FilePath::new(name).extension().is_some_and(|e| e == "kscope"))
            .collect();
        names.sort_unstable();
        names
    }

    /// A recording's bytes as they are on disk, the open piece sealed in memory where it is being written.
    fn bytes(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        let path = self.folder.join(name);
        if !recorder::part_of(&path).exists() {
            return Ok(std::fs::read(&path)?);
        }
        Ok(recorder::open(&path)?.sealed())
    }
}

pub(super) async fn list(State(source): State<Source>) -> Json<Value> {
    Json(match &source {
        Source::Live(live) => {
            let shelf = live.shelf.clone();
            let entries = shelf.names().into_iter().map(|name| {
                let bytes = std::fs::metadata(shelf.folder.join(&name)).map_or(0, |m| m.len());
                json!({ "name": name, "bytes": bytes, "current": name == shelf.current })
            });
            entries.collect()
        }
        Source::Replay(film) => json!([{ "name": film.name, "bytes": film.bytes.len(), "current": true }]),
    })
}

pub(super) async fn download(State(source): State<Source>, Path(name): Path<String>) -> Result<Response, Problem> {
    let missing = || {
        let why = format!("there is no recording {name:?}; GET /api/recordings lists what there is");
        Problem::new(StatusCode::NOT_FOUND, why)
    };
    let bytes = match &source {
        Source::Live(live) if live.shelf.names().contains(&name) => {
            let (shelf, wanted) = (live.shelf.clone(), name.clone());
            let read = tokio::task::spawn_blocking(move || shelf.bytes(&wanted)).await;
            read.map_err(|e| e.to_string()).and_then(|r| r.map_err(|e| format!("{e:#}"))).map_err(|e| {
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, format!("cannot read recording {name}: {e}"))
            })?
        }
        Source::Replay(film) if film.name == name => film.bytes.clone(),
        Source::Live(_) | Source::Replay(_) => return Err(missing()),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers =
        [(header::CONTENT_TYPE, String::from("application/gzip")), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Bytes::from(bytes)).into_response())
}

/// Opens a file for replay.
///
/// # Errors
/// Where it cannot be read or is not a recording.
pub fn film(path: &FilePath) -> anyhow::Result<super::Film> {
    let recording: Recording = recorder::open(path)?;
    let stem = path.file_stem().map_or_else(|| String::from("recording"), |s| s.to_string_lossy().into_owned());
    let bytes = recording.as_found();
    Ok(super::Film::new(format!("{stem}.kscope"), bytes, recording))
}
