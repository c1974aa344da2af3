//! The shop: order, stock and payment apps as child processes, and the gateway's end of their pipes.

pub mod app;
pub mod desk;
pub mod guards;
pub mod wire;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One of the shop's three apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum AppName {
    /// Takes orders, confirms and cancels them.
    Order,
    /// Keeps the shelf.
    Stock,
    /// Takes the money.
    Payment,
}

impl AppName {
    /// All of them, in the order of an order's way.
    pub const ALL: [Self; 3] = [Self::Order, Self::Stock, Self::Payment];

    /// The app of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|app| app.name() == name)
    }

    /// Its name, which is also the name of its consumer group.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Stock => "stock",
            Self::Payment => "payment",
        }
    }

    /// The topic it reads.
    pub const fn reads(self) -> &'static str {
        match self {
            Self::Order => "payments",
            Self::Stock => "orders",
            Self::Payment => "stock",
        }
    }

    /// The topic it writes.
    pub const fn writes(self) -> &'static str {
        match self {
            Self::Order => "orders",
            Self::Stock => "stock",
            Self::Payment => "payments",
        }
    }

    /// What instance `instance` calls itself towards Kafka (`client.id`).
    pub fn client_id(self, instance: u32) -> String {
        format!("{self}-{instance}")
    }
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for AppName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|app| app.name() == text);
        found.ok_or_else(|| format!("no app is called {text:?}: order, stock and payment are"))
    }
}
