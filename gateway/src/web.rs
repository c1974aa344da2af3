//! What the gateway answers over HTTP, live and on a recording.

use std::{future::Future, net::SocketAddr, sync::Arc};

use axum::{Router, middleware, routing::get};
use tokio::net::TcpListener;

use crate::{control::Control, hub::Hub, scenes::Scenes};

mod assets;
mod commands;
mod facts;
mod gate;
mod health;
mod logs;
mod markers;
mod metrics;
mod recordings;
mod replay;
mod reply;
mod scenes;
mod socket;
mod tap;

pub(crate) use self::tap::serve_tap;
pub use gate::Gate;
pub use recordings::{Shelf, film, tour};
pub use replay::Film;

/// What a live gateway serves from.
#[derive(Debug)]
pub struct Live {
    /// The owner of the picture.
    pub hub: Hub,
    /// Who may press what, and what pressing does.
    pub control: Arc<Control>,
    /// What can be played, and what was.
    pub scenes: Arc<Scenes>,
    /// Where recordings are.
    pub shelf: Shelf,
}

/// Where answers come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A cluster.
    Live(Arc<Live>),
    /// A file.
    Replay(Arc<Film>),
}

/// Serves until `stop` is done.
///
/// # Errors
/// Where the listener fails.
pub async fn serve(
    listener: TcpListener,
    source: Source,
    gate: Gate,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = router(source, gate).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).with_graceful_shutdown(stop).await
}

fn router(source: Source, gate: Gate) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/api/state", get(health::state))
        .route("/api/facts", get(facts::facts))
        .route("/api/commands", axum::routing::post(commands::press))
        .route("/api/commands/{id}", get(commands::outcome))
        .route("/api/scenes", get(scenes::list))
        .route("/api/scenes/{name}", axum::routing::post(scenes::play))
        .route("/api/runs/{run}", get(scenes::run).delete(scenes::cancel))
        .route("/api/recordings", get(recordings::list))
        .route("/api/recordings/{name}", get(recordings::download))
        .route("/api/recordings/{name}/markers", get(markers::list).put(markers::replace))
        .route("/api/logs/{process}", get(logs::log))
        .route("/ws", get(socket::upgrade))
        .route("/metrics", get(metrics::metrics))
        .fallback(assets::page)
        .layer(middleware::from_fn_with_state(Arc::new(gate), gate::check))
        .with_state(source)
}
