//! Answers of brokers that lag, die and return, in the order they might come.

use model::{fact::Event, ids::BrokerId};

use crate::kafka::{Metadata, PartitionMetadata, TopicId, TopicMetadata};

use super::Merge;

/// One topic of one partition: `(leader, epoch, isr)`.
fn answer(topics: &[(&str, u128, i32, i32, &[i32])]) -> Metadata {
    let topics = topics.iter().map(|&(name, id, leader, leader_epoch, isr)| TopicMetadata {
        name: name.to_owned(),
        id: TopicId::numbered(id),
        internal: false,
        partitions: vec![PartitionMetadata {
            partition: 0,
            leader: BrokerId(leader),
            leader_epoch,
            replicas: vec![BrokerId(1), BrokerId(2), BrokerId(3)],
            isr: isr.iter().copied().map(BrokerId).collect(),
        }],
    });
    Metadata { brokers: Vec::new(), topics: topics.collect() }
}

fn orders(leader: i32, leader_epoch: i32, isr: &[i32]) -> Metadata {
    answer(&[("orders", 7, leader, leader_epoch, isr)])
}

/// The facts in short: `+topic`, `-topic`, `leader@epoch [isr] by source`.
fn told(merge: &mut Merge, from: i32, metadata: &Metadata) -> Vec<String> {
    let short = |event: Event| match event {
        Event::TopicChanged { topic, .. } => format!("+{topic}"),
        Event::TopicDeleted { topic } => format!("-{topic}"),
        Event::PartitionChanged { leader, leader_epoch, isr, source, .. } => {
            let isr: Vec<String> = isr.iter().map(ToString::to_string).collect();
            format!("{leader}@{leader_epoch} [{}] by {source}", isr.join(" "))
        }
        other => format!("{other:?}"),
    };
    merge.answer(BrokerId(from), metadata).into_iter().map(short).collect()
}

const NOTHING: [&str; 0] = [];

fn settled() -> Merge {
    let mut merge = Merge::default();
    assert_eq!(told(&mut merge, 1, &orders(1, 0, &[1, 2, 3])), ["+orders", "1@0 [1 2 3] by 1"]);
    for broker in [2, 3, 1] {
        assert_eq!(told(&mut merge, broker, &orders(1, 0, &[1, 2, 3])), NOTHING);
    }
    merge
}

#[test]
fn the_higher_epoch_wins_and_is_never_undone() {
    let mut merge = settled();
    assert_eq!(told(&mut merge, 3, &orders(2, 1, &[2, 3])), ["2@1 [2 3] by 3"]);
    assert_eq!(told(&mut merge, 2, &orders(1, 0, &[1, 2, 3])), NOTHING);
    assert_eq!(told(&mut merge, 2, &orders(2, 1, &[2, 3])), NOTHING);
}

#[test]
fn within_an_epoch_one_source_is_believed() {
    let mut merge = settled();
    assert_eq!(told(&mut merge, 2, &orders(1, 0, &[1])), NOTHING);
    assert_eq!(told(&mut merge, 1, &orders(1, 0, &[1, 2])), ["1@0 [1 2] by 1"]);
    assert_eq!(told(&mut merge, 2, &orders(1, 0, &[1, 2, 3])), NOTHING);
}

#[test]
fn another_source_takes_over_when_it_fails() {
    let mut merge = settled();
    merge.trust(BrokerId(1), false);
    assert_eq!(told(&mut merge, 2, &orders(1, 0, &[1, 2, 3])), NOTHING);
    assert_eq!(told(&mut merge, 2, &orders(1, 0, &[2, 3])), ["1@0 [2 3] by 2"]);
    // The old source is back with what it knew before: it is not the source any more.
    assert_eq!(told(&mut merge, 1, &orders(1, 0, &[1, 2, 3])), NOTHING);
}

#[test]
fn a_fenced_source_is_not_believed() {
    let mut merge = settled();
    merge.fenced([BrokerId(1)].into());
    assert_eq!(told(&mut merge, 2, &orders(1, 0, &[2, 3])), ["1@0 [2 3] by 2"]);
}

#[test]
fn a_dead_leader_is_the_leader_for_as_long_as_the_cluster_says_so() {
    let mut merge = settled();
    merge.trust(BrokerId(1), false);
    for _ in 0..20 {
        assert_eq!(told(&mut merge, 2, &orders(1, 0, &[1, 2, 3])), NOTHING);
    }
    assert_eq!(told(&mut merge, 2, &orders(-1, 1, &[])), ["-1@1 [] by 2"]);
}

#[test]
fn a_new_topic_does_not_flap_while_brokers_learn_of_it() {
    let mut merge = settled();
    let both = answer(&[("orders", 7, 1, 0, &[1, 2, 3]), ("stock", 8, 2, 0, &[1, 2, 3])]);
    assert_eq!(told(&mut merge, 2, &both), ["+stock", "2@0 [1 2 3] by 2"]);
    assert_eq!(told(&mut merge, 1, &orders(1, 0, &[1, 2, 3])), NOTHING);
    assert_eq!(told(&mut merge, 3, &orders(1, 0, &[1, 2, 3])), NOTHING);
    assert_eq!(told(&mut merge, 1, &both), NOTHING);
    assert!(merge.view().topics["stock"].made_in_sight);
    assert!(!merge.view().topics["orders"].made_in_sight);
}

#[test]
fn a_topic_is_gone_when_all_who_answer_say_so() {
    let mut merge = settled();
    let none = answer(&[]);
    assert_eq!(told(&mut merge, 1, &none), NOTHING);
    assert_eq!(told(&mut merge, 2, &none), NOTHING);
    assert_eq!(told(&mut merge, 3, &none), ["-orders"]);
    // A straggler that still names it does not bring it back.
    assert_eq!(told(&mut merge, 2, &orders(1, 0, &[1, 2, 3])), NOTHING);
}

#[test]
fn a_broker_that_does_not_answer_has_no_say_in_a_deletion() {
    let mut merge = settled();
    merge.trust(BrokerId(3), false);
    assert_eq!(told(&mut merge, 1, &answer(&[])), NOTHING);
    assert_eq!(told(&mut merge, 2, &answer(&[])), ["-orders"]);
    // It was paused, and returns with what it knew.
    assert_eq!(told(&mut merge, 3, &orders(1, 0, &[1, 2, 3])), NOTHING);
}

#[test]
fn a_topic_made_anew_under_the_same_name_is_another_topic() {
    let mut merge = settled();
    let anew = answer(&[("orders", 9, 3, 0, &[3])]);
    assert_eq!(told(&mut merge, 2, &anew), ["-orders", "+orders", "3@0 [3] by 2"]);
    assert_eq!(told(&mut merge, 1, &orders(1, 0, &[1, 2, 3])), NOTHING);
    assert_eq!(told(&mut merge, 1, &anew), NOTHING);
}
