//! kill -9 of a leader while customers order: what is acknowledged stays, and the picture is never later than promised.

use std::{collections::BTreeMap, time::Duration, time::Instant};

use model::fact::{Event, ProcessState};
use rustix::process::Signal;
use tokio::time::sleep;

use crate::{
    harness::{Gateway, shared},
    load::{Load, acknowledged, all_end, logs},
    poller::{First, Poller},
    process::{run, signal},
    second_opinion::{Tools, layout_by_kcat},
    state::{Partition, State},
    viewer::Viewer,
};

const PACE: Duration = Duration::from_millis(40);
/// From the kill to /ws.
const DEAD_WITHIN: Duration = Duration::from_millis(300);
/// From the first Metadata answer that another client got to /ws.
const LEADER_WITHIN: Duration = Duration::from_millis(250);

#[test]
fn what_was_acknowledged_stays_and_the_page_hears_of_it_in_time() {
    run(async {
        let stage = shared().await;
        let since = stage.seq().await;
        let viewer = stage.viewer().await;
        let before = stage.state().await;
        let victim = before.a_leader();
        let poller = Poller::start(&before);
        let load = Load::start(&stage, PACE);
        stage.until("a hundred orders are accepted", |_| load.accepted() > 100).await;

        let struck = Instant::now();
        signal(before.broker(victim).pid.unwrap(), Signal::KILL);
        let dead = viewer.until_process(victim, ProcessState::Dead, struck).await;
        let told = dead.here.duration_since(struck);
        println!("broker {victim} killed: on /ws after {told:?}");
        assert!(told < DEAD_WITHIN, "{told:?}");

        let epochs = new_leaders(&stage, &before, victim).await;
        heard_in_time(&viewer, &poller.moved(&before), &epochs, struck).await;

        // Orders go on without it.
        let accepted = load.accepted();
        stage.until("fifty more orders are accepted", |_| load.accepted() > accepted + 50).await;
        let ordered = load.stop().await;
        all_end(&stage).await;
        let state = stage.state().await;
        assert_eq!(state.broker(victim).process, "dead");
        assert_eq!(state.broker(victim).registration, "fenced");
        let living = state.bootstrap.split(',').zip(1..).filter(|(_, id)| *id != victim).map(|(address, _)| address);
        let living = living.collect::<Vec<_>>().join(",");
        assert_eq!(state.layout(), layout_by_kcat(&living).await.1);
        assert_eq!(state.layout(), Tools::on(&living).await.layout().await);

        let logs = logs(&living).await;
        let facts = stage.facts(since).await;
        let acknowledged = acknowledged(&facts, &logs);
        println!("{ordered:?}; {acknowledged:?}, all on the log, none twice");
        assert_eq!(acknowledged.sent_again, 0);
        assert!(
            acknowledged.records as u64 >= 4 * ordered.accepted,
            "placed, reserved, taken and confirmed are four each"
        );
        assert_eq!(ordered.refused, 0, "a dead broker is no reason to refuse an order");

        stage.restore().await;
        let state = stage.state().await;
        assert_eq!(state.broker(victim).process, "running");
        assert_eq!(state.layout(), before.layout(), "leaders are home again and every replica is in sync");
        let placed = state.shop.orders.confirmed - before.shop.orders.confirmed;
        assert_eq!(placed, ordered.accepted, "every accepted order was confirmed");
        stage.saw_everything().await;
    });
}

/// Waits until every partition that `victim` led has another leader; answers the new epochs.
async fn new_leaders(stage: &Gateway, before: &State, victim: i32) -> BTreeMap<Partition, i32> {
    let led: Vec<_> = before.partitions.iter().filter(|p| p.leader == victim).collect();
    assert!(!led.is_empty());
    let state = stage
        .until("all its partitions have another leader", |state| {
            led.iter().all(|p| {
                let now = state.partition(&p.topic, p.partition);
                now.leader != victim && now.leader >= 0 && !now.isr.contains(&victim)
            })
        })
        .await;
    let epoch = |p: &&crate::state::PartitionState| {
        ((p.topic.clone(), p.partition), state.partition(&p.topic, p.partition).leader_epoch)
    };
    led.iter().map(epoch).collect()
}

/// Compares, for each partition that moved, /ws with the first answer that the other client got.
async fn heard_in_time(
    viewer: &Viewer,
    polled: &BTreeMap<(Partition, i32), First>,
    epochs: &BTreeMap<Partition, i32>,
    struck: Instant,
) {
    sleep(Duration::from_millis(100)).await;
    let mut delays = Vec::new();
    for (partition, epoch) in epochs {
        let first = polled.get(&(partition.clone(), *epoch));
        let first = first.unwrap_or_else(|| panic!("the other client never saw epoch {epoch} of {partition:?}"));
        let wanted = |event: &Event| {
            matches!(event, Event::PartitionChanged { topic, partition: p, leader_epoch, .. }
                if (topic, p, leader_epoch) == (&partition.0, &partition.1, epoch))
        };
        let shown = viewer.until("a new leader", struck, wanted).await;
        let Event::PartitionChanged { leader, .. } = shown.fact.event else { unreachable!() };
        assert_eq!(leader.0, first.leader, "{partition:?} in epoch {epoch}");
        delays.push(shown.here.saturating_duration_since(first.here));
    }
    delays.sort_unstable();
    let decided = polled.values().map(|first| first.here.duration_since(struck)).min().unwrap();
    println!("new leaders {decided:?} after the kill; on /ws after their first Metadata answer: {delays:?}");
    assert!(delays.last().unwrap() < &LEADER_WITHIN, "{delays:?}");
}
