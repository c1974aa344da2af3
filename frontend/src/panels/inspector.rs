//! The side sheet with everything known of what was clicked.

use leptos::prelude::*;

use super::parts::{Button, block, heading, key, words};
use crate::{
    browser::element::{element, live, nothing},
    desk::Desk,
    stage::Selected,
    words::inspector::Sheet,
};

pub(crate) fn inspector(desk: Desk) -> AnyView {
    live(move || desk.screen.sheet.get().map_or_else(nothing, |sheet| open(desk, sheet)))
}

fn open(desk: Desk, sheet: Sheet) -> AnyView {
    let Sheet { title, flag, rows, story, value, links, has_story } = sheet;
    let esc = Button::new("esc", "inspector-close", "Esc").does(move || desk.dismiss());
    let mut inside = vec![element("h2", "").holds([title.into_any(), esc])];
    inside.extend(flag.map(|(text, tone)| element("p", format!("flag {}", tone.class())).text(text)));
    let rows = rows.into_iter().flat_map(|(name, value, is_code)| pair(name, value, is_code));
    inside.push(element("dl", "").holds(rows));
    if !story.is_empty() {
        inside.push(heading("What happened to it"));
    }
    inside.push(element("dl", "story").holds(story.into_iter().flat_map(|(at, what)| pair(at, what, false))));
    if let Some(value) = value {
        inside.extend([heading("Value"), element("pre", "").known_as("inspector-value").text(value)]);
    }
    inside.push(block("ways links", ways(desk, links, has_story)));
    let sheet = element("div", "sheet").known_as("inspector");
    sheet.with("role", "dialog").with("aria-label", "Inspector").holds(inside)
}

fn pair(name: String, value: String, is_code: bool) -> [AnyView; 2] {
    [element("dt", "").text(name), element("dd", if is_code { "code" } else { "" }).text(value)]
}

/// Where one can go from here.
fn ways(desk: Desk, links: Vec<(String, Selected)>, has_story: bool) -> Vec<AnyView> {
    let mut ways = Vec::new();
    if has_story {
        let mut follow = Button::new("btn hot", "follow", "");
        follow.face = vec![key("F"), words("", "Follow this order")];
        ways.push(follow.does(move || desk.follow()));
    }
    let link = |(n, (text, what)): (usize, (String, Selected))| {
        Button::new("btn", format!("link-{n}"), text).does(move || desk.select(what.clone()))
    };
    ways.extend(links.into_iter().enumerate().map(link));
    ways
}
