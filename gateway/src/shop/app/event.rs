//! The shop's events: what their JSON values hold and which headers travel with them.

use model::ids::OrderId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::dead_letter;

/// An event's value, told apart by its `type`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Body {
    OrderPlaced {
        order: OrderId,
        customer: String,
        item: String,
        count: i64,
        price_cents: i64,
    },
    OrderConfirmed {
        order: OrderId,
    },
    OrderCancelled {
        order: OrderId,
        reason: String,
    },
    ItemCreated {
        item: String,
        count: i64,
        price_cents: i64,
    },
    StockReserved {
        order: OrderId,
        item: String,
        count: i64,
        due_cents: i64,
    },
    StockRejected {
        order: OrderId,
        item: String,
        count: i64,
        reason: String,
    },
    StockSold {
        order: OrderId,
        item: String,
        count: i64,
    },
    StockReleased {
        order: OrderId,
        item: String,
        count: i64,
    },
    PaymentTaken {
        order: OrderId,
        cents: i64,
    },
    PaymentRefused {
        order: OrderId,
        reason: String,
    },
    PaymentRefunded {
        order: OrderId,
        cents: i64,
    },
    /// A record that could not be read, as it was, and why.
    DeadLetter {
        topic: String,
        partition: i32,
        offset: i64,
        correlation: String,
        value: Vec<u8>,
        reason: String,
    },
}

impl Body {
    /// The event's name.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::OrderPlaced { .. } => "OrderPlaced",
            Self::OrderConfirmed { .. } => "OrderConfirmed",
            Self::OrderCancelled { .. } => "OrderCancelled",
            Self::ItemCreated { .. } => "ItemCreated",
            Self::StockReserved { .. } => "StockReserved",
            Self::StockRejected { .. } => "StockRejected",
            Self::StockSold { .. } => "StockSold",
            Self::StockReleased { .. } => "StockReleased",
            Self::PaymentTaken { .. } => "PaymentTaken",
            Self::PaymentRefused { .. } => "PaymentRefused",
            Self::PaymentRefunded { .. } => "PaymentRefunded",
            Self::DeadLetter { .. } => "DeadLetter",
        }
    }

    /// The order it is about.
    pub(crate) const fn order(&self) -> Option<&OrderId> {
        match self {
            Self::OrderPlaced { order, .. }
            | Self::OrderConfirmed { order }
            | Self::OrderCancelled { order, .. }
            | Self::StockReserved { order, .. }
            | Self::StockRejected { order, .. }
            | Self::StockSold { order, .. }
            | Self::StockReleased { order, .. }
            | Self::PaymentTaken { order, .. }
            | Self::PaymentRefused { order, .. }
            | Self::PaymentRefunded { order, .. } => Some(order),
            Self::ItemCreated { .. } | Self::DeadLetter { .. } => None,
        }
    }

    /// What it belongs to: an order, or the item for an item.
    pub(crate) fn correlation(&self) -> &str {
        match self {
            Self::ItemCreated { item, .. } => item,
            Self::DeadLetter { correlation, .. } => correlation,
            other => other.order().map_or("", |order| &order.0),
        }
    }

    /// The record's value: JSON, or the bytes that could not be read.
    pub(crate) fn value(&self) -> Vec<u8> {
        match self {
            Self::DeadLetter { value, .. } => value.clone(),
            other => other.to_json().into_bytes(),
        }
    }

    /// As the books keep it.
    pub(crate) fn to_json(&self) -> String {
        // Only strings and numbers: JSON can write them all.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// An event that has to be sent, with the headers it goes under. It keeps its id however often it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) event_id: String,
    /// The event it answers; the event's own id where a press caused it.
    pub(crate) causation_id: String,
    /// The app's own sends, from 1; librdkafka's retries are the same bytes and not counted.
    pub(crate) attempt: u32,
    pub(crate) body: Body,
    /// Whether a crash point spoils its value on the way to the producer.
    pub(crate) garbled: bool,
}

impl Outgoing {
    /// Its headers, in the order they are written.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("type", self.body.name().to_owned()),
            ("event-id", self.event_id.clone()),
            ("causation-id", self.causation_id.clone()),
            ("correlation-id", self.body.correlation().to_owned()),
        ];
        if let Some(order) = self.body.order() {
            headers.push(("payment-key", payment_key(order)));
        }
        headers.push(("attempt", self.attempt.to_string()));
        headers.extend(dead_letter::headers(&self.body));
        headers
    }

    /// Its value; half of it is gone where it was garbled.
    pub(crate) fn value(&self) -> Vec<u8> {
        let mut value = self.body.value();
        if self.garbled {
            value.truncate(value.len() / 2);
        }
        value
    }
}

/// A record as an app takes it off the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incoming {
    pub(crate) topic: String,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) event_id: String,
    /// What it belongs to, by its header.
    pub(crate) correlation: String,
    /// Its value, or the bytes and why they cannot be read.
    pub(crate) body: Result<Body, Unreadable>,
}

/// A value that is no event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) value: Vec<u8>,
    pub(crate) reason: String,
}

impl Incoming {
    /// Reads a record; one without an event id is known by its place.
    pub(crate) fn read(
        topic: &str,
        partition: i32,
        offset: i64,
        header: impl Fn(&str) -> Option<String>,
        value: Option<&[u8]>,
    ) -> Self {
        let body = match value {
            Some(value) => serde_json::from_slice(value)
                .map_err(|error| Unreadable { value: value.to_vec(), reason: error.to_string() }),
            None => Err(Unreadable { value: Vec::new(), reason: String::from("it has no value") }),
        };
        let event_id = header("event-id").unwrap_or_else(|| format!("{topic}-{partition}-{offset}"));
        let correlation = header("correlation-id").unwrap_or_default();
        Self { topic: topic.to_owned(), partition, offset, event_id, correlation, body }
    }
}

/// A new event id: 16 random hex digits.
pub(crate) fn new_event_id() -> String {
    // A version 4 uuid has its fixed bits at the same place in each half's digits only once; both halves mixed have none.
    let (high, low) = Uuid::new_v4().as_u64_pair();
    format!("{:016x}", high ^ low.rotate_left(32))
}

/// The key under which an order is paid, however often the button is pressed.
pub(crate) fn payment_key(order: &OrderId) -> String {
    format!("{order}/pay")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_names_its_type_and_is_read_back() {
        let body = Body::PaymentTaken { order: OrderId(String::from("A-1")), cents: 3990 };
        let json = body.to_json();
        assert_eq!(json, r#"{"type":"PaymentTaken","order":"A-1","cents":3990}"#);
        assert_eq!(Incoming::read("payments", 0, 1, |_| None, Some(json.as_bytes())).body, Ok(body));
    }

    #[test]
    fn event_ids_are_sixteen_hex_digits() {
        let id = new_event_id();
        assert!(id.len() == 16 && id.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
        assert_ne!(id, new_event_id());
    }
}
