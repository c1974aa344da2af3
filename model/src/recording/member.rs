//! One gzip member and the extra field (RFC 1952, 2.3.1.1, ids `K` `S`) in which it says how long it is.

use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::ids::Micros;

/// Length of the fixed head: 10 bytes, 2 of extra length, 4 of subfield head, 21 of ours.
const HEAD: usize = 10 + 2 + 4 + BODY;
/// Member length (8), start (8), kind (1), a number of the kind's own (4).
const BODY: usize = 21;
/// Length of a member without text: the head, an empty deflate block (RFC 1951, 3.2.6), checksum and length.
pub(super) const EMPTY: usize = HEAD + 2 + 8;
/// No member of ours has more text; one that claims to was made to fill the memory of its reader.
const LARGEST: usize = 512 << 20;
/// Where our part of the extra field begins.
const AT: usize = 16;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The header line.
    Header,
    /// A keyframe and the facts after it.
    Piece,
    /// The index.
    Index,
    /// Empty; its `start` is the byte offset of the index.
    Trailer,
    /// What people wrote over it.
    Notes,
    /// Something newer; hop over it.
    Other(u8),
}

impl Kind {
    const fn code(self) -> u8 {
        match self {
            Self::Header => 0,
            Self::Piece => 1,
            Self::Index => 2,
            Self::Trailer => 3,
            Self::Notes => 4,
            Self::Other(code) => code,
        }
    }

    const fn of(code: u8) -> Self {
        match code {
            0 => Self::Header,
            1 => Self::Piece,
            2 => Self::Index,
            3 => Self::Trailer,
            4 => Self::Notes,
            other => Self::Other(other),
        }
    }
}

/// What a member's head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Bytes of the whole member.
    pub bytes: u64,
    /// When it starts.
    pub start: Micros,
    /// What it is.
    pub kind: Kind,
}

/// Compresses `text` into a member.
pub fn write(kind: Kind, start: Micros, text: &str) -> Vec<u8> {
    let mut extra = vec![b'K', b'S', BODY as u8, 0];
    extra.extend_from_slice(&0u64.to_le_bytes());
    extra.extend_from_slice(&start.0.to_le_bytes());
    extra.push(kind.code());
    extra.extend_from_slice(&[0; 4]);
    let mut encoder = GzBuilder::new().extra(extra).write(Vec::new(), Compression::new(6));
    // Writing into memory does not fail; were it to, the member would be short and the reader would say so.
    encoder.write_all(text.as_bytes()).ok();
    let mut member = encoder.finish().unwrap_or_default();
    let bytes = (member.len() as u64).to_le_bytes();
    if let Some(place) = member.get_mut(AT..AT + 8) {
        place.copy_from_slice(&bytes);
    }
    member
}

/// Whether bytes, or the first few of them, are how a member of ours begins.
pub fn may_begin(bytes: &[u8]) -> bool {
    // Deflated, with an extra field and nothing else.
    let begins = bytes.iter().zip(&[0x1f, 0x8b, 8, 4]).all(|(a, b)| a == b);
    begins && (bytes.len() < HEAD || head(bytes).is_some())
}

/// Reads a member's head; `None` where there is none of ours.
pub fn head(bytes: &[u8]) -> Option<Head> {
    let head = bytes.get(..HEAD)?;
    let ours = head.starts_with(&[0x1f, 0x8b, 8]) && head.get(12..14) == Some(b"KS");
    let number = |at: usize| Some(u64::from_le_bytes(head.get(at..at + 8)?.try_into().ok()?));
    let kind = Kind::of(*head.get(AT + 16)?);
    ours.then_some(Head { bytes: number(AT)?, start: Micros(number(AT + 8)?), kind })
}

/// The text of a member, or as much of it as there is; the flag says whether it is whole.
pub fn text(bytes: &[u8]) -> (String, bool) {
    if head(bytes).is_none() {
        return Default::default();
    }
    let (text, whole) = match decompress_to_vec_with_limit(bytes.get(HEAD..).unwrap_or_default(), LARGEST) {
        Ok(text) => (text, true),
        Err(cut) => (cut.output, false),
    };
    (String::from_utf8_lossy(&text).into_owned(), whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_without_content_has_its_length() {
        assert_eq!(write(Kind::Trailer, Micros(7), "").len(), EMPTY);
    }
}
