//! The recordings that can be played and taken home.

use std::{
    path::{Path as FilePath, PathBuf},
    sync::Arc,
};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use model::{fact::Fact, recording::Recording};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Source, reply::Problem};
use crate::{
    export::{self, Stretch, one_file},
    page, recorder, sidelist,
};

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

    /// A recording by its name, with or without its ending.
    pub(super) fn file(&self, name: &str) -> Result<PathBuf, Problem> {
        let file = format!("{}.kscope", name.strip_suffix(".kscope").unwrap_or(name));
        if self.names().contains(&file) { Ok(self.folder.join(file)) } else { Err(missing(name)) }
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
        Source::Replay(film) => json!([{ "name": film.name, "bytes": film.recording.bytes(), "current": true }]),
    })
}

/// Which part is wanted, in the words of `kafkascope export`.
#[derive(Deserialize)]
pub(super) struct Wish {
    from: Option<String>,
    to: Option<String>,
    chapter: Option<usize>,
}

impl Wish {
    fn stretch(&self) -> Result<Stretch, Problem> {
        let moment = |field: &str, text: &Option<String>| {
            let wrong = |why| Problem::new(StatusCode::BAD_REQUEST, why).field(field);
            text.as_deref().map(export::moment).transpose().map_err(wrong)
        };
        Ok(Stretch { from: moment("from", &self.from)?, to: moment("to", &self.to)?, chapter: self.chapter })
    }
}

/// NAME.kscope, or NAME.html: the page and the recording in one file.
pub(super) async fn download(
    State(source): State<Source>,
    Path(name): Path<String>,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Result<Response, Problem> {
    let wish = wish.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, e.body_text()).field("chapter"))?;
    let stretch = wish.stretch()?;
    let stem = name.strip_suffix(".html");
    let whole = stretch.is_whole();
    let opened = find(&source, stem.unwrap_or(&name))?;
    let kscope = format!("{}.kscope", stem.unwrap_or(&name).trim_end_matches(".kscope"));
    let is_html = stem.is_some();
    let made = tokio::task::spawn_blocking(move || {
        let bytes = match &opened {
            Found::File(file) if whole && !is_html => return as_it_stands(file),
            Found::File(file) => stretch.of(&recorder::open(file)?)?,
            // As it was found: a recording that ends early says so.
            Found::Film(film) if whole && !is_html => film.edited()?.as_found(),
            Found::Film(film) => stretch.of(&film.edited()?)?,
        };
        if is_html { Ok(one_file::html(&kscope, "", &bytes)?.into_bytes()) } else { Ok(bytes) }
    });
    let made = made.await.map_err(anyhow::Error::from).and_then(|made| made);
    let bytes = made.map_err(|e| {
        let status = if whole { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST };
        Problem::new(status, format!("recording {name} cannot be given: {e:#}"))
    })?;
    let kind = if is_html { "text/html; charset=utf-8" } else { "application/gzip" };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Bytes::from(bytes)).into_response())
}

enum Found {
    File(PathBuf),
    Film(Arc<super::Film>),
}

fn find(source: &Source, name: &str) -> Result<Found, Problem> {
    match source {
        Source::Live(live) => live.shelf.file(name).map(Found::File),
        Source::Replay(film) if film.is_called(name) => Ok(Found::Film(Arc::clone(film))),
        Source::Replay(_) => Err(missing(name)),
    }
}

/// A recording's bytes as they are on disk; where it is being written the open piece is sealed in memory, where its markers
/// were edited they are in its notes.
fn as_it_stands(file: &FilePath) -> anyhow::Result<Vec<u8>> {
    if recorder::part_of(file).exists() || sidelist::path_of(file).exists() {
        return Ok(recorder::open(file)?.sealed());
    }
    Ok(std::fs::read(file)?)
}

pub(super) fn missing(name: &str) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        format!("there is no recording {name:?}; GET /api/recordings lists what there is"),
    )
}

/// Opens a file for replay.
///
/// # Errors
/// Where it cannot be read or is not a recording.
pub fn film(path: &FilePath) -> anyhow::Result<super::Film> {
    let recording = recorder::open_as_recorded(path)?;
    Ok(super::Film::new(export::name_of(path), Some(path.to_owned()), recording))
}

/// The recording that the program brings, for a machine on which there can be no cluster; `why` is what the page says.
///
/// # Errors
/// Where the page was not built into this binary.
pub fn tour(why: String) -> anyhow::Result<super::Film> {
    let bytes = page::must("tour.kscope")?.into_owned();
    let film = super::Film::new(String::from("tour.kscope"), None, Recording::open(bytes, None)?);
    Ok(super::Film { why, ..film })
}
