//! Joining, leaving and heartbeats: which group a member talks about, and what it is told; and who a client says it is.

use kafka_protocol::messages::ApiKey;

use super::reader::{Malformed, Reader};

/// A member's call to its coordinator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) group_id: &'a [u8],
    /// A heartbeat that neither joins nor leaves.
    pub(crate) is_heartbeat: bool,
}

/// JoinGroup, SyncGroup, LeaveGroup, Heartbeat and ConsumerGroupHeartbeat all begin with the group's id.
pub(crate) fn request<'a>(api: ApiKey, mut reader: Reader<'a>) -> Result<Call<'a>, Malformed> {
    let group_id = reader.text()?.unwrap_or_default();
    let is_heartbeat = match api {
        ApiKey::Heartbeat => true,
        ApiKey::ConsumerGroupHeartbeat => {
            let _member_id = reader.text()?;
            // 0 joins, -1 leaves, -2 leaves for a while (ConsumerGroupHeartbeatRequest.json).
            reader.i32()? > 0
        }
        _ => false,
    };
    Ok(Call { group_id, is_heartbeat })
}

/// The error code of a group call's answer, or of EndTxn's and InitProducerId's, which look the same so far.
pub(crate) fn answer(api: ApiKey, version: i16, reader: &mut Reader<'_>) -> Result<i16, Malformed> {
    let throttled = match api {
        ApiKey::JoinGroup => version >= 2,
        ApiKey::SyncGroup | ApiKey::LeaveGroup | ApiKey::Heartbeat => version >= 1,
        _ => true,
    };
    if throttled {
        let _throttle_ms = reader.i32()?;
    }
    reader.i16()
}

/// Software name and version, which ApiVersions brings from version 3 on (KIP-511).
pub(crate) fn software<'a>(mut reader: Reader<'a>) -> Result<(&'a [u8], &'a [u8]), Malformed> {
    Ok((reader.text()?.unwrap_or_default(), reader.text()?.unwrap_or_default()))
}
