//! The caption over time: it stays until it was read, and nothing flickers.

use kafkascope_model::{caption::Standing, fact::Fact, ids::Micros, picture::Picture, recording::Recording};
use proptest::prelude::*;

use super::{CALM, is_readable_and_proven};
use crate::world::World;
use notation::facts;

/// What stood, its rank, since when, and how long it must stand.
#[derive(Debug)]
struct Stood {
    text: String,
    rank: usize,
    since: Micros,
    least_micros: u64,
}

/// Goes through a history as a viewer does, and looks at everything that stands on the way.
#[track_caller]
fn watch(facts: &[Fact], until: Micros) -> Vec<Stood> {
    let (mut picture, mut standing) = (Picture::default(), Standing::default());
    let mut stood: Vec<Stood> = Vec::new();
    let mut look = |picture: &Picture, standing: &mut Standing, from: Micros, to: Micros| {
        let mut now = from;
        while now < to {
            now = Micros((now.0 + 100_000).min(to.0));
            standing.advance(picture, now);
            let (said, rank) = (standing.caption(), standing.rank());
            is_readable_and_proven(said, picture.seq);
            let (text, least_micros) = (said.text(), said.least_micros());
            match stood.last_mut() {
                // The same, with its numbers of now.
                Some(last) if last.rank == rank => (last.text, last.least_micros) = (text, least_micros),
                Some(last) => {
                    // The rules are asked at full tenths of a second, and this viewer looks between them.
                    let lasted = now.since(last.since) + 100_000;
                    let less_important = rank > last.rank;
                    assert!(!less_important || lasted >= last.least_micros, "{last:?} gave way to {text} at {now:?}");
                    stood.push(Stood { text, rank, since: now, least_micros });
                }
                None => stood.push(Stood { text, rank, since: now, least_micros }),
            }
        }
    };
    let mut at = Micros(0);
    for fact in facts {
        // Long pauses are as good as short ones.
        let from = Micros(at.0.max(fact.at.0.saturating_sub(20_000_000)));
        look(&picture, &mut standing, from, fact.at);
        at = at.max(fact.at);
        picture.fold(fact);
    }
    look(&picture, &mut standing, at, until);
    stood
}

fn texts(script: &str, until_millis: u64) -> Vec<(u64, String)> {
    let mut facts = facts(CALM);
    let count = facts.len() as u64;
    let more = notation::facts(script).into_iter().map(|f| Fact { seq: f.seq + count, ..f });
    facts.extend(more);
    let stood = watch(&facts, Micros::from_millis(until_millis));
    stood.into_iter().map(|s| (s.since.0 / 100_000, s.text)).collect()
}

#[test]
fn a_state_that_ends_before_it_was_read_is_told_as_over() {
    let told = texts("30.000 controller leads -1 epoch 1\n30.500 controller leads 101 epoch 2", 40_000);
    let told: Vec<(u64, &str)> = told.iter().map(|(at, text)| (*at, text.as_str())).collect();
    assert_eq!(
        told[1..],
        [
            (301, "There was no controller for a moment: leaders could not change."),
            // Half a second of the state, and as long as its end takes to read.
            (306 + 10 + 16, "All three brokers are in sync. No record in the last 10 s."),
        ]
    );
}

#[test]
fn a_state_that_was_read_goes_when_it_ends() {
    let told = texts("30.000 controller leads -1 epoch 1\n36.000 controller leads 101 epoch 2", 40_000);
    assert_eq!(told.iter().map(|(at, _)| *at).skip(1).collect::<Vec<_>>(), [301, 361]);
}

#[test]
fn the_more_important_does_not_wait() {
    let told = texts("30.000 slow-wire 500\n30.400 controller leads -1 epoch 1\n31.000 broker 2 killed", 31_500);
    let at: Vec<u64> = told.iter().map(|(at, _)| *at).skip(1).collect();
    assert_eq!(at, [301, 305, 311], "{told:?}");
}

#[test]
fn steps_that_are_done_at_once_are_not_gone_through_at_once() {
    let steps = "30.000 scene 7 steps 3\nstep 7 0 started\n30.100 step 7 0 done\nstep 7 1 started\n30.200 step 7 1 done\nstep 7 2 started";
    let mut standing = Standing::default();
    let mut picture = Picture::of(&facts(CALM));
    standing.advance(&picture, Micros(29_000_000));
    let mut said = Vec::new();
    for (n, fact) in facts(steps).into_iter().enumerate() {
        picture.fold(&Fact { seq: 100 + n as u64, ..fact });
    }
    for step in 300..360 {
        standing.advance(&picture, Micros(step * 100_000));
        let text = standing.caption().text();
        if said.last() != Some(&text) {
            said.push(text);
        }
    }
    // The first two were over before anybody could have read them.
    assert_eq!(said.last().map(String::as_str), Some("Step 2. A lost ack, guard off."));
}

#[test]
fn standing_is_the_same_however_one_came_there() {
    let script = "30.000 controller leads -1 epoch 1\n30.500 controller leads 101 epoch 2\n33.000 slow-wire 500\n34.000 slow-wire 0";
    let mut picture = Picture::of(&facts(CALM));
    let mut smooth = Standing::at(&picture, Micros(20_000_000));
    let mut rough = smooth.clone();
    for (n, fact) in facts(script).into_iter().enumerate() {
        for now in (picture.at.0.max(20_000_000)..fact.at.0).step_by(16_667) {
            smooth.advance(&picture, Micros(now));
        }
        let before = Micros(fact.at.0 - 1);
        smooth.advance(&picture, before);
        rough.advance(&picture, before);
        assert_eq!(smooth.caption(), rough.caption(), "at {before:?}");
        picture.fold(&Fact { seq: 100 + n as u64, ..fact });
    }
}

#[test]
fn nothing_flickers_in_the_recording_that_the_page_brings() {
    let sample = include_bytes!("../../../../static/sample.kscope");
    let recording = Recording::open(sample.to_vec(), None).unwrap();
    let stood = watch(&recording.all_facts(), recording.end());
    assert!(stood.len() > 3, "{stood:?}");
    assert!(stood.iter().any(|s| s.text.ends_with("Nothing acknowledged was lost.")), "{stood:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_flickers_whatever_is_told(facts in World::Small.history(1..60)) {
        let last = facts.iter().map(|f| f.at).max().unwrap_or_default();
        watch(&facts, Micros(last.0 + 40_000_000));
    }
}
