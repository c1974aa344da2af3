//! What the tap tells of groups and transactions on a real cluster.

use std::time::Duration;

use rdkafka::{
    ClientConfig, Message as _,
    consumer::{BaseConsumer, CommitMode, Consumer as _},
    producer::Producer as _,
};
use tap::Observation;

use crate::{
    librdkafka::{producer, send},
    world::{PATIENCE, World, on_a_cluster},
};

#[tokio::test(flavor = "multi_thread")]
async fn groups_and_transactions() {
    on_a_cluster("watched", async |world| {
        world.topic("watched").await;
        transactions(world).await;
        for protocol in ["classic", "consumer"] {
            group(world, protocol).await;
        }
        world.saw_everything();
    })
    .await;
}

async fn transactions(world: &mut World) {
    let producer = producer(world, "banker", &[("transactional.id", "bank-1")]);
    producer.init_transactions(PATIENCE).unwrap();
    for commit in [true, false] {
        producer.begin_transaction().unwrap();
        send(&producer, "watched", "one").await;
        send(&producer, "watched", "two").await;
        if commit { producer.commit_transaction(PATIENCE) } else { producer.abort_transaction(PATIENCE) }.unwrap();
    }
    let told: Vec<String> = world
        .saw_everything()
        .iter()
        .filter_map(|seen| match &seen.what {
            Observation::ProducerInitialised { transactional_id, error, .. } => {
                Some(format!("initialised {}{error}", transactional_id.as_deref().unwrap_or("-")))
            }
            Observation::TransactionBegun { transactional_id, .. } => Some(format!("begun {transactional_id}")),
            Observation::ProduceAnswered { client_id, base_offset, error, .. } if client_id == "banker" => {
                Some(format!("at {base_offset}{error}"))
            }
            Observation::TransactionEnded { committed, error, .. } => {
                Some(format!("{}{error}", if *committed { "committed" } else { "aborted" }))
            }
            _ => None,
        })
        .filter(|told| !told.contains("CONCURRENT_TRANSACTIONS") && !told.contains("COORDINATOR"))
        .collect();
    // Offsets 2 and 5 hold the markers.
    let wanted =
        ["initialised bank-1", "begun bank-1", "at 0", "at 1", "committed", "begun bank-1", "at 3", "at 4", "aborted"];
    assert_eq!(told, wanted);
}

/// A member joins, reads, commits and leaves.
async fn group(world: &mut World, protocol: &str) {
    let client_id = format!("reader-{protocol}");
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", world.bootstrap()).set("client.id", &client_id).set("group.id", &client_id);
    config.set("group.protocol", protocol).set("auto.offset.reset", "earliest").set("enable.auto.commit", "false");
    let name = client_id.clone();
    let read = tokio::task::spawn_blocking(move || {
        let consumer: BaseConsumer = config.create().unwrap();
        consumer.subscribe(&["watched"]).unwrap();
        for offset in 0..2 {
            let record = loop {
                if let Some(record) = consumer.poll(Duration::from_secs(1)) {
                    break record.unwrap();
                }
            };
            assert_eq!(record.offset(), offset);
            consumer.commit_message(&record, CommitMode::Sync).unwrap();
        }
        println!("{name} has read");
    });
    tokio::time::timeout(PATIENCE, read).await.expect("it reads in time").unwrap();
    let left = |seen: &Observation| match seen {
        Observation::Disconnected { client_id: it, .. } if *it == client_id => Some(()),
        _ => None,
    };
    world.until("the reader leaves", left).await;
    let mine = world.saw_everything().iter().map(|seen| &seen.what);
    let (mut commits, mut calls, mut fetched) = (Vec::new(), Vec::new(), None);
    for seen in mine {
        match seen {
            Observation::CommitAnswered { group_id, topic, offset, error, .. } if *group_id == client_id => {
                commits.push((topic.as_str(), *offset, error.as_str()));
            }
            Observation::GroupCalled { group_id, api, error, .. } if *group_id == client_id && error.is_empty() => {
                calls.push(api.as_str());
            }
            Observation::FetchAnswered { client_id: it, topic, from_offset, .. } if *it == client_id => {
                fetched.get_or_insert((topic.as_str(), *from_offset));
            }
            _ => {}
        }
    }
    println!("{client_id}: {calls:?} {commits:?}");
    assert_eq!(fetched, Some(("watched", 0)));
    assert_eq!(commits, [("watched", 1, ""), ("watched", 2, "")]);
    let joins = if protocol == "classic" { "JoinGroup" } else { "ConsumerGroupHeartbeat" };
    let leaves = if protocol == "classic" { "LeaveGroup" } else { "ConsumerGroupHeartbeat" };
    assert_eq!((calls.first(), calls.last()), (Some(&joins), Some(&leaves)));
}
