//! At rest the picture is the cluster: every number on it equals what kcat and Kafka's own tools answer.

use std::{collections::BTreeMap, time::Duration};

use model::{
    fact::{Appended, Event, Fact},
    state::view,
};
use serde_json::json;

use crate::{
    harness::{Gateway, shared},
    load::{all_end, logs},
    process::run,
    second_opinion::{GroupWord, Place, Record, Tools, layout_by_kcat},
    state::{Partition, State},
};

/// Some orders of every fate: paid, paid twice, refused, sold out; then the stage comes to rest.
async fn some_orders(stage: &Gateway) {
    for count in [1, 2, 3] {
        stage.command(json!({ "command": "create_order", "item": "mug", "count": count })).await;
    }
    stage.command(json!({ "command": "pay_twice" })).await;
    let unpaid = stage.command(json!({ "command": "create_order", "item": "mug", "pay": false })).await;
    stage.until("an order is due", |state| state.shop.items.iter().any(|item| item.reserved > 0)).await;
    let refused = stage.outcome(json!({ "command": "pay", "refuse": true })).await;
    assert!(refused.ok, "{unpaid:?} {refused:?}");
    all_end(stage).await;
    stage.restore().await;
}

#[test]
fn the_picture_is_what_kafkas_own_tools_say() {
    run(async {
        let stage = shared().await;
        some_orders(&stage).await;
        let state = stage.state().await;
        let tools = Tools::on(&state.bootstrap).await;

        let (brokers, by_kcat) = layout_by_kcat(&state.bootstrap).await;
        assert_eq!(state.brokers.iter().map(|broker| broker.id).collect::<Vec<_>>(), brokers);
        assert_eq!(state.layout(), by_kcat);
        assert_eq!(state.layout(), tools.layout().await);
        assert_eq!(
            state.partitions.len(),
            12,
            "three topics of the shop and two of Kafka's: {:?}",
            state.layout().keys()
        );

        let each = |value: fn(&crate::state::PartitionState) -> i64| -> BTreeMap<Partition, i64> {
            state.partitions.iter().map(|p| ((p.topic.clone(), p.partition), value(p))).collect()
        };
        assert_eq!(each(|p| p.high_watermark), tools.offsets("-1").await);
        assert_eq!(each(|p| p.log_start_offset), tools.offsets("-2").await);
        for p in &state.partitions {
            assert_eq!((p.last_stable_offset, p.log_end_offset), (p.high_watermark, p.high_watermark), "{p:?}");
            assert!(p.leader_reachable && p.replica_log_ends.len() == 3, "{p:?}");
            assert!(p.replica_log_ends.values().all(|end| *end == p.high_watermark), "{p:?}");
        }

        assert_eq!(places(&state), tools.places().await);
        assert_eq!(words(&state), tools.groups().await);
        assert_eq!((state.controller.leader_id, state.controller.epoch), tools.quorum().await);
        assert_eq!(state.controller.voters, [100]);
        assert_eq!(
            state.controllers.iter().map(|c| (c.id, c.process.as_str())).collect::<Vec<_>>(),
            [(100, "running")]
        );
        for partition in [0, 1] {
            let here = state.producers.iter().filter(|p| p.topic == "orders" && p.partition == partition);
            let here = here.map(|p| (p.producer_id, p.producer_epoch, p.last_sequence)).collect();
            assert_eq!(tools.producers("orders", partition).await, here, "producers of orders {partition}");
        }
        for app in &state.apps {
            let off: Vec<&str> = app.guards.iter().filter(|(_, on)| !**on).map(|(guard, _)| guard.as_str()).collect();
            assert_eq!((app.guards.len(), off), (9, vec!["outbox", "transactions"]), "{app:?}");
        }
        assert!(state.session.age_ms.is_some_and(|age| age < 2000), "{:?}", state.session);
        // Nobody pressed anything meanwhile, so what was compared did not move.
        assert_eq!(stage.state().await.layout(), state.layout());
        stage.saw_everything().await;
    });
}

fn places(state: &State) -> BTreeMap<(String, Partition), Place> {
    let mut places = BTreeMap::new();
    for group in &state.groups {
        for offset in &group.offsets {
            let reads = |member: &&crate::state::MemberState| {
                member.assignment.iter().any(|a| a.topic == offset.topic && a.partition == offset.partition)
            };
            let member = group.members.iter().find(reads).unwrap_or_else(|| panic!("nobody reads {offset:?}"));
            let place = Place {
                committed: offset.committed,
                lag: offset.lag,
                member_id: member.member_id.clone(),
                client_id: member.client_id.clone(),
            };
            places.insert((group.group_id.clone(), (offset.topic.clone(), offset.partition)), place);
        }
    }
    places
}

fn words(state: &State) -> BTreeMap<String, GroupWord> {
    let word = |group: &crate::state::GroupState| GroupWord {
        protocol: group.protocol.clone(),
        state: group.state.clone(),
        members: group.members.len(),
    };
    state.groups.iter().map(|group| (group.group_id.clone(), word(group))).collect()
}

#[test]
fn every_record_is_told_as_kcat_reads_it() {
    run(async {
        let stage = shared().await;
        some_orders(&stage).await;
        let state = stage.state().await;
        let told = appended(&stage.facts(0).await);
        let read = logs(&state.bootstrap).await;
        assert_eq!(told.keys().collect::<Vec<_>>(), read.keys().collect::<Vec<_>>());
        for (partition, records) in &read {
            let told = &told[partition];
            assert_eq!(told.len(), records.len(), "{partition:?}");
            for (told, read) in told.iter().zip(records) {
                same(told, read);
            }
        }
        let count: usize = read.values().map(Vec::len).sum();
        println!("{count} records on 6 partitions, each as kcat reads it");
        stage.saw_everything().await;
    });
}

/// The records of each partition in order of their offsets.
fn appended(facts: &[Fact]) -> BTreeMap<Partition, Vec<Appended>> {
    let mut all: BTreeMap<Partition, BTreeMap<i64, Appended>> = BTreeMap::new();
    for fact in facts {
        match &fact.event {
            Event::RecordAppended(record) => {
                let partition = all.entry((record.topic.clone(), record.partition)).or_default();
                partition.insert(record.offset, (**record).clone());
            }
            Event::RecordsTruncated { topic, partition, from_offset, to_offset, .. } => {
                let records = all.entry((topic.clone(), *partition)).or_default();
                records.retain(|offset, _| !(*from_offset..*to_offset).contains(offset));
            }
            Event::BatchAppended { .. } => panic!("so few records are told one by one: {fact:?}"),
            _ => {}
        }
    }
    all.into_iter().map(|(partition, records)| (partition, records.into_values().collect())).collect()
}

/// Offset, key, headers and as much of the value as is kept.
fn same(told: &Appended, read: &Record) {
    assert_eq!((told.offset, &told.key), (read.offset, &read.key), "{told:?} {read:?}");
    assert!(told.headers.iter().eq(&read.headers), "{told:?} {read:?}");
    let value = read.value.as_deref().unwrap();
    assert_eq!(told.value_bytes, i64::try_from(value.len()).unwrap(), "{told:?} {read:?}");
    let kept = told.value.as_deref().unwrap();
    assert!(kept == value || (kept.len() >= 250 && value.starts_with(kept.trim_end_matches('…'))), "{told:?} {read:?}");
}

/// The page folds what comes over the socket; the gateway answers with its own fold. They are the same picture.
#[test]
fn a_viewer_who_came_early_one_who_came_late_and_the_api_see_the_same() {
    run(async {
        let stage = shared().await;
        let early = stage.viewer().await;
        some_orders(&stage).await;
        let late = stage.viewer().await;
        let seq = stage.seq().await;
        let caught_up = async |viewer: &crate::viewer::Viewer| {
            while viewer.picture().0.seq < seq {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), async { tokio::join!(caught_up(&early), caught_up(&late)) })
            .await
            .expect("both viewers get every fact");
        let mut state = stage.json("/api/state").await;
        let now = state["session"]["at"].as_u64().unwrap();
        for extra in ["session", "green"] {
            state.as_object_mut().unwrap().remove(extra);
        }
        for (name, viewer) in [("early", &early), ("late", &late)] {
            let seen = view(&viewer.picture().0, model::ids::Micros(now));
            for (part, wanted) in state.as_object().unwrap() {
                assert_eq!(&seen[part], wanted, "{part} as the {name} viewer has it");
            }
        }
    });
}

/// Frames come often enough to be smooth, seldom enough to be cheap, and never stop.
#[test]
fn frames_keep_their_pace() {
    run(async {
        let stage = shared().await;
        let viewer = stage.viewer().await;
        some_orders(&stage).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let frames = viewer.frames();
        let gaps = frames.windows(2).map(|pair| pair[1].here.duration_since(pair[0].here)).max().unwrap();
        // 500 ms is the rule; the rest is the machine's.
        assert!(gaps < Duration::from_millis(800), "nothing came for {gaps:?}");
        let seconds = frames.last().unwrap().here.duration_since(frames[0].here).as_secs_f64();
        let pace = frames.len() as f64 / seconds;
        println!("{} frames in {seconds:.1} s ({pace:.0}/s), the longest wait {gaps:?}", frames.len());
        assert!(pace <= 31.0, "more than one frame each 33 ms: {pace:.1}/s");
    });
}
