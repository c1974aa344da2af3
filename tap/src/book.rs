//! What the tap has learnt over all connections: which topic an id is, which transactions are open, how many heartbeats.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    rules::Part,
    shared::Shared,
    wire::{Topic, names, reader::shown},
};

/// Where a table has so many entries it begins anew: a name may then be told as its id, or a beginning told twice.
const MOST: usize = 10_000;
/// Heartbeats are told no more often than this.
const TELL_EACH: Duration = Duration::from_secs(5);

/// The tap's memory.
#[derive(Debug, Default)]
pub(crate) struct Book {
    topics: HashMap<u128, Arc<str>>,
    /// By transactional id: the producer's id and epoch.
    transactions: HashMap<String, (i64, i16)>,
    /// By client id and group id.
    beats: BTreeMap<(String, String), Beats>,
}

/// Names the topics of one frame, in which those of one topic come one after the other: they share its name.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    shared: &'a Shared,
    last: Option<(Topic<'a>, Arc<str>)>,
}

impl<'a> Names<'a> {
    pub(crate) const fn new(shared: &'a Shared) -> Self {
        Self { shared, last: None }
    }

    /// A partition of this topic, without events.
    pub(crate) fn part(&mut self, topic: Topic<'a>, partition: i32) -> Part {
        let known = self.last.take().filter(|(last, _)| *last == topic).map(|(_, name)| name);
        let name = known.unwrap_or_else(|| self.shared.book().topic(topic));
        self.last = Some((topic, Arc::clone(&name)));
        Part { topic: name, partition, event_ids: Vec::new() }
    }
}

#[derive(Debug)]
struct Beats {
    count: u64,
    told: u64,
    told_at: Instant,
}

impl Book {
    pub(crate) fn name_topic(&mut self, id: u128, name: &[u8]) {
        if self.topics.get(&id).is_some_and(|known| known.as_bytes() == name) {
            return;
        }
        if self.topics.len() >= MOST {
            self.topics.clear();
        }
        self.topics.insert(id, Arc::from(shown(name)));
    }

    /// The topic's name, or its id as Kafka prints it where nobody has named it.
    fn topic(&self, topic: Topic<'_>) -> Arc<str> {
        match topic {
            Topic::Name(name) => Arc::from(shown(name)),
            Topic::Id(id) => self.topics.get(&id).cloned().unwrap_or_else(|| Arc::from(names::topic_id(id))),
        }
    }

    /// Whether this is the first that is seen of a transaction.
    pub(crate) fn begins(&mut self, transactional_id: &str, producer: (i64, i16)) -> bool {
        if self.transactions.get(transactional_id) == Some(&producer) {
            return false;
        }
        if self.transactions.len() >= MOST {
            self.transactions.clear();
        }
        self.transactions.insert(transactional_id.to_owned(), producer);
        true
    }

    /// The transaction is over, or its producer begins anew.
    pub(crate) fn ends(&mut self, transactional_id: &str) {
        self.transactions.remove(transactional_id);
    }

    /// Counts a heartbeat; answers the count where it is time to tell it.
    pub(crate) fn beat(&mut self, client_id: &str, group_id: &str) -> Option<u64> {
        if self.beats.len() >= MOST {
            self.beats.clear();
        }
        let now = Instant::now();
        let new = Beats { count: 0, told: 0, told_at: now };
        let beats = self.beats.entry((client_id.to_owned(), group_id.to_owned())).or_insert(new);
        beats.count += 1;
        if now.duration_since(beats.told_at) < TELL_EACH {
            return None;
        }
        (beats.told, beats.told_at) = (beats.count, now);
        Some(beats.count)
    }

    /// What of this client's heartbeats was not told yet: group and count.
    pub(crate) fn untold_beats(&mut self, client_id: &str) -> Vec<(String, u64)> {
        let mine = self.beats.iter_mut().filter(|((client, _), beats)| client == client_id && beats.count > beats.told);
        mine.map(|((_, group), beats)| {
            beats.told = beats.count;
            (group.clone(), beats.count)
        })
        .collect()
    }
}
