//! What of records is told at all: decided before anything is numbered, shown or recorded.

use std::borrow::Cow;

use regex::Regex;

/// Bytes of each value that a preview keeps.
const PREVIEW_BYTES: usize = 256;
/// What stands in place of what is masked.
const STARS: &str = "***";

/// How much of each value is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Values {
    /// None: keys and sizes, and only the headers that the product needs.
    Off,
    /// Headers, and the first 256 bytes of each value.
    Preview,
    /// Headers and values.
    Full,
}

impl Values {
    /// How many bytes of each value are told.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Off => 0,
            Self::Preview => PREVIEW_BYTES,
            Self::Full => u32::MAX as usize,
        }
    }
}

/// Patterns whose matches are told as stars.
#[derive(Clone, Debug, Default)]
pub struct Mask(Vec<Regex>);

impl Mask {
    /// Masks nothing.
    pub const NONE: Self = Self(Vec::new());

    /// A mask of these patterns.
    pub const fn of(patterns: Vec<Regex>) -> Self {
        Self(patterns)
    }

    /// The patterns, for the recording's head.
    pub fn patterns(&self) -> Vec<String> {
        self.0.iter().map(|pattern| pattern.as_str().to_owned()).collect()
    }

    /// The text without what is masked.
    pub fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.0.iter().fold(Cow::Borrowed(text), |text, pattern| match pattern.replace_all(&text, STARS) {
            Cow::Borrowed(_) => text,
            Cow::Owned(masked) => Cow::Owned(masked),
        })
    }

    /// Bytes as text, without what is masked.
    pub(crate) fn text(&self, bytes: &bytes::Bytes) -> bytes::Bytes {
        if self.0.is_empty() {
            return bytes.clone();
        }
        bytes::Bytes::from(self.apply(&String::from_utf8_lossy(bytes)).into_owned())
    }
}

/// A pattern of `--mask`.
pub(crate) fn pattern(text: &str) -> Result<Regex, String> {
    let found = Regex::new(text);
    found.map_err(|e| format!("{text:?} is not a regular expression: {}", e.to_string().replace('\n', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matches_is_stars_whatever_stands_around_it() {
        let mask = Mask::of(vec![pattern(r"\d{16}").unwrap(), pattern("[a-z]+@[a-z.]+").unwrap()]);
        let told = mask.apply(r#"{"card":"4000123412341234","mail":"ada@example.org","count":12}"#);
        assert_eq!(told, r#"{"card":"***","mail":"***","count":12}"#);
        assert!(matches!(mask.apply("nothing"), Cow::Borrowed("nothing")));
        assert!(pattern("(").unwrap_err().contains("regular expression"));
    }
}
