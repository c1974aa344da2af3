//! Which topic an id stands for: what Metadata and DescribeTopicPartitions answers say on the way.

use kafka_protocol::messages::ApiKey;

use super::reader::{Malformed, Reader};

/// Whether answers of this kind name topics beside their ids.
pub(crate) fn are_named_by(api: ApiKey, version: i16) -> bool {
    matches!((api, version), (ApiKey::Metadata, 10..) | (ApiKey::DescribeTopicPartitions, _))
}

/// Calls `found` with each topic's id and name.
pub(crate) fn answer(
    api: ApiKey,
    version: i16,
    mut reader: Reader<'_>,
    mut found: impl FnMut(u128, &[u8]),
) -> Result<(), Malformed> {
    let metadata = api == ApiKey::Metadata;
    let _throttle_ms = reader.i32()?;
    if metadata {
        for _ in 0..reader.count()? {
            let _node_id = reader.i32()?;
            let _host = reader.text()?;
            let _port = reader.i32()?;
            let _rack = reader.text()?;
            reader.tags()?;
        }
        let _cluster_id = reader.text()?;
        let _controller_id = reader.i32()?;
    }
    // Metadata 10 and above: replicas, ISR, offline; DescribeTopicPartitions has two lists of eligible leaders besides.
    let lists = if metadata { 3 } else { 5 };
    debug_assert!(are_named_by(api, version), "older answers have no ids");
    for _ in 0..reader.count()? {
        let _error = reader.i16()?;
        let name = reader.text()?;
        let id = reader.uuid()?;
        let _is_internal = reader.bool()?;
        for _ in 0..reader.count()? {
            let _error_partition_leader_and_epoch = reader.skip(14)?;
            for _ in 0..lists {
                reader.skip_array(4)?;
            }
            reader.tags()?;
        }
        let _authorized_operations = reader.i32()?;
        reader.tags()?;
        if let Some(name) = name.filter(|_| id != 0) {
            found(id, name);
        }
    }
    Ok(())
}
