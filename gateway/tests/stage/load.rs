//! Customers who keep ordering while things break, and what must hold of their orders afterwards.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use model::fact::{Event, Fact};
use reqwest::StatusCode;
use serde_json::json;
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::{
    harness::Gateway,
    second_opinion::{Record, records_by_kcat},
    state::Partition,
};

/// The shop's partitions.
pub(crate) const PARTITIONS: [(&str, i32); 6] =
    [("orders", 0), ("orders", 1), ("payments", 0), ("payments", 1), ("stock", 0), ("stock", 1)];

/// Orders at a steady pace until stopped.
#[derive(Debug)]
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
}

/// What the customers got.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ordered {
    /// Presses that were taken.
    pub(crate) accepted: u64,
    /// Presses that were answered with 409 or 429.
    pub(crate) refused: u64,
}

impl Load {
    /// One order each `pace`; a press does not wait for the one before.
    pub(crate) fn start(gateway: &Gateway, pace: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let counts = Arc::new(Counts::default());
        let (http, url) = (gateway.http.clone(), format!("{}/api/commands", gateway.url));
        let (token, stopped, counted) = (gateway.token.clone(), Arc::clone(&stop), Arc::clone(&counts));
        let task = tokio::spawn(async move {
            let mut tick = interval(pace);
            tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
            while !stopped.load(Ordering::Relaxed) {
                tick.tick().await;
                let press =
                    http.post(&url).bearer_auth(&token).json(&json!({ "command": "create_order", "item": "mug" }));
                // The gateway itself may be what is killed.
                let Ok(answer) = press.send().await else { return };
                match answer.status() {
                    StatusCode::ACCEPTED => counted.accepted.fetch_add(1, Ordering::Relaxed),
                    StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS => {
                        counted.refused.fetch_add(1, Ordering::Relaxed)
                    }
                    status => panic!("{status}: {:?}", answer.text().await),
                };
            }
        });
        Self { stop, counts, task }
    }

    pub(crate) fn accepted(&self) -> u64 {
        self.counts.accepted.load(Ordering::Relaxed)
    }

    pub(crate) async fn stop(self) -> Ordered {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("the customers are well");
        Ordered {
            accepted: self.counts.accepted.load(Ordering::Relaxed),
            refused: self.counts.refused.load(Ordering::Relaxed),
        }
    }
}

/// Waits until no order is open and the proof holds; every order since `before` must have ended.
pub(crate) async fn all_end(gateway: &Gateway) {
    gateway
        .until("every order ends and the proof holds", |state| {
            state.shop.orders.open == 0 && state.shop.proof.status == "holds"
        })
        .await;
}

/// Every record of the shop as kcat reads it.
pub(crate) async fn logs(bootstrap: &str) -> BTreeMap<Partition, Vec<Record>> {
    let mut logs = BTreeMap::new();
    for (topic, partition) in PARTITIONS {
        logs.insert((topic.to_owned(), partition), records_by_kcat(bootstrap, topic, partition).await);
    }
    logs
}

/// What became of the records that were acknowledged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acknowledged {
    /// How many there were; each stands where its acknowledgement says.
    pub(crate) records: usize,
    /// How many of their events an app sent again, having died before it noted the acknowledgement.
    pub(crate) sent_again: usize,
}

/// Every record that was acknowledged stands where the acknowledgement says, and none was written twice: an event that
/// stands on the log more than once was sent more than once by its app, which counts its attempts in a header.
pub(crate) fn acknowledged(facts: &[Fact], logs: &BTreeMap<Partition, Vec<Record>>) -> Acknowledged {
    let mut places: BTreeMap<&str, Vec<(&Partition, &Record)>> = BTreeMap::new();
    for (partition, records) in logs {
        for record in records {
            places.entry(record.event_id()).or_default().push((partition, record));
        }
    }
    let (mut records, mut again) = (0, BTreeSet::new());
    for fact in facts {
        let Event::RecordAcknowledged { topic, partition, offset, event_id, .. } = &fact.event else { continue };
        let places = places.get(event_id.as_str()).map_or(&[][..], Vec::as_slice);
        let told = (topic.clone(), *partition);
        let there = places.iter().any(|(partition, record)| (*partition, record.offset) == (&told, *offset));
        assert!(there, "acknowledged and not there: {fact:?}; its places are {places:?}");
        let attempts: BTreeSet<Option<&String>> = places.iter().map(|(_, r)| r.headers.get("attempt")).collect();
        assert_eq!(attempts.len(), places.len(), "written twice: {places:?}");
        if places.len() > 1 {
            again.insert(event_id);
        }
        records += 1;
    }
    Acknowledged { records, sent_again: again.len() }
}
