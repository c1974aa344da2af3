//! Every process with all that can be done to it.

use leptos::prelude::*;

use crate::{
    desk::{Cue, Desk},
    words::machines::{Act, Machine, Row},
};

#[component]
pub(crate) fn Machines(desk: Desk) -> impl IntoView {
    move || {
        desk.screen.machines.get().map(|rows| {
            let rows = rows.into_iter().map(|row| one(desk, row)).collect_view();
            view! {
                <aside class="pop machines" data-testid="machines">
                    <h2>"Machines"<button class="esc" on:click=move |_| desk.cue(Cue::Machines)>"Esc"</button></h2>
                    <table><tbody>{rows}</tbody></table>
                </aside>
            }
        })
    }
}

fn one(desk: Desk, row: Row) -> impl IntoView {
    let slug = match &row.machine {
        Machine::Broker(id) | Machine::Controller(id) => id.to_string(),
        Machine::App(app, instance) => format!("{app}-{instance}"),
    };
    let buttons = Act::ALL.map(|act| {
        let machine = row.machine.clone();
        let id = format!("{}-{slug}", act.verb());
        let fits = act.fits(row.state);
        view! {
            <td>
                <button class="btn" disabled=!fits data-testid=id on:click=move |_| desk.act_on(act, &machine)>
                    {act.capital()}
                </button>
            </td>
        }
    });
    view! {
        <tr>
            <th>{row.machine.name()}</th>
            <td>{row.word}</td>
            {buttons.collect_view()}
        </tr>
    }
}
