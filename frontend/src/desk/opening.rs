//! What the page opens: a recording named in the address, the gateway's recording, or the live session.

use model::recording::Recording;
use serde_json::Value;

use super::*;
use crate::player::speed::Speed;

impl Listener for Desk {
    fn opened(&self) {
        self.session(|s| s.link_opened(now_millis()));
    }

    fn frame(&self, text: &str) {
        self.held().session.borrow_mut().hear(text, now_millis());
        self.beat(now_millis());
    }

    fn lost(&self, attempt: u32) {
        self.session(|s| s.link_lost(attempt, now_millis()));
    }
}

impl script::Answers for Desk {
    fn picture(&self) -> Value {
        let held = self.held();
        let session = held.session.borrow();
        session.player().map_or(Value::Null, |p| model::state::view(p.picture(), p.now()))
    }

    fn time(&self) -> f64 {
        let held = self.held();
        let session = held.session.borrow();
        session.player().map_or(0.0, |p| p.now().0 as f64 / 1000.0)
    }

    fn seek(&self, millis: f64) -> bool {
        self.session(|s| {
            s.deck_mut().is_some_and(|deck| {
                deck.set_playing(false);
                deck.seek(Micros((millis.max(0.0) * 1000.0) as u64));
                true
            })
        })
    }
}

impl Desk {
    /// Finds out what there is to open, and opens it; tries until the gateway answers.
    pub(crate) async fn open(self) {
        script::expose(self);
        if let Some(name) = self.held().address.value("rec").map(str::to_owned) {
            return self.open_recording(&name).await;
        }
        let mut attempt = 0;
        loop {
            match fetch::text("/api/state").await {
                Ok(answer) if is_replay(&answer.body) => return self.open_only_recording().await,
                Ok(_) => return socket::connect(socket_url(), Box::new(self)),
                Err(_) => {
                    attempt += 1;
                    self.session(|s| s.link_lost(attempt, now_millis()));
                    socket::wait(1_000).await;
                }
            }
        }
    }

    async fn open_only_recording(self) {
        let list = fetch::text("/api/recordings").await.map(|answer| first_name(&answer.body));
        match list {
            Ok(Some(name)) => self.open_recording(&name).await,
            Ok(None) => self.session(|s| s.fail("The gateway lists no recording.".to_owned())),
            Err(why) => self.session(|s| s.fail(format!("The list of recordings could not be read: {why}."))),
        }
    }

    async fn open_recording(self, name: &str) {
        let name = name.strip_suffix(".kscope").unwrap_or(name);
        let path = format!("/api/recordings/{}.kscope", encoded(name));
        let opened = match fetch::bytes(&path).await {
            Ok(bytes) => Recording::open(bytes, None).map_err(|e| e.to_string()),
            Err(why) => Err(why),
        };
        match opened {
            Ok(recording) => self.start(recording),
            Err(why) => self.session(|s| s.fail(format!("{name} cannot be played: {why}."))),
        }
    }

    /// Plays from the moment the address names, at the speed it names.
    fn start(self, recording: Recording) {
        let held = self.held();
        let at = held.address.value("t").and_then(moment);
        let speed = held.address.value("speed").and_then(Speed::of);
        let paused = held.address.value("paused").is_some();
        self.session(|s| {
            s.open_recording(recording);
            if let Some(deck) = s.deck_mut() {
                if let Some(at) = at {
                    deck.seek(at);
                }
                if let Some(speed) = speed {
                    deck.set_speed(speed);
                }
                deck.set_playing(!paused);
            }
        });
    }
}

fn is_replay(state: &str) -> bool {
    let state: Option<Value> = serde_json::from_str(state).ok();
    state.as_ref().and_then(|s| s.get("session")?.get("mode")?.as_str()) == Some("replay")
}

/// The first name in a list of recordings: names, or objects with a name.
fn first_name(list: &str) -> Option<String> {
    let list: Value = serde_json::from_str(list).ok()?;
    let list = list.get("recordings").unwrap_or(&list).as_array()?;
    let first = list.first()?;
    first.as_str().or_else(|| first.get("name")?.as_str()).map(str::to_owned)
}
