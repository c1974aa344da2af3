//! The share dialog: link, part, moment and speed, a code to scan, the files, and what is in them.

use leptos::prelude::*;

use super::{
    parts::{Button, block, panel, words},
    player::check,
};
use crate::{
    browser::{
        element::{element, live, nothing},
        files,
    },
    desk::Desk,
    words::share::{Part, ShareWords, Way, code_begins},
};

pub(crate) fn share(desk: Desk) -> AnyView {
    live(move || desk.screen.hands.with(|h| h.share.clone()).map_or_else(nothing, |shown| open(desk, shown)))
}

fn open(desk: Desk, shown: ShareWords) -> AnyView {
    let ShareWords { link, code, parts, range, start, speed, html, file, inside, said } = shown;
    let has_link = !link.is_empty();
    let mut left: Vec<AnyView> = parts.into_iter().map(|(part, way)| radio(desk, part, way)).collect();
    left.extend(range.map(|ends| ends_of(desk, ends)));
    if has_link {
        left.push(way("share-start", start).does(move || desk.share_start()));
        left.push(way("share-speed", speed).does(move || desk.share_speed()));
    }
    let mut rows = Vec::new();
    if has_link {
        let field = element("input", "link").known_as("share-link").with("value", link).with("readonly", "true");
        rows.push(field.with("aria-label", "Link").on("focus", files::select).holds([]));
    }
    rows.push(block("choices", vec![block("ways-of", left), code.map_or_else(nothing, drawn)]));
    let mut buttons = Vec::new();
    if has_link {
        buttons.push(Button::new("btn hot", "share-copy", "Copy link").does(move || desk.copy_link()));
    }
    if !html.0.is_empty() {
        buttons.push(download("share-html", html));
    }
    if file.0.is_empty() {
        buttons.push(Button::new("btn", "share-file", file.1).does(move || desk.save_recording()));
    } else {
        buttons.push(download("share-file", file));
    }
    rows.push(block("gives", buttons));
    rows.push(element("p", "said").known_as("share-said").with("role", "status").text(said));
    rows.push(words("q", "The HTML file opens from disk in any browser, without network or cluster; the recording can be taken out of it again."));
    rows.push(
        element("p", "inside").known_as("share-inside").holds([element("b", "").text("Inside: "), words("", inside)]),
    );
    rows.push(chooser(desk));
    panel("pop share", "share", "Share this recording".to_owned(), move || desk.toggle_share(), rows)
}

fn way(id: &'static str, way: Way) -> Button {
    let mut button = check(id, "", way.is_on);
    button.face = vec![words("", way.label), words("q", way.detail)];
    button
}

fn radio(desk: Desk, part: Part, shown: Way) -> AnyView {
    let id = match part {
        Part::Whole => "share-whole",
        Part::Chapter => "share-chapter",
        Part::Range => "share-range",
    };
    let is_on = shown.is_on;
    let mut button = way(id, shown);
    button.class = if is_on { "check round on" } else { "check round" };
    button.role = Some(("radio", if is_on { "true" } else { "false" }));
    button.does(move || desk.share_part(part))
}

fn ends_of(desk: Desk, ends: [String; 2]) -> AnyView {
    let fields = ends.into_iter().enumerate().map(|(n, text)| {
        let (id, label) = if n == 0 { ("share-from", "From") } else { ("share-to", "To") };
        let field = element("input", "").known_as(id).with("aria-label", label).with("value", text).with("size", "9");
        field.on("change", move |ev| desk.share_range(n, event_target_value(ev))).holds([])
    });
    block("ends-of", fields.collect())
}

fn download(id: &'static str, (path, label): (String, String)) -> AnyView {
    element("a", "btn").known_as(id).with("href", path).with("download", "true").text(label)
}

/// The path holds numbers only: it is made from the link's code (qr.rs).
fn drawn((size, path): (usize, String)) -> AnyView {
    let begins = code_begins();
    let svg = format!(
        r##"<svg viewBox="{begins} {begins} {size} {size}" shape-rendering="crispEdges"><path d="{path}" fill="#000"/></svg>"##
    );
    let code = element("div", "qr").known_as("share-code").with("role", "img").with("aria-label", "The link as a code");
    block("", vec![code.svg(svg), words("q", "scan to open here")])
}

/// Another recording can be opened, or dropped anywhere on the page.
fn chooser(desk: Desk) -> AnyView {
    let field = element("input", "").known_as("open-file").with("type", "file").with("accept", ".kscope,.html");
    let field = field.on("change", move |ev| files::chosen(ev, move |name, bytes| desk.open_file(&name, bytes)));
    element("label", "q")
        .holds([words("", "Open another: drop a .kscope or an exported HTML on the page, or choose "), field.holds([])])
}
