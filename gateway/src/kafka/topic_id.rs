//! A topic's id as Kafka's tools print it: URL-safe base64 without padding (KIP-516, `Uuid.toString`).

use std::fmt;

use uuid::Uuid;

/// A topic's id; nil on clusters older than 2.8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TopicId(pub(super) Uuid);

impl TopicId {
    /// Whether the cluster gave the topic an id at all.
    pub fn exists(self) -> bool {
        !self.0.is_nil()
    }

    /// An id for tests.
    #[cfg(test)]
    pub fn numbered(number: u128) -> Self {
        Self(Uuid::from_u128(number))
    }
}

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        // 16 bytes are 21 whole sextets and two bits, which stand on the left of the last one.
        let bits = self.0.as_u128();
        for index in 0..22_u32 {
            let sextet = if index < 21 { bits >> (122 - 6 * index) } else { bits << 4 } & 0x3f;
            let letter = usize::try_from(sextet).ok().and_then(|index| ALPHABET.get(index)).copied().unwrap_or(b'?');
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::TopicId;

    #[test]
    fn prints_as_kafkas_tools_do() {
        // Uuid.ONE_UUID of org.apache.kafka.common.Uuid prints so.
        assert_eq!(TopicId::numbered(1).to_string(), "AAAAAAAAAAAAAAAAAAAAAQ");
        assert_eq!(TopicId::default().to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(TopicId::numbered(u128::MAX).to_string(), "_____________________w");
    }
}
