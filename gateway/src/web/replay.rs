//! A recording that is served instead of a cluster.

use std::path::PathBuf;

use model::{picture::Picture, recording::Recording};

use crate::{control::Token, sidelist};

/// A recording and its last picture.
#[derive(Debug)]
pub struct Film {
    /// The name it is served under, ending in `.kscope`.
    pub name: String,
    /// Where it is; none where it is the program's own.
    pub file: Option<PathBuf>,
    /// The file, opened.
    pub recording: Recording,
    /// The picture at its end.
    pub last: Picture,
    /// Who may write markers beside it.
    pub token: Token,
    /// Why there is no cluster, where one was asked for.
    pub why: String,
}

impl Film {
    /// Folds the recording's last piece, which is all that its end needs.
    pub fn new(name: String, file: Option<PathBuf>, recording: Recording) -> Self {
        let piece = recording.piece(recording.pieces.len().saturating_sub(1));
        let last = Picture::of(piece.keyframe.iter().chain(&piece.facts));
        Self { name, file, recording, last, token: Token::random(), why: String::new() }
    }

    /// Whether it is served under this name, with or without its ending.
    pub(super) fn is_called(&self, name: &str) -> bool {
        name.strip_suffix(".kscope").unwrap_or(name) == self.name.trim_end_matches(".kscope")
    }

    /// The recording with its markers as they stand now.
    pub(super) fn edited(&self) -> anyhow::Result<Recording> {
        let mut recording = self.recording.clone();
        if let Some(file) = &self.file {
            sidelist::lay_over(&mut recording, file)?;
        }
        Ok(recording)
    }
}
