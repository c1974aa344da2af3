//! The shop: order, stock and payment apps as child processes, and the gateway's end of their pipes.

pub mod app;
pub mod desk;
pub mod guards;
pub mod wire;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What members of classic groups ask of their coordinator: longer than a failover (3 to 4 s), so that a coordinator that is
/// killed costs nobody his membership.
pub(crate) const CLASSIC_SESSION_MS: u32 = 6_000;
/// What the brokers give members of the other groups (KIP-848).
pub(crate) const CONSUMER_SESSION_MS: u32 = 3_000;

/// One of the shop's three apps, or one that reads along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum AppName {
    /// Takes orders, confirms and cancels them.
    Order,
    /// Keeps the shelf.
    Stock,
    /// Takes the money.
    Payment,
    /// Reads any topic along, and does nothing with it.
    Reader,
    /// Shows where each order stands, by what it reads of several topics.
    View,
}

impl AppName {
    /// The shop's, in the order of an order's way.
    pub const SHOP: [Self; 3] = [Self::Order, Self::Stock, Self::Payment];
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Order, Self::Stock, Self::Payment, Self::Reader, Self::View];

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
            Self::Reader => "reader",
            Self::View => "view",
        }
    }

    /// The topics it reads; a reader's own choice is not told here.
    pub const fn topics(self) -> &'static [&'static str] {
        match self {
            Self::Order => &["payments"],
            Self::Stock | Self::Reader => &["orders"],
            Self::Payment => &["stock"],
            Self::View => &["orders", "payments"],
        }
    }

    /// The first of them.
    pub const fn reads(self) -> &'static str {
        self.topics()[0]
    }

    /// Whether it is one of the shop's own, which keep its books and are always there.
    pub const fn is_of_shop(self) -> bool {
        matches!(self, Self::Order | Self::Stock | Self::Payment)
    }

    /// The topic it writes; empty for none.
    pub const fn writes(self) -> &'static str {
        match self {
            Self::Order => "orders",
            Self::Stock => "stock",
            Self::Payment => "payments",
            Self::Reader | Self::View => "",
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
        found.ok_or_else(|| format!("no app is called {text:?}: order, stock, payment, reader and view are"))
    }
}
