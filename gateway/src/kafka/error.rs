//! What can go wrong on the wire, and Kafka's own names for what a broker refuses.

use std::{fmt, net::SocketAddr};

use kafka_protocol::error::ResponseError;

/// Kafka's error code, printed by its name in `Errors.java`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode(pub i16);

impl ErrorCode {
    /// The offset is below the log start or above the log end.
    pub const OFFSET_OUT_OF_RANGE: Self = Self(1);
    /// The broker does not know the topic or partition (any more, or yet).
    pub const UNKNOWN_TOPIC_OR_PARTITION: Self = Self(3);
    /// No leader: an election is under way.
    pub const LEADER_NOT_AVAILABLE: Self = Self(5);
    /// The broker is not the leader, or holds no replica.
    pub const NOT_LEADER_OR_FOLLOWER: Self = Self(6);
    /// The broker is not this group's coordinator.
    pub const NOT_COORDINATOR: Self = Self(16);
    /// The topic is there already.
    pub const TOPIC_ALREADY_EXISTS: Self = Self(36);
    /// The broker does not speak this version of the request.
    pub const UNSUPPORTED_VERSION: Self = Self(35);
    /// The group is not there.
    pub const GROUP_ID_NOT_FOUND: Self = Self(69);
    /// We ask with an older leader epoch than the broker's.
    pub const FENCED_LEADER_EPOCH: Self = Self(74);
    /// We ask with a newer leader epoch than the broker's.
    pub const UNKNOWN_LEADER_EPOCH: Self = Self(75);
    /// The preferred leader leads already.
    pub const ELECTION_NOT_NEEDED: Self = Self(84);
    /// The broker does not know this topic id (any more, or yet).
    pub const UNKNOWN_TOPIC_ID: Self = Self(100);
    /// The topic was made anew under the same name.
    pub const INCONSISTENT_TOPIC_ID: Self = Self(103);

    /// `None` for code 0.
    pub(super) const fn of(code: i16) -> Option<Self> {
        if code == 0 { None } else { Some(Self(code)) }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match ResponseError::try_from_code(self.0) {
            None => return f.write_str("NONE"),
            Some(ResponseError::Unknown(code)) => return write!(f, "error code {code}"),
            Some(error) => error.to_string(),
        };
        // The codec writes NotLeaderOrFollower; Kafka writes NOT_LEADER_OR_FOLLOWER.
        for (index, letter) in name.char_indices() {
            if index > 0 && letter.is_ascii_uppercase() {
                f.write_str("_")?;
            }
            write!(f, "{}", letter.to_ascii_uppercase())?;
        }
        Ok(())
    }
}

/// A call that brought no answer, or a refusal.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// No connection, or the other side ended it.
    #[error("{peer} closed the connection: {cause}")]
    Closed {
        /// Whom we talked to.
        peer: SocketAddr,
        /// Why, in the system's words.
        cause: String,
    },
    /// The host's name leads nowhere.
    #[error("{address} cannot be found: {cause}")]
    Unresolved {
        /// Host and port, as the cluster advertises them.
        address: String,
        /// What the resolver says.
        cause: String,
    },
    /// The deadline passed; the connection cannot be used any more, since the answer may still come.
    #[error("{peer} gave no answer to {request} within {millis} ms")]
    TimedOut {
        /// Whom we talked to.
        peer: SocketAddr,
        /// What we asked.
        request: String,
        /// The deadline.
        millis: u128,
    },
    /// The broker answered, and the answer is an error.
    #[error("{request} was refused: {code}")]
    Refused {
        /// What we asked.
        request: &'static str,
        /// Kafka's name for why.
        code: ErrorCode,
    },
    /// The broker does not speak a version of this request that we do.
    #[error("{peer} speaks no version of {request} that is of use here")]
    Unsupported {
        /// Whom we talked to.
        peer: SocketAddr,
        /// What we wanted to ask.
        request: String,
    },
    /// The answer is not what the protocol says.
    #[error("the answer to {request} cannot be read: {cause}")]
    Decode {
        /// What we asked.
        request: String,
        /// What the codec says.
        cause: String,
    },
}

impl Error {
    /// Whether the connection is of no more use.
    pub const fn ends_connection(&self) -> bool {
        matches!(self, Self::Closed { .. } | Self::Unresolved { .. } | Self::TimedOut { .. } | Self::Decode { .. })
    }
}

/// Turns a response's error code into a result.
pub(super) const fn check(request: &'static str, code: i16) -> Result<(), Error> {
    match ErrorCode::of(code) {
        None => Ok(()),
        Some(code) => Err(Error::Refused { request, code }),
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn names_are_kafkas() {
        let named = [
            (ErrorCode::OFFSET_OUT_OF_RANGE, "OFFSET_OUT_OF_RANGE"),
            (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, "UNKNOWN_TOPIC_OR_PARTITION"),
            (ErrorCode::LEADER_NOT_AVAILABLE, "LEADER_NOT_AVAILABLE"),
            (ErrorCode::NOT_LEADER_OR_FOLLOWER, "NOT_LEADER_OR_FOLLOWER"),
            (ErrorCode::NOT_COORDINATOR, "NOT_COORDINATOR"),
            (ErrorCode::UNSUPPORTED_VERSION, "UNSUPPORTED_VERSION"),
            (ErrorCode::TOPIC_ALREADY_EXISTS, "TOPIC_ALREADY_EXISTS"),
            (ErrorCode::GROUP_ID_NOT_FOUND, "GROUP_ID_NOT_FOUND"),
            (ErrorCode::FENCED_LEADER_EPOCH, "FENCED_LEADER_EPOCH"),
            (ErrorCode::UNKNOWN_LEADER_EPOCH, "UNKNOWN_LEADER_EPOCH"),
            (ErrorCode::ELECTION_NOT_NEEDED, "ELECTION_NOT_NEEDED"),
            (ErrorCode::UNKNOWN_TOPIC_ID, "UNKNOWN_TOPIC_ID"),
            (ErrorCode::INCONSISTENT_TOPIC_ID, "INCONSISTENT_TOPIC_ID"),
        ];
        for (code, name) in named {
            assert_eq!(code.to_string(), name);
        }
        assert_eq!(ErrorCode(19).to_string(), "NOT_ENOUGH_REPLICAS");
        assert_eq!(ErrorCode(9999).to_string(), "error code 9999");
    }
}
