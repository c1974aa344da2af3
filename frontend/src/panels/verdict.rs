//! The verdict of a scene: expected, without guard, with guard; a number shows on the stage what proves it.

use leptos::prelude::*;

use super::parts::{Button, block, cell, icon, panel, row, table, words};
use crate::{
    browser::element::element,
    desk::Desk,
    icons,
    screen::VerdictSheet,
    words::{
        proof::Check,
        verdict::{Cell, End},
    },
};

pub(super) fn open(desk: Desk, sheet: VerdictSheet) -> AnyView {
    let VerdictSheet { words: shown, chosen, proven, left } = sheet;
    let mut rows = Vec::new();
    let mut heads = vec![cell("", vec![]), cell("n", vec![words("q", "expected")])];
    heads.extend(shown.heads.into_iter().map(|h| cell("n", vec![words("q", h.run), words("how", h.how)])));
    rows.push(row(heads));
    for (n, line) in shown.lines.into_iter().enumerate() {
        let mut what = vec![words("", line.what)];
        let places: Vec<&str> = line.cells.iter().map(|c| c.at.as_str()).filter(|at| !at.is_empty()).collect();
        if !places.is_empty() {
            what.push(words("at", places.join(" · ")));
        }
        let mut cells = vec![
            cell("what", what),
            cell("n wanted", vec![words(if line.wanted.chars().count() > 3 { "v long" } else { "v" }, line.wanted)]),
        ];
        let seen = |(m, c): (usize, Cell)| number(desk, format!("seen-{n}-{m}"), c, &chosen);
        cells.extend(line.cells.into_iter().enumerate().map(seen));
        rows.push(row(cells));
    }
    let mut children = vec![table("verdict-table", rows), words("proven", proven)];
    let mut ends: Vec<AnyView> = shown.ends.into_iter().map(end).collect();
    if !shown.limit.is_empty() {
        ends.push(words("q limit", shown.limit));
    }
    children.push(element("div", "").with("role", "status").holds(ends));
    let class = match (left, chosen.is_empty()) {
        (false, true) => "sheet verdict",
        (false, false) => "sheet verdict peek",
        (true, true) => "sheet verdict left",
        (true, false) => "sheet verdict left peek",
    };
    panel(class, "verdict", shown.title, move || desk.show_verdict(None), children)
}

/// What stands for an outcome.
pub(super) fn sign(check: Check) -> &'static str {
    match check {
        Check::None => "",
        Check::Tick => icons::TICK,
        Check::Cross => icons::CROSS,
        Check::Settling => icons::HALF,
    }
}

fn class(check: Check) -> &'static str {
    match check {
        Check::None => "n",
        Check::Tick => "n right",
        Check::Cross => "n wrong",
        Check::Settling => "n unseen-yet",
    }
}

fn number(desk: Desk, id: String, shown: Cell, chosen: &[u64]) -> AnyView {
    let Cell { words: text, check, facts, at } = shown;
    let face = vec![words(if text.chars().count() > 3 { "v long" } else { "v" }, text), icon(sign(check))];
    if facts.is_empty() {
        return cell(class(check), face);
    }
    let down = facts == chosen;
    let mut button = Button::new(if down { "num down" } else { "num" }, id, "");
    button.face = face;
    button.title =
        if at.is_empty() { "Show what proves it".to_owned() } else { "Show what proves it: ".to_owned() + &at };
    cell(class(check), vec![button.does(move || desk.prove(facts.clone()))])
}

fn end(end: End) -> AnyView {
    let class = match end.check {
        Check::Tick => "end",
        Check::Cross => "end wrong",
        _ => "end open",
    };
    let mut said = vec![words("line", end.line), words("q", end.detail)];
    if !end.amiss.is_empty() {
        said.push(words("amiss", end.amiss));
    }
    block(class, vec![icon(sign(end.check)), block("said", said)])
}
