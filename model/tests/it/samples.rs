//! Recordings made by real binaries: those of earlier releases stay readable, and all are judged as they were when they were made.

use std::path::{Path, PathBuf};

use kafkascope_model::{
    fact::Event,
    picture::{Picture, ProofStatus},
    recording::Recording,
    verdict::{Evidence, verdict},
};

#[expect(clippy::disallowed_methods, reason = "the model has no files, and its tests have")]
fn recordings(folder: &str) -> Vec<(String, Recording)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "kscope"));
    files.sort();
    let open = |file: PathBuf| {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let part = std::fs::read_to_string(file.with_file_name(format!("{name}.part"))).ok();
        (name, Recording::open(std::fs::read(file).unwrap(), part).unwrap())
    };
    files.into_iter().map(open).collect()
}

/// How many verdicts there are; each is what its facts come to. What a cut recording's keyframe says of earlier runs is no
/// evidence of theirs.
fn judged_as_they_were(name: &str, recording: &Recording) -> usize {
    let keyframe = recording.piece(0).keyframe;
    let (mut picture, mut evidence, mut count) = (Picture::of(&keyframe), None::<Evidence>, 0);
    for fact in recording.all_facts().into_iter().skip(keyframe.len()) {
        match (&fact.event, &mut evidence) {
            (Event::VerdictReached { scene, outcome, holds, rows, .. }, Some(run)) => {
                let now = verdict(run);
                assert_eq!((&now.outcome, now.holds), (outcome, *holds), "{name}: {scene}");
                assert_eq!(&now.rows, rows, "{name}: {scene}");
                count += 1;
            }
            (Event::SceneEnded { .. }, _) => evidence = None,
            (_, Some(run)) => run.take(&fact),
            (_, None) => evidence = Evidence::begin(&picture, &fact),
        }
        picture.fold(&fact);
    }
    count
}

#[test]
fn version_1_stays_readable() {
    let all = recordings("tests/samples");
    let of = |name: &str| &all.iter().find(|(known, _)| known == name).expect("a sample").1;
    let whole = of("v1-whole.kscope");
    assert_eq!((whole.header.kscope, whole.cut), (1, false));
    let facts = whole.all_facts();
    let picture = Picture::of(&facts);
    assert_eq!(picture.brokers.values().count(), 3);
    assert_eq!(picture.shown_partitions().count(), 6);
    assert!(facts.iter().all(|fact| !matches!(fact.event, Event::Unknown(_))), "every kind is still known");
    assert_eq!(picture.counters.surprises, 0);
    assert_ne!(picture.proof(picture.at).status, ProofStatus::Broken);

    let killed = of("v1-killed.kscope");
    assert!(killed.cut);
    let found = killed.all_facts();
    assert!(found.len() > 200 && facts.starts_with(&found), "{} facts", found.len());
    assert_eq!(Recording::open(killed.sealed(), None).unwrap().all_facts(), found);
}

#[test]
fn what_the_page_plays_is_judged_as_it_was() {
    let all = recordings("../static");
    for (name, recording) in &all {
        let verdicts = judged_as_they_were(name, recording);
        let seen = (0..recording.pieces.len()).flat_map(|index| recording.piece(index).facts);
        let told = seen.filter(|f| matches!(f.event, Event::VerdictReached { .. })).count();
        assert_eq!(verdicts, told, "{name}: a verdict without its run");
        assert!(!recording.cut && recording.facts() > 100, "{name}");
    }
}
