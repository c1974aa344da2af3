//! Builds a file piece by piece; the caller owns the file and appends what it is given.

use super::{
    FORMAT, Header, Index, Mark, Notes, PieceInfo,
    member::{self, Kind},
};
use crate::{ids::Micros, marker::Marker};

/// Knows what was written so far.
#[derive(Debug, Default)]
pub struct Writer {
    offset: u64,
    index: Index,
}

impl Writer {
    /// A new file, and its first bytes.
    pub fn begin(header: &Header) -> (Self, Vec<u8>) {
        let header = Header { kscope: FORMAT, ..header.clone() };
        let line = serde_json::to_string(&header).unwrap_or_default();
        let bytes = member::write(Kind::Header, Micros(0), &format!("{line}\n"));
        (Self { offset: bytes.len() as u64, index: Index::default() }, bytes)
    }

    /// Goes on with a file of which `index` and `offset` are known.
    pub fn resume(index: Index, offset: u64) -> Self {
        Self { offset, index }
    }

    /// Notes a marker for the index.
    pub fn mark(&mut self, mark: Mark) {
        self.index.marks.push(mark);
    }

    /// Seals a piece: `lines` is a keyframe line and the facts after it. `offset` and `bytes` of `info` are filled in.
    pub fn seal(&mut self, info: PieceInfo, lines: &str) -> Vec<u8> {
        let bytes = member::write(Kind::Piece, info.start, lines);
        self.index.pieces.push(PieceInfo { offset: self.offset, bytes: bytes.len() as u64, ..info });
        self.offset += bytes.len() as u64;
        bytes
    }

    /// What people wrote over it, before the file is finished; nothing where they wrote nothing.
    pub fn notes(&mut self, markers: &[Marker]) -> Vec<u8> {
        if markers.is_empty() {
            return Vec::new();
        }
        let line = serde_json::to_string(&Notes { markers: markers.to_vec() }).unwrap_or_default();
        let bytes = member::write(Kind::Notes, Micros(0), &format!("{line}\n"));
        self.index.notes = self.offset;
        self.offset += bytes.len() as u64;
        bytes
    }

    /// Where the next byte goes.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The index and the trailer: the last bytes of the file.
    pub fn finish(&self) -> Vec<u8> {
        let line = serde_json::to_string(&self.index).unwrap_or_default();
        let mut bytes = member::write(Kind::Index, Micros(0), &format!("{line}\n"));
        bytes.extend_from_slice(&member::write(Kind::Trailer, Micros(self.offset), ""));
        bytes
    }
}
