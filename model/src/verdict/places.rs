//! Where the records stand that prove a number, in the words of a verdict: `orders 0 @3, @4`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::Evidence;
use crate::{fact::Event, ids::PartitionId};

/// More offsets than this are counted: a verdict is read from twenty metres.
const MOST: usize = 6;

/// The places of the records that these facts tell of, each once, by partition; empty where they tell of none.
pub(super) fn said(evidence: &Evidence, facts: &[u64]) -> String {
    let mut places: BTreeMap<PartitionId, BTreeSet<i64>> = BTreeMap::new();
    for seq in facts {
        let known = evidence.facts().binary_search_by_key(seq, |fact| fact.seq);
        let event = known.ok().and_then(|index| evidence.facts().get(index)).map(|fact| &fact.event);
        let (topic, partition, offset) = match event {
            Some(Event::RecordAppended(record)) => (&record.topic, record.partition, record.offset),
            Some(Event::RecordAcknowledged { topic, partition, offset, .. }) => (topic, *partition, *offset),
            _ => continue,
        };
        places.entry(PartitionId::new(topic.clone(), partition)).or_default().insert(offset);
    }
    let all: usize = places.values().map(BTreeSet::len).sum();
    let mut left = MOST;
    let mut said = String::new();
    for (id, offsets) in places {
        for (index, offset) in offsets.into_iter().take(left).enumerate() {
            let comma = if said.is_empty() { "" } else { ", " };
            // Writing into a String does not fail.
            match index {
                0 => write!(said, "{comma}{} {} @{offset}", id.topic, id.partition).ok(),
                _ => write!(said, "{comma}@{offset}").ok(),
            };
            left -= 1;
        }
    }
    if all > MOST {
        write!(said, " and {} more", all - MOST).ok();
    }
    said
}
