//! What must hold of every session's facts, whatever happened in it: nothing is skipped, invented or told backwards.

use std::collections::{BTreeMap, BTreeSet};

use model::fact::{Event, Fact};

use crate::state::Partition;

/// What was told of a partition so far.
#[derive(Debug, Default)]
struct Log {
    /// The event id at each offset; markers have none.
    records: BTreeMap<i64, String>,
    /// The next offset that can be told.
    end: i64,
    high_watermark: i64,
    leader_epoch: i32,
}

#[derive(Debug, Default)]
struct Journal {
    logs: BTreeMap<Partition, Log>,
    committed: BTreeMap<(String, Partition), i64>,
    /// Acknowledged or handled before its record was told: the reports come on other ways than the tail.
    claims: Vec<(Partition, i64, String)>,
    backwards: usize,
}

/// Checks a session from its first fact on.
pub(crate) fn holds_together(facts: &[Fact]) {
    let mut journal = Journal::default();
    for (number, fact) in (1..).zip(facts) {
        assert_eq!(fact.seq, number, "a number is missing before {fact:?}");
        journal.note(fact);
    }
    for (partition, offset, event_id) in &journal.claims {
        let told = journal.logs.get(partition).and_then(|log| log.records.get(offset));
        assert_eq!(told, Some(event_id), "{partition:?} {offset}: claimed, and the log was never seen to have it");
    }
    let (claims, backwards) = (journal.claims.len(), journal.backwards);
    println!("{} facts hold together; {claims} claims on records, {backwards} commits that went back", facts.len());
}

impl Journal {
    fn note(&mut self, fact: &Fact) {
        match &fact.event {
            Event::Gap { .. } => panic!("sight was lost: {fact:?}"),
            Event::RecordAppended(record) => {
                let log = self.logs.entry((record.topic.clone(), record.partition)).or_default();
                assert_eq!(record.offset, log.end, "skipped or told twice: {fact:?}");
                log.end += 1;
                log.records.insert(record.offset, record.header("event-id").unwrap_or_default().to_owned());
            }
            Event::RecordsTruncated { topic, partition, from_offset, .. } => {
                let log = self.logs.entry((topic.clone(), *partition)).or_default();
                log.records.split_off(from_offset);
                log.end = *from_offset;
            }
            Event::PartitionChanged { topic, partition, leader_epoch, replicas, isr, leader, .. } => {
                let log = self.logs.entry((topic.clone(), *partition)).or_default();
                assert!(*leader_epoch >= log.leader_epoch, "an older leader epoch: {fact:?}");
                assert!(isr.iter().all(|id| replicas.contains(id)), "{fact:?}");
                assert!(!leader.exists() || replicas.contains(leader), "{fact:?}");
                if *leader_epoch > log.leader_epoch {
                    // A new leader learns the high watermark anew.
                    log.high_watermark = 0;
                }
                log.leader_epoch = *leader_epoch;
            }
            Event::OffsetsMoved { topic, partition, log_start_offset, high_watermark, last_stable_offset, .. } => {
                assert!(log_start_offset <= last_stable_offset && last_stable_offset <= high_watermark, "{fact:?}");
                let log = self.logs.entry((topic.clone(), *partition)).or_default();
                let before = log.high_watermark;
                assert!(
                    *high_watermark >= before,
                    "the high watermark fell from {before} in one leader epoch: {fact:?}"
                );
                log.high_watermark = *high_watermark;
            }
            Event::GroupChanged { members, .. } => {
                let mut owned = BTreeSet::new();
                let all = members.iter().flat_map(|member| &member.assignment);
                assert!(all.into_iter().all(|assigned| owned.insert(assigned)), "two owners: {fact:?}");
            }
            Event::LedgerStarted { .. } => self.committed.clear(),
            Event::OffsetCommitted { group_id, topic, partition, offset } => {
                let place = self.committed.entry((group_id.clone(), (topic.clone(), *partition))).or_insert(-1);
                // True of the cluster: librdkafka sends a commit again after a newer one where the first got no answer.
                self.backwards += usize::from(*offset < *place);
                *place = *offset;
            }
            Event::RecordAcknowledged { topic, partition, offset, event_id, .. }
            | Event::RecordHandled { topic, partition, offset, event_id, .. } => {
                self.claims.push(((topic.clone(), *partition), *offset, event_id.clone()));
            }
            _ => {}
        }
    }
}
