//! The one sentence above the stage: rules over the picture, the most important that applies wins.
//!
//! A rule is a function: what it says of a picture at a time, or nothing. A new sentence is such a function in one of the
//! files beside this one, and its line in [`RULES`]. [`Standing`] keeps what is said long enough to be read.

use crate::{fact::Mode, ids::Micros, picture::Picture};

mod brokers;
mod calm;
mod checked;
mod groups;
mod records;
mod scene;
mod shop;
mod standing;
mod transactions;
mod words;

pub use standing::Standing;
pub use words::{amount, counted, list, seconds};

/// How much fits into two lines.
const LENGTH: usize = 120;
/// How long a thing that happened is news.
const NEWS_MICROS: u64 = 12_000_000;

type Rule = fn(&Picture, Micros) -> Option<Caption>;

/// The most important first: a rule takes the place of one below it at once, and of one above it when that was read.
const RULES: [Rule; 28] = [
    // There is nothing to say but that nothing is known.
    calm::starting,
    calm::unheard,
    // What nobody may miss.
    records::acknowledged_lost,
    brokers::leaderless,
    brokers::no_controller,
    records::at_risk,
    // What happened, for a while.
    transactions::fenced,
    records::refused,
    scene::hit,
    records::twice,
    scene::crash_point,
    shop::order_news,
    shop::broken_proof,
    transactions::aborted,
    records::taken_back,
    scene::verdict,
    // What is amiss, as long as it is.
    transactions::hanging,
    brokers::one_left,
    brokers::gone,
    groups::member_gone,
    shop::app_down,
    brokers::coming_back,
    groups::rebalancing,
    groups::lag,
    shop::books,
    calm::slow_wire,
    // What goes on.
    scene::step,
    calm::calm,
];

/// How a part of the sentence is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The fact.
    Plain,
    /// What it means, or its numbers.
    Detail,
    /// Good news, with a tick.
    Good,
    /// Bad news, with a cross.
    Bad,
    /// Something waits.
    Open,
}

/// Words, or a number with what proves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// As it is read.
    pub text: String,
    /// The facts that prove it, by number; none for words.
    pub facts: Vec<u64>,
}

/// A part of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How it is meant.
    pub tone: Tone,
    /// In reading order, with nothing between them.
    pub pieces: Vec<Piece>,
}

/// What is written above the stage; at most 120 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// In reading order, with a space between them.
    pub parts: Vec<Part>,
    /// What is said where it ends before it was read: a sentence about the present is not true any more then.
    once_over: String,
    /// What it is about, where a rule may speak of one thing and then of another.
    of: u64,
}

impl Caption {
    /// A sentence that begins so.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self::default().and(tone, text)
    }

    /// Another part.
    #[must_use]
    pub fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.parts.push(Part { tone, pieces: vec![Piece { text: text.into(), facts: Vec::new() }] });
        self
    }

    /// The same part goes on.
    fn words(self, text: impl Into<String>) -> Self {
        self.number(text, Vec::new())
    }

    /// A number in the same part, and the facts that prove it.
    fn number(mut self, text: impl Into<String>, mut facts: Vec<u64>) -> Self {
        // Facts count from 1: of what an older recording does not number nothing is claimed.
        facts.retain(|seq| *seq > 0);
        if let Some(part) = self.parts.last_mut() {
            part.pieces.push(Piece { text: text.into(), facts });
        }
        self
    }

    fn once_over(mut self, text: impl Into<String>) -> Self {
        self.once_over = text.into();
        self
    }

    const fn of(mut self, number: u64) -> Self {
        self.of = number;
        self
    }

    /// How many characters are to be read.
    pub fn length(&self) -> usize {
        let pieces = self.parts.iter().flat_map(|part| &part.pieces);
        pieces.map(|piece| piece.text.chars().count()).sum::<usize>() + self.parts.len().saturating_sub(1)
    }

    /// Cut where names are so long that it would not fit.
    fn fitted(mut self) -> Self {
        let mut left = LENGTH;
        for part in &mut self.parts {
            for piece in &mut part.pieces {
                let length = piece.text.chars().count();
                if length > left {
                    piece.text = piece.text.chars().take(left.saturating_sub(1)).collect();
                    piece.text.extend((left > 0).then_some('…'));
                }
                left = left.saturating_sub(length);
            }
            part.pieces.retain(|piece| !piece.text.is_empty());
            // The space between parts.
            left = left.saturating_sub(1);
        }
        self.parts.retain(|part| !part.pieces.is_empty());
        self
    }

    /// The sentence without its tones.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            if !text.is_empty() {
                text.push(' ');
            }
            part.pieces.iter().for_each(|piece| text.push_str(&piece.text));
        }
        text
    }
}

/// The first of these that fits into two lines, or the last: from the long way to say it to the short one.
fn fitting(ways: impl IntoIterator<Item = Caption>) -> Caption {
    let mut last = Caption::default();
    for way in ways {
        if way.length() <= LENGTH {
            return way;
        }
        last = way;
    }
    last
}

/// What the rules say of `picture` at `now`, whatever stood there before.
pub fn caption(picture: &Picture, now: Micros) -> Caption {
    said(picture, now).1
}

/// The rule that speaks, as its place among them, and what it says.
fn said(picture: &Picture, now: Micros) -> (usize, Caption) {
    let spoken = RULES.iter().enumerate().find_map(|(rank, rule)| Some((rank, rule(picture, now)?)));
    let (rank, caption) = spoken.unwrap_or_default();
    (rank, caption.fitted())
}

/// Whether what happened at `at` is news: for a while, and not across the beginning of a scene.
fn is_news(picture: &Picture, at: Micros, now: Micros) -> bool {
    let before_scene = picture.runs.iter().next_back().is_some_and(|(_, run)| run.started.at > at);
    !before_scene && now.since(at) < NEWS_MICROS
}

fn is_local(picture: &Picture) -> bool {
    picture.session.as_ref().is_none_or(|(_, s)| s.mode == Mode::Local)
}
