//! GET /api/facts: the session as NDJSON, from its start, and on.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;

use super::{Live, Source, reply::Problem};
use crate::hub::{Line, Recent};

#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    since: u64,
    #[serde(default)]
    follow: bool,
}

pub(super) async fn facts(
    State(source): State<Source>,
    wish: Result<Query<Wish>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(wish) = wish.map_err(|e| {
        let why = format!("{}; ask for /api/facts?since=SEQ, with follow=true to stay", e.body_text());
        Problem::new(StatusCode::BAD_REQUEST, why).field("since")
    })?;
    match source {
        Source::Live(live) => from_session(live, wish).await,
        Source::Replay(film) => {
            let facts = film.recording.all_facts().into_iter().filter(|f| f.seq > wish.since);
            let text: String = facts.map(|f| f.to_json() + "\n").collect();
            Ok(ndjson(Body::from(text)))
        }
    }
}

async fn from_session(live: Arc<Live>, wish: Wish) -> Result<Response, Problem> {
    let recent = live.hub.recent(wish.since).await?;
    let mut head = Vec::new();
    if recent.oldest > wish.since + 1 {
        let (since, until) = (wish.since, recent.oldest);
        let shelf = live.shelf.clone();
        let older = tokio::task::spawn_blocking(move || shelf.older_facts(since, until)).await;
        let older = older.ok().and_then(Result::ok).unwrap_or_default();
        if older.first().is_none_or(|f| f.seq > since + 1) {
            let oldest = older.first().map_or(recent.oldest, |f| f.seq);
            let why = format!("facts up to {since} are gone; the oldest there is has seq {oldest}");
            return Err(Problem::new(StatusCode::GONE, why).field("since"));
        }
        head.extend(older.iter().map(|f| f.to_json()));
    }
    head.extend(recent.lines.iter().map(|l| l.json.to_string()));
    let text: String = head.into_iter().flat_map(|line| [line, String::from("\n")]).collect();
    if !wish.follow {
        return Ok(ndjson(Body::from(text)));
    }
    let last = recent.lines.last().map_or(recent.oldest.saturating_sub(1), |l| l.seq);
    let first = stream::once(async move { Ok::<Bytes, Infallible>(Bytes::from(text)) });
    let rest = stream::unfold((live, recent, last), |(live, mut recent, last)| async move {
        let lines = next_lines(&live, &mut recent, last).await?;
        let last = lines.last().map_or(last, |l| l.seq);
        let text: String = lines.iter().flat_map(|l| [&*l.json, "\n"]).collect();
        Some((Ok(Bytes::from(text)), (live, recent, last)))
    });
    Ok(ndjson(Body::from_stream(first.chain(rest))))
}

/// The next facts after `last`; a reader that fell behind goes on from the hub's memory.
async fn next_lines(live: &Live, recent: &mut Recent, last: u64) -> Option<Vec<Line>> {
    loop {
        match recent.frames.recv().await {
            Ok(batch) => {
                let new: Vec<Line> = batch.lines.iter().filter(|l| l.seq > last).cloned().collect();
                if !new.is_empty() {
                    return Some(new);
                }
            }
            Err(RecvError::Lagged(_)) => {
                *recent = live.hub.recent(last).await.ok()?;
                if !recent.lines.is_empty() {
                    return Some(std::mem::take(&mut recent.lines));
                }
            }
            Err(RecvError::Closed) => return None,
        }
    }
}

fn ndjson(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response()
}
