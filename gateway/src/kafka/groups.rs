//! Consumer groups of both protocols: ListGroups, DescribeGroups, ConsumerGroupDescribe, FindCoordinator, OffsetFetch.

use std::time::Duration;

use bytes::{Buf as _, Bytes};
use kafka_protocol::{
    messages::{
        ConsumerGroupDescribeRequest, ConsumerProtocolAssignment, DescribeGroupsRequest, FindCoordinatorRequest,
        GroupId, ListGroupsRequest, OffsetFetchRequest, offset_fetch_request::OffsetFetchRequestGroup,
    },
    protocol::{Decodable as _, StrBytes},
};
use model::{
    fact::{Assigned, Member},
    ids::BrokerId,
};

use super::{Connection, Error, ErrorCode, error::check};

/// A group that the asked broker coordinates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedGroup {
    /// Its id.
    pub group_id: String,
    /// `classic`, `consumer` (KIP-848), `share` or `streams`; `classic` on brokers older than 3.8.
    pub group_type: String,
}

/// A group as its coordinator describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedGroup {
    /// Its id.
    pub group_id: String,
    /// Why the broker cannot tell.
    pub error: Option<ErrorCode>,
    /// Kafka's word for its state; `Dead` where there is no such group.
    pub state: String,
    /// The assignor.
    pub protocol: String,
    /// Its members, by id.
    pub members: Vec<Member>,
}

/// A group's committed offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedOffsets {
    /// Its id.
    pub group_id: String,
    /// Why the broker cannot tell.
    pub error: Option<ErrorCode>,
    /// Topic, partition, offset.
    pub offsets: Vec<(String, i32, i64)>,
}

/// Asks a broker for the groups it coordinates.
///
/// # Errors
/// Where the broker does not answer in time, or still loads its groups.
pub async fn list_groups(connection: &mut Connection, deadline: Duration) -> Result<Vec<ListedGroup>, Error> {
    let version = connection.version::<ListGroupsRequest>(&(0..=5))?;
    let answer = connection.call(&ListGroupsRequest::default(), version, deadline).await?;
    check("ListGroups", answer.error_code)?;
    let groups = answer.groups.into_iter().map(|group| ListedGroup {
        group_id: group.group_id.0.to_string(),
        group_type: match group.group_type.to_ascii_lowercase() {
            unsaid if unsaid.is_empty() => String::from("classic"),
            said => said,
        },
    });
    Ok(groups.collect())
}

/// Describes classic groups. A consumer-protocol group asked this way is shown as Dead: ask only for classic ones.
///
/// # Errors
/// Where the broker does not answer in time.
pub async fn describe_groups(
    connection: &mut Connection,
    group_ids: &[String],
    deadline: Duration,
) -> Result<Vec<DescribedGroup>, Error> {
    let version = connection.version::<DescribeGroupsRequest>(&(0..=6))?;
    let request = DescribeGroupsRequest::default().with_groups(wire_ids(group_ids));
    let answer = connection.call(&request, version, deadline).await?;
    let groups = answer.groups.into_iter().map(|group| {
        let reads_topics = group.protocol_type.as_str() == "consumer";
        let members = group.members.into_iter().map(|member| Member {
            member_id: member.member_id.to_string(),
            client_id: member.client_id.to_string(),
            host: member.client_host.to_string(),
            assignment: if reads_topics { classic_assignment(member.member_assignment) } else { Vec::new() },
        });
        described(
            group.group_id.0.to_string(),
            group.error_code,
            group.group_state.to_string(),
            group.protocol_data.to_string(),
            members.collect(),
        )
    });
    Ok(groups.collect())
}

/// Describes consumer-protocol groups (KIP-848).
///
/// # Errors
/// Where the broker does not answer in time.
pub async fn consumer_group_describe(
    connection: &mut Connection,
    group_ids: &[String],
    deadline: Duration,
) -> Result<Vec<DescribedGroup>, Error> {
    let version = connection.version::<ConsumerGroupDescribeRequest>(&(0..=1))?;
    let request = ConsumerGroupDescribeRequest::default().with_group_ids(wire_ids(group_ids));
    let answer = connection.call(&request, version, deadline).await?;
    let groups = answer.groups.into_iter().map(|group| {
        let members = group.members.into_iter().map(|member| {
            let topics = member.assignment.topic_partitions.into_iter();
            let assignment = topics.flat_map(|topic| {
                let name = topic.topic_name.0.to_string();
                topic.partitions.into_iter().map(move |partition| Assigned { topic: name.clone(), partition })
            });
            Member {
                member_id: member.member_id.to_string(),
                client_id: member.client_id.to_string(),
                host: member.client_host.to_string(),
                assignment: sorted(assignment.collect()),
            }
        });
        described(
            group.group_id.0.to_string(),
            group.error_code,
            group.group_state.to_string(),
            group.assignor_name.to_string(),
            members.collect(),
        )
    });
    Ok(groups.collect())
}

/// Who coordinates this group. Where `__consumer_offsets` does not exist, asking makes it: ask only for groups
/// that a broker has listed.
///
/// # Errors
/// Where the broker does not answer in time, or knows no coordinator.
pub async fn find_coordinator(
    connection: &mut Connection,
    group_id: &str,
    deadline: Duration,
) -> Result<BrokerId, Error> {
    // From version 4 on many keys are asked at once; one is enough here.
    let version = connection.version::<FindCoordinatorRequest>(&(1..=6))?;
    let key = StrBytes::from_string(group_id.to_owned());
    let request = if version >= 4 {
        FindCoordinatorRequest::default().with_coordinator_keys(vec![key])
    } else {
        FindCoordinatorRequest::default().with_key(key)
    };
    let answer = connection.call(&request, version, deadline).await?;
    let (code, node) = match answer.coordinators.first() {
        Some(coordinator) => (coordinator.error_code, coordinator.node_id),
        None => (answer.error_code, answer.node_id),
    };
    check("FindCoordinator", code)?;
    Ok(BrokerId(node.0))
}

/// Asks the coordinator for all committed offsets of these groups.
///
/// # Errors
/// Where the broker does not answer in time.
pub async fn offset_fetch(
    connection: &mut Connection,
    group_ids: &[String],
    deadline: Duration,
) -> Result<Vec<CommittedOffsets>, Error> {
    // Version 8 (Kafka 3.0) takes many groups.
    let version = connection.version::<OffsetFetchRequest>(&(8..=9))?;
    let groups = wire_ids(group_ids).into_iter();
    let groups = groups.map(|id| {
        OffsetFetchRequestGroup::default()
            .with_group_id(id)
            .with_member_id(None)
            .with_member_epoch(-1)
            .with_topics(None)
    });
    let request = OffsetFetchRequest::default().with_groups(groups.collect());
    let answer = connection.call(&request, version, deadline).await?;
    let groups = answer.groups.into_iter().map(|group| {
        let offsets = group.topics.into_iter().flat_map(|topic| {
            let name = topic.name.0.to_string();
            let known = topic.partitions.into_iter().filter(|partition| partition.error_code == 0);
            known.map(move |partition| (name.clone(), partition.partition_index, partition.committed_offset))
        });
        CommittedOffsets {
            group_id: group.group_id.0.to_string(),
            error: ErrorCode::of(group.error_code),
            offsets: offsets.collect(),
        }
    });
    Ok(groups.collect())
}

fn described(
    group_id: String,
    error_code: i16,
    state: String,
    protocol: String,
    mut members: Vec<Member>,
) -> DescribedGroup {
    members.sort_by(|a, b| a.member_id.cmp(&b.member_id));
    DescribedGroup { group_id, error: ErrorCode::of(error_code), state, protocol, members }
}

/// ConsumerProtocol.java: a version, then the assignment; empty while the group rebalances.
fn classic_assignment(mut bytes: Bytes) -> Vec<Assigned> {
    if bytes.len() < 2 {
        return Vec::new();
    }
    let version = bytes.get_i16().clamp(0, 3);
    let Ok(assignment) = ConsumerProtocolAssignment::decode(&mut bytes, version) else { return Vec::new() };
    let topics = assignment.assigned_partitions.into_iter();
    let assigned = topics.flat_map(|topic| {
        let name = topic.topic.0.to_string();
        topic.partitions.into_iter().map(move |partition| Assigned { topic: name.clone(), partition })
    });
    sorted(assigned.collect())
}

fn sorted(mut assignment: Vec<Assigned>) -> Vec<Assigned> {
    assignment.sort_unstable();
    assignment
}

fn wire_ids(group_ids: &[String]) -> Vec<GroupId> {
    group_ids.iter().map(|id| GroupId(StrBytes::from_string(id.clone()))).collect()
}
