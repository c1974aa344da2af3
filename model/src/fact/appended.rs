//! A record as it stands on a log, as facts tell it.

use serde::{Deserialize, Serialize};

use super::{Control, is_false};
use crate::ordered::Ordered;

/// A record as it stands on a log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Appended {
    /// Topic name.
    pub topic: String,
    /// Partition index.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// The epoch of the leader that took it.
    pub leader_epoch: i32,
    /// Its own timestamp, Unix milliseconds.
    pub timestamp_ms: i64,
    /// -1 where its producer is not idempotent.
    pub producer_id: i64,
    /// -1 where its producer is not idempotent.
    pub producer_epoch: i16,
    /// -1 where its producer is not idempotent.
    pub sequence: i32,
    /// Whether it belongs to a transaction.
    #[serde(skip_serializing_if = "is_false")]
    pub transactional: bool,
    /// Set on markers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// Its key as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its headers; a name that repeats keeps its last value (kafka-protocol reads them into a map).
    #[serde(skip_serializing_if = "Ordered::is_empty")]
    pub headers: Ordered<String, String>,
    /// The value's first bytes as text, where values are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The value's whole size; -1 for a null value (a tombstone).
    pub value_bytes: i64,
}

impl Appended {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}
