//! The tap's own API: proxies and rules as resources, in the manner of toxiproxy.

use std::{
    net::SocketAddr,
    sync::{Arc, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tap::{Proxy, Rule, RuleId, RuleStatus};
use tokio::net::TcpListener;

use super::{Gate, gate, reply::Problem};
use crate::tap_alone::Alone;

type Answer = Result<Response, Problem>;

/// Serves until `stop` is done.
///
/// # Errors
/// Where the listener fails.
pub(crate) async fn serve_tap(
    listener: TcpListener,
    alone: Arc<Alone>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = Router::new()
        .route("/proxies", get(proxies).post(add))
        .route("/proxies/{name}", get(proxy).post(change).delete(remove))
        .route("/rules", get(rules).post(arm))
        .route("/rules/{id}", get(rule).delete(disarm))
        .route("/slow_wire", get(slow).post(set_slow))
        .route("/reset", post(reset))
        .route("/events", get(events))
        .fallback(async || {
            let why = "there is /proxies, /rules, /slow_wire, /reset and /events";
            Problem::new(StatusCode::NOT_FOUND, why)
        })
        .layer(middleware::from_fn_with_state(Arc::new(Gate::default()), gate::check))
        .with_state(alone);
    axum::serve(listener, app).with_graceful_shutdown(stop).await
}

fn bad(field: &str, why: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, why).field(field)
}

/// The body as an object with no fields but these; any Content-Type.
fn object(body: &Bytes, known: &[&str]) -> Result<Map<String, Value>, Problem> {
    let object: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, format!("the body must be a JSON object: {error}")))?;
    match object.keys().find(|name| !known.is_empty() && !known.contains(&name.as_str())) {
        Some(name) => Err(bad(name, format!("there is no field {name:?}; there are: {}", known.join(", ")))),
        None => Ok(object),
    }
}

fn text<'a>(object: &'a Map<String, Value>, field: &str, example: &str) -> Result<&'a str, Problem> {
    let text = object.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| bad(field, format!("{field} must be text, as {example:?}")))
}

fn flag(object: &Map<String, Value>, field: &str) -> Result<Option<bool>, Problem> {
    match object.get(field) {
        None => Ok(None),
        Some(value) => value.as_bool().map(Some).ok_or_else(|| bad(field, format!("{field} must be true or false"))),
    }
}

fn shown(name: &str, proxy: &Proxy) -> Value {
    let Proxy { broker, listen, upstream, enabled } = proxy;
    json!({ "name": name, "broker": broker, "listen": listen, "upstream": upstream, "enabled": enabled })
}

fn find(alone: &Alone, name: &str) -> Result<Proxy, Problem> {
    let broker = alone.names().get(name).copied();
    let found = broker.and_then(|broker| alone.tap.proxies().into_iter().find(|proxy| proxy.broker == broker));
    found.ok_or_else(|| {
        let known: Vec<String> = alone.names().keys().cloned().collect();
        let known = if known.is_empty() { String::from("none") } else { known.join(", ") };
        Problem::new(StatusCode::NOT_FOUND, format!("there is no proxy {name:?}; there are: {known}"))
    })
}

async fn proxies(State(alone): State<Arc<Alone>>) -> Json<Value> {
    let all = alone.tap.proxies();
    let named = |(name, broker): (&String, &i32)| {
        all.iter().find(|proxy| proxy.broker == *broker).map(|proxy| shown(name, proxy))
    };
    Json(json!({ "proxies": alone.names().iter().filter_map(named).collect::<Vec<Value>>() }))
}

async fn proxy(State(alone): State<Arc<Alone>>, Path(name): Path<String>) -> Answer {
    Ok(Json(shown(&name, &find(&alone, &name)?)).into_response())
}

async fn add(State(alone): State<Arc<Alone>>, body: Bytes) -> Answer {
    let object = object(&body, &["name", "broker", "listen", "upstream", "enabled"])?;
    let name = text(&object, "name", "broker-2")?;
    let upstream = text(&object, "upstream", "localhost:9092")?;
    let listen = text(&object, "listen", "127.0.0.1:0")?;
    let listen: SocketAddr = listen.parse().map_err(|_syntax| {
        bad("listen", format!("listen must be an IP address and a port, as 127.0.0.1:0, not {listen:?}"))
    })?;
    let enabled = flag(&object, "enabled")?;
    let taken: Vec<i32> = alone.tap.proxies().iter().map(|proxy| proxy.broker).collect();
    let broker = match object.get("broker") {
        None => (1..).find(|number| !taken.contains(number)),
        Some(value) => value.as_i64().and_then(|id| i32::try_from(id).ok()).filter(|id| *id >= 0),
    };
    let broker = broker.ok_or_else(|| bad("broker", "broker must be a node id, as 2"))?;
    let conflict = |why: String| Problem::new(StatusCode::CONFLICT, why);
    if alone.names().contains_key(name) {
        return Err(conflict(format!("there is a proxy {name:?}; delete it first or choose another name")));
    }
    if taken.contains(&broker) {
        return Err(conflict(format!("broker {broker} has a proxy; choose another number")));
    }
    let added = alone.add(name.to_owned(), broker, listen, upstream).await;
    added.map_err(|error| match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::AddrInUse) => conflict(format!("{error:#}")),
        _ => Problem::new(StatusCode::BAD_REQUEST, format!("{error:#}")),
    })?;
    if enabled == Some(false) {
        switch(&alone, broker, false).await?;
    }
    Ok((StatusCode::CREATED, Json(shown(name, &find(&alone, name)?))).into_response())
}

async fn switch(alone: &Alone, broker: i32, on: bool) -> Result<(), Problem> {
    let switched = alone.tap.enable(broker, on).await;
    switched.map_err(|error| Problem::new(StatusCode::CONFLICT, format!("cannot listen again: {error}")))
}

async fn change(State(alone): State<Arc<Alone>>, Path(name): Path<String>, body: Bytes) -> Answer {
    let proxy = find(&alone, &name)?;
    let on = flag(&object(&body, &["enabled"])?, "enabled")?;
    let on = on.ok_or_else(|| bad("enabled", "enabled is missing: true or false"))?;
    switch(&alone, proxy.broker, on).await?;
    Ok(Json(shown(&name, &find(&alone, &name)?)).into_response())
}

async fn remove(State(alone): State<Arc<Alone>>, Path(name): Path<String>) -> Answer {
    let proxy = find(&alone, &name)?;
    alone.names().remove(&name);
    alone.tap.unlisten(proxy.broker).await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn rules(State(alone): State<Arc<Alone>>) -> Json<Value> {
    Json(json!({ "rules": alone.tap.rules() }))
}

fn find_rule(alone: &Alone, id: &str) -> Result<RuleStatus, Problem> {
    let number = id.parse().map(RuleId).map_err(|_syntax| bad("id", format!("{id:?} is no rule's number")))?;
    let found = alone.tap.rules().into_iter().find(|rule| rule.id == number);
    found.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, format!("there is no rule {id}")))
}

async fn rule(State(alone): State<Arc<Alone>>, Path(id): Path<String>) -> Answer {
    Ok(Json(find_rule(&alone, &id)?).into_response())
}

async fn arm(State(alone): State<Arc<Alone>>, body: Bytes) -> Answer {
    let rule = Rule::from_json(&object(&body, &[])?).map_err(|error| bad(error.field, error.to_string()))?;
    let id = alone.tap.arm(rule);
    Ok((StatusCode::CREATED, Json(find_rule(&alone, &id.to_string())?)).into_response())
}

async fn disarm(State(alone): State<Arc<Alone>>, Path(id): Path<String>) -> Answer {
    let rule = find_rule(&alone, &id)?;
    if alone.tap.disarm(rule.id) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let why = rule.expired.unwrap_or_else(|| String::from("fired"));
    Err(Problem::new(StatusCode::CONFLICT, format!("rule {id} is over already: {why}")))
}

async fn slow(State(alone): State<Arc<Alone>>) -> Json<Value> {
    Json(json!({ "ms": alone.tap.slow_ms() }))
}

async fn set_slow(State(alone): State<Arc<Alone>>, body: Bytes) -> Answer {
    let ms = object(&body, &["ms"])?.get("ms").and_then(Value::as_u64).filter(|ms| *ms <= 1000);
    let ms = ms.and_then(|ms| u32::try_from(ms).ok());
    alone.tap.slow(ms.ok_or_else(|| bad("ms", "ms must be a whole number from 0 to 1000"))?);
    Ok(slow(State(alone)).await.into_response())
}

/// No rule, no slow wire, all proxies on.
async fn reset(State(alone): State<Arc<Alone>>) -> Answer {
    let cleared = alone.tap.clear("reset");
    alone.tap.slow(0);
    for proxy in alone.tap.proxies() {
        switch(&alone, proxy.broker, true).await?;
    }
    Ok(Json(json!({ "cleared": cleared })).into_response())
}

#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    since: u64,
}

async fn events(
    State(alone): State<Arc<Alone>>,
    wish: Result<Query<Wish>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let Query(Wish { since }) = wish.map_err(|error| bad("since", error.body_text()))?;
    let Some(events) = &alone.events else {
        let why = "nobody looks into what passes: start with --observe";
        return Err(Problem::new(StatusCode::CONFLICT, why));
    };
    let lines = events.lock().unwrap_or_else(PoisonError::into_inner).after(since);
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}
