//! The guards: which protections an app works with, their names, and where they stand by default.

use std::{fmt, str::FromStr};

/// A protection that can be switched off to see what it is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// The producer waits for all in-sync replicas (`acks=all`); off is `acks=1`.
    AcksAll,
    /// The idempotent producer (`enable.idempotence`).
    Idempotence,
    /// What was handled once is skipped: event ids are unique in the transaction of their effect.
    Inbox,
    /// One answer for one payment key, however often Pay is pressed.
    PaymentKey,
    /// Read, process and write as one Kafka transaction.
    Transactions,
    /// Events are stored with the state they tell of and sent from there, in order, also after a restart.
    Outbox,
    /// Records carry the order id as their key.
    KeyOrderId,
    /// What cannot be read goes to a topic of its own.
    DeadLetter,
    /// What was reserved or taken for an order that failed is given back.
    Compensation,
}

impl Guard {
    /// All of them, in the order of interface.md.
    pub const ALL: [Self; 9] = [
        Self::AcksAll,
        Self::Idempotence,
        Self::Inbox,
        Self::PaymentKey,
        Self::Transactions,
        Self::Outbox,
        Self::KeyOrderId,
        Self::DeadLetter,
        Self::Compensation,
    ];

    /// Its name in commands and facts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AcksAll => "acks-all",
            Self::Idempotence => "idempotence",
            Self::Inbox => "inbox",
            Self::PaymentKey => "payment-key",
            Self::Transactions => "transactions",
            Self::Outbox => "outbox",
            Self::KeyOrderId => "key-order-id",
            Self::DeadLetter => "dead-letter",
            Self::Compensation => "compensation",
        }
    }

    /// Where it stands when nobody touched it.
    pub const fn default_on(self) -> bool {
        !matches!(self, Self::Outbox | Self::Transactions)
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Guard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|guard| guard.name() == text);
        found.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|guard| guard.name()).collect();
            format!("no guard is called {text:?}; there are {}", names.join(", "))
        })
    }
}

/// Where each guard stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    on: [bool; Guard::ALL.len()],
}

impl Default for Guards {
    fn default() -> Self {
        Self { on: Guard::ALL.map(Guard::default_on) }
    }
}

impl Guards {
    /// Whether the guard is on.
    pub fn has(&self, guard: Guard) -> bool {
        self.on[guard as usize]
    }

    /// Switches a guard, and with it what cannot be without it.
    ///
    /// # Errors
    /// Where librdkafka refuses the pair.
    pub fn set(&mut self, guard: Guard, on: bool) -> Result<(), String> {
        if self.has(guard) == on {
            return Ok(());
        }
        // librdkafka refuses enable.idempotence with acks other than all (CONFIGURATION.md, enable.idempotence).
        if guard == Guard::Idempotence && on && !self.has(Guard::AcksAll) {
            return Err(String::from("the idempotent producer needs acks=all: switch acks-all on first"));
        }
        // A transactional producer is an idempotent one (CONFIGURATION.md, transactional.id).
        if guard == Guard::Transactions && on && !self.has(Guard::Idempotence) {
            return Err(String::from(
                "a transactional producer is an idempotent one with acks=all: switch acks-all and idempotence on first",
            ));
        }
        self.on[guard as usize] = on;
        if !self.has(Guard::AcksAll) {
            self.on[Guard::Idempotence as usize] = false;
        }
        if !self.has(Guard::Idempotence) {
            self.on[Guard::Transactions as usize] = false;
        }
        Ok(())
    }

    /// Whether events wait in the books for the relay of the outbox. In a Kafka transaction what was read and what is said
    /// are one already, and there is nothing to relay.
    pub fn relays(&self) -> bool {
        self.has(Guard::Outbox) && !self.has(Guard::Transactions)
    }

    /// `inbox=off,outbox=on`: what differs from the defaults, for a child's command line.
    pub fn to_args(self) -> String {
        let differ = Guard::ALL.into_iter().filter(|guard| self.has(*guard) != guard.default_on());
        let parts: Vec<_> =
            differ.map(|guard| format!("{guard}={}", if self.has(guard) { "on" } else { "off" })).collect();
        parts.join(",")
    }
}

impl FromStr for Guards {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut guards = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (guard, on) = match part.split_once('=') {
                Some((guard, "on")) => (guard, true),
                Some((guard, "off")) => (guard, false),
                _ => return Err(format!("{part:?} is not GUARD=on or GUARD=off")),
            };
            guards.set(guard.parse()?, on)?;
        }
        Ok(guards)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_survives_the_command_line() {
        let mut guards = Guards::default();
        assert_eq!(guards.to_args(), "");
        guards.set(Guard::AcksAll, false).unwrap();
        guards.set(Guard::Outbox, true).unwrap();
        assert_eq!(guards.to_args(), "acks-all=off,idempotence=off,outbox=on");
        assert_eq!(guards.to_args().parse::<Guards>(), Ok(guards));
    }

    #[test]
    fn idempotence_goes_with_acks_all() {
        let mut guards = Guards::default();
        guards.set(Guard::AcksAll, false).unwrap();
        assert!(!guards.has(Guard::Idempotence));
        assert!(guards.set(Guard::Idempotence, true).is_err());
        guards.set(Guard::AcksAll, true).unwrap();
        guards.set(Guard::Idempotence, true).unwrap();
        assert_eq!(guards, Guards::default());
    }

    #[test]
    fn transactions_go_with_idempotence() {
        let mut guards = Guards::default();
        guards.set(Guard::Transactions, true).unwrap();
        assert_eq!(guards.to_args().parse::<Guards>(), Ok(guards));
        for needed in [Guard::AcksAll, Guard::Idempotence] {
            let mut without = guards;
            without.set(needed, false).unwrap();
            assert!(!without.has(Guard::Transactions));
            assert!(without.set(Guard::Transactions, true).is_err());
        }
    }
}
