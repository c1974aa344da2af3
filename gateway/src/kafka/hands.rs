//! The requests that change a cluster. They are for a cluster that this gateway started, and for no other.

use std::time::Duration;

use kafka_protocol::{
    messages::{
        CreateTopicsRequest, ElectLeadersRequest, GroupId, OffsetCommitRequest, TopicName,
        create_topics_request::{CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig},
        offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
    },
    protocol::StrBytes,
};

use model::ids::BrokerId;

use super::{Connection, Error, ErrorCode, error::check};

/// A topic to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTopic {
    /// Its name.
    pub name: String,
    /// The replicas of each partition, the preferred leader first.
    pub replicas: Vec<Vec<BrokerId>>,
    /// Topic-level settings, such as `min.insync.replicas`.
    pub configs: Vec<(String, String)>,
}

/// Makes topics. For each one: its name, and why it was not made (TOPIC_ALREADY_EXISTS among others).
///
/// # Errors
/// Where the broker does not answer in time.
pub async fn create_topics(
    connection: &mut Connection,
    topics: &[NewTopic],
    deadline: Duration,
) -> Result<Vec<(String, Option<ErrorCode>)>, Error> {
    let version = connection.version::<CreateTopicsRequest>(&(4..=7))?;
    let topics = topics.iter().map(|topic| {
        let configs = topic.configs.iter().map(|(name, value)| {
            CreatableTopicConfig::default()
                .with_name(StrBytes::from_string(name.clone()))
                .with_value(Some(StrBytes::from_string(value.clone())))
        });
        let assignments = (0..).zip(&topic.replicas).map(|(index, replicas)| {
            CreatableReplicaAssignment::default()
                .with_partition_index(index)
                .with_broker_ids(replicas.iter().map(|id| kafka_protocol::messages::BrokerId(id.0)).collect())
        });
        CreatableTopic::default()
            .with_name(TopicName(StrBytes::from_string(topic.name.clone())))
            // -1: the assignments say how many.
            .with_num_partitions(-1)
            .with_replication_factor(-1)
            .with_assignments(assignments.collect())
            .with_configs(configs.collect())
    });
    let request =
        CreateTopicsRequest::default().with_topics(topics.collect()).with_timeout_ms(server_timeout_ms(deadline));
    let answer = connection.call(&request, version, deadline).await?;
    let topics = answer.topics.into_iter();
    Ok(topics.map(|topic| (topic.name.0.to_string(), ErrorCode::of(topic.error_code))).collect())
}

/// Gives every partition's leadership back to its preferred leader. What is returned are the partitions for which
/// that failed: PREFERRED_LEADER_NOT_AVAILABLE where it is not in sync, for instance.
///
/// # Errors
/// Where the broker does not answer in time, or refuses.
pub async fn elect_preferred_leaders(
    connection: &mut Connection,
    deadline: Duration,
) -> Result<Vec<(String, i32, ErrorCode)>, Error> {
    let version = connection.version::<ElectLeadersRequest>(&(1..=2))?;
    let request = ElectLeadersRequest::default()
        .with_election_type(0)
        .with_topic_partitions(None)
        .with_timeout_ms(server_timeout_ms(deadline));
    let answer = connection.call(&request, version, deadline).await?;
    check("ElectLeaders", answer.error_code)?;
    let mut failed = Vec::new();
    for topic in answer.replica_election_results {
        for partition in topic.partition_result {
            match ErrorCode::of(partition.error_code) {
                None | Some(ErrorCode::ELECTION_NOT_NEEDED) => {}
                Some(code) => failed.push((topic.topic.0.to_string(), partition.partition_id, code)),
            }
        }
    }
    Ok(failed)
}

/// Sets the committed offsets of a group without members, as `kafka-consumer-groups --reset-offsets` does. The
/// connection must lead to the group's coordinator.
///
/// # Errors
/// Where the broker does not answer in time, or refuses one of the offsets (UNKNOWN_MEMBER_ID: the group has
/// members).
pub async fn commit_offsets(
    connection: &mut Connection,
    group_id: &str,
    offsets: &[(String, i32, i64)],
    deadline: Duration,
) -> Result<(), Error> {
    let version = connection.version::<OffsetCommitRequest>(&(7..=9))?;
    let topics = offsets.iter().map(|(topic, partition, offset)| {
        let partition =
            OffsetCommitRequestPartition::default().with_partition_index(*partition).with_committed_offset(*offset);
        OffsetCommitRequestTopic::default()
            .with_name(TopicName(StrBytes::from_string(topic.clone())))
            .with_partitions(vec![partition])
    });
    let request = OffsetCommitRequest::default()
        .with_group_id(GroupId(StrBytes::from_string(group_id.to_owned())))
        .with_generation_id_or_member_epoch(-1)
        .with_topics(topics.collect());
    let answer = connection.call(&request, version, deadline).await?;
    for partition in answer.topics.iter().flat_map(|topic| &topic.partitions) {
        check("OffsetCommit", partition.error_code)?;
    }
    Ok(())
}

/// The broker gives up a little before we do, so that we read its answer and not a closed connection.
fn server_timeout_ms(deadline: Duration) -> i32 {
    i32::try_from(deadline.as_millis() * 9 / 10).unwrap_or(i32::MAX)
}
