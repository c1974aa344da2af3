//! The presenter's row: which buttons there are, what each says as things stand, and why one cannot work that cannot.

use model::{
    fact::{CrashState, ProcessState},
    picture::Picture,
};

use super::{Kind, Press, Question, Step, restart, which};
use crate::words::machines::{Act, Machine, rows};

/// What a button of the presenter's does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cue {
    /// A customer orders.
    Order,
    /// A customer orders and does not pay.
    OrderUnpaid,
    /// A customer pays.
    Pay,
    /// A customer presses Pay twice.
    PayTwice,
    /// An item is put on the shelf.
    NewItem,
    /// The next answer to the order app is lost.
    DropAck,
    /// A node is killed.
    Kill,
    /// A node stands still.
    Pause,
    /// What is down comes back.
    Restart,
    /// An app is killed.
    Crash,
    /// An app aborts its next transaction.
    Abort,
    /// The rest: what customers seldom do, and every machine.
    Machines,
    /// The list of scenes.
    Scenes,
    /// Guards and the wire.
    Wire,
    /// What is drawn, where there is more than has room.
    Choice,
    /// The newest verdict.
    Verdict,
    /// Everything back to green.
    Green,
    /// The help.
    Keys,
    /// The presenter's window.
    Talk,
}

/// A button: its key, what stands on it, what it does, and the name tests know it by.
pub type Button = (&'static str, &'static str, Cue, &'static str);

/// The row at the bottom.
pub const ROW: [Button; 12] = [
    ("O", "Order", Cue::Order, "cue-order"),
    ("P", "Pay twice", Cue::PayTwice, "cue-pay-twice"),
    ("A", "Drop next ack", Cue::DropAck, "cue-drop-ack"),
    ("K", "Kill broker…", Cue::Kill, "cue-kill"),
    ("Z", "Pause broker…", Cue::Pause, "cue-pause"),
    ("R", "Restart", Cue::Restart, "cue-restart"),
    ("C", "Crash app…", Cue::Crash, "cue-crash"),
    ("T", "Abort transaction", Cue::Abort, "cue-abort"),
    ("E", "Scenes…", Cue::Scenes, "cue-scenes"),
    ("", "More…", Cue::Machines, "cue-machines"),
    ("G", "All back to green", Cue::Green, "cue-green"),
    ("?", "Keys", Cue::Keys, "cue-keys"),
];

/// What stands over the machines.
pub const SELDOM: [Button; 4] = [
    ("", "Order, not paid", Cue::OrderUnpaid, "cue-order-unpaid"),
    ("", "Pay", Cue::Pay, "cue-pay"),
    ("", "New item…", Cue::NewItem, "cue-item"),
    ("Q", "Presenter's window", Cue::Talk, "cue-talk"),
];

/// A button as things stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// What stands on it.
    pub label: String,
    /// Why it cannot work now, and when it can; empty where it can.
    pub cannot: String,
    /// Whether something waits for it.
    pub hot: bool,
}

/// The row as things stand.
pub fn row(picture: &Picture) -> Vec<Shown> {
    let shown = |(_, label, cue, _): &Button| {
        let cannot = cue.cannot(picture).unwrap_or_default();
        let hot = *cue == Cue::Restart && cannot.is_empty();
        let label = if hot { restart_label(picture) } else { (*label).to_owned() };
        Shown { label, cannot, hot }
    };
    ROW.iter().map(shown).collect()
}

impl Cue {
    /// What is sent or asked; none where something opens on the page alone.
    pub fn step(self, picture: &Picture) -> Option<Step> {
        if let Some(why) = self.cannot(picture) {
            return Some(Step::Not(why));
        }
        let send = |press| Step::Send(vec![press]);
        Some(match self {
            Self::Order => send(Press::order(true)),
            Self::OrderUnpaid => send(Press::order(false)),
            Self::Pay => send(Press::pay()),
            Self::PayTwice => send(Press::pay_twice()),
            Self::NewItem => Step::Ask(Question::NewItem),
            Self::DropAck => send(Press::drop_ack()),
            Self::Kill => which(Act::Kill, Kind::Nodes, picture),
            Self::Pause => which(Act::Pause, Kind::Nodes, picture),
            Self::Crash => which(Act::Kill, Kind::Apps, picture),
            Self::Restart => restart(picture),
            Self::Abort => send(Press::abort_transaction(transactional(picture)?)),
            Self::Green => send(Press::restore()),
            Self::Machines | Self::Scenes | Self::Wire | Self::Choice | Self::Verdict | Self::Keys | Self::Talk => {
                return None;
            }
        })
    }

    /// Why it cannot work now, and when it can.
    fn cannot(self, picture: &Picture) -> Option<String> {
        match self {
            Self::Order | Self::OrderUnpaid | Self::DropAck => away(picture, "order"),
            Self::Pay | Self::PayTwice => away(picture, "payment"),
            Self::NewItem => away(picture, "stock"),
            Self::Restart => match restart(picture) {
                Step::Not(why) => Some(starting(picture).unwrap_or(why)),
                _ => None,
            },
            Self::Kill => not(which(Act::Kill, Kind::Nodes, picture)),
            Self::Pause => not(which(Act::Pause, Kind::Nodes, picture)),
            Self::Crash => not(which(Act::Kill, Kind::Apps, picture)),
            Self::Abort => match transactional(picture) {
                None => Some("No app that is up makes transactions: switch the guard Transactions on".to_owned()),
                Some(app) => {
                    let armed = picture.crash_points.get(&(app.to_owned(), 1));
                    let waits = armed.is_some_and(|point| point.state == CrashState::Armed);
                    waits.then(|| format!("The {app} app waits for its next transaction already; then it can be again"))
                }
            },
            Self::Green
            | Self::Machines
            | Self::Scenes
            | Self::Wire
            | Self::Choice
            | Self::Verdict
            | Self::Keys
            | Self::Talk => None,
        }
    }
}

fn not(step: Step) -> Option<String> {
    match step {
        Step::Not(why) => Some(why),
        _ => None,
    }
}

/// Why an app does nothing; where nobody told of it, the gateway knows.
fn away(picture: &Picture, app: &str) -> Option<String> {
    let mut instances =
        picture.apps.iter().filter(|((name, _), _)| name == app).map(|(_, a)| a.process.state).peekable();
    let first = *instances.peek()?;
    if instances.any(|state| state == ProcessState::Running) {
        return None;
    }
    Some(match first {
        ProcessState::Dead => format!("The {app} app is gone: restart it first (R)"),
        ProcessState::Paused => format!("The {app} app is paused: restart resumes it (R)"),
        _ => format!("The {app} app is not up yet, or any more"),
    })
}

/// Who comes back by itself.
fn starting(picture: &Picture) -> Option<String> {
    let row = rows(picture).into_iter().find(|row| row.state == ProcessState::Starting)?;
    Some(format!("Nothing else is down, and {} is starting", row.machine.name()))
}

/// The app whose next transaction can be aborted: the first on an order's way that makes them.
fn transactional(picture: &Picture) -> Option<&'static str> {
    ["order", "stock", "payment"].into_iter().find(|app| {
        let is_up = picture.apps.get(&((*app).to_owned(), 1)).is_some_and(|a| a.process.state == ProcessState::Running);
        let guards = picture.guards.get(&((*app).to_owned(), "transactions".to_owned()));
        is_up && guards.is_some_and(|(_, on)| *on)
    })
}

/// What the restart button says: a broker by its number alone, as its mark on the time axis; the row has no more room.
fn restart_label(picture: &Picture) -> String {
    let down = rows(picture).into_iter().filter(|r| matches!(r.state, ProcessState::Dead | ProcessState::Paused));
    let down: Vec<Machine> = down.map(|row| row.machine).collect();
    match down.as_slice() {
        [Machine::Broker(id) | Machine::Controller(id)] => format!("Restart {id}"),
        [Machine::App(app, 1)] => format!("Restart {app}"),
        [Machine::App(app, instance)] => format!("Restart {app} {instance}"),
        more => format!("Restart all {}", more.len()),
    }
}

#[cfg(test)]
mod tests {
    use model::{
        fact::{Event, Fact, Role},
        ids::{BrokerId, Micros},
    };

    use super::*;
    use crate::paint::width;

    fn picture(events: Vec<Event>) -> Picture {
        let fact = |(seq, event)| Fact { seq, at: Micros(seq), event };
        Picture::of(&(1..).zip(events).map(fact).collect::<Vec<_>>())
    }

    fn broker(node: i32, state: ProcessState) -> Event {
        Event::ProcessChanged {
            node: BrokerId(node),
            role: if node < 100 { Role::Broker } else { Role::Controller },
            state,
            pid: None,
            cause: String::new(),
        }
    }

    fn app(app: &str, state: ProcessState) -> Event {
        let (pid, text) = (None, String::new);
        let app = app.to_owned();
        let (group, client_id, reads, writes, cause) = (text(), text(), text(), text(), text());
        Event::AppChanged { app, instance: 1, state, pid, group, client_id, reads, writes, cause }
    }

    fn transactions(app: &str, on: bool) -> Event {
        Event::GuardChanged { app: app.to_owned(), guard: "transactions".to_owned(), on }
    }

    const UP: ProcessState = ProcessState::Running;

    #[test]
    fn a_button_that_cannot_work_says_why_and_when() {
        let shown = |events: Vec<Event>, cue: Cue| cue.cannot(&picture(events));
        assert_eq!(shown(vec![app("order", UP)], Cue::Order), None);
        let gone = "The order app is gone: restart it first (R)";
        assert_eq!(shown(vec![app("order", ProcessState::Dead)], Cue::DropAck).as_deref(), Some(gone));
        assert_eq!(shown(vec![broker(1, UP)], Cue::Restart).as_deref(), Some("Nothing is down"));
        let coming = "Nothing else is down, and broker 2 is starting";
        let events = vec![broker(1, UP), broker(2, ProcessState::Starting)];
        assert_eq!(shown(events, Cue::Restart).as_deref(), Some(coming));
        assert_eq!(
            shown(vec![broker(2, ProcessState::Dead)], Cue::Kill).as_deref(),
            Some("There is no broker to kill")
        );
    }

    #[test]
    fn a_transaction_is_aborted_where_one_is_made() {
        let of = |events: Vec<Event>| Cue::Abort.step(&picture(events));
        let none = of(vec![app("order", UP), transactions("order", false)]);
        assert!(matches!(none, Some(Step::Not(why)) if why.contains("Transactions")));
        let dead = vec![app("order", ProcessState::Dead), transactions("order", true)];
        let stock = of([dead, vec![app("stock", UP), transactions("stock", true)]].concat());
        let Some(Step::Send(presses)) = stock else { panic!() };
        assert_eq!(presses[0].command, "arm_fault");
        assert_eq!(presses[0].args.get("app").and_then(|a| a.as_str()), Some("stock"));
        let armed = Event::CrashPointChanged {
            app: "order".to_owned(),
            instance: 1,
            at_point: "in_transaction".to_owned(),
            action: "abort_transaction".to_owned(),
            state: CrashState::Armed,
        };
        let twice = of(vec![app("order", UP), transactions("order", true), armed]);
        assert!(matches!(twice, Some(Step::Not(why)) if why.contains("already")));
    }

    #[test]
    fn the_row_fits_whatever_is_down_also_on_a_classic_projector() {
        // As the style sheet has it: the room between the margins (and behind the row's name), the size of the words, and
        // a button's rims and padding, its key's gap.
        const WIDE: (f64, f64, f64, f64) = (1_856.0 - 171.0 - 7.0, 16.0, 19.0, 9.0);
        const CLASSIC: (f64, f64, f64, f64) = (1_556.0, 15.0, 17.0, 6.0);
        let worst = [
            vec![broker(2, ProcessState::Dead)],
            vec![broker(1, ProcessState::Dead), broker(2, ProcessState::Paused), broker(100, ProcessState::Dead)],
            vec![app("payment", ProcessState::Dead)],
            vec![broker(100, ProcessState::Dead)],
            vec![],
        ];
        for events in worst {
            let shown = row(&picture(events));
            for (room, size, around, gap) in [WIDE, CLASSIC] {
                let wide = |(button, shown): (&Button, &Shown)| {
                    let key = if button.0.is_empty() { 0.0 } else { 24.0 + gap };
                    around + key + width::of(&shown.label, size, 550)
                };
                let all: f64 = ROW.iter().zip(&shown).map(wide).sum::<f64>() + 6.0 * (ROW.len() - 1) as f64;
                assert!(all <= room, "{all:.0} of {room}: {shown:?}");
            }
        }
    }

    #[test]
    fn restart_names_what_it_starts() {
        let label = |events| restart_label(&picture(events));
        assert_eq!(label(vec![broker(1, UP), broker(2, ProcessState::Dead)]), "Restart 2");
        assert_eq!(label(vec![app("stock", ProcessState::Paused)]), "Restart stock");
        let both = vec![broker(1, ProcessState::Dead), broker(2, ProcessState::Paused)];
        assert_eq!(label(both), "Restart all 2");
    }
}
