//! The websocket: a keyframe, then every frame; whoever is too slow is told what it missed and starts afresh.

use std::time::Duration;

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, Utf8Bytes, WebSocket},
    },
    response::Response,
};
use model::{frame, keyframe::keyframe};
use tokio::sync::broadcast::error::RecvError;

use super::{Live, Source, replay::Film};

pub(super) async fn upgrade(State(source): State<Source>, socket: WebSocketUpgrade) -> Response {
    // A viewer says nothing that we need; what it sends is bounded and read only to see it leave.
    let socket = socket.protocols([frame::SUBPROTOCOL]).max_message_size(4096).max_frame_size(4096);
    socket.on_upgrade(move |socket| async move {
        match source {
            Source::Live(live) => show_live(socket, &live).await,
            Source::Replay(film) => show_end(socket, &film).await,
        }
    })
}

async fn show_live(mut socket: WebSocket, live: &Live) {
    loop {
        let Ok(mut subscription) = live.hub.subscribe().await else { return };
        if socket.send(Message::Text(subscription.keyframe)).await.is_err() {
            return;
        }
        loop {
            tokio::select! {
                frame = subscription.frames.recv() => match frame {
                    Ok(batch) => {
                        if socket.send(Message::Text(batch.frame.clone())).await.is_err() {
                            return;
                        }
                    }
                    Err(RecvError::Lagged(count)) => {
                        if socket.send(Message::Text(frame::skipped_text(count).into())).await.is_err() {
                            return;
                        }
                        break;
                    }
                    Err(RecvError::Closed) => return,
                },
                said = socket.recv() => {
                    if !matches!(said, Some(Ok(_))) {
                        return;
                    }
                }
            }
        }
    }
}

/// A recording has one picture to give: its last.
async fn show_end(mut socket: WebSocket, film: &Film) {
    let last = &film.last;
    let text = frame::keyframe_text(&keyframe(last), last.seq, last.at);
    if socket.send(Message::Text(text.into())).await.is_err() {
        return;
    }
    let mut beat = tokio::time::interval(Duration::from_millis(500));
    let empty = Utf8Bytes::from(frame::facts_text([], last.at));
    loop {
        tokio::select! {
            _ = beat.tick() => {
                if socket.send(Message::Text(empty.clone())).await.is_err() {
                    return;
                }
            }
            said = socket.recv() => {
                if !matches!(said, Some(Ok(_))) {
                    return;
                }
            }
        }
    }
}
