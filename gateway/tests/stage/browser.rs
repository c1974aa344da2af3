//! A Chromium of a test's own, and what a person before it can press and see.

use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    time::{Instant, sleep},
};

use crate::process::{folder, spawner};

/// How long the page may take to show something: its display delay, an election and a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);
/// How often the page is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// A browser of this test's own.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) client: Client,
    _driver: kafkascope::cluster::spawner::Child,
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
        Self { client, _driver: driver }
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

    /// Waits until a piece of script says yes.
    pub(crate) async fn until_script(&self, what: &str, code: &str) {
        let started = Instant::now();
        while self.script(&format!("return Boolean({code})")).await != true {
            assert!(started.elapsed() < PATIENCE, "the page never came to: {what} ({code})");
            sleep(LOOK).await;
        }
    }

    /// Presses a key by the name that the page's help has for it.
    pub(crate) async fn press(&self, key: &str) {
        // Keys of a button that was clicked before are the button's.
        self.script("document.activeElement?.blur(); return 0").await;
        let (shift, name) = key.strip_prefix("Shift ").map_or(("", key), |name| ("\u{e008}", name));
        let typed = match name {
            "Space" => " ",
            "Esc" => "\u{e00c}",
            "PageUp" => "\u{e00e}",
            "PageDown" => "\u{e00f}",
            "End" => "\u{e010}",
            "Home" => "\u{e011}",
            "Left" => "\u{e012}",
            "Right" => "\u{e014}",
            character => &character.to_lowercase(),
        };
        let body = self.client.find(Locator::Css("body")).await.expect("a body");
        let sent = body.send_keys(&format!("{shift}{typed}")).await;
        sent.unwrap_or_else(|error| panic!("{key} cannot be pressed: {error}"));
    }

    pub(crate) async fn close(self) {
        self.client.close().await.expect("the session ends");
    }
}

fn testid(id: &str) -> String {
    format!("[data-testid={id}]")
}
