//! The bytes of a recording: gzip members that plain tools read, each piece beginning with a keyframe, the index last.
//!
//! One member is one piece. Its extra field holds its length, start and kind, so a reader can hop over members without
//! inflating them; the last two members are the index and a fixed-size empty one that says where the index is.

mod cut;
pub mod member;
mod reader;
mod writer;

pub use reader::{OpenError, Piece, Recording};
use serde::{Deserialize, Serialize};
pub use writer::Writer;

use crate::{
    fact::{Event, Fact, MarkerKind, Mode},
    ids::Micros,
    json::{lists, objects},
    marker::Marker,
};

/// The format this build writes, and the newest it reads without leaving anything out.
pub const FORMAT: u32 = 1;

/// The first line of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Header {
    /// The format's version; the name of this field is how a file is known.
    pub kscope: u32,
    /// The session's id.
    pub session: String,
    /// RFC 3339, UTC: when the session's clock was zero.
    pub wall_clock: String,
    /// What a person called it.
    pub title: String,
    /// The gateway's version.
    pub gateway_version: String,
    /// Whose cluster it was.
    pub mode: Mode,
    /// How many brokers and controllers our own cluster had; 0 where it was somebody else's.
    pub brokers: u32,
    /// See `brokers`.
    pub controllers: u32,
    /// How many bytes of each value were kept; 0 is keys and sizes only.
    pub value_bytes: u32,
    /// The patterns of what was replaced by stars before it was recorded.
    pub masked: Vec<String>,
    /// Where it was cut out of a longer recording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_from: Option<Micros>,
    /// See `cut_from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_to: Option<Micros>,
}

/// Where a piece stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PieceInfo {
    /// Byte offset of its member.
    pub offset: u64,
    /// Length of its member in bytes.
    pub bytes: u64,
    /// The time of its keyframe.
    pub start: Micros,
    /// The latest time in it.
    pub end: Micros,
    /// The newest fact its keyframe contains.
    pub seq: u64,
    /// How many facts follow the keyframe.
    pub facts: u64,
}

/// A marker, so that a list of chapters needs no piece.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mark {
    /// When.
    pub at: Micros,
    /// Its words.
    pub label: String,
    /// What for.
    pub marker: MarkerKind,
    /// By which its words can be changed, where a person set it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
}

impl Mark {
    /// The mark of a fact that is one.
    pub fn of_fact(fact: &Fact) -> Option<Self> {
        match &fact.event {
            Event::Marker { label, marker } => {
                Some(Self { at: fact.at, label: label.clone(), marker: *marker, id: String::new() })
            }
            Event::MarkerSet { marker, text } => {
                Some(Self { at: fact.at, label: text.clone(), marker: MarkerKind::Note, id: marker.clone() })
            }
            _ => None,
        }
    }
}

/// The index: the last member but one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Index {
    /// Pieces in order.
    pub pieces: Vec<PieceInfo>,
    /// Markers in order.
    pub marks: Vec<Mark>,
    /// Byte offset of the notes; 0 where there are none.
    pub notes: u64,
}

/// What people wrote over a recording: a member of its own, which readers that do not know it hop over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    /// The side list of markers.
    pub markers: Vec<Marker>,
}

objects! {
    Header {
        must;
        may kscope, session, wall_clock, title, gateway_version, mode, brokers, controllers, value_bytes,
            masked, cut_from, cut_to;
    }
    PieceInfo { must; may offset, bytes, start, end, seq, facts; }
    Mark { must; may at, label, marker, id; }
    Index { must; may pieces, marks, notes; }
    Notes { must; may markers; }
}

lists!(PieceInfo Mark);
