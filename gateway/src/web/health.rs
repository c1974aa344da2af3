//! Whether the stage is ready, and what is on it.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use model::{fact::Mode, green, ids::Micros, picture::Picture, state};
use serde_json::{Value, json};

use super::{Source, reply::Problem};

pub(super) async fn healthz(State(source): State<Source>) -> Result<Response, Problem> {
    let waiting = match &source {
        Source::Live(live) => {
            let (waiting, mode) = live.hub.read(|picture, _| (green::waiting_for(picture), mode(picture))).await?;
            // The picture may be complete a moment before the buttons work.
            let closed = mode == Mode::Local && live.control.stage().is_none();
            waiting.or_else(|| closed.then(|| String::from("the shop to open")))
        }
        Source::Replay(_) => None,
    };
    Ok(match waiting {
        None => Json(json!({ "status": "ready" })).into_response(),
        Some(what) => {
            let body = json!({ "status": "starting", "waiting_for": what });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    })
}

fn mode(picture: &Picture) -> Mode {
    picture.session.as_ref().map_or_else(Mode::default, |(_, session)| session.mode)
}

pub(super) async fn state(State(source): State<Source>) -> Result<impl IntoResponse, Problem> {
    Ok(Json(match &source {
        Source::Live(live) => live.hub.read(|picture, now| whole(picture, now, false)).await?,
        Source::Replay(film) => {
            let mut view = whole(&film.last, film.last.at, true);
            if !film.why.is_empty() {
                view["session"]["why"] = Value::from(film.why.as_str());
            }
            view
        }
    }))
}

fn whole(picture: &Picture, now: Micros, replay: bool) -> Value {
    let mut view = state::view(picture, now);
    if let Some(view) = view.as_object_mut() {
        view.insert(String::from("session"), state::session(picture, now, replay));
        let missing = green::missing(picture, now);
        view.insert(String::from("green"), json!({ "is": missing.is_empty(), "missing": missing }));
    }
    view
}
