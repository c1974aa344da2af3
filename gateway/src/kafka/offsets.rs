//! Where logs begin and end: ListOffsets and OffsetForLeaderEpoch.

use std::{collections::BTreeMap, time::Duration};

use kafka_protocol::{
    messages::{
        BrokerId as WireBroker, ListOffsetsRequest, OffsetForLeaderEpochRequest, TopicName,
        list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic},
        offset_for_leader_epoch_request::{OffsetForLeaderPartition, OffsetForLeaderTopic},
    },
    protocol::StrBytes,
};

use super::{Connection, Error, ErrorCode};

/// Partition indexes by topic.
pub type Partitions = BTreeMap<String, Vec<i32>>;

/// Who we say we are, which decides what "latest" means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Replica id -1: the leader answers with the high watermark.
    ReadUncommitted,
    /// Replica id -1 with isolation level 1: the leader answers with the last stable offset.
    ReadCommitted,
    /// Replica id -2 (`ListOffsetsRequest.DEBUGGING_REPLICA_ID`): every replica answers for its own log end.
    Debugging,
}

/// Which end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Timestamp -2.
    Earliest,
    /// Timestamp -1.
    Latest,
}

/// One partition's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionOffset {
    /// Topic name.
    pub topic: String,
    /// Partition index.
    pub partition: i32,
    /// The offset, or why there is none.
    pub offset: Result<i64, ErrorCode>,
}

/// Asks for one end of many logs.
///
/// # Errors
/// Where the broker does not answer in time.
pub async fn list_offsets(
    connection: &mut Connection,
    asker: Asker,
    position: Position,
    partitions: &Partitions,
    deadline: Duration,
) -> Result<Vec<PartitionOffset>, Error> {
    let version = connection.version::<ListOffsetsRequest>(&(2..=10))?;
    let timestamp = match position {
        Position::Earliest => -2,
        Position::Latest => -1,
    };
    let topics = partitions.iter().map(|(topic, partitions)| {
        let asked =
            |&partition| ListOffsetsPartition::default().with_partition_index(partition).with_timestamp(timestamp);
        ListOffsetsTopic::default()
            .with_name(TopicName(StrBytes::from_string(topic.clone())))
            .with_partitions(partitions.iter().map(asked).collect())
    });
    let request = ListOffsetsRequest::default()
        .with_replica_id(WireBroker(if asker == Asker::Debugging { -2 } else { -1 }))
        .with_isolation_level(i8::from(asker == Asker::ReadCommitted))
        .with_topics(topics.collect());
    let answer = connection.call(&request, version, deadline).await?;
    let mut offsets = Vec::new();
    for topic in answer.topics {
        for partition in topic.partitions {
            offsets.push(PartitionOffset {
                topic: topic.name.0.to_string(),
                partition: partition.partition_index,
                offset: ErrorCode::of(partition.error_code).map_or(Ok(partition.offset), Err),
            });
        }
    }
    Ok(offsets)
}

/// Where did `leader_epoch` end, asked of the leader of `current_leader_epoch`?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochQuestion {
    /// Topic name.
    pub topic: String,
    /// Partition index.
    pub partition: i32,
    /// The epoch in which we believe the broker leads.
    pub current_leader_epoch: i32,
    /// The epoch of the last record we saw.
    pub leader_epoch: i32,
}

/// The answer: the largest epoch not above the one asked for, and the offset after its last record (KIP-101, KIP-320).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochEnd {
    /// Topic name.
    pub topic: String,
    /// Partition index.
    pub partition: i32,
    /// `(epoch, end offset)`, both -1 where the leader knows no such epoch.
    pub end: Result<(i32, i64), ErrorCode>,
}

/// Asks where leader epochs ended.
///
/// # Errors
/// Where the broker does not answer in time.
pub async fn offset_for_leader_epoch(
    connection: &mut Connection,
    questions: &[EpochQuestion],
    deadline: Duration,
) -> Result<Vec<EpochEnd>, Error> {
    let version = connection.version::<OffsetForLeaderEpochRequest>(&(3..=4))?;
    let mut topics: BTreeMap<&str, Vec<OffsetForLeaderPartition>> = BTreeMap::new();
    for question in questions {
        let partition = OffsetForLeaderPartition::default()
            .with_partition(question.partition)
            .with_current_leader_epoch(question.current_leader_epoch)
            .with_leader_epoch(question.leader_epoch);
        topics.entry(&question.topic).or_default().push(partition);
    }
    let topics = topics.into_iter().map(|(topic, partitions)| {
        OffsetForLeaderTopic::default()
            .with_topic(TopicName(StrBytes::from_string(topic.to_owned())))
            .with_partitions(partitions)
    });
    let request = OffsetForLeaderEpochRequest::default().with_replica_id(WireBroker(-1)).with_topics(topics.collect());
    let answer = connection.call(&request, version, deadline).await?;
    let mut ends = Vec::new();
    for topic in answer.topics {
        for partition in topic.partitions {
            let end = (partition.leader_epoch, partition.end_offset);
            ends.push(EpochEnd {
                topic: topic.topic.0.to_string(),
                partition: partition.partition,
                end: ErrorCode::of(partition.error_code).map_or(Ok(end), Err),
            });
        }
    }
    Ok(ends)
}
