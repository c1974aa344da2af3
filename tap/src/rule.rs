//! A rule: where it looks, which frame it takes, and what it does to it.

mod form;
mod words;

use std::{fmt, str::FromStr};

use kafka_protocol::messages::ApiKey;
use serde::Serialize;

use crate::wire::names;

/// A rule's number, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RuleId(pub u64);

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A request by Kafka's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Api(pub(crate) ApiKey);

impl FromStr for Api {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = || names::all_apis().map(names::api).collect::<Vec<_>>().join(", ");
        names::api_named(name).map(Self).ok_or_else(|| format!("{name:?} is no request; there are: {}", known()))
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&names::api(self.0))
    }
}

/// Where, which and what. What is `None` matches everything. As JSON:
/// `{"broker":2,"client_id":"order-1","api":"Produce","topic":"orders","event_id":"…","which":{"nth":3},"what":"delay_request","ms":200}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The broker whose listener it is.
    pub broker: Option<i32>,
    /// The client's own id, exactly.
    pub client_id: Option<String>,
    /// The kind of request, or of the answer to it.
    pub api: Option<Api>,
    /// A topic in a Produce or Fetch.
    pub topic: Option<String>,
    /// The `event-id` header of a record in a Produce that is not compressed.
    pub event_id: Option<String>,
    /// Which of the frames that match.
    pub which: Which,
    /// What happens to it.
    pub what: What,
}

/// Which of the frames that match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The next one, once.
    Next,
    /// The nth from now, once; 1 is the next.
    Nth(u32),
    /// All until the rule is taken back.
    UntilCleared,
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The answer never arrives, and the connection ends: the client knows at once.
    DropResponseAndClose,
    /// The answer never arrives: the client waits for its own time-out.
    DropResponse,
    /// The broker never gets the request, and nobody answers it.
    DropRequest,
    /// The request leaves later, and all behind it on this connection.
    DelayRequest {
        /// How much later; 60,000 at most.
        ms: u32,
    },
    /// The answer leaves later, and all behind it on this connection.
    DelayResponse {
        /// How much later; 60,000 at most.
        ms: u32,
    },
    /// New connections are closed at once.
    RefuseConnections,
}

/// Where on a frame's way a rule acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    Connect,
    Request,
    Answer,
}

/// A rule that cannot be, and the field to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The JSON field.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.why)
    }
}

impl std::error::Error for RuleError {}

impl Rule {
    /// A rule that matches everywhere.
    pub const fn new(which: Which, what: What) -> Self {
        Self { broker: None, client_id: None, api: None, topic: None, event_id: None, which, what }
    }

    /// Whether it needs to look into frames.
    pub(crate) const fn looks_inside(&self) -> bool {
        self.topic.is_some() || self.event_id.is_some()
    }

    /// Whether it can match frames of this client and kind, as far as their heads tell.
    pub(crate) fn fits(&self, broker: i32, client_id: &str, api: Option<ApiKey>) -> bool {
        let inside = match api {
            Some(ApiKey::Produce) => true,
            Some(ApiKey::Fetch) => self.event_id.is_none() && self.what.point() == Point::Answer,
            _ => false,
        };
        self.broker.is_none_or(|it| it == broker)
            && self.client_id.as_deref().is_none_or(|it| it == client_id)
            && self.api.is_none_or(|it| Some(it.0) == api)
            && (inside || !self.looks_inside())
    }
}

impl What {
    pub(crate) const fn point(self) -> Point {
        match self {
            Self::DropResponseAndClose | Self::DropResponse | Self::DelayResponse { .. } => Point::Answer,
            Self::DropRequest | Self::DelayRequest { .. } => Point::Request,
            Self::RefuseConnections => Point::Connect,
        }
    }

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DropResponseAndClose => "drop_response_and_close",
            Self::DropResponse => "drop_response",
            Self::DropRequest => "drop_request",
            Self::DelayRequest { .. } => "delay_request",
            Self::DelayResponse { .. } => "delay_response",
            Self::RefuseConnections => "refuse_connections",
        }
    }

    pub(crate) const fn ms(self) -> Option<u32> {
        match self {
            Self::DelayRequest { ms } | Self::DelayResponse { ms } => Some(ms),
            _ => None,
        }
    }
}
