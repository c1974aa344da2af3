//! What the page says, as plain values: each panel's words are a function of the picture and the time.

pub mod caption;
pub mod choice;
pub mod guards;
pub mod header;
pub mod honesty;
pub mod inspector;
pub mod machines;
pub mod numbers;
pub mod proof;
pub mod run;
pub mod scenes;
pub mod share;
pub mod story;
pub mod talk;
pub mod timeline;
pub mod twin;
pub mod verdict;

/// How a word is meant; colour only repeats what shape and word already say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// What happened.
    #[default]
    Plain,
    /// What adds to it.
    Detail,
    /// Checked and found right: a tick.
    Good,
    /// Gone or wrong: a cross.
    Bad,
    /// Moving, waiting, not safe yet.
    Open,
}

impl Tone {
    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Detail => "q",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Open => "opn",
        }
    }
}
