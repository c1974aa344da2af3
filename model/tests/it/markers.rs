//! Markers: set live as facts, edited beside them, and never lost by sealing or cutting.

use kafkascope_model::{
    ids::Micros,
    marker::{Marker, merge, read, wrong},
    recording::Recording,
};
use notation::facts;

use crate::recordings::record;

const SCRIPT: &str = "
    0.000 session local
    1.000 broker 1 running
    mark a the leader is about to die
    2.000 broker 1 killed
    mark b look here
";

fn marker(id: &str, millis: u64, text: &str) -> Marker {
    Marker { id: id.into(), at: Micros::from_millis(millis), text: text.into(), removed: false }
}

fn edits() -> Vec<Marker> {
    vec![
        marker("a", 1000, "the leader dies"),
        Marker { removed: true, ..marker("b", 2000, "look here") },
        marker("c", 1500, "set at home"),
    ]
}

fn words(markers: &[Marker]) -> Vec<(&str, bool)> {
    markers.iter().map(|m| (m.text.as_str(), m.removed)).collect()
}

#[test]
fn edits_take_the_place_of_what_was_set_and_merging_twice_changes_nothing() {
    let set = [marker("a", 1000, "the leader is about to die"), marker("b", 2000, "look here")];
    let merged = merge(set.clone(), &edits());
    assert_eq!(words(&merged), [("the leader dies", false), ("set at home", false), ("look here", true)]);
    assert_eq!(merge(set, &merged), merged);
    let text = serde_json::to_value(&merged).unwrap();
    assert_eq!(read(&text).unwrap(), merged, "a side list is read back");
}

#[test]
fn a_recording_knows_its_markers_and_carries_the_edits() {
    let made = record(&facts(SCRIPT), &[2]);
    let mut recording = Recording::open(made.bytes.clone(), None).unwrap();
    assert_eq!(words(&recording.markers()), [("the leader is about to die", false), ("look here", false)]);
    assert_eq!(recording.sealed(), made.bytes, "what nobody edited is not rewritten");
    recording.lay_over(&edits());
    let noted = recording.sealed();
    let again = Recording::open(noted.clone(), None).unwrap();
    assert_eq!(again.markers(), merge([], &recording.markers()));
    assert_eq!(again.all_facts(), facts(SCRIPT), "no fact was touched");
    assert!(!again.cut);
    // Its index lost: the notes are found by hopping, and kept when it is sealed again.
    let found = Recording::open(noted[..noted.len() - 60].to_vec(), None).unwrap();
    assert!(found.cut);
    assert_eq!(found.markers(), again.markers());
    assert_eq!(Recording::open(found.sealed(), None).unwrap().markers(), again.markers());
}

#[test]
fn what_is_wrong_with_a_side_list_is_named() {
    assert_eq!(wrong(&edits()), None);
    assert!(wrong(&[marker("../a", 1, "")]).unwrap().contains("../a"));
    assert!(wrong(&[marker("a", 1, &"x".repeat(201))]).unwrap().contains("200"));
    assert!(wrong(&[marker("a", 1, "a\nb")]).is_some());
    assert!(wrong(&vec![marker("a", 1, ""); 1001]).unwrap().contains("1000"));
    assert_eq!(read(&serde_json::json!({ "a": 1 })), None);
    assert_eq!(read(&serde_json::json!([{ "text": "no id" }])), None);
}
