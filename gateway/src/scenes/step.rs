//! What a step of a scene can do: press, wait for facts, or wait as long as a named Kafka setting says.

use std::time::Duration;

use serde_json::Value;

use super::Sight;

/// A step: a sentence, and what is done one after another.
#[derive(Debug)]
pub(super) struct Step {
    /// What people read while it is done.
    pub(super) text: &'static str,
    pub(super) acts: Vec<Act>,
}

/// One thing that is done.
#[derive(Debug)]
pub(super) enum Act {
    /// A command, done when its outcome is known; it has to succeed.
    Press(fn(&Sight<'_>) -> Value),
    /// Commands that are pressed at the same moment.
    Presses(fn(&Sight<'_>) -> Vec<Value>),
    /// Facts are waited for, at most so long.
    Until { what: &'static str, limit: Duration, seen: fn(&Sight<'_>) -> bool },
    /// A time that follows from a setting of the cluster.
    Setting { name: &'static str, lasts: Duration },
    /// From here on an order is placed each so often.
    Orders { each: Duration },
    /// No more of them.
    NoMoreOrders,
}

pub(super) const fn step(text: &'static str) -> Step {
    Step { text, acts: Vec::new() }
}

impl Step {
    /// Presses a command.
    pub(super) fn press(self, command: fn(&Sight<'_>) -> Value) -> Self {
        self.act(Act::Press(command))
    }

    /// Presses several commands at once.
    pub(super) fn presses(self, commands: fn(&Sight<'_>) -> Vec<Value>) -> Self {
        self.act(Act::Presses(commands))
    }

    /// Waits until the facts show it, at most so many seconds.
    pub(super) fn until(self, what: &'static str, seconds: u64, seen: fn(&Sight<'_>) -> bool) -> Self {
        self.act(Act::Until { what, limit: Duration::from_secs(seconds), seen })
    }

    /// Waits as long as a setting of the cluster implies.
    pub(super) fn setting(self, name: &'static str, millis: u64) -> Self {
        self.act(Act::Setting { name, lasts: Duration::from_millis(millis) })
    }

    /// Begins to place an order each so many milliseconds.
    pub(super) fn orders(self, each_millis: u64) -> Self {
        self.act(Act::Orders { each: Duration::from_millis(each_millis) })
    }

    /// Ends them.
    pub(super) fn no_more_orders(self) -> Self {
        self.act(Act::NoMoreOrders)
    }

    fn act(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }
}
