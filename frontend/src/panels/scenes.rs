//! The list of scenes by chapter, to be run and looked at.

use leptos::prelude::*;

use super::{
    parts::{Button, block, heading, icon, panel, words},
    verdict::sign,
};
use crate::{
    desk::Desk,
    words::scenes::{Line, ScenesWords, Way},
};

pub(super) fn open(desk: Desk, shown: ScenesWords) -> AnyView {
    panel("pop drawer scenes", "scenes", "Scenes".to_owned(), move || desk.toggle_scenes(), list(desk, shown))
}

/// The list alone.
pub(super) fn list(desk: Desk, shown: ScenesWords) -> Vec<AnyView> {
    let mut children = Vec::new();
    for (chapter, lines) in shown.chapters {
        children.push(heading(chapter));
        children.extend(lines.into_iter().map(|line| one(desk, line)));
    }
    if !shown.note.is_empty() {
        children.push(words("q", shown.note));
    }
    children
}

fn one(desk: Desk, line: Line) -> AnyView {
    let Line { name, title, summary, ways, cannot, judged } = line;
    let mut buttons: Vec<AnyView> = Vec::new();
    for way in ways {
        buttons.push(run(desk, &name, &title, way));
    }
    if judged {
        let (id, scene) = (format!("verdict-of-{name}"), name.clone());
        buttons.push(Button::new("btn", id, "Verdict").does(move || desk.show_verdict(Some(scene.clone()))));
    }
    let mut said = vec![words("t", title), words("q", summary)];
    if !cannot.is_empty() {
        said.push(words("why", cannot));
    }
    block("scene", vec![block("said", said), block("ways", buttons)])
}

fn run(desk: Desk, name: &str, title: &str, way: Way) -> AnyView {
    let id = format!("run-{name}-{}", if way.guarded { "on" } else { "off" });
    let mut button = Button::new("btn", id, way.label);
    if let Some((check, word)) = way.last {
        button.face.push(icon(sign(check)));
        button.title = format!("Newest run: {word}.");
    }
    if !way.cannot.is_empty() {
        button.disabled = true;
        button.title = way.cannot;
    }
    let (name, title, guarded) = (name.to_owned(), title.to_owned(), way.guarded);
    button.does(move || desk.run_scene(&name, &title, guarded))
}
