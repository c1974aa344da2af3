//! What the cluster is: Metadata, DescribeCluster and DescribeQuorum.

use std::time::Duration;

use kafka_protocol::{
    messages::{
        DescribeClusterRequest, DescribeQuorumRequest, MetadataRequest, TopicName,
        describe_quorum_request::{PartitionData, TopicData},
    },
    protocol::StrBytes,
};
use model::ids::BrokerId;

use super::{Connection, Error, ErrorCode, TopicId, error::check};

/// A broker and where it listens, on the listener we asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Node id.
    pub id: BrokerId,
    /// Advertised host.
    pub host: String,
    /// Advertised port.
    pub port: i32,
}

/// A broker's answer to Metadata for all topics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Unfenced brokers; a dead one stays here until the controller fences it.
    pub brokers: Vec<Node>,
    /// All topics the broker may tell us.
    pub topics: Vec<TopicMetadata>,
}

/// A topic as Metadata tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicMetadata {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: TopicId,
    /// Whether Kafka keeps it for itself.
    pub internal: bool,
    /// Its partitions.
    pub partitions: Vec<PartitionMetadata>,
}

/// A partition as Metadata tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionMetadata {
    /// Its index.
    pub partition: i32,
    /// [`BrokerId::NONE`] where there is none.
    pub leader: BrokerId,
    /// -1 on clusters older than 2.1.
    pub leader_epoch: i32,
    /// The first is the preferred leader.
    pub replicas: Vec<BrokerId>,
    /// The in-sync set.
    pub isr: Vec<BrokerId>,
}

/// Asks for all brokers and topics; never makes a topic.
///
/// # Errors
/// Where the broker does not answer in time, or refuses.
pub async fn metadata(connection: &mut Connection, deadline: Duration) -> Result<Metadata, Error> {
    // From version 4 on the request can say that no topic shall be made by asking.
    let version = connection.version::<MetadataRequest>(&(4..=13))?;
    let request = MetadataRequest::default().with_topics(None).with_allow_auto_topic_creation(false);
    let answer = connection.call(&request, version, deadline).await?;
    check("Metadata", answer.error_code)?;
    let brokers = answer.brokers.into_iter();
    let brokers =
        brokers.map(|broker| Node { id: BrokerId(broker.node_id.0), host: broker.host.to_string(), port: broker.port });
    let topics = answer.topics.into_iter().filter(|topic| topic.error_code == 0).filter_map(|topic| {
        let partitions = topic.partitions.into_iter().map(|partition| PartitionMetadata {
            partition: partition.partition_index,
            leader: BrokerId(partition.leader_id.0),
            leader_epoch: partition.leader_epoch,
            replicas: partition.replica_nodes.iter().map(|id| BrokerId(id.0)).collect(),
            isr: partition.isr_nodes.iter().map(|id| BrokerId(id.0)).collect(),
        });
        Some(TopicMetadata {
            name: topic.name?.0.to_string(),
            id: TopicId(topic.topic_id),
            internal: topic.is_internal,
            partitions: partitions.collect(),
        })
    });
    Ok(Metadata { brokers: brokers.collect(), topics: topics.collect() })
}

/// A broker as the controller has it registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredBroker {
    /// Who and where.
    pub node: Node,
    /// Always false below DescribeCluster version 2 (Kafka 4.0), which does not list fenced brokers at all.
    pub fenced: bool,
}

/// Asks for the registered brokers, fenced ones too where the broker can tell (KIP-1073).
///
/// The controller id in this answer is a random live broker (KRaftMetadataCache) and is therefore not read.
///
/// # Errors
/// Where the broker does not answer in time, or refuses.
pub async fn describe_cluster(connection: &mut Connection, deadline: Duration) -> Result<Vec<RegisteredBroker>, Error> {
    let version = connection.version::<DescribeClusterRequest>(&(0..=2))?;
    let request = DescribeClusterRequest::default().with_include_fenced_brokers(version >= 2);
    let answer = connection.call(&request, version, deadline).await?;
    check("DescribeCluster", answer.error_code)?;
    let brokers = answer.brokers.into_iter().map(|broker| RegisteredBroker {
        node: Node { id: BrokerId(broker.broker_id.0), host: broker.host.to_string(), port: broker.port },
        fenced: broker.is_fenced,
    });
    Ok(brokers.collect())
}

/// The metadata quorum as its leader tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// The active controller.
    pub leader_id: BrokerId,
    /// Its epoch.
    pub leader_epoch: i32,
    /// Who votes.
    pub voters: Vec<BrokerId>,
}

/// Asks for the metadata quorum. A controller that does not lead refuses with NOT_LEADER_OR_FOLLOWER; a broker
/// forwards the request and holds it for up to a minute while there is no controller.
///
/// # Errors
/// Where no answer comes in time, or the node refuses.
pub async fn describe_quorum(connection: &mut Connection, deadline: Duration) -> Result<Quorum, Error> {
    let version = connection.version::<DescribeQuorumRequest>(&(0..=2))?;
    let topic = TopicData::default()
        .with_topic_name(TopicName(StrBytes::from_static_str("__cluster_metadata")))
        .with_partitions(vec![PartitionData::default()]);
    let request = DescribeQuorumRequest::default().with_topics(vec![topic]);
    let answer = connection.call(&request, version, deadline).await?;
    check("DescribeQuorum", answer.error_code)?;
    let partition = answer.topics.into_iter().flat_map(|topic| topic.partitions).next();
    let Some(partition) = partition else {
        return Err(Error::Refused { request: "DescribeQuorum", code: ErrorCode::UNKNOWN_TOPIC_OR_PARTITION });
    };
    check("DescribeQuorum", partition.error_code)?;
    let mut voters: Vec<BrokerId> = partition.current_voters.iter().map(|voter| BrokerId(voter.replica_id.0)).collect();
    voters.sort_unstable();
    Ok(Quorum { leader_id: BrokerId(partition.leader_id.0), leader_epoch: partition.leader_epoch, voters })
}
