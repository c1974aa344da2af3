//! Cuts a stretch out of a recording: facts keep their number and time, and what was known before them is the first keyframe.

use super::{Header, PieceInfo, Recording, Writer, reader::read_lines};
use crate::{
    fact::{Fact, MarkerKind},
    frame::keyframe_text,
    ids::Micros,
    keyframe::keyframe,
    marker::Marker,
    picture::Picture,
};

/// Pieces are joined up to so many facts: a keyframe is as heavy as hundreds of facts, and reading so many takes no time.
const JOINED_FACTS: u64 = 2_000;

impl Recording {
    /// All of it, in as few pieces as are read in no time: of a quiet recording keyframes are the larger part.
    pub fn packed(&self) -> Vec<u8> {
        self.copied(self.header.clone(), Micros(0), Micros(u64::MAX))
    }

    /// The stretch `from..=to` as a file of its own, with its chapters, markers and what people wrote over them. Lines stay
    /// as they are, also those that this build does not know.
    pub fn excerpt(&self, from: Micros, to: Micros) -> Vec<u8> {
        let header = Header { cut_from: Some(from), cut_to: Some(to.min(self.end())), ..self.header.clone() };
        self.copied(header, from, to)
    }

    fn copied(&self, header: Header, from: Micros, to: Micros) -> Vec<u8> {
        let (mut writer, mut bytes) = Writer::begin(&header);
        // A piece that begins at `from` may not be the first that has facts of that moment.
        let first = self.pieces.partition_point(|piece| piece.start < from).saturating_sub(1);
        let last = self.piece_at(to).max(first);
        let mut open: Option<(PieceInfo, String)> = None;
        for (index, info) in self.pieces.iter().enumerate().take(last + 1).skip(first) {
            let text = self.text_of(info);
            let is_whole = index > first && index < last;
            let part = if is_whole { Some((info.clone(), text)) } else { part_of(info, &text, from, to) };
            let Some((info, lines)) = part else { continue };
            match &mut open {
                Some((before, all)) if goes_on(before, &info) => {
                    all.push_str(lines.split_once('\n').map_or("", |(_keyframe, facts)| facts));
                    (before.facts, before.end) = (before.facts + info.facts, before.end.max(info.end));
                }
                _ => {
                    if let Some((info, lines)) = open.replace((info, lines)) {
                        bytes.extend_from_slice(&writer.seal(info, &lines));
                    }
                }
            }
        }
        if let Some((info, lines)) = open {
            bytes.extend_from_slice(&writer.seal(info, &lines));
        }
        for mark in self.marks.iter().filter(|mark| (from..=to).contains(&mark.at)) {
            writer.mark(mark.clone());
        }
        let within: Vec<Marker> = self.edits().iter().filter(|m| (from..=to).contains(&m.at)).cloned().collect();
        bytes.extend_from_slice(&writer.notes(&within));
        bytes.extend_from_slice(&writer.finish());
        bytes
    }

    /// When each chapter begins and ends, and its words, in order.
    pub fn chapters(&self) -> Vec<(Micros, Micros, &str)> {
        let marks: Vec<_> = self.marks.iter().filter(|mark| mark.marker == MarkerKind::Chapter).collect();
        let ends = marks.iter().skip(1).map(|next| Micros(next.at.0.saturating_sub(1))).chain([self.end()]);
        marks.iter().zip(ends).map(|(mark, end)| (mark.at, end.max(mark.at), mark.label.as_str())).collect()
    }
}

/// Whether a piece needs no keyframe of its own: nothing is missing before it, and the two are not too much to read.
fn goes_on(before: &PieceInfo, next: &PieceInfo) -> bool {
    let facts = before.facts.saturating_add(next.facts);
    before.seq.saturating_add(before.facts) == next.seq && facts <= JOINED_FACTS
}

/// The lines of a piece between two times, under a keyframe of what was before them; none where nothing is left of it.
fn part_of(info: &PieceInfo, text: &str, from: Micros, to: Micros) -> Option<(PieceInfo, String)> {
    let mut lines = text.lines();
    let first = lines.next()?;
    let mut picture = Picture::of(&read_lines(first)?.keyframe);
    let facts: Vec<(&str, Fact)> = lines.filter_map(|line| Some((line, Fact::parse(line).ok()?))).collect();
    // By place, not by time: a report may be told a little after it was stamped, and stays where it was told.
    let begin = facts.iter().position(|(_, fact)| fact.at >= from).unwrap_or(facts.len());
    let end = facts.iter().rposition(|(_, fact)| fact.at <= to).map_or(0, |last| last + 1);
    let kept = facts.get(begin..end.max(begin)).unwrap_or_default();
    let mut piece = PieceInfo { facts: kept.len() as u64, ..info.clone() };
    let mut lines = first.to_owned() + "\n";
    if begin > 0 {
        facts.iter().take(begin).for_each(|(_, fact)| {
            picture.fold(fact);
        });
        (piece.seq, piece.start) = (picture.seq, picture.at.max(from));
        lines = keyframe_text(&keyframe(&picture), piece.seq, piece.start) + "\n";
    }
    piece.end = kept.iter().map(|(_, fact)| fact.at).max().unwrap_or_default().max(piece.start);
    for (line, _) in kept {
        lines.push_str(line);
        lines.push('\n');
    }
    Some((piece, lines))
}
