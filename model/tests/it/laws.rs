//! What holds of every history: facts survive their writing, and a picture survives its keyframe.

use std::collections::BTreeSet;

use kafkascope_model::{
    caption::caption,
    fact::{Event, Fact},
    frame::{Frame, facts_text, keyframe_text, skipped_text},
    green,
    ids::{Micros, OrderId},
    keyframe::keyframe,
    picture::Picture,
    state,
};
use proptest::{collection::vec, prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::Value;

use crate::world::{World, json, numbered};

/// Kinds that only keyframes have: they are about now, not about when something was seen.
const KEYFRAME_ONLY: [&str; 6] =
    ["record_history", "partition_history", "sends_history", "order_history", "counted", "orders_closed"];

fn few() -> ProptestConfig {
    ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() }
}

fn kind(fact: &Fact) -> String {
    let value: Value = serde_json::from_str(&fact.to_json()).unwrap();
    value["kind"].as_str().unwrap().to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fact_survives_being_written(event in World::Wild.any_event(), seq: u64, at: u64) {
        let fact = Fact { seq, at: Micros(at), event };
        prop_assert_eq!(Fact::parse(&fact.to_json()).unwrap(), fact);
    }

    #[test]
    fn a_field_of_a_later_version_is_skipped(event in World::Small.any_event(), extra in json()) {
        prop_assume!(!matches!(event, Event::Unknown(_)));
        let fact = Fact { seq: 3, at: Micros(4), event };
        let mut value: Value = serde_json::from_str(&fact.to_json()).unwrap();
        value["field_of_a_later_version"] = extra;
        prop_assert_eq!(Fact::parse(&value.to_string()).unwrap(), fact);
    }

    #[test]
    fn a_kind_of_a_later_version_is_kept(mut body in json(), known in any::<bool>()) {
        prop_assume!(body.is_object());
        body["seq"] = Value::from(7);
        body["at"] = Value::from(8);
        // Also where the name is known and its fields are not.
        body["kind"] = Value::from(if known { "record_handled" } else { "replica_lagged" });
        let fact = Fact::parse(&body.to_string()).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&fact.to_json()).unwrap(), body);
        prop_assert_eq!(Fact::parse(&fact.to_json()).unwrap(), fact);
    }

    #[test]
    fn nothing_panics_whatever_is_told(events in vec(World::Wild.any_event(), 1..24), now: u64) {
        let facts = numbered(events, std::iter::repeat((u64::MAX / 64, u64::MAX / 64)));
        let mut picture = Picture::default();
        for fact in &facts {
            picture.fold(fact);
        }
        prop_assert!(caption(&picture, Micros(now)).text().chars().count() <= 120);
        green::waiting_for(&picture);
        green::missing(&picture, Micros(now));
        state::view(&picture, Micros(now));
        state::session(&picture, Micros(now), false);
        keyframe(&picture);
    }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn a_picture_survives_its_keyframe_at_every_cut(facts in World::Small.history(1..30)) {
        let whole = Picture::of(&facts);
        let mut picture = Picture::default();
        for (cut, fact) in facts.iter().enumerate() {
            picture.fold(fact);
            let mut rebuilt = Picture::of(&keyframe(&picture));
            prop_assert_eq!(&rebuilt, &picture, "after {}", fact.to_json());
            for rest in &facts[cut + 1..] {
                rebuilt.fold(rest);
            }
            prop_assert_eq!(&rebuilt, &whole, "cut after {}", fact.to_json());
        }
    }

    #[test]
    fn a_keyframe_keeps_numbers_and_times(facts in World::Small.history(1..60)) {
        let picture = Picture::of(&facts);
        let mut seen: BTreeSet<(u64, Micros, String)> = facts.iter().map(|f| (f.seq, f.at, kind(f))).collect();
        // A record that was read says how far the log of the replica goes that it was read from.
        let reads = facts.iter().filter(|f| matches!(f.event, Event::RecordAppended(_) | Event::BatchAppended { .. }));
        seen.extend(reads.map(|f| (f.seq, f.at, String::from("replica_log_end"))));
        for fact in keyframe(&picture) {
            let kind = kind(&fact);
            if KEYFRAME_ONLY.contains(&kind.as_str()) {
                prop_assert_eq!((fact.seq, fact.at), (picture.seq, picture.at));
            } else {
                prop_assert!(seen.contains(&(fact.seq, fact.at, kind)), "never seen: {}", fact.to_json());
            }
        }
    }

    #[test]
    fn a_newcomer_sees_what_everybody_sees(facts in World::Small.history(1..60), later in 0..20_000_000u64) {
        let picture = Picture::of(&facts);
        let text = keyframe_text(&keyframe(&picture), picture.seq, picture.at);
        let Frame::Keyframe { facts: sent, .. } = Frame::parse(&text).unwrap() else { unreachable!() };
        let rebuilt = Picture::of(&sent);
        prop_assert_eq!(&rebuilt, &picture);
        let now = Micros(picture.at.0 + later);
        prop_assert_eq!(state::view(&picture, now), state::view(&rebuilt, now));
        prop_assert_eq!(caption(&picture, now), caption(&rebuilt, now));
        prop_assert_eq!(green::missing(&picture, now), green::missing(&rebuilt, now));
    }

    #[test]
    fn a_frame_survives_being_written(facts in World::Small.history(0..12), at: u64, seq: u64, skipped: u64) {
        let at = Micros(at);
        let lines: Vec<String> = facts.iter().map(Fact::to_json).collect();
        let parsed = Frame::parse(&facts_text(lines.iter().map(String::as_str), at)).unwrap();
        prop_assert_eq!(parsed, Frame::Facts { facts: facts.clone(), at });
        let parsed = Frame::parse(&keyframe_text(&facts, seq, at)).unwrap();
        prop_assert_eq!(parsed, Frame::Keyframe { facts, seq, at });
        prop_assert_eq!(Frame::parse(&skipped_text(skipped)).unwrap(), Frame::Skipped(skipped));
    }
}

fn some_order() -> BoxedStrategy<OrderId> {
    (1..320u32).prop_map(|n| OrderId(format!("A-{n}"))).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn full_books_survive_their_keyframe(events in vec(World::Small.orders(some_order()), 1400)) {
        let mut picture = Picture::default();
        for (n, fact) in numbered(events, std::iter::repeat((1, 1000))).iter().enumerate() {
            picture.fold(fact);
            if n % 173 == 0 {
                prop_assert_eq!(&Picture::of(&keyframe(&picture)).shop, &picture.shop, "after {}", fact.to_json());
            }
        }
        let settled = |o: &kafkascope_model::picture::Order| o.status() != Default::default() && o.adds_up();
        let too_many = picture.shop.orders.len() > 200;
        prop_assert!(!too_many || !picture.shop.orders.values().any(settled));
        prop_assert!(picture.shop.closed.cancelled > 0, "nothing was ever closed");
    }
}

#[test]
fn the_picture_has_bounds() {
    let script = |n: u64, line: &dyn Fn(u64) -> String| (0..n).map(line).collect::<Vec<_>>().join("\n");
    let picture = |text: String| notation::picture(&text);

    let records = picture(script(300, &|n| format!("append orders 0 @{n} A-1 OrderPlaced")));
    let kept = &records.partitions.values().next().unwrap().records;
    assert_eq!((kept.len(), kept.keys().next()), (64, Some(&236)), "the newest stay");

    let orders = picture(script(300, &|n| format!("order A-{n} cancelled 1 x 1")));
    assert_eq!((orders.shop.orders.len(), orders.shop.closed.cancelled), (200, 100));

    let commands = picture(script(40, &|n| format!("command c{n} pay")));
    assert_eq!((commands.commands.len(), commands.commands[0].id.as_str()), (16, "c24"));

    let notices = picture(script(40, &|n| format!("warn {n}")));
    assert_eq!((notices.notices.len(), notices.counters.warnings), (16, 40));

    let flights = picture(script(1100, &|n| format!("sent e{n} order orders A-1 OrderPlaced")));
    assert_eq!(flights.flights.len(), 1024);
    assert!(!flights.flights.contains_key("e0"), "the oldest go");

    let lost = picture(script(40, &|n| {
        format!("append orders 0 @{n} A-1 OrderPlaced\ntruncated orders 0 {n}..{} epoch 1", n + 1)
    }));
    assert_eq!(lost.partitions.values().next().unwrap().lost.len(), 16);
}

#[test]
fn every_kind_is_generated() {
    let source = include_str!("../../src/fact.rs");
    let (_, body) = source.split_once("pub enum Event {").unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let variant = |line: &str| {
        let name = line.strip_prefix("    ").filter(|l| l.starts_with(|c: char| c.is_ascii_uppercase()))?;
        Some(name.split(|c: char| !c.is_alphanumeric()).next()?.to_owned())
    };
    let snake = |name: String| {
        let split =
            name.chars().map(|c| if c.is_uppercase() { format!("_{}", c.to_lowercase()) } else { c.to_string() });
        split.collect::<String>().trim_start_matches('_').to_owned()
    };
    let mut missing: BTreeSet<String> = body.lines().filter_map(variant).map(snake).collect();
    assert!(missing.len() > 35, "{missing:?}");

    let mut runner = TestRunner::deterministic();
    let events = World::Small.any_event();
    for _ in 0..3000 {
        let event = events.new_tree(&mut runner).unwrap().current();
        missing.remove(&kind(&Fact { seq: 1, at: Micros(1), event }));
    }
    assert!(missing.is_empty(), "add to world.rs: {missing:?}");
}
