//! What producers were told on the wire that is no acknowledgement: sends refused, transactions begun, ended and fenced.

use super::Stamp;
use crate::{
    fact::{Source, TransactionState},
    ids::BrokerId,
};

/// A send whose producer was told that it is not stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refused {
    /// When.
    pub stamp: Stamp,
    /// The app that sent it.
    pub app: String,
    /// Which of its instances.
    pub instance: u32,
    /// Where to.
    pub topic: String,
    /// The event it is.
    pub event_id: String,
    /// Kafka's name for why.
    pub error: String,
    /// Who saw it.
    pub source: Source,
}

/// A transactional producer, as its answers on the wire say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transaction {
    /// The newest answer; none where only its refusal was told.
    pub stamp: Stamp,
    /// Who answered, on which connection, and to which request.
    pub frame: (BrokerId, u64, i32),
    /// Who asked.
    pub client_id: String,
    /// Its producer id.
    pub producer_id: i64,
    /// Its epoch; older ones are fenced.
    pub producer_epoch: i16,
    /// Where it stands.
    pub state: TransactionState,
    /// Kafka's name for what is the matter; empty for nothing.
    pub error: String,
    /// The app whose producer was refused for good, its instance, and Kafka's name for why.
    pub refused: Option<(Stamp, String, u32, String)>,
}
