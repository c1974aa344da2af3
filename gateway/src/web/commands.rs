//! POST /api/commands: a button is pressed; GET /api/commands/ID: what came of it.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Source, reply::Problem};
use crate::control::{Pressed, Refusal};

#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    wait: Option<u8>,
}

pub(super) async fn press(
    State(source): State<Source>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Source::Live(live) = &source else {
        return Err(Problem::new(StatusCode::CONFLICT, "this is a recording: nothing can be pressed in it"));
    };
    admit(&source, &headers)?;
    let body: Map<String, Value> = serde_json::from_slice(&body).map_err(|e| {
        let why = format!("the body is not a JSON object: {e}; send {{\"command\":\"create_order\"}}");
        Problem::new(StatusCode::BAD_REQUEST, why).field("body")
    })?;
    let Pressed { id, seq } = live.control.press(body).await.map_err(problem)?;
    if wish.wait == Some(1) {
        let outcome = live.control.outcome(&id).await.ok_or_else(Problem::ending)?;
        return Ok(Json(outcome).into_response());
    }
    Ok((StatusCode::ACCEPTED, Json(json!({ "id": id, "seq": seq }))).into_response())
}

pub(super) async fn outcome(State(source): State<Source>, Path(id): Path<String>) -> Result<Response, Problem> {
    let Source::Live(live) = &source else {
        return Err(Problem::new(StatusCode::CONFLICT, "this is a recording: nothing can be pressed in it"));
    };
    match live.control.known(&id).await {
        Some(outcome) => Ok(Json(outcome).into_response()),
        None => Err(Problem::new(StatusCode::NOT_FOUND, format!("there is no command {id:?}, or it is too long ago"))
            .field("id")),
    }
}

/// Lets the presenter in.
pub(super) fn admit(source: &Source, headers: &HeaderMap) -> Result<(), Problem> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let token = match source {
        Source::Live(live) => live.control.token(),
        Source::Replay(film) => &film.token,
    };
    token.admit(bearer.and_then(|b| b.strip_prefix("Bearer "))).map_err(problem)
}

pub(super) fn problem(refusal: Refusal) -> Problem {
    let why = refusal.to_string();
    match refusal {
        Refusal::BadField { field, .. } => Problem::new(StatusCode::BAD_REQUEST, why).field(field),
        Refusal::NoToken => Problem::new(StatusCode::UNAUTHORIZED, why),
        Refusal::Unknown(_) => Problem::new(StatusCode::NOT_FOUND, why),
        Refusal::Impossible(_) => Problem::new(StatusCode::CONFLICT, why),
        Refusal::TooFast => Problem::new(StatusCode::TOO_MANY_REQUESTS, why),
        Refusal::Ending => Problem::ending(),
    }
}
