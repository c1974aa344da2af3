//! What the page opens: a recording named in the address, dropped on it or come with it, the gateway's, or the live session.

use model::recording::Recording;
use serde_json::Value;

use super::share::Home;
use super::*;
use crate::browser::files;

impl Listener for Desk {
    fn opened(&self) {
        self.session(|s| s.link_opened(now_millis()));
        spawn_local(self.learn_name());
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

    fn save(&self) -> String {
        embedded::save().err().unwrap_or_default()
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
        let held = self.held();
        if let Some(url) = held.address.value("url") {
            *held.sharing.home.borrow_mut() = Home::Address;
            return self.play(url, fetch::elsewhere(url).await);
        }
        if let Some(name) = held.address.value("rec") {
            return self.open_recording(name).await;
        }
        match embedded::found() {
            Some(Embedded::Inside { name }) => return self.play(&name, embedded::bytes()),
            Some(Embedded::Beside { path }) => {
                *held.sharing.home.borrow_mut() = Home::Address;
                return self.play(&path, fetch::bytes(&path).await);
            }
            None => {}
        }
        let mut attempt = 0;
        loop {
            match fetch::text("/api/state").await {
                Ok(answer) if is_replay(&answer.body) => {
                    self.open_only_recording().await;
                    return self.say_why(&answer.body);
                }
                Ok(_) => return socket::connect(socket_url(), Box::new(self)),
                Err(_) => {
                    attempt += 1;
                    self.session(|s| s.link_lost(attempt, now_millis()));
                    socket::wait(1_000).await;
                }
            }
        }
    }

    /// A gateway that could start no cluster says what to install.
    fn say_why(self, state: &str) {
        let state: Option<Value> = serde_json::from_str(state).ok();
        let why = state.as_ref().and_then(|s| s.get("session")?.get("why")?.as_str());
        if let Some(why) = why {
            self.session(|s| s.keep_saying(format!("This is a recording. For a cluster of your own: {why}.")));
        }
    }

    async fn open_only_recording(self) {
        let list = fetch::text("/api/recordings").await.map(|answer| current_name(&answer.body));
        match list {
            Ok(Some(name)) => self.open_recording(&name).await,
            Ok(None) => self.session(|s| {
                let why = "Name a .kscope file: kafkascope replay FILE.".to_owned();
                s.fail("The gateway lists no recording.".to_owned(), why);
            }),
            Err(why) => self.session(|s| {
                let why = format!("{why}. Load the page again once the gateway answers.");
                s.fail("The list of recordings could not be read:".to_owned(), why);
            }),
        }
    }

    /// Where this session is recorded, so that it can be shared while it goes on.
    async fn learn_name(self) {
        let name = fetch::text("/api/recordings").await.ok().and_then(|answer| current_name(&answer.body));
        let held = self.held();
        // Meanwhile something else may have been dropped on the page.
        if let Some(name) = name.filter(|_| !held.session.borrow().is_recording()) {
            *held.sharing.home.borrow_mut() = Home::Gateway(name);
        }
    }

    async fn open_recording(self, name: &str) {
        let name = name.strip_suffix(".kscope").unwrap_or(name);
        let path = format!("/api/recordings/{}.kscope", encoded(name));
        *self.held().sharing.home.borrow_mut() = Home::Gateway([name, ".kscope"].concat());
        let found = fetch::bytes(&path).await;
        self.play(name, found.map_err(|why| format!("{why}. The gateway lists those it has at /api/recordings")));
    }

    /// Plays what was brought, or says why not.
    fn play(self, name: &str, brought: Result<Vec<u8>, String>) {
        match brought.and_then(|bytes| Recording::open(bytes, None).map_err(|e| e.to_string())) {
            Ok(recording) => self.start(recording),
            Err(why) => self.session(|s| s.fail(format!("{name} cannot be played:"), format!("{why}."))),
        }
    }

    /// Opens a file that somebody brought; where it is no recording, what is open stays.
    pub(crate) fn open_file(self, name: &str, bytes: Vec<u8>) {
        let held = self.held();
        match Recording::open(files::recording_in(bytes), None) {
            Ok(recording) => {
                *held.sharing.home.borrow_mut() = Home::Here;
                held.close_share();
                self.session(|s| s.open_recording(recording));
                held.lay_kept_over();
                self.turn(|deck| deck.set_playing(true));
            }
            Err(why) if held.session.borrow().deck().is_none() => {
                self.session(|s| s.fail(format!("{name} cannot be played:"), format!("{why}.")));
            }
            Err(why) => self.tell(format!("{name} cannot be played: {why}.")),
        }
    }

    /// Plays from the moment the address names, as it says.
    fn start(self, recording: Recording) {
        self.session(|s| s.open_recording(recording));
        self.held().lay_kept_over();
        self.follow_link(&self.held().address.link());
    }
}

fn is_replay(state: &str) -> bool {
    let state: Option<Value> = serde_json::from_str(state).ok();
    state.as_ref().and_then(|s| s.get("session")?.get("mode")?.as_str()) == Some("replay")
}

/// The recording that is being written or played, in a list of recordings.
pub(super) fn current_name(list: &str) -> Option<String> {
    let list: Value = serde_json::from_str(list).ok()?;
    let list = list.as_array()?;
    let is_current = |one: &&Value| one.get("current").and_then(Value::as_bool) == Some(true);
    let found = list.iter().find(is_current).or(list.first())?;
    found.get("name")?.as_str().map(str::to_owned)
}
