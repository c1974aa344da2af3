//! The key of a record, and what it is good for: Kafka keeps the order of records with one key, because they share a partition.

use super::event::Body;
use crate::shop::guards::{Guard, Guards};

/// What the shop is called; there is one.
const SHOP: &str = "kafkascope";

/// What an app takes for a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Key {
    /// The order's id: all events of one order in one order, and orders spread evenly.
    #[default]
    Order,
    /// The shop's own name: one key for everything.
    Shop,
}

impl Key {
    /// The key of an event; none where the guard is off, and then any partition will do.
    pub(crate) fn of(self, body: &Body, guards: Guards) -> Option<&str> {
        match self {
            _ if !guards.has(Guard::KeyOrderId) => None,
            Self::Order => Some(body.correlation()),
            Self::Shop => Some(SHOP),
        }
    }
}

#[cfg(test)]
mod tests {
    use model::ids::OrderId;

    use super::*;

    #[test]
    fn a_key_is_the_orders_everybodys_or_none() {
        let confirmed = |order: &str| Body::OrderConfirmed { order: OrderId(order.to_owned()) };
        let mut guards = Guards::default();
        assert_eq!(Key::Order.of(&confirmed("A-1"), guards), Some("A-1"));
        assert_eq!(Key::Shop.of(&confirmed("A-1"), guards), Key::Shop.of(&confirmed("A-2"), guards));
        guards.set(Guard::KeyOrderId, false).unwrap();
        assert_eq!(Key::Order.of(&confirmed("A-1"), guards), None);
    }
}
