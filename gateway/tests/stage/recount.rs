//! A run's outcome, counted again by others from what is on the cluster: kcat, and Kafka's own tools on its disks and APIs.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    fact::{Appended, Control, Event},
    ids::OrderId,
    verdict::{Evidence, Measure},
};

use crate::{
    harness::Gateway,
    load::PARTITIONS,
    second_opinion::{Isolation, Tools, records_for_kcat},
};

/// kcat counts for every scene; Kafka's tools take seconds each, so each of them where it has something to say.
pub(crate) async fn recount(stage: &Gateway, scene: &str, evidence: &Evidence) {
    by_kcat(stage, evidence).await;
    let bootstrap = stage.state().await.bootstrap;
    let tools = Tools::on(&bootstrap).await;
    match scene {
        "lost-ack" | "pay-twice" | "exactly-once" | "acked-then-lost" => on_disk(stage, &tools, evidence).await,
        "transaction-abort" | "zombie-fenced" | "hanging-transaction" => {
            on_disk(stage, &tools, evidence).await;
            transactions(stage, &tools, evidence).await;
        }
        "at-most-once" | "at-least-once" | "kill-leader" | "stop-leader" | "pause-leader" => {
            groups(stage, &tools, evidence).await;
        }
        _ => {}
    }
}

const EVENTS: [&str; 5] = ["OrderPlaced", "OrderConfirmed", "StockReserved", "StockSold", "PaymentTaken"];
/// kcat may come to the end of a partition whose leader it has just lost before its first record.
const TRIES: usize = 5;

/// What kcat reads of the run's orders, by type, against what the facts count.
async fn by_kcat(stage: &Gateway, evidence: &Evidence) {
    let bootstrap = stage.state().await.bootstrap;
    let orders = evidence.orders();
    for isolation in [Isolation::Uncommitted, Isolation::Committed] {
        let told = EVENTS.map(|event| {
            let event = event.to_owned();
            let measure = match isolation {
                Isolation::Uncommitted => Measure::Records { event },
                Isolation::Committed => Measure::CommittedRecords { event },
            };
            evidence.number(&measure).unwrap()
        });
        let mut counted = [0; EVENTS.len()];
        for _ in 0..TRIES {
            counted = counted_by_kcat(&bootstrap, &orders, isolation).await;
            if counted == told {
                break;
            }
        }
        assert_eq!(told, counted, "{EVENTS:?} {isolation:?}, counted by kcat on the right");
    }
}

async fn counted_by_kcat(bootstrap: &str, orders: &BTreeSet<OrderId>, isolation: Isolation) -> [i64; EVENTS.len()] {
    let mut counted = [0; EVENTS.len()];
    for (topic, partition) in PARTITIONS {
        for record in records_for_kcat(bootstrap, topic, partition, isolation).await {
            let header = |name: &str| record.headers.get(name).cloned().unwrap_or_default();
            let event = EVENTS.iter().position(|event| header("type") == *event);
            if let Some(event) = event.filter(|_| orders.contains(&OrderId(header("correlation-id")))) {
                counted[event] += 1;
            }
        }
    }
    counted
}

/// The run's records and markers as they were told last, by where they stand.
fn told(evidence: &Evidence) -> BTreeMap<(String, i32, i64), &Appended> {
    let mut told = BTreeMap::new();
    for fact in evidence.facts() {
        match &fact.event {
            Event::RecordAppended(record) => {
                told.insert((record.topic.clone(), record.partition, record.offset), &**record);
            }
            Event::RecordsTruncated { topic, partition, from_offset, to_offset, .. } => {
                told.retain(|(t, p, offset), _| {
                    (t, p) != (topic, partition) || !(*from_offset..*to_offset).contains(offset)
                });
            }
            _ => {}
        }
    }
    told
}

/// `kafka-dump-log` reads the leaders' own files: each record that was told is there, under its producer's numbers, and
/// each marker; and how often one send's bytes stand there is what the verdict says.
async fn on_disk(stage: &Gateway, tools: &Tools<'_>, evidence: &Evidence) {
    let state = stage.state().await;
    let leaders = PARTITIONS.map(|(topic, partition)| (topic, partition, state.partition(topic, partition).leader));
    let disk = tools.dump(&stage.data, &leaders).await;
    let mut bytes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (place, record) in told(evidence) {
        let dumped = disk.get(&place).unwrap_or_else(|| panic!("{place:?} was told and is on no disk: {record:?}"));
        let marker = record.control.map(|control| match control {
            Control::Commit => "COMMIT",
            Control::Abort => "ABORT",
        });
        assert_eq!(dumped.marker.as_deref(), marker, "{place:?}");
        assert_eq!(
            (dumped.producer_id, dumped.producer_epoch),
            (record.producer_id, record.producer_epoch),
            "{place:?}"
        );
        assert_eq!(dumped.transactional, record.transactional, "{place:?}");
        if marker.is_none() {
            assert_eq!(dumped.sequence, record.sequence, "{place:?}");
            let (key, value) = (record.key.as_deref().unwrap_or_default(), record.value.as_deref().unwrap_or_default());
            assert!(dumped.payload.starts_with(value), "{place:?}: {dumped:?}, and told was {value}");
            assert_eq!(dumped.key, key, "{place:?}");
            // Of the run's customer, and of this type.
            if evidence.orders().contains(&OrderId(key.to_owned())) {
                let kind = record.header("type").unwrap_or_default();
                *bytes.entry((kind, &dumped.payload)).or_default() += 1;
            }
        }
    }
    let most = |event: &str| bytes.iter().filter(|((kind, _), _)| *kind == event).map(|(_, times)| *times as i64).max();
    let equal = Measure::EqualRecords { event: String::from("OrderPlaced") };
    assert_eq!(evidence.number(&equal), most("OrderPlaced"), "equal bytes of OrderPlaced, on disk on the right");
    // Two payments of one order are equal in bytes and are two sends all the same: Kafka cannot know.
    if evidence.orders().len() == 1 {
        let payments = evidence.number(&Measure::Records { event: String::from("PaymentTaken") });
        assert_eq!(payments, Some(most("PaymentTaken").unwrap_or_default()), "equal bytes of PaymentTaken");
    }
}

/// `kafka-transactions`: whose transactions the run told, and that each is over.
async fn transactions(stage: &Gateway, tools: &Tools<'_>, evidence: &Evidence) {
    let known = tools.transactions().await;
    let mut last: BTreeMap<&str, i64> = BTreeMap::new();
    for fact in evidence.facts() {
        if let Event::TransactionChanged { transactional_id, producer_id, .. } = &fact.event
            && *producer_id >= 0
        {
            last.insert(transactional_id, *producer_id);
        }
    }
    assert!(!last.is_empty(), "the run told no transaction");
    for (transactional_id, producer_id) in last {
        let (by_tool, state) =
            known.get(transactional_id).unwrap_or_else(|| panic!("no {transactional_id} in {known:?}"));
        assert_eq!(*by_tool, producer_id, "{transactional_id}");
        assert!(["CompleteCommit", "CompleteAbort", "Empty"].contains(&state.as_str()), "{transactional_id}: {state}");
    }
    let state = stage.state().await;
    let here = state.producers.iter().filter(|p| (p.topic.as_str(), p.partition) == ("orders", 0));
    let here: BTreeSet<_> = here.map(|p| (p.producer_id, p.producer_epoch, p.last_sequence)).collect();
    assert_eq!(tools.producers("orders", 0).await, here, "producers of orders 0");
}

/// `kafka-consumer-groups`: each group has committed behind every record of the run, and how often each was worked on is
/// what tells the promises apart.
async fn groups(stage: &Gateway, tools: &Tools<'_>, evidence: &Evidence) {
    let places = tools.places().await;
    let state = stage.state().await;
    let orders = evidence.orders();
    let mut checked = 0;
    for ((topic, partition, offset), record) in told(evidence) {
        if topic != "orders" || !record.key.as_ref().is_some_and(|key| orders.contains(&OrderId(key.clone()))) {
            continue;
        }
        let place = places.get(&(String::from("stock"), (topic.clone(), partition)));
        let place = place.unwrap_or_else(|| panic!("group stock has no {topic} {partition} in {places:?}"));
        assert!(place.committed > offset, "group stock is at {} and {topic} {partition} has {offset}", place.committed);
        let ours = state.group("stock").offsets.iter().find(|o| o.topic == topic && o.partition == partition);
        assert_eq!(ours.map(|o| (o.committed, o.lag)), Some((place.committed, place.lag)), "{topic} {partition}");
        checked += 1;
    }
    assert!(checked > 0, "the run told no record of orders");
}
