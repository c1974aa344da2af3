//! Every process with all that can be done to it.

use leptos::prelude::*;

use super::{
    cues::seldom,
    parts::{Button, cell, panel, row, table, words},
};
use crate::{
    browser::element::{live, nothing},
    desk::{Cue, Desk},
    words::machines::{Act, Machine, Row},
};

pub(crate) fn machines(desk: Desk) -> AnyView {
    live(move || {
        let Some(rows) = desk.screen.machines.get() else { return nothing() };
        let rows = rows.into_iter().map(|row| one(desk, row)).collect();
        let close = move || desk.cue(Cue::Machines);
        panel("pop machines", "machines", "More".to_owned(), close, vec![seldom(desk), table("machines-table", rows)])
    })
}

fn one(desk: Desk, shown: Row) -> AnyView {
    let slug = match &shown.machine {
        Machine::Broker(id) | Machine::Controller(id) => id.to_string(),
        Machine::App(app, instance) => format!("{app}-{instance}"),
    };
    let mut cells = vec![cell("name", vec![words("", shown.machine.name())]), cell("", vec![words("", shown.word)])];
    for act in Act::ALL {
        let machine = shown.machine.clone();
        let mut button = Button::new("btn", format!("{}-{slug}", act.verb()), act.capital());
        button.disabled = !act.fits(shown.state);
        cells.push(cell("", vec![button.does(move || desk.act_on(act, &machine))]));
    }
    row(cells)
}
