//! Every process that can be killed, stopped, paused and started: its name, its state, and what can be done to it now.

use model::{
    fact::ProcessState,
    ids::BrokerId,
    picture::{App, Broker, Picture},
};

/// A process that a command can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Machine {
    /// A broker.
    Broker(BrokerId),
    /// A controller; the same commands name it by its node id.
    Controller(BrokerId),
    /// An instance of an app.
    App(String, u32),
}

impl Machine {
    /// Its name on the page.
    pub fn name(&self) -> String {
        match self {
            Self::Broker(id) => format!("broker {id}"),
            Self::Controller(id) => format!("controller {id}"),
            Self::App(app, 1) => format!("{app} app"),
            Self::App(app, instance) => format!("{app} app {instance}"),
        }
    }
}

/// What can be done to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// SIGKILL.
    Kill,
    /// SIGTERM.
    Stop,
    /// SIGSTOP.
    Pause,
    /// SIGCONT.
    Resume,
    /// Start it again.
    Start,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Kill, Self::Stop, Self::Pause, Self::Resume, Self::Start];

    /// Its verb, as in the command's name.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Stop => "stop",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Start => "start",
        }
    }

    /// The verb as a question begins with it.
    pub fn capital(self) -> &'static str {
        match self {
            Self::Kill => "Kill",
            Self::Stop => "Stop",
            Self::Pause => "Pause",
            Self::Resume => "Resume",
            Self::Start => "Start",
        }
    }

    /// Whether it makes sense for a process in this state.
    pub fn fits(self, state: ProcessState) -> bool {
        use ProcessState::{Dead, Paused, Running, Starting, Stopping, Unknown};
        match self {
            Self::Kill => matches!(state, Running | Paused | Starting | Stopping),
            Self::Stop | Self::Pause => matches!(state, Running | Starting),
            Self::Resume => state == Paused,
            Self::Start => matches!(state, Dead | Unknown),
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which process.
    pub machine: Machine,
    /// What it does.
    pub state: ProcessState,
    /// Its state in a word, with its process id where it lives.
    pub word: String,
}

/// Every process, brokers first.
pub fn rows(picture: &Picture) -> Vec<Row> {
    let brokers = picture.brokers.iter().filter(|(_, b)| b.process.is_some());
    let brokers = brokers.map(|(id, b): (_, &Broker)| {
        let pid = b.process.as_ref().and_then(|p| p.pid);
        row(Machine::Broker(*id), b.state(), pid)
    });
    let controllers =
        picture.controllers.iter().map(|(id, c)| row(Machine::Controller(*id), c.process.state, c.process.pid));
    let apps = picture.apps.iter().map(|((name, instance), a): (_, &App)| {
        row(Machine::App(name.clone(), *instance), a.process.state, a.process.pid)
    });
    brokers.chain(controllers).chain(apps).collect()
}

fn row(machine: Machine, state: ProcessState, pid: Option<u32>) -> Row {
    let word = state_word(state);
    let word = pid.map_or_else(|| word.to_owned(), |pid| format!("{word}, pid {pid}"));
    Row { machine, state, word }
}

/// A process state in a word.
pub fn state_word(state: ProcessState) -> &'static str {
    match state {
        ProcessState::Starting => "starting",
        ProcessState::Running => "up",
        ProcessState::Paused => "paused",
        ProcessState::Stopping => "stopping",
        ProcessState::Dead => "gone",
        ProcessState::Unknown => "not told",
    }
}
