//! Answers that say what is wrong: the thing, the cause and the cure.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// An error as JSON: `{"error":…}` with `field` where one is to blame.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    error: String,
    field: Option<String>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into(), field: None }
    }

    pub(super) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    pub(super) fn ending() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the gateway is shutting down")
    }
}

impl From<crate::hub::Ended> for Problem {
    fn from(_: crate::hub::Ended) -> Self {
        Self::ending()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({ "error": self.error });
        if let (Some(field), Some(body)) = (self.field, body.as_object_mut()) {
            body.insert(String::from("field"), field.into());
        }
        (self.status, Json(body)).into_response()
    }
}
