//! What each player is given: its session in its own form, and a page that opens it and can seek.

use std::{fmt::Write as _, fs, io::Write as _, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use model::ids::Micros;
use serde_json::{Value, json};

use crate::session::Session;

/// rrweb's recorders are told how often they check out; ours does so as often.
const CHECKOUT_MICROS: u64 = 10_000_000;
/// Each tells the same two things: when it had opened, and how to seek.
const ASCIINEMA: &str = r#"<!doctype html><link rel="stylesheet" href="asciinema-player.css"><div id="p"></div>
<script src="asciinema-player.min.js"></script><script>
const player = AsciinemaPlayer.create("session.cast", document.getElementById("p"), { preload: true });
player.getDuration && player.addEventListener("ready", () => requestAnimationFrame(() => { window.openedAt = performance.now(); }));
window.seekTo = (ms) => player.seek(ms / 1000);
</script>"#;
const RRWEB: &str = r#"<!doctype html><link rel="stylesheet" href="rrweb.css"><div id="p"></div>
<script type="module">
import Player from "./rrweb-player.js";
const events = await (await fetch("session.json")).json();
const player = new Player({ target: document.getElementById("p"), props: { events, autoPlay: false, showController: true } });
window.seekTo = (ms) => player.goto(ms, false);
requestAnimationFrame(() => { window.openedAt = performance.now(); });
</script>"#;
const OURS: &str = r#"<script>
const look = () => { const scope = window.kafkascope; const picture = scope && scope.picture();
  if (picture && picture.partitions.length) requestAnimationFrame(() => { window.openedAt = performance.now(); });
  else setTimeout(look, 2); };
look(); window.seekTo = (ms) => window.kafkascope.seek(ms);
</script>"#;

/// A player, ready to be visited.
pub(crate) struct Player {
    pub(crate) name: &'static str,
    pub(crate) page: String,
    /// Of its session, as it would be sent: gzip.
    pub(crate) bytes: usize,
}

pub(crate) fn write(session: &Session, folder: &Path, program: &Path, modules: &Path) -> Result<Vec<Player>> {
    Ok(vec![ours(session, folder, program)?, asciinema(session, folder, modules)?, rrweb(session, folder, modules)?])
}

fn ours(session: &Session, folder: &Path, program: &Path) -> Result<Player> {
    let (file, site) = (folder.join("session.kscope"), folder.join("ours"));
    let recording = session.recording();
    fs::write(&file, &recording)?;
    let made = Command::new(program).arg("export").arg(&file).arg("--static").arg(&site).status()?;
    ensure!(made.success(), "the page was not exported");
    let index = site.join("index.html");
    let page = fs::read_to_string(&index)?.replacen("</body>", &format!("{OURS}</body>"), 1);
    fs::write(index, page)?;
    Ok(Player { name: "kafkascope", page: String::from("ours/index.html"), bytes: recording.len() })
}

fn asciinema(session: &Session, folder: &Path, modules: &Path) -> Result<Player> {
    let to = folder.join("asciinema");
    let bundle = modules.join("asciinema-player/dist/bundle");
    fs::create_dir_all(&to)?;
    for file in ["asciinema-player.min.js", "asciinema-player.css"] {
        copy(&bundle.join(file), &to.join(file))?;
    }
    let mut text = String::from("{\"version\":2,\"width\":100,\"height\":30}\n");
    for number in 0..session.events() {
        let row = Session::cell(number) + 1;
        let line = json!([
            session.at(number).0 as f64 / 1e6,
            "o",
            format!("\u{1b}[{row};1H{}\u{1b}[K", Session::words(number))
        ]);
        writeln!(text, "{line}").ok();
    }
    fs::write(to.join("session.cast"), &text)?;
    fs::write(to.join("index.html"), ASCIINEMA)?;
    Ok(Player { name: "asciinema-player", page: String::from("asciinema/index.html"), bytes: packed(&text)? })
}

fn rrweb(session: &Session, folder: &Path, modules: &Path) -> Result<Player> {
    let to = folder.join("rrweb");
    let dist = modules.join("rrweb-player/dist");
    fs::create_dir_all(&to)?;
    copy(&dist.join("rrweb-player.js"), &to.join("rrweb-player.js"))?;
    copy(&dist.join("style.css"), &to.join("rrweb.css"))?;
    let mut cells: Vec<String> = vec![String::from("-"); 30];
    let meta =
        json!({ "type": 4, "timestamp": 0, "data": { "href": "http://localhost/", "width": 1000, "height": 700 } });
    let mut all = vec![meta, snapshot(&cells, Micros(0))];
    let mut checked_out = Micros(0);
    for number in 0..session.events() {
        let at = session.at(number);
        if at.since(checked_out) >= CHECKOUT_MICROS {
            all.push(snapshot(&cells, at));
            checked_out = at;
        }
        let cell = usize::try_from(Session::cell(number))?;
        let words = Session::words(number);
        let changed = json!({ "source": 0, "texts": [{ "id": text_id(cell), "value": words }], "attributes": [], "removes": [], "adds": [] });
        all.push(json!({ "type": 3, "timestamp": at.0 / 1000, "data": changed }));
        cells[cell] = words;
    }
    let text = serde_json::to_string(&all)?;
    fs::write(to.join("session.json"), &text)?;
    fs::write(to.join("index.html"), RRWEB)?;
    Ok(Player { name: "rrweb-player", page: String::from("rrweb/index.html"), bytes: packed(&text)? })
}

const fn text_id(cell: usize) -> usize {
    101 + 2 * cell
}

/// A page of paragraphs (rrweb's node types: 0 document, 2 element, 3 text).
fn snapshot(cells: &[String], at: Micros) -> Value {
    let paragraphs: Vec<Value> = cells
        .iter()
        .enumerate()
        .map(|(cell, words)| {
            let text = json!({ "type": 3, "textContent": words, "id": text_id(cell) });
            json!({ "type": 2, "tagName": "p", "attributes": {}, "id": text_id(cell) - 1, "childNodes": [text] })
        })
        .collect();
    let body = json!({ "type": 2, "tagName": "body", "attributes": {}, "id": 4, "childNodes": paragraphs });
    let head = json!({ "type": 2, "tagName": "head", "attributes": {}, "id": 3, "childNodes": [] });
    let html = json!({ "type": 2, "tagName": "html", "attributes": {}, "id": 2, "childNodes": [head, body] });
    let node = json!({ "type": 0, "id": 1, "childNodes": [html] });
    json!({ "type": 2, "timestamp": at.0 / 1000, "data": { "node": node, "initialOffset": { "left": 0, "top": 0 } } })
}

fn packed(text: &str) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?.len())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).with_context(|| format!("{} is not there: npm did not bring it", from.display()))
}
