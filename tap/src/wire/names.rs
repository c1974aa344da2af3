//! Kafka's names for requests and errors, and how its tools print a topic's id.

use kafka_protocol::{error::ResponseError, messages::ApiKey};

/// A request's name as in Kafka's protocol guide: `Produce`.
pub(crate) fn api(api: ApiKey) -> String {
    format!("{api:?}")
}

/// The request of that name.
pub(crate) fn api_named(name: &str) -> Option<ApiKey> {
    all_apis().find(|it| api(*it) == name)
}

/// Every request the codec knows.
pub(crate) fn all_apis() -> impl Iterator<Item = ApiKey> {
    (0..=i16::from(i8::MAX)).filter_map(|key| ApiKey::try_from(key).ok())
}

/// An error's name in Errors.java, `NOT_LEADER_OR_FOLLOWER`; nothing for code 0.
pub(crate) fn error(code: i16) -> String {
    let name = match ResponseError::try_from_code(code) {
        None => return String::new(),
        Some(ResponseError::Unknown(code)) => return format!("error code {code}"),
        Some(error) => error.to_string(),
    };
    // The codec writes NotLeaderOrFollower.
    let mut named = String::with_capacity(name.len() + 4);
    for (index, letter) in name.char_indices() {
        if index > 0 && letter.is_ascii_uppercase() {
            named.push('_');
        }
        named.push(letter.to_ascii_uppercase());
    }
    named
}

/// Whether a client may try again with the same request.
pub(crate) fn is_retriable(code: i16) -> bool {
    ResponseError::try_from_code(code).is_some_and(|error| error.is_retriable())
}

/// URL-safe base64 without padding (KIP-516, `Uuid.toString`).
pub(crate) fn topic_id(id: u128) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // 16 bytes are 21 whole sextets and two bits, which stand on the left of the last one.
    let sextet = |index: u32| if index < 21 { id >> (122 - 6 * index) } else { id << 4 } & 0x3f;
    let letter = |sextet: u128| usize::try_from(sextet).ok().and_then(|index| ALPHABET.get(index)).copied();
    (0..22).filter_map(|index| letter(sextet(index))).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kafkas() {
        assert_eq!(api(ApiKey::ConsumerGroupHeartbeat), "ConsumerGroupHeartbeat");
        assert_eq!(api_named("Fetch"), Some(ApiKey::Fetch));
        assert_eq!(api_named("fetch"), None);
        assert_eq!(error(0), "");
        assert_eq!(error(6), "NOT_LEADER_OR_FOLLOWER");
        assert_eq!(error(19), "NOT_ENOUGH_REPLICAS");
        assert_eq!(error(-1), "UNKNOWN_SERVER_ERROR");
        assert_eq!(error(9999), "error code 9999");
        // Uuid.ONE_UUID of org.apache.kafka.common.Uuid prints so.
        assert_eq!(topic_id(1), "AAAAAAAAAAAAAAAAAAAAAQ");
        assert_eq!(topic_id(u128::MAX), "_____________________w");
    }
}
