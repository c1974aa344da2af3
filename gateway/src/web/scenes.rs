//! GET /api/scenes, POST /api/scenes/NAME, GET and DELETE /api/runs/ID: scenes are listed, played, watched and ended.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    Live, Source,
    commands::{admit, problem},
    reply::Problem,
};

/// What a run is asked for; an empty body is without the guard.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    #[serde(default)]
    guard: bool,
}

fn live(source: &Source) -> Result<&Live, Problem> {
    match source {
        Source::Live(live) => Ok(live),
        Source::Replay(_) => {
            Err(Problem::new(StatusCode::CONFLICT, "this is a recording: its runs are in it, and none can be played"))
        }
    }
}

pub(super) async fn list(State(source): State<Source>) -> Result<Response, Problem> {
    let scenes = live(&source)?.scenes.list();
    Ok(Json(json!({ "scenes": scenes })).into_response())
}

pub(super) async fn play(
    State(source): State<Source>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let live = live(&source)?;
    admit(&source, &headers)?;
    let wish = if body.is_empty() { Ok(Wish::default()) } else { serde_json::from_slice(&body) };
    let Wish { guard } = wish.map_err(|error| {
        let why = format!("the body is not {{\"guard\": true}} or {{\"guard\": false}}: {error}");
        Problem::new(StatusCode::BAD_REQUEST, why).field("guard")
    })?;
    let run = live.scenes.play(&name, guard).map_err(problem)?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "run": run }))).into_response())
}

pub(super) async fn run(State(source): State<Source>, Path(run): Path<String>) -> Result<Response, Problem> {
    let run = number(&run)?;
    let found = live(&source)?.scenes.run(run).await;
    found.map(|run| Json(run).into_response()).ok_or_else(|| unknown(run))
}

pub(super) async fn cancel(
    State(source): State<Source>,
    Path(run): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let live = live(&source)?;
    admit(&source, &headers)?;
    let run = number(&run)?;
    live.scenes.cancel(run).map_err(problem)?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "run": run }))).into_response())
}

fn number(run: &str) -> Result<u64, Problem> {
    run.parse().map_err(|_syntax| {
        Problem::new(StatusCode::BAD_REQUEST, format!("{run:?} is not a run; they are numbers")).field("run")
    })
}

fn unknown(run: u64) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is no run {run}"))
}
