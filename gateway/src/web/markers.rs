//! GET and PUT /api/recordings/NAME/markers: what people marked, and wrote over it since.

use std::path::PathBuf;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use model::{
    marker::{self, Marker},
    recording::Recording,
};

use super::{Source, commands::admit, reply::Problem};
use crate::{recorder, sidelist};

/// The markers as they stand, those that were removed too.
pub(super) async fn list(State(source): State<Source>, Path(name): Path<String>) -> Result<Json<Vec<Marker>>, Problem> {
    match &source {
        Source::Replay(film) if film.is_called(&name) => Ok(Json(film.edited().map_err(unreadable)?.markers())),
        _ => Ok(Json(opened(file(&source, &name)?).await?.markers())),
    }
}

/// Takes the whole side list; answers with what it and the facts come to.
pub(super) async fn replace(
    State(source): State<Source>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Vec<Marker>>, Problem> {
    admit(&source, &headers)?;
    let file = file(&source, &name)?;
    let bad = |why: String| Problem::new(StatusCode::BAD_REQUEST, why).field("body");
    let edits = serde_json::from_slice(&body).ok().as_ref().and_then(marker::read);
    let edits = edits.ok_or_else(|| {
        bad(String::from("the body is not a list of markers; send [{\"id\":…,\"at\":…,\"text\":…,\"removed\":false}]"))
    })?;
    if let Some(why) = marker::wrong(&edits) {
        return Err(bad(why));
    }
    sidelist::write(&file, &edits).map_err(unreadable)?;
    list(State(source), Path(name)).await
}

/// The recording's file.
fn file(source: &Source, name: &str) -> Result<PathBuf, Problem> {
    match source {
        Source::Live(live) => live.shelf.file(name),
        Source::Replay(film) if film.is_called(name) => match &film.file {
            Some(file) => Ok(file.clone()),
            None => {
                let why = "this recording is the program's own sample: save it, and replay the file to mark it";
                Err(Problem::new(StatusCode::CONFLICT, why))
            }
        },
        Source::Replay(_) => Err(super::recordings::missing(name)),
    }
}

async fn opened(file: PathBuf) -> Result<Recording, Problem> {
    let read = tokio::task::spawn_blocking(move || recorder::open(&file)).await;
    read.map_err(anyhow::Error::from).and_then(|read| read).map_err(unreadable)
}

fn unreadable(error: anyhow::Error) -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}"))
}
