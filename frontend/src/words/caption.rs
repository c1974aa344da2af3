//! The caption: what the model says of the picture, or what the page must say of itself first.

use super::Tone;

/// Above this many characters the caption is set a size smaller (design §3).
const LONG: usize = 100;

/// What the caption says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caption {
    /// Its clauses.
    pub parts: Vec<(String, Tone)>,
}

impl Caption {
    /// One plain clause and what adds to it.
    pub fn of(fact: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut parts = vec![(fact.into(), Tone::Plain)];
        if !detail.is_empty() {
            parts.push((detail, Tone::Detail));
        }
        Self { parts }
    }

    /// Bad news and what adds to it.
    pub fn bad(fact: impl Into<String>, detail: impl Into<String>) -> Self {
        let mut caption = Self::of(fact, detail);
        if let Some(first) = caption.parts.first_mut() {
            first.1 = Tone::Bad;
        }
        caption
    }

    /// Its text without tones.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (part, _) in &self.parts {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(part.trim());
        }
        text
    }

    /// Whether it must be set smaller to fit two lines.
    pub fn is_long(&self) -> bool {
        self.text().chars().count() > LONG
    }
}
