//! A real Chromium, and what a person does with it.

use std::{path::PathBuf, time::Duration};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource as _, KeyAction, KeyActions},
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    time::{Instant, sleep},
};

use crate::{
    harness::client,
    process::{end_those_naming, folder, spawner},
};

/// How long the page may take to show something: its display delay, an election and a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);
/// How often the page is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// A browser of this test's own.
pub(crate) struct Browser {
    pub(crate) client: Client,
    /// Where Chromium's own commands go; WebDriver has none for them.
    cdp: String,
    /// Its profile; no other process names that folder.
    profile: PathBuf,
    _driver: kafkascope::cluster::spawner::Child,
}

/// A test that failed leaves no browser behind that would draw beside the next one.
impl Drop for Browser {
    fn drop(&mut self) {
        end_those_naming(&self.profile);
    }
}

impl Browser {
    pub(crate) async fn open(name: &str) -> Self {
        let spawner = spawner();
        let mut command = spawner.command("chromedriver");
        command.arg("--port=0").stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped());
        let mut driver = spawner.spawn(command).await.expect("chromedriver starts; install chromium-driver");
        let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
        let port = loop {
            let line = lines.next_line().await.expect("a line").expect("chromedriver names its port");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        // Its pipe is kept empty for as long as it lives.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let profile = folder(name);
        let arguments = json!([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--window-size=1920,1080",
            format!("--user-data-dir={}", profile.display()),
        ]);
        let wanted = json!({ "goog:chromeOptions": { "args": arguments } });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a session of Chromium");
        let session = client.session_id().await.expect("an answer").expect("a session has an id");
        let cdp = format!("http://127.0.0.1:{port}/session/{session}/goog/cdp/execute");
        Self { client, cdp, profile, _driver: driver }
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn chromium(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let answer = client().post(&self.cdp).json(&body).send().await.expect("chromedriver answers");
        let answer: Value = answer.json().await.expect("every answer is JSON");
        assert!(answer["value"]["error"].is_null(), "{command}: {answer}");
        answer["value"].clone()
    }

    /// A window of this size, on a system with these preferences.
    pub(crate) async fn look_like(&self, window: (u32, u32), preferences: &[(&str, &str)]) {
        self.look_like_at(window, 1.0).await;
        let features = preferences.iter().map(|(name, value)| json!({ "name": name, "value": value }));
        self.chromium("Emulation.setEmulatedMedia", json!({ "features": features.collect::<Vec<_>>() })).await;
    }

    /// A window of this size on a screen with so many pixels to a CSS pixel.
    pub(crate) async fn look_like_at(&self, (width, height): (u32, u32), ratio: f64) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": ratio, "mobile": false });
        self.chromium("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// What the window shows, as a PNG in base 64, smaller by `scale`.
    pub(crate) async fn screenshot(&self, (width, height): (u32, u32), scale: f64) -> String {
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": scale });
        let shot = self.chromium("Page.captureScreenshot", json!({ "format": "png", "clip": clip })).await;
        shot["data"].as_str().expect("a picture").to_owned()
    }

    /// Keys, by their names in WebDriver's table or the characters themselves, to whatever has the focus; Shift is held for
    /// those after it.
    pub(crate) async fn press(&self, keys: &str) {
        let mut actions = KeyActions::new("keys".to_owned());
        let mut held = Vec::new();
        for value in keys.chars() {
            actions = actions.then(KeyAction::Down { value });
            match value {
                '\u{e008}' => held.push(value),
                _ => actions = actions.then(KeyAction::Up { value }),
            }
        }
        for value in held {
            actions = actions.then(KeyAction::Up { value });
        }
        let pressed = self.client.perform_actions(actions).await;
        pressed.unwrap_or_else(|error| panic!("{keys:?} cannot be pressed: {error}"));
    }

    /// A recording, open and drawn.
    pub(crate) async fn play(&self, url: &str) {
        // The same address, or another fragment of it, would not load the page anew.
        self.client.goto("about:blank").await.expect("an empty page");
        self.client.goto(url).await.expect("the replay's page opens");
        self.until("a picture with partitions", |p| (!p["partitions"].as_array()?.is_empty()).then_some(())).await;
        self.until_true("the fonts are there", "return document.fonts.status === 'loaded'").await;
    }

    /// Shows a moment of the recording that is open, and stands still there.
    pub(crate) async fn show(&self, millis: u32) {
        self.script(&format!("return window.kafkascope.seek({millis})")).await;
        self.frames().await;
    }

    /// Words are made anew in the next frame, and painted in the one after it.
    pub(crate) async fn frames(&self) {
        let frames = "const done = arguments[0]; let n = 6; const tick = () => --n ? requestAnimationFrame(tick) : done(); tick()";
        self.client.execute_async(frames, Vec::new()).await.expect("frames go by");
    }

    /// Opens what is known of the first mark of the stage whose name begins so, by keyboard.
    pub(crate) async fn inspect(&self, mark: &str) {
        self.script("document.querySelector('.at-mark[tabindex=\"0\"]').focus(); return 0").await;
        let named = format!("return document.activeElement.getAttribute('aria-label').startsWith('{mark}')");
        for steps in 0.. {
            assert!(steps < 40, "no mark is called {mark}…");
            self.press("\u{e014}").await;
            if self.script(&named).await == true {
                break;
            }
        }
        self.press("\u{e007}").await;
        self.until_true("the inspector", "return document.querySelector('[data-testid=inspector]') !== null").await;
        self.frames().await;
    }

    /// The sheet of states, drawn.
    pub(crate) async fn sheet(&self, url: &str) {
        self.client.goto("about:blank").await.expect("an empty page");
        self.client.goto(url).await.expect("the sheet opens");
        self.until_true("a state", "return document.querySelector('.state canvas') !== null").await;
        self.until_true("the fonts are there", "return document.fonts.status === 'loaded'").await;
        self.frames().await;
    }

    /// Waits until a script answers true.
    pub(crate) async fn until_true(&self, what: &str, code: &str) {
        let started = Instant::now();
        while self.script(code).await != Value::Bool(true) {
            if started.elapsed() > PATIENCE {
                let said = self.script("return [...document.querySelectorAll('[data-testid=caption], [data-testid=outcome]')].map(it => it.textContent)").await;
                panic!("never came: {what} ({code}); the page says {said}");
            }
            sleep(LOOK).await;
        }
    }

    pub(crate) async fn click(&self, id: &str) {
        let button = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(&testid(id))).await;
        let button = button.unwrap_or_else(|error| panic!("no {id} on the page: {error}"));
        button.click().await.unwrap_or_else(|error| panic!("{id} cannot be clicked: {error}"));
    }

    pub(crate) async fn text(&self, id: &str) -> String {
        match self.client.find(Locator::Css(&testid(id))).await {
            Ok(element) => element.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    pub(crate) async fn script(&self, code: &str) -> Value {
        self.client.execute(code, Vec::new()).await.unwrap_or_else(|error| panic!("{code}: {error}"))
    }

    pub(crate) async fn picture(&self) -> Value {
        self.script("return window.kafkascope ? window.kafkascope.picture() : null").await
    }

    /// Waits until the page shows a picture in which `found` finds something.
    pub(crate) async fn until<T>(&self, what: &str, found: impl Fn(&Value) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            let picture = self.picture().await;
            if let Some(found) = found(&picture) {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "the page never showed: {what}\n{picture:#}");
            sleep(LOOK).await;
        }
    }

    pub(crate) async fn until_text(&self, id: &str, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let started = Instant::now();
        loop {
            let text = self.text(id).await;
            if wanted(&text) {
                return text;
            }
            assert!(started.elapsed() < PATIENCE, "{id} never said {what}, but: {text}");
            sleep(LOOK).await;
        }
    }

    pub(crate) async fn close(self) {
        self.client.clone().close().await.expect("the session ends");
    }
}

pub(crate) fn testid(id: &str) -> String {
    format!("[data-testid={id}]")
}
