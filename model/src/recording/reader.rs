//! Opens a file, or any prefix of one, and hands out its pieces.

use std::fmt;

use serde_json::Value;

use super::{
    FORMAT, Header, Index, Mark, Notes, PieceInfo, Writer,
    member::{self, Kind},
};
use crate::{
    fact::Fact,
    ids::Micros,
    json::Json as _,
    marker::{Marker, merge},
};

/// A recording in memory.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The first line.
    pub header: Header,
    /// Its pieces, in order.
    pub pieces: Vec<PieceInfo>,
    /// Its markers, in order.
    pub marks: Vec<Mark>,
    /// Whether it ends early: no index was found, or its last piece is not whole.
    pub cut: bool,
    /// What people wrote over its markers since.
    edits: Vec<Marker>,
    /// Whether they are not, or not all, in the file's notes.
    edited: bool,
    bytes: Vec<u8>,
    /// Lines of the piece that was open when the recorder ended, from the `.part` file.
    part: Option<String>,
}

/// A piece, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Piece {
    /// The facts that rebuild the picture at `at`.
    pub keyframe: Vec<Fact>,
    /// The newest fact in the keyframe.
    pub seq: u64,
    /// The keyframe's time.
    pub at: Micros,
    /// What was seen after it.
    pub facts: Vec<Fact>,
}

/// Why a file cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// It does not begin as a recording does.
    NotARecording,
    /// Its first line cannot be read.
    BadHeader(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARecording => {
                let cure = "name a .kscope file as a gateway leaves it in its data folder";
                write!(f, "this is not a Kafkascope recording: its first bytes are no gzip member of one; {cure}")
            }
            Self::BadHeader(why) => {
                write!(f, "the recording breaks in its first line ({why}); copy it again from where it was made")
            }
        }
    }
}

impl std::error::Error for OpenError {}

impl Recording {
    /// Opens a file's bytes and, where the recorder was killed, the text of the `.part` file beside it.
    /// Any prefix of a recording opens.
    ///
    /// # Errors
    /// Where the bytes are not the beginning of a recording.
    pub fn open(bytes: Vec<u8>, part: Option<String>) -> Result<Self, OpenError> {
        if !member::may_begin(&bytes) {
            return Err(OpenError::NotARecording);
        }
        let mut recording = Self { bytes, part: part.filter(|p| !p.is_empty()), cut: true, ..Self::default() };
        recording.header = recording.read_header()?;
        match recording.read_index() {
            Some(index) => {
                recording.pieces = index.pieces;
                recording.marks = index.marks;
                recording.read_notes(index.notes);
                recording.cut = false;
            }
            None => recording.hop(),
        }
        recording.add_part();
        Ok(recording)
    }

    /// When the recording ends.
    pub fn end(&self) -> Micros {
        self.pieces.iter().map(|p| p.end).max().unwrap_or_default()
    }

    /// How many facts follow keyframes.
    pub fn facts(&self) -> u64 {
        self.pieces.iter().map(|p| p.facts).fold(0, u64::saturating_add)
    }

    /// How many bytes of the file there are.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Whether a newer Kafkascope made it, so that parts may be left out.
    pub fn is_newer(&self) -> bool {
        self.header.kscope > FORMAT
    }

    /// The markers that people set, as they stand now.
    pub fn markers(&self) -> Vec<Marker> {
        let set = self.marks.iter().filter(|mark| !mark.id.is_empty());
        let set = set.map(|m| Marker { id: m.id.clone(), at: m.at, text: m.label.clone(), removed: false });
        merge(set, &self.edits)
    }

    /// Lays a list that was kept beside the file over its markers.
    pub fn lay_over(&mut self, edits: &[Marker]) {
        let edits = merge(std::mem::take(&mut self.edits), edits);
        self.edits = edits;
        self.edited = true;
    }

    /// The piece whose keyframe is the last one not after `at`.
    pub fn piece_at(&self, at: Micros) -> usize {
        self.pieces.partition_point(|p| p.start <= at).saturating_sub(1)
    }

    /// Reads piece `index`; lines that are not whole end it. An index past the end gives an empty piece.
    pub fn piece(&self, index: usize) -> Piece {
        let Some(info) = self.pieces.get(index) else { return Piece::default() };
        read_lines(&self.text_of(info)).unwrap_or_default()
    }

    /// All facts in order: the first keyframe's, then those of every piece.
    pub fn all_facts(&self) -> Vec<Fact> {
        let mut all = Vec::new();
        for index in 0..self.pieces.len() {
            let piece = self.piece(index);
            if index == 0 {
                all.extend(piece.keyframe);
            }
            all.extend(piece.facts);
        }
        all
    }

    /// How many bytes of the file are whole members: where a writer goes on.
    pub fn sealed_bytes(&self) -> u64 {
        let header = member::head(&self.bytes).map_or(0, |h| h.bytes);
        self.pieces.iter().filter(|p| p.bytes > 0).map(|p| p.offset.saturating_add(p.bytes)).max().unwrap_or(header)
    }

    /// The piece that was open when the recorder ended: whole lines only.
    pub fn open_piece(&self) -> Option<(PieceInfo, String)> {
        let info = self.pieces.last().filter(|p| p.bytes == 0)?;
        let text = self.part.as_deref().unwrap_or_default();
        let lines: String = text.lines().take_while(|l| Fact::is_whole(l)).flat_map(|l| [l, "\n"]).collect();
        Some((info.clone(), lines))
    }

    /// The whole recording as one file; where it was not closed it has no index, by which its reader knows.
    pub fn as_found(&self) -> Vec<u8> {
        let mut bytes = self.sealed();
        if self.cut {
            bytes.truncate(bytes.len().saturating_sub(member::EMPTY));
        }
        bytes
    }

    /// The whole recording as one file with its index, also where it was not closed.
    pub fn sealed(&self) -> Vec<u8> {
        if !self.cut && !self.edited {
            return self.bytes.clone();
        }
        let sealed = usize::try_from(self.sealed_bytes()).ok().filter(|sealed| *sealed > 0);
        let pieces = self.pieces.iter().filter(|p| p.bytes > 0).cloned().collect();
        let index = Index { pieces, marks: self.marks.clone(), notes: 0 };
        let (mut writer, mut bytes) = match sealed.and_then(|sealed| self.bytes.get(..sealed)) {
            Some(bytes) => (Writer::resume(index, bytes.len() as u64), bytes.to_vec()),
            // Not even the first line is whole.
            None => Writer::begin(&self.header),
        };
        if let Some((info, lines)) = self.open_piece() {
            bytes.extend_from_slice(&writer.seal(info, &lines));
        }
        bytes.extend_from_slice(&writer.notes(&self.edits));
        bytes.extend_from_slice(&writer.finish());
        bytes
    }

    pub(super) fn text_of(&self, info: &PieceInfo) -> String {
        if info.bytes == 0 {
            return self.part.clone().unwrap_or_default();
        }
        member::text(self.member_of(info)).0
    }

    /// The bytes of a piece, as far as there are any.
    pub(super) fn member_of(&self, info: &PieceInfo) -> &[u8] {
        let from = usize::try_from(info.offset).unwrap_or(usize::MAX);
        let rest = self.bytes.get(from..).unwrap_or_default();
        let length = usize::try_from(info.bytes).unwrap_or(usize::MAX);
        rest.get(..length).unwrap_or(rest)
    }

    pub(super) fn edits(&self) -> &[Marker] {
        &self.edits
    }

    fn read_header(&self) -> Result<Header, OpenError> {
        // Its own member and no more: a broken one must not borrow its end from what follows.
        let length = member::head(&self.bytes).and_then(|head| usize::try_from(head.bytes).ok());
        let own = length.and_then(|length| self.bytes.get(..length)).unwrap_or(&self.bytes);
        let (text, whole) = member::text(own);
        let first = text.lines().next().map(serde_json::from_str::<Value>);
        match first.map(|line| line.map(|line| Header::read(&line).unwrap_or_default())) {
            Some(Ok(header)) if header.kscope > 0 => Ok(header),
            _ if !whole => Ok(Header::default()),
            Some(Err(error)) => Err(OpenError::BadHeader(error.to_string())),
            Some(Ok(_)) | None => Err(OpenError::NotARecording),
        }
    }

    fn read_index(&self) -> Option<Index> {
        let trailer = self.bytes.len().checked_sub(member::EMPTY).and_then(|at| self.bytes.get(at..))?;
        let head = member::head(trailer).filter(|h| h.kind == Kind::Trailer)?;
        let index = self.bytes.get(usize::try_from(head.start.0).ok()?..)?;
        member::head(index).filter(|h| h.kind == Kind::Index)?;
        Index::read(&serde_json::from_str(member::text(index).0.trim_end()).ok()?)
    }

    /// Notes that cannot be read are none.
    fn read_notes(&mut self, offset: u64) {
        let notes = usize::try_from(offset).ok().filter(|at| *at > 0).and_then(|at| self.bytes.get(at..));
        let notes = notes.filter(|notes| member::head(notes).is_some_and(|h| h.kind == Kind::Notes));
        let notes = notes.and_then(|notes| serde_json::from_str(member::text(notes).0.trim_end()).ok());
        if let Some(Notes { markers }) = notes.as_ref().and_then(Notes::read) {
            self.edits = markers;
        }
    }

    /// Without an index: from member to member, as far as they go.
    fn hop(&mut self) {
        let mut offset = 0usize;
        while let Some(head) = self.bytes.get(offset..).and_then(member::head) {
            let length = usize::try_from(head.bytes).unwrap_or(usize::MAX);
            let next = offset.checked_add(length).filter(|next| *next > offset && *next <= self.bytes.len());
            if head.kind == Kind::Piece {
                match next {
                    Some(_) => self.learn(PieceInfo {
                        offset: offset as u64,
                        bytes: head.bytes,
                        start: head.start,
                        ..PieceInfo::default()
                    }),
                    None => self.take_torn(offset),
                }
            }
            if head.kind == Kind::Notes {
                self.read_notes(offset as u64);
            }
            match next {
                Some(next) => offset = next,
                None => break,
            }
        }
    }

    /// The recorder was killed while it sealed a piece: what is there of it is as good as a `.part` file, which at that
    /// moment still holds all of it.
    fn take_torn(&mut self, offset: usize) {
        let torn = member::text(self.bytes.get(offset..).unwrap_or_default()).0;
        let facts = |text: &str| read_lines(text).map(|piece| piece.facts.len());
        if self.part.as_deref().and_then(facts) < facts(&torn) {
            self.part = Some(torn);
        }
    }

    fn add_part(&mut self) {
        let Some(piece) = self.part.as_deref().and_then(read_lines) else { return };
        // A part that was sealed just before the end holds nothing new.
        let same = |last: &PieceInfo| (last.seq, last.start) == (piece.seq, piece.at);
        let known = |last: &PieceInfo| same(last) && last.facts >= piece.facts.len() as u64;
        if self.pieces.last().is_some_and(|last| last.seq.saturating_add(last.facts) > piece.seq || known(last)) {
            return;
        }
        self.cut = true;
        self.learn(PieceInfo { offset: self.bytes.len() as u64, start: piece.at, ..PieceInfo::default() });
    }

    /// Reads a piece to fill in what the index would have said.
    fn learn(&mut self, info: PieceInfo) {
        let Some(piece) = read_lines(&self.text_of(&info)) else { return };
        let end = piece.facts.iter().map(|f| f.at).max().unwrap_or_default().max(piece.at);
        self.marks.extend(piece.facts.iter().filter_map(Mark::of_fact));
        self.pieces.push(PieceInfo { end, seq: piece.seq, facts: piece.facts.len() as u64, ..info });
    }
}

/// As far as lines are whole; `None` where there is neither keyframe nor fact.
pub(super) fn read_lines(text: &str) -> Option<Piece> {
    let mut piece = None;
    for line in text.lines() {
        // A line that is not whole is where the file was cut.
        let Ok(mut line) = serde_json::from_str::<Value>(line) else { break };
        match line.get_mut("keyframe").map(Value::take) {
            Some(Value::Array(facts)) => {
                let piece: &mut Piece = piece.get_or_insert_with(Piece::default);
                piece.keyframe = facts.into_iter().filter_map(|f| Fact::of_json(f).ok()).collect();
                let number = |name: &str| line.get(name).and_then(Value::as_u64).unwrap_or_default();
                (piece.seq, piece.at) = (number("seq"), Micros(number("at")));
            }
            _ => {
                if let Ok(fact) = Fact::of_json(line) {
                    piece.get_or_insert_with(Piece::default).facts.push(fact);
                }
            }
        }
    }
    piece
}
