//! A recording that is served instead of a cluster.

use model::{picture::Picture, recording::Recording};

/// A recording and its last picture.
#[derive(Debug)]
pub struct Film {
    /// The name it is served under, ending in `.kscope`.
    pub name: String,
    /// The file's bytes, sealed.
    pub bytes: Vec<u8>,
    /// The file, opened.
    pub recording: Recording,
    /// The picture at its end.
    pub last: Picture,
}

impl Film {
    /// Folds the recording's last piece, which is all that its end needs.
    pub fn new(name: String, bytes: Vec<u8>, recording: Recording) -> Self {
        let piece = recording.piece(recording.pieces.len().saturating_sub(1));
        let last = Picture::of(piece.keyframe.iter().chain(&piece.facts));
        Self { name, bytes, recording, last }
    }
}
