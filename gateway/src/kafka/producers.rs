//! What a partition's leader remembers of its producers: DescribeProducers (KIP-664).

use std::time::Duration;

use kafka_protocol::{
    messages::{DescribeProducersRequest, TopicName, describe_producers_request::TopicRequest},
    protocol::StrBytes,
};

use super::{Connection, Error, Partitions};

/// One producer on one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProducerState {
    /// Topic name.
    pub topic: String,
    /// Partition index.
    pub partition: i32,
    /// Its id.
    pub producer_id: i64,
    /// Its epoch.
    pub producer_epoch: i32,
    /// The last sequence number the leader took from it.
    pub last_sequence: i32,
    /// Where its open transaction starts; -1 where none is open.
    pub txn_start_offset: i64,
}

/// Asks the leader of these partitions; partitions it refuses are left out.
///
/// # Errors
/// Where the broker does not answer in time.
pub async fn describe_producers(
    connection: &mut Connection,
    partitions: &Partitions,
    deadline: Duration,
) -> Result<Vec<ProducerState>, Error> {
    let version = connection.version::<DescribeProducersRequest>(&(0..=0))?;
    let topics = partitions.iter().map(|(topic, partitions)| {
        TopicRequest::default()
            .with_name(TopicName(StrBytes::from_string(topic.clone())))
            .with_partition_indexes(partitions.clone())
    });
    let request = DescribeProducersRequest::default().with_topics(topics.collect());
    let answer = connection.call(&request, version, deadline).await?;
    let mut producers = Vec::new();
    for topic in answer.topics {
        for partition in topic.partitions.into_iter().filter(|partition| partition.error_code == 0) {
            producers.extend(partition.active_producers.iter().map(|producer| ProducerState {
                topic: topic.name.0.to_string(),
                partition: partition.partition_index,
                producer_id: producer.producer_id.0,
                producer_epoch: producer.producer_epoch,
                last_sequence: producer.last_sequence,
                txn_start_offset: producer.current_txn_start_offset,
            }));
        }
    }
    Ok(producers)
}
