//! What holds of a recording's bytes: whole, cut anywhere, and left behind by a recorder that was killed.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use kafkascope_model::{
    fact::Fact,
    frame::keyframe_text,
    ids::Micros,
    keyframe::keyframe,
    picture::Picture,
    recording::{self, FORMAT, Header, Mark, OpenError, PieceInfo, Recording, Writer, member},
};
use notation::facts;
use proptest::{collection::vec, prelude::*, sample::Index};

use crate::world::World;

/// A file as the recorder writes it, with all that is known of its making.
pub(crate) struct Made {
    pub(crate) bytes: Vec<u8>,
    pieces: Vec<PieceInfo>,
    marks: Vec<Mark>,
    /// Each piece's lines: what a `.part` file holds before they are sealed.
    texts: Vec<String>,
    /// Where the index begins.
    sealed: usize,
}

fn header() -> Header {
    Header { session: String::from("s1"), title: String::from("a talk"), ..Header::default() }
}

/// Records `facts` with a keyframe before each of `cuts`, and before the first.
pub(crate) fn record(facts: &[Fact], cuts: &[usize]) -> Made {
    let mut cuts: Vec<usize> = cuts.iter().copied().chain([0, facts.len()]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let (mut writer, mut bytes) = Writer::begin(&header());
    let (mut picture, mut pieces, mut marks, mut texts) = (Picture::default(), Vec::new(), Vec::new(), Vec::new());
    for cut in cuts.windows(2) {
        let within = &facts[cut[0]..cut[1]];
        let (start, seq) = (picture.at, picture.seq);
        let mut text = keyframe_text(&keyframe(&picture), seq, start) + "\n";
        for fact in within {
            picture.fold(fact);
            text += &(fact.to_json() + "\n");
            if let Some(mark) = Mark::of_fact(fact) {
                marks.push(mark.clone());
                writer.mark(mark);
            }
        }
        let (offset, facts) = (writer.offset(), within.len() as u64);
        let info = PieceInfo { start, end: picture.at, seq, facts, ..PieceInfo::default() };
        bytes.extend(writer.seal(info.clone(), &text));
        pieces.push(PieceInfo { offset, bytes: writer.offset() - offset, ..info });
        texts.push(text);
    }
    let sealed = bytes.len();
    bytes.extend(writer.finish());
    Made { bytes, pieces, marks, texts, sealed }
}

/// Facts in order of time, as a hub numbers them; three times, which make about four pieces.
pub(crate) fn session() -> impl Strategy<Value = (Vec<Fact>, Vec<usize>)> {
    let cuts = vec(any::<Index>(), 0..4);
    (World::Small.history(1..30), cuts).prop_map(|(facts, cuts)| {
        let cuts = cuts.into_iter().map(|cut| cut.index(facts.len() + 1)).collect();
        (facts, cuts)
    })
}

fn opened(bytes: &[u8], part: Option<&str>) -> Recording {
    Recording::open(bytes.to_vec(), part.map(str::to_owned)).unwrap()
}

/// The recording is a beginning of `all`, and stays the same when it is sealed.
#[track_caller]
fn is_beginning(recording: &Recording, all: &[Fact]) -> usize {
    let facts = recording.all_facts();
    assert!(all.starts_with(&facts), "not a beginning: {} of {} facts", facts.len(), all.len());
    let sealed = opened(&recording.sealed(), None);
    assert!(!sealed.cut, "sealed");
    assert_eq!(sealed.all_facts(), facts, "sealing keeps the facts");
    assert_eq!(sealed.pieces.len(), recording.pieces.len(), "sealing keeps the pieces");
    assert_eq!(sealed.marks, recording.marks, "sealing keeps the marks");
    facts.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_recording_gives_back_its_facts_and_each_piece_its_picture((facts, cuts) in session()) {
        let made = record(&facts, &cuts);
        let recording = opened(&made.bytes, None);
        prop_assert_eq!(&recording.header, &Header { kscope: FORMAT, ..header() });
        prop_assert!(!recording.cut);
        prop_assert_eq!(&recording.pieces, &made.pieces);
        prop_assert_eq!(recording.all_facts(), facts.clone());
        let mut seen = 0;
        for (index, info) in made.pieces.iter().enumerate() {
            let piece = recording.piece(index);
            prop_assert_eq!(Picture::of(&piece.keyframe), Picture::of(&facts[..seen]), "piece {}", index);
            seen += usize::try_from(info.facts).unwrap();
            let whole = Picture::of(piece.keyframe.iter().chain(&piece.facts));
            prop_assert_eq!(whole, Picture::of(&facts[..seen]), "the end of piece {}", index);
        }
    }

    #[test]
    fn without_its_index_the_same_is_found((facts, cuts) in session()) {
        let made = record(&facts, &cuts);
        let (indexed, hopped) = (opened(&made.bytes, None), opened(&made.bytes[..made.sealed], None));
        prop_assert!(hopped.cut);
        prop_assert_eq!(&hopped.pieces, &indexed.pieces);
        prop_assert_eq!(&hopped.marks, &made.marks);
        prop_assert_eq!(&indexed.marks, &made.marks);
        prop_assert_eq!(hopped.sealed(), made.bytes);
    }

    #[test]
    fn plain_gzip_reads_every_line((facts, cuts) in session()) {
        let made = record(&facts, &cuts);
        let mut text = String::new();
        MultiGzDecoder::new(made.bytes.as_slice()).read_to_string(&mut text).unwrap();
        let lines = made.texts.concat();
        let (head, rest) = text.split_once('\n').unwrap();
        prop_assert_eq!(serde_json::from_str::<Header>(head).unwrap().kscope, FORMAT);
        prop_assert!(rest.starts_with(&lines), "the lines of all pieces");
        let index = serde_json::from_str::<recording::Index>(&rest[lines.len()..]).unwrap();
        prop_assert_eq!(index.pieces, made.pieces);
        prop_assert!(text.lines().all(Fact::is_whole), "each line is JSON");
    }

    #[test]
    fn any_beginning_opens((facts, cuts) in session(), ends in vec(any::<Index>(), 12)) {
        let made = record(&facts, &cuts);
        let (seal, ends) = ends.split_first().unwrap();
        is_beginning(&opened(&made.bytes[..seal.index(made.bytes.len())], None), &facts);
        for end in ends {
            let found = opened(&made.bytes[..end.index(made.bytes.len())], None).all_facts();
            prop_assert!(facts.starts_with(&found), "{} of {} facts", found.len(), facts.len());
        }
    }

    #[test]
    fn a_killed_recorder_loses_only_what_it_had_not_written((facts, cuts) in session(), at: Index, torn: Index) {
        let made = record(&facts, &cuts);
        let open = at.index(made.pieces.len());
        let (info, text) = (&made.pieces[open], made.texts[open].as_str());
        let before = usize::try_from(info.offset).unwrap();
        let whole = usize::try_from(made.pieces[..=open].iter().map(|p| p.facts).sum::<u64>()).unwrap();
        // While the piece was open: the lines that are whole.
        let written = torn.index(text.len() + 1);
        let written = (0..=written).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let lines = text[..written].lines().filter(|line| Fact::is_whole(line)).count();
        let kept = is_beginning(&opened(&made.bytes[..before], Some(&text[..written])), &facts);
        let earlier = whole - usize::try_from(info.facts).unwrap();
        prop_assert_eq!(kept, earlier + lines.saturating_sub(1));
        // While it was being sealed, and after that, before the part was emptied: all of it, once.
        let sealing = before + torn.index(usize::try_from(info.bytes).unwrap() + 1);
        let recording = opened(&made.bytes[..sealing], Some(text));
        prop_assert_eq!(is_beginning(&recording, &facts), whole);
        prop_assert_eq!(recording.pieces.len(), open + 1);
    }

    #[test]
    fn nothing_panics_whatever_the_bytes((facts, cuts) in session(), wrong in vec((any::<Index>(), any::<u8>()), 1..6)) {
        let mut bytes = record(&facts, &cuts).bytes;
        for (at, byte) in &wrong {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        if let Ok(recording) = Recording::open(bytes, None) {
            recording.all_facts();
            recording.sealed();
            recording.piece(recording.piece_at(recording.end()));
        }
    }
}

const SCRIPT: &str = "
    0.000 session local
    chapter kill the leader
    0.100 broker 1 running
    orders 0 leader 1 epoch 1 isr 1
    append orders 0 @0 A-1 OrderPlaced epoch 1
    ack e0 order orders 0 @0 all 4ms
    1.000 broker 1 killed
    chapter and again
    2.000 broker 1 running
";

#[test]
fn every_beginning_of_one_opens_and_grows() {
    let facts = facts(SCRIPT);
    let made = record(&facts, &[4, 7]);
    let mut most = 0;
    for end in 0..=made.bytes.len() {
        let found = opened(&made.bytes[..end], None).all_facts();
        assert!(facts.starts_with(&found), "not a beginning at {end}");
        assert!(found.len() >= most, "fewer facts at {end} than before");
        most = found.len();
    }
    assert_eq!(most, facts.len());
}

#[test]
fn cutting_off_whole_pieces_needs_no_writing() {
    let facts = facts(SCRIPT);
    let made = record(&facts, &[4, 7]);
    let (first, second) =
        (usize::try_from(made.pieces[0].offset).unwrap(), usize::try_from(made.pieces[1].offset).unwrap());
    let mut bytes = made.bytes[..first].to_vec();
    bytes.extend(&made.bytes[second..made.sealed]);
    let recording = opened(&bytes, None);
    assert_eq!(recording.pieces.len(), 2);
    let all = recording.all_facts();
    assert_eq!(Picture::of(&all), Picture::of(&facts));
    assert_eq!(all.last().unwrap().seq, facts.last().unwrap().seq, "numbers stay");
}

#[test]
fn times_find_their_piece() {
    let made = record(&facts(SCRIPT), &[4, 7]);
    let recording = opened(&made.bytes, None);
    let starts: Vec<u64> = recording.pieces.iter().map(|p| p.start.0 / 1000).collect();
    assert_eq!(starts, [0, 100, 1000]);
    let piece = |millis| recording.piece_at(Micros::from_millis(millis));
    assert_eq!([piece(0), piece(99), piece(100), piece(999), piece(1000), piece(99_000)], [0, 0, 1, 1, 2, 2]);
    assert_eq!(recording.end(), Micros::from_millis(2000));
    assert_eq!(recording.facts(), 9);
    let labels: Vec<&str> = recording.marks.iter().map(|m| m.label.as_str()).collect();
    assert_eq!(labels, ["kill the leader", "and again"]);
}

#[test]
fn members_of_a_later_version_are_hopped_over() {
    let facts = facts(SCRIPT);
    let made = record(&facts, &[4]);
    let second = usize::try_from(made.pieces[1].offset).unwrap();
    let mut bytes = made.bytes[..second].to_vec();
    bytes.extend(member::write(member::Kind::Other(9), Micros(5), "a sound track"));
    bytes.extend(&made.bytes[second..made.sealed]);
    assert_eq!(opened(&bytes, None).all_facts(), facts);

    let newer = serde_json::to_string(&Header { kscope: FORMAT + 1, ..header() }).unwrap();
    let mut bytes = member::write(member::Kind::Header, Micros(0), &newer);
    bytes.extend(&made.bytes[usize::try_from(made.pieces[0].offset).unwrap()..]);
    assert!(opened(&bytes, None).is_newer());
    assert_eq!(opened(&bytes, None).all_facts(), facts);
}

#[test]
fn what_is_no_recording_says_so() {
    let open = |bytes: &[u8]| Recording::open(bytes.to_vec(), None).unwrap_err();
    assert_eq!(open(b"PK\x03\x04 a zip"), OpenError::NotARecording);
    assert_eq!(open(&member::write(member::Kind::Header, Micros(0), "{\"version\":2}\n")), OpenError::NotARecording);
    assert!(matches!(open(&member::write(member::Kind::Header, Micros(0), "hello")), OpenError::BadHeader(_)));
}
