//! The caption: what stands by the model's rules, or what the page must say of itself first.

use model::caption;
pub use model::caption::{Caption, Piece};

use super::Tone;

/// Above this many characters the caption is set a size smaller (design §3).
const LONG: usize = 100;
/// About as many fit on one line.
const ONE_LINE: usize = 60;

/// One clause and what adds to it.
pub fn of(fact: impl Into<String>, detail: impl Into<String>) -> Caption {
    clauses(caption::Tone::Plain, fact.into(), detail.into())
}

/// Bad news and what adds to it.
pub fn bad(fact: impl Into<String>, detail: impl Into<String>) -> Caption {
    clauses(caption::Tone::Bad, fact.into(), detail.into())
}

fn clauses(tone: caption::Tone, fact: String, detail: String) -> Caption {
    let said = Caption::new(tone, fact);
    if detail.is_empty() { said } else { said.and(caption::Tone::Detail, detail) }
}

/// Whether it must be set smaller to fit two lines.
pub fn is_long(caption: &Caption) -> bool {
    caption.length() > LONG
}

/// Whether what adds to its fact begins a line of its own.
pub fn is_parted(caption: &Caption) -> bool {
    caption.length() > ONE_LINE && caption.parts.get(1).is_some_and(|part| part.tone == caption::Tone::Detail)
}

/// How a clause is shown.
pub fn tone(tone: caption::Tone) -> Tone {
    match tone {
        caption::Tone::Plain => Tone::Plain,
        caption::Tone::Detail => Tone::Detail,
        caption::Tone::Good => Tone::Good,
        caption::Tone::Bad => Tone::Bad,
        caption::Tone::Open => Tone::Open,
    }
}

/// Whether one of these facts proves a number that is still said.
pub fn still_proves(caption: &Caption, facts: &[u64]) -> bool {
    let mut numbers = caption.parts.iter().flat_map(|part| &part.pieces);
    numbers.any(|piece| piece.facts.iter().any(|seq| facts.contains(seq)))
}
