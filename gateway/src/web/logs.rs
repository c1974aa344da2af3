//! The log of one child process.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{Source, reply::Problem};

pub(super) async fn log(State(source): State<Source>, Path(process): Path<String>) -> Result<Response, Problem> {
    let Source::Live(live) = &source else {
        let why = "a recording has no process logs; their WARN and ERROR lines are facts of kind notice";
        return Err(Problem::new(StatusCode::CONFLICT, why));
    };
    match live.control.log(&process).await {
        Some(text) => Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()),
        None => {
            let names = live.control.processes().join(", ");
            Err(Problem::new(StatusCode::NOT_FOUND, format!("there is no process {process:?}; there are: {names}")))
        }
    }
}
