//! The presenter's token: who has it may change things.

use super::Refusal;

/// A secret of this process.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new one.
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string())
    }

    /// Its text, for the presenter's link.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Lets the presenter in.
    ///
    /// # Errors
    /// Where the token is missing or not the presenter's.
    pub fn admit(&self, token: Option<&str>) -> Result<(), Refusal> {
        match token {
            Some(token) if same(token, &self.0) => Ok(()),
            _ => Err(Refusal::NoToken),
        }
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

/// Compares in a time that does not depend on where the texts differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |diff, (x, y)| diff | (x ^ y)) == 0
}
