//! What is cut out of a recording is what was there: numbers, times, and the picture at every moment of it.

use kafkascope_model::{
    fact::Fact,
    picture::Picture,
    recording::{Header, Recording},
};
use notation::facts;
use proptest::{prelude::*, sample::Index};

use crate::recordings::{record, session};

fn kept(recording: &Recording) -> Vec<Fact> {
    (0..recording.pieces.len()).flat_map(|index| recording.piece(index).facts).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cut_begins_with_all_that_was_before((facts, cuts) in session(), a: Index, b: Index) {
        let whole = Recording::open(record(&facts, &cuts).bytes, None).unwrap();
        let (a, b) = (a.index(facts.len()), b.index(facts.len()));
        let (from, to) = (facts[a.min(b)].at, facts[a.max(b)].at);
        let cut = Recording::open(whole.excerpt(from, to), None).unwrap();
        let kept = kept(&cut);
        let first = facts.iter().position(|fact| fact.seq == kept[0].seq).unwrap();
        let last = first + kept.len();
        prop_assert_eq!(&facts[first..last], &kept[..], "one stretch, as it was told");
        prop_assert!(facts[..first].iter().all(|fact| fact.at < from) && facts[last..].iter().all(|fact| fact.at > to));
        let mut picture = Picture::of(&cut.piece(0).keyframe);
        prop_assert_eq!(&picture, &Picture::of(&facts[..first]), "the first keyframe");
        picture = kept.iter().fold(picture, |mut picture, fact| { picture.fold(fact); picture });
        prop_assert_eq!(&picture, &Picture::of(&facts[..last]), "and its end");
        for (index, info) in cut.pieces.iter().enumerate() {
            let seen = facts.iter().filter(|fact| fact.seq <= info.seq).count();
            prop_assert_eq!(Picture::of(&cut.piece(index).keyframe), Picture::of(&facts[..seen]), "piece {}", index);
        }
        prop_assert!(cut.marks.iter().all(|mark| (from..=to).contains(&mark.at)));
        let header = Header { cut_from: Some(from), cut_to: Some(to), ..whole.header.clone() };
        prop_assert_eq!(&cut.header, &header);
    }
}

const SCRIPT: &str = "
    0.000 session local
    chapter kill the leader
    0.100 broker 1 running
    orders 0 leader 1 epoch 1 isr 1
    mark a look here
    1.000 broker 1 killed
    chapter and again
    2.000 broker 1 running
    mark b and here
";

#[test]
fn chapters_end_where_the_next_begins_and_markers_come_along() {
    let whole = Recording::open(record(&facts(SCRIPT), &[2, 4]).bytes, None).unwrap();
    let chapters = whole.chapters();
    let ends: Vec<(u64, u64, &str)> = chapters.iter().map(|(at, end, label)| (at.0, end.0, *label)).collect();
    assert_eq!(ends, [(0, 999_999, "kill the leader"), (1_000_000, 2_000_000, "and again")]);
    let (from, to, _) = chapters[1];
    let cut = Recording::open(whole.excerpt(from, to), None).unwrap();
    let markers: Vec<String> = cut.markers().into_iter().map(|marker| marker.text).collect();
    assert_eq!(markers, ["and here"]);
    assert_eq!(cut.chapters(), [(from, to, "and again")]);
    let all = Recording::open(whole.packed(), None).unwrap();
    assert_eq!(all.header, whole.header, "all of it is no part");
    assert_eq!((all.pieces.len(), all.all_facts()), (1, facts(SCRIPT)), "small pieces are joined");
}
