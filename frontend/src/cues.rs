//! What the presenter's buttons and keys ask for: which command, on what, and where a question comes first.

use model::{fact::ProcessState, ids::BrokerId, picture::Picture};
use serde_json::{Map, Value};

use crate::words::machines::{Act, Machine, rows};

pub mod row;

/// A question waits this long for its digit (design §7).
pub const QUESTION_MILLIS: f64 = 5_000.0;

/// A command about to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Press {
    /// Its name in the interface.
    pub command: String,
    /// Its fields.
    pub args: Map<String, Value>,
    /// What the page calls it.
    pub label: String,
}

impl Press {
    fn new(command: &str, label: &str) -> Self {
        Self { command: command.to_owned(), args: Map::new(), label: label.to_owned() }
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// A customer orders; whether they pay at once.
    pub fn order(pays: bool) -> Self {
        if pays {
            Self::new("create_order", "Order")
        } else {
            Self::new("create_order", "Order, not paid").with("pay", false)
        }
    }

    /// A customer pays the newest order that is not paid.
    pub fn pay() -> Self {
        Self::new("pay", "Pay")
    }

    /// A customer presses Pay twice.
    pub fn pay_twice() -> Self {
        Self::new("pay_twice", "Pay twice")
    }

    /// Everything back to green.
    pub fn restore() -> Self {
        Self::new("restore", "All back to green")
    }

    /// A guard is switched in every app that knows it.
    pub fn guard(guard: &str, title: &str, on: bool) -> Self {
        let label = format!("{title} {}", if on { "on" } else { "off" });
        Self::new("set_guard", &label).with("guard", guard).with("on", on)
    }

    /// The answer to the order app's next send is lost, and the connection with it.
    pub fn drop_ack() -> Self {
        let rule = [("client_id", "order-1"), ("api", "Produce"), ("what", "drop_response_and_close")];
        let rule: Map<String, Value> =
            rule.map(|(name, value)| (name.to_owned(), Value::from(value))).into_iter().collect();
        Self::new("arm_fault", "Drop next ack").with("rule", rule)
    }

    /// An app's next transaction is aborted.
    pub fn abort_transaction(app: &str) -> Self {
        Self::new("arm_fault", &format!("Abort transaction of the {app} app"))
            .with("app", app)
            .with("at", "in_transaction")
            .with("do", "abort_transaction")
    }

    /// Nothing is armed any more.
    pub fn clear_faults() -> Self {
        Self::new("clear_faults", "Clear what is armed")
    }

    /// How long the wire holds each frame.
    pub fn slow_wire(ms: u32) -> Self {
        let label = if ms == 0 { "Fast wire".to_owned() } else { format!("Slow wire {ms} ms") };
        Self::new("slow_wire", &label).with("ms", ms)
    }

    /// A scene is started or cancelled; not a command, but a press like them.
    pub fn scene(label: &str) -> Self {
        Self::new("scene", label)
    }

    /// A new item.
    pub fn item(item: &str, count: i64, price_cents: i64) -> Self {
        Self::new("create_item", &format!("New item {item}"))
            .with("item", item)
            .with("count", count)
            .with("price_cents", price_cents)
    }

    /// Something done to a process.
    pub fn machine(act: Act, machine: &Machine) -> Self {
        let label = format!("{} {}", act.capital(), machine.name());
        match machine {
            Machine::Broker(id) | Machine::Controller(id) => {
                Self::new(&format!("{}_broker", act.verb()), &label).with("broker", id.0)
            }
            Machine::App(app, instance) => {
                Self::new(&format!("{}_app", act.verb()), &label).with("app", app.as_str()).with("instance", *instance)
            }
        }
    }
}

/// An answer a person may give.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The digit that gives it.
    pub digit: u32,
    /// What is done.
    pub act: Act,
    /// To whom.
    pub machine: Machine,
}

/// A question on the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Which process?
    Which {
        /// The sentence.
        sentence: String,
        /// The answers.
        choices: Vec<Choice>,
    },
    /// Really?
    Sure {
        /// The consequence.
        sentence: String,
        /// What is sent on yes.
        press: Press,
    },
    /// What is the new item?
    NewItem,
}

/// What follows a press.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Ask first.
    Ask(Question),
    /// Send these.
    Send(Vec<Press>),
    /// It cannot be, because.
    Not(String),
}

/// Which kind of process a cue is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Brokers and controllers.
    Nodes,
    /// Apps.
    Apps,
}

/// Asks whom to do it to. Pausing also offers to resume what is paused.
pub fn which(act: Act, kind: Kind, picture: &Picture) -> Step {
    let mut choices: Vec<Choice> = Vec::new();
    for row in rows(picture) {
        if matches!(row.machine, Machine::App(..)) != (kind == Kind::Apps) {
            continue;
        }
        let act = if act == Act::Pause && row.state == ProcessState::Paused { Act::Resume } else { act };
        if act.fits(row.state) {
            let digit = digit_of(&row.machine, &choices);
            choices.push(Choice { digit, act, machine: row.machine });
        }
    }
    let noun = if kind == Kind::Apps { "app" } else { "broker" };
    match choices.as_slice() {
        [] => Step::Not(format!("There is no {noun} to {}", act.verb())),
        _ => Step::Ask(Question::Which { sentence: format!("{} which {noun}?", act.capital()), choices }),
    }
}

/// A node answers to its own id where that is one digit; everything else to the next free one.
fn digit_of(machine: &Machine, taken: &[Choice]) -> u32 {
    let free = |digit: u32| !taken.iter().any(|c| c.digit == digit);
    let own = match machine {
        Machine::Broker(BrokerId(id)) | Machine::Controller(BrokerId(id)) => u32::try_from(*id).ok(),
        Machine::App(..) => None,
    };
    own.filter(|d| (1..=9).contains(d) && free(*d)).or_else(|| (1..=9).find(|d| free(*d))).unwrap_or(0)
}

/// Does something to a process, asking first where the consequence is larger than it looks.
pub fn act_on(act: Act, machine: &Machine, picture: &Picture) -> Step {
    let press = Press::machine(act, machine);
    let takes_away = matches!(act, Act::Kill | Act::Stop | Act::Pause);
    let sentence = match machine {
        Machine::Controller(id) if takes_away => {
            Some(format!("{} controller {id}? Leaders cannot change until it is back.", act.capital()))
        }
        Machine::Broker(id) if takes_away => few_left(act, *id, picture),
        _ => None,
    };
    match sentence {
        Some(sentence) => {
            // Only a controller's command asks for it (interface.md); on others it says nothing.
            let press = if matches!(machine, Machine::Controller(_)) { press.with("confirm", true) } else { press };
            Step::Ask(Question::Sure { sentence, press })
        }
        None => Step::Send(vec![press]),
    }
}

fn few_left(act: Act, id: BrokerId, picture: &Picture) -> Option<String> {
    let left: Vec<String> = picture
        .brokers
        .iter()
        .filter(|(other, b)| **other != id && b.state() == ProcessState::Running)
        .map(|(other, _)| other.to_string())
        .collect();
    let verb = act.capital();
    match left.as_slice() {
        [] => Some(format!("{verb} broker {id}? No broker is left: nothing can be written or read.")),
        [only] => Some(format!("{verb} broker {id}? Only broker {only} is left: writes with acks all are refused.")),
        _ => None,
    }
}

/// Starts what is gone and resumes what is paused.
pub fn restart(picture: &Picture) -> Step {
    let down = rows(picture).into_iter().filter_map(|row| {
        let act = match row.state {
            ProcessState::Dead => Act::Start,
            ProcessState::Paused => Act::Resume,
            _ => return None,
        };
        Some(Press::machine(act, &row.machine))
    });
    let down: Vec<Press> = down.collect();
    if down.is_empty() { Step::Not("Nothing is down".to_owned()) } else { Step::Send(down) }
}

#[cfg(test)]
mod tests {
    use model::fact::{Event, Fact, Role};
    use model::ids::Micros;

    use super::*;

    fn picture(states: &[(i32, Role, ProcessState)]) -> Picture {
        let fact = |(node, role, state): &(i32, Role, ProcessState)| {
            let event = Event::ProcessChanged {
                node: BrokerId(*node),
                role: *role,
                state: *state,
                pid: None,
                cause: String::new(),
            };
            Fact { seq: 1, at: Micros(0), event }
        };
        Picture::of(&states.iter().map(fact).collect::<Vec<_>>())
    }

    const UP: ProcessState = ProcessState::Running;

    #[test]
    fn digits_are_node_ids_and_the_dead_cannot_be_killed() {
        let picture = picture(&[
            (1, Role::Broker, UP),
            (2, Role::Broker, ProcessState::Dead),
            (3, Role::Broker, UP),
            (100, Role::Controller, UP),
        ]);
        let Step::Ask(Question::Which { choices, .. }) = which(Act::Kill, Kind::Nodes, &picture) else { panic!() };
        let answers: Vec<_> = choices.iter().map(|c| (c.digit, c.machine.name())).collect();
        let expected = [(1, "broker 1"), (3, "broker 3"), (2, "controller 100")];
        assert_eq!(answers, expected.map(|(d, n)| (d, n.to_owned())));
    }

    #[test]
    fn pausing_again_resumes() {
        let picture = picture(&[(1, Role::Broker, ProcessState::Paused), (2, Role::Broker, UP)]);
        let Step::Ask(Question::Which { choices, .. }) = which(Act::Pause, Kind::Nodes, &picture) else { panic!() };
        assert_eq!(choices.iter().map(|c| c.act).collect::<Vec<_>>(), [Act::Resume, Act::Pause]);
    }

    #[test]
    fn a_kill_that_leaves_fewer_than_two_asks_first() {
        let three = picture(&[(1, Role::Broker, UP), (2, Role::Broker, UP), (3, Role::Broker, UP)]);
        assert!(matches!(act_on(Act::Kill, &Machine::Broker(BrokerId(2)), &three), Step::Send(_)));
        let two = picture(&[(1, Role::Broker, UP), (2, Role::Broker, UP), (3, Role::Broker, ProcessState::Dead)]);
        let Step::Ask(Question::Sure { sentence, press }) = act_on(Act::Kill, &Machine::Broker(BrokerId(2)), &two)
        else {
            panic!()
        };
        assert_eq!(sentence, "Kill broker 2? Only broker 1 is left: writes with acks all are refused.");
        assert_eq!(press.command, "kill_broker");
        assert_eq!(press.args.get("confirm"), None);
    }

    #[test]
    fn the_controller_always_asks_and_confirms() {
        let picture = picture(&[(100, Role::Controller, UP)]);
        let Step::Ask(Question::Sure { press, .. }) = act_on(Act::Kill, &Machine::Controller(BrokerId(100)), &picture)
        else {
            panic!()
        };
        assert_eq!(press.args.get("confirm"), Some(&Value::Bool(true)));
    }
}
