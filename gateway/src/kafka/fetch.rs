//! Reading a log: Fetch, to the high watermark or, on a cluster of our own, to the log end.

use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::{
    messages::{
        BrokerId as WireBroker, FetchRequest, TopicName,
        fetch_request::{FetchPartition, FetchTopic},
    },
    protocol::StrBytes,
};

use super::{Connection, Error, ErrorCode, TopicId, error::check};

/// `max.partition.fetch.bytes`' default.
const PARTITION_MAX_BYTES: i32 = 1024 * 1024;
const MAX_BYTES: i32 = 8 * 1024 * 1024;

/// Where to read one partition from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchFrom {
    /// Topic name.
    pub topic: String,
    /// Topic id, where the cluster has them.
    pub topic_id: TopicId,
    /// Partition index.
    pub partition: i32,
    /// The epoch in which we believe the broker leads; another one is refused (KIP-320). -1: any.
    pub leader_epoch: i32,
    /// The next offset we want.
    pub offset: i64,
}

/// What the broker has of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Topic name.
    pub topic: String,
    /// Partition index.
    pub partition: i32,
    /// Why there is nothing.
    pub error: Option<ErrorCode>,
    /// High watermark.
    pub high_watermark: i64,
    /// Last stable offset.
    pub last_stable_offset: i64,
    /// Log start offset.
    pub log_start_offset: i64,
    /// Whole record batches, and possibly the beginning of one more.
    pub records: Bytes,
}

/// How long the broker may hold the request, and for how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// `fetch.max.wait.ms`.
    pub max_wait: Duration,
    /// `fetch.min.bytes`.
    pub min_bytes: i32,
}

/// Reads as any consumer does (read_uncommitted): to the high watermark.
///
/// # Errors
/// Where the broker does not answer in time, or refuses the whole request.
pub async fn fetch_to_high_watermark(
    connection: &mut Connection,
    from: &[FetchFrom],
    wait: Wait,
    deadline: Duration,
) -> Result<Vec<Fetched>, Error> {
    fetch(connection, WireBroker(-1), from, wait, deadline).await
}

/// Reads to the log end: a record is seen before it is committed.
///
/// Replica id -3 is Kafka's own for a future local replica (`FetchRequest.FUTURE_LOCAL_REPLICA_ID`), to which the
/// high watermark does not apply (`FetchIsolation.of`). Measured on 4.3.1; for clusters that this gateway started.
///
/// # Errors
/// Where the broker does not answer in time, or refuses the whole request.
pub async fn fetch_to_log_end(
    connection: &mut Connection,
    from: &[FetchFrom],
    wait: Wait,
    deadline: Duration,
) -> Result<Vec<Fetched>, Error> {
    fetch(connection, WireBroker(-3), from, wait, deadline).await
}

async fn fetch(
    connection: &mut Connection,
    replica_id: WireBroker,
    from: &[FetchFrom],
    wait: Wait,
    deadline: Duration,
) -> Result<Vec<Fetched>, Error> {
    // Version 13 names topics by id, so a topic made anew is never taken for the old one. Up to version 14 the
    // replica id is a plain field (KIP-903 moves it in 15).
    let by_id = from.iter().all(|from| from.topic_id.exists());
    let version = connection.version::<FetchRequest>(&(5..=if by_id { 13 } else { 12 }))?;
    let named = version < 13;
    let request = FetchRequest::default()
        .with_replica_id(replica_id)
        .with_max_wait_ms(i32::try_from(wait.max_wait.as_millis()).unwrap_or(i32::MAX))
        .with_min_bytes(wait.min_bytes)
        .with_max_bytes(MAX_BYTES)
        .with_isolation_level(0)
        .with_session_id(0)
        // No fetch session (KIP-227): each request is whole.
        .with_session_epoch(-1)
        .with_topics(topics(from, version, named));
    let answer = connection.call(&request, version, deadline).await?;
    check("Fetch", answer.error_code)?;
    let mut fetched = Vec::new();
    for topic in answer.responses {
        let name = if named {
            topic.topic.0.to_string()
        } else {
            let asked = from.iter().find(|from| from.topic_id.0 == topic.topic_id);
            asked.map(|from| from.topic.clone()).unwrap_or_default()
        };
        fetched.extend(topic.partitions.into_iter().map(|partition| Fetched {
            topic: name.clone(),
            partition: partition.partition_index,
            error: ErrorCode::of(partition.error_code),
            high_watermark: partition.high_watermark,
            last_stable_offset: partition.last_stable_offset,
            log_start_offset: partition.log_start_offset,
            records: partition.records.unwrap_or_default(),
        }));
    }
    Ok(fetched)
}

fn topics(from: &[FetchFrom], version: i16, named: bool) -> Vec<FetchTopic> {
    let mut topics: Vec<FetchTopic> = Vec::new();
    let mut last: Option<&str> = None;
    for from in from {
        if last != Some(&from.topic) {
            last = Some(&from.topic);
            topics.push(if named {
                FetchTopic::default().with_topic(TopicName(StrBytes::from_string(from.topic.clone())))
            } else {
                FetchTopic::default().with_topic_id(from.topic_id.0)
            });
        }
        let partition = FetchPartition::default()
            .with_partition(from.partition)
            .with_current_leader_epoch(if version >= 9 { from.leader_epoch } else { -1 })
            .with_fetch_offset(from.offset)
            .with_partition_max_bytes(PARTITION_MAX_BYTES);
        if let Some(topic) = topics.last_mut() {
            topic.partitions.push(partition);
        }
    }
    topics
}
