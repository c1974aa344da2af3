//! `serve --bootstrap` on a cluster that somebody else started: it sees what there is and changes nothing.

use std::{collections::BTreeSet, time::Duration};

use model::fact::Event;
use serde_json::{Value, json};

use crate::{
    harness::{Gateway, shared},
    load::all_end,
    process::{folder, letter, run},
    second_opinion::Tools,
};

/// What is in a cluster: topics, groups, and how long each log is.
async fn inventory(bootstrap: &str) -> Value {
    let tools = Tools::on(bootstrap).await;
    let topics: BTreeSet<String> = tools.layout().await.into_keys().map(|(topic, _)| topic).collect();
    let groups: BTreeSet<String> = tools.groups().await.into_keys().collect();
    let ends: BTreeSet<String> =
        tools.offsets("-1").await.into_iter().map(|((t, p), end)| format!("{t} {p} {end}")).collect();
    json!({ "topics": topics, "groups": groups, "ends": ends })
}

#[test]
fn it_reads_only_and_shows_what_there_is() {
    run(async {
        let stage = shared().await;
        let own = stage.state().await;
        let before = inventory(&own.bootstrap).await;
        let data = folder("external");
        let eyes = Gateway::serve(&data, &["--bootstrap", &own.bootstrap]).await;
        println!("the other gateway is ready after {:?}", eyes.ready().await);
        let seen =
            eyes.until("it sees what the owner sees", |s| s.layout() == own.layout() && s.groups.len() == 3).await;
        assert_eq!((seen.session.mode.as_str(), seen.bootstrap.as_str()), ("external", own.bootstrap.as_str()));
        assert!(seen.stage_bootstrap.is_empty() && seen.apps.is_empty() && seen.controllers.is_empty(), "{seen:?}");
        assert!(
            seen.brokers.iter().all(|b| b.process == "unknown" && b.registration == "active"),
            "{:?}",
            seen.brokers
        );
        assert_eq!(seen.controller.leader_id, own.controller.leader_id);
        for group in &own.groups {
            eyes.until("its groups are the owner's", |s| {
                let theirs = s.group(&group.group_id);
                let committed = |g: &crate::state::GroupState| {
                    g.offsets.iter().map(|o| (o.topic.clone(), o.partition, o.committed, o.lag)).collect::<Vec<_>>()
                };
                theirs.state == "Stable" && committed(theirs) == committed(group)
            })
            .await;
        }
        for command in ["create_order", "restore"] {
            let reason = eyes.refused(json!({ "command": command })).await;
            assert!(reason.contains("read-only"), "{reason}");
        }
        let reason = eyes.refused(json!({ "command": "kill_broker", "broker": 1 })).await;
        assert!(reason.contains("read-only"), "{reason}");
        assert_eq!(before, inventory(&own.bootstrap).await, "watching changes nothing");

        // Records are seen with keys and sizes, and never a value.
        let since = eyes.seq().await;
        let owner_since = stage.seq().await;
        let confirmed = stage.state().await.shop.orders.confirmed;
        stage.command(json!({ "command": "create_order", "item": "mug" })).await;
        stage.until("the order is confirmed", |state| state.shop.orders.confirmed > confirmed).await;
        all_end(&stage).await;
        let at_rest = stage.state().await;
        eyes.until("it has every record", |s| {
            at_rest
                .partitions
                .iter()
                .filter(|p| !p.topic.starts_with("__"))
                .all(|p| s.partition(&p.topic, p.partition).high_watermark == p.high_watermark)
        })
        .await;
        assert_eq!(records(&eyes, since, false).await, records(&stage, owner_since, true).await);

        follows_a_kill(&stage, &eyes).await;
        let ended = eyes.stop().await;
        assert!(ended.exit.status.success(), "{ended:?}");
        stage.restore().await;
        let after = inventory(&own.bootstrap).await;
        assert_eq!((&before["topics"], &before["groups"]), (&after["topics"], &after["groups"]));
    });
}

/// Topic, partition, offset, key and size of every record that was told.
async fn records(gateway: &Gateway, since: u64, with_values: bool) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for fact in gateway.facts(since).await {
        let Event::RecordAppended(record) = fact.event else { continue };
        assert_eq!(record.value.is_some(), with_values, "{record:?}");
        let key = record.key.as_deref().unwrap_or_default();
        all.insert(format!("{} {} {} {key} {}", record.topic, record.partition, record.offset, record.value_bytes));
    }
    assert!(!all.is_empty());
    all
}

/// The brokers' fate is read off the cluster, since their processes are nobody's we know.
async fn follows_a_kill(stage: &Gateway, eyes: &Gateway) {
    let victim = stage.state().await.a_leader();
    stage.command(json!({ "command": "kill_broker", "broker": victim })).await;
    let gone = eyes
        .until("the broker is fenced and leads nothing", |s| {
            s.broker(victim).registration != "active" && s.partitions.iter().all(|p| p.leader != victim)
        })
        .await;
    assert_eq!(gone.broker(victim).process, "unknown");
    stage.command(json!({ "command": "start_broker", "broker": victim })).await;
    eyes.until("the broker is back", |s| {
        s.broker(victim).registration == "active" && s.partitions.iter().all(|p| p.isr.contains(&victim))
    })
    .await;
}

#[test]
fn it_ends_without_touching_the_cluster_it_watched() {
    run(async {
        let stage = shared().await;
        let own = stage.state().await;
        let eyes = Gateway::serve(&folder("external-end"), &["--bootstrap", &own.bootstrap]).await;
        eyes.ready().await;
        eyes.running.signal(rustix::process::Signal::KILL);
        eyes.running.ended(Duration::from_secs(5)).await;
        assert!(own.pids().into_iter().all(|pid| letter(pid).is_some()), "its JVMs are not ours");
        assert!(stage.state().await.green.is);
    });
}
