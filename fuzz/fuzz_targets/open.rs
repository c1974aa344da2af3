//! Any bytes as a recording: opened, read, folded, sealed and cut. Seeds: model/tests/samples and static.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{ids::Micros, picture::Picture, recording::Recording};

fuzz_target!(|bytes: &[u8]| {
    let Ok(recording) = Recording::open(bytes.to_vec(), None) else { return };
    let facts = recording.all_facts();
    let _ = Picture::of(&facts);
    let sealed = Recording::open(recording.sealed(), None).expect("what is sealed opens");
    assert_eq!(sealed.all_facts().len(), facts.len());
    let half = Micros(recording.end().0 / 2);
    Recording::open(recording.excerpt(half, recording.end()), None).expect("what is cut opens");
});
