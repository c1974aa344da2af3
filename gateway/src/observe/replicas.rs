//! How far each replica's own log reaches, and the watermarks of partitions that nobody tails.

use std::{collections::BTreeMap, time::Duration};

use model::{
    fact::Event,
    ids::{BrokerId, PartitionId},
};

use crate::kafka::{self, Asker, Connection, Error, PartitionOffset, Partitions, Position};

use super::{merge::PartitionView, shared::Eyes, told::Told};

/// What was told of replicas' logs.
#[derive(Debug, Default)]
pub(super) struct LogEnds {
    ends: Told<(PartitionId, BrokerId), i64>,
    furthest: BTreeMap<PartitionId, (BrokerId, i64)>,
    watermarks: Told<PartitionId, [i64; 4]>,
}

impl LogEnds {
    /// The log end of this replica, as it was answered last.
    pub(super) fn of(&self, partition: &PartitionId, replica: BrokerId) -> Option<i64> {
        self.ends.get(&(partition.clone(), replica)).copied()
    }

    /// The topic is gone.
    pub(super) fn forget(&mut self, topic: &str) {
        self.ends.retain(|(partition, _)| partition.topic != topic);
        self.watermarks.retain(|partition| partition.topic != topic);
        self.furthest.retain(|partition, _| partition.topic != topic);
    }

    /// Takes a replica's answer; whether it is news, and whether others are known to be further.
    fn answer(&mut self, partition: &PartitionId, replica: BrokerId, end: i64) -> (bool, bool) {
        let news = self.ends.is_news((partition.clone(), replica), end);
        let furthest = self.furthest.entry(partition.clone()).or_insert((replica, end));
        if furthest.0 == replica || furthest.1 < end {
            *furthest = (replica, end);
        }
        (news, end < furthest.1)
    }
}

/// Asks a broker for the log ends of all replicas it holds. Returns whether one of them lacks records.
pub(super) async fn ask_log_ends(
    eyes: &Eyes,
    broker: BrokerId,
    connection: &mut Connection,
    deadline: Duration,
) -> Result<bool, Error> {
    let held = chosen(eyes, |_, partition| partition.replicas.contains(&broker));
    if held.is_empty() {
        return Ok(false);
    }
    let answers = kafka::list_offsets(connection, Asker::Debugging, Position::Latest, &held, deadline).await?;
    let mut behind = false;
    for PartitionOffset { topic, partition, offset } in answers {
        let Ok(log_end_offset) = offset else { continue };
        let id = PartitionId::new(topic, partition);
        let read_to = eyes.tails().read_to(&id);
        let (news, lacks) = eyes.log_ends().answer(&id, broker, log_end_offset);
        behind |= lacks || read_to.is_some_and(|read_to| log_end_offset < read_to);
        if news {
            let PartitionId { topic, partition } = id;
            eyes.reporter.report(Event::ReplicaLogEnd { topic, partition, broker, log_end_offset });
        }
    }
    Ok(behind)
}

/// Asks a leader for the offsets of partitions that are not tailed (Kafka's own topics).
pub(super) async fn ask_watermarks(
    eyes: &Eyes,
    broker: BrokerId,
    connection: &mut Connection,
    deadline: Duration,
) -> Result<(), Error> {
    let include_internal = eyes.include_internal;
    let led = chosen(eyes, |internal, partition| internal && !include_internal && partition.leader == broker);
    if led.is_empty() {
        return Ok(());
    }
    // The same partition twice in one request is refused, so each end is a request of its own. They are asked for in the
    // order in which one is at most the next, since records may come between two requests.
    let mut found: BTreeMap<PartitionId, [Option<i64>; 3]> = BTreeMap::new();
    let asked = [
        (Asker::ReadUncommitted, Position::Earliest),
        (Asker::ReadCommitted, Position::Latest),
        (Asker::ReadUncommitted, Position::Latest),
    ];
    for (index, (asker, position)) in asked.into_iter().enumerate() {
        for answer in kafka::list_offsets(connection, asker, position, &led, deadline).await? {
            let place = found.entry(PartitionId::new(answer.topic, answer.partition)).or_default();
            if let Some(place) = place.get_mut(index) {
                *place = answer.offset.ok();
            }
        }
    }
    for (id, offsets) in found {
        let [Some(log_start_offset), Some(last_stable_offset), Some(high_watermark)] = offsets else { continue };
        let mut log_ends = eyes.log_ends();
        let log_end_offset = log_ends.of(&id, broker).unwrap_or(high_watermark).max(high_watermark);
        let all = [log_start_offset, high_watermark, last_stable_offset, log_end_offset];
        if log_ends.watermarks.is_news(id.clone(), all) {
            let PartitionId { topic, partition } = id;
            eyes.reporter.report(Event::OffsetsMoved {
                topic,
                partition,
                log_start_offset,
                high_watermark,
                last_stable_offset,
                log_end_offset,
            });
        }
    }
    Ok(())
}

/// The partitions for which `choose(internal, partition)` holds.
pub(super) fn chosen(eyes: &Eyes, choose: impl Fn(bool, &PartitionView) -> bool) -> Partitions {
    let view = eyes.view();
    let view = view.borrow();
    let mut partitions = Partitions::new();
    for (name, topic) in &view.topics {
        let chosen = topic.partitions.iter().filter(|(_, partition)| choose(topic.internal, partition));
        let indexes: Vec<i32> = chosen.map(|(&index, _)| index).collect();
        if !indexes.is_empty() {
            partitions.insert(name.clone(), indexes);
        }
    }
    partitions
}

#[cfg(test)]
mod tests {
    use model::ids::{BrokerId, PartitionId};

    use super::LogEnds;

    #[test]
    fn tells_who_is_behind() {
        let mut ends = LogEnds::default();
        let orders = PartitionId::new("orders", 0);
        let mut answer = |replica, end| ends.answer(&orders, BrokerId(replica), end);
        assert_eq!(answer(1, 5), (true, false));
        assert_eq!(answer(2, 4), (true, true));
        assert_eq!(answer(2, 5), (true, false));
        assert_eq!(answer(2, 5), (false, false));
        // The furthest was cut back: nobody is behind it any more.
        assert_eq!(answer(1, 3), (true, false));
        assert_eq!(answer(2, 5), (false, false));
        assert_eq!(answer(1, 3), (false, true));
    }
}
