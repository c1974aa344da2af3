//! Kafka's wire: connections and one function for each request we send. Nothing else in the gateway knows the codec.
//!
//! Eyes read; [`hands`] write, and only to a cluster that this gateway started.

mod batch;
mod cluster;
mod connection;
mod error;
mod fetch;
mod groups;
pub mod hands;
mod offsets;
mod producers;
mod topic_id;

#[cfg(test)]
pub(crate) use self::batch::sample;
pub use self::{
    batch::{Batch, Header, Record, split},
    cluster::{
        Metadata, Node, PartitionMetadata, Quorum, RegisteredBroker, TopicMetadata, describe_cluster, describe_quorum,
        metadata,
    },
    connection::Connection,
    error::{Error, ErrorCode},
    fetch::{FetchFrom, Fetched, Wait, fetch_to_high_watermark, fetch_to_log_end},
    groups::{
        CommittedOffsets, DescribedGroup, ListedGroup, consumer_group_describe, describe_groups, find_coordinator,
        list_groups, offset_fetch,
    },
    offsets::{
        Asker, EpochEnd, EpochQuestion, PartitionOffset, Partitions, Position, list_offsets, offset_for_leader_epoch,
    },
    producers::{ProducerState, describe_producers},
    topic_id::TopicId,
};
