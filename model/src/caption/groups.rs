//! What is said of groups: a member that is gone, partitions shared out anew, records that wait.

use super::{Caption, Tone, fitting, seconds, words};
use crate::{
    fact::{Assigned, ProcessState},
    ids::{Micros, PartitionId},
    picture::{App, Group, Picture},
};

/// A record that waits this long is behind, not under way.
const BEHIND_MICROS: u64 = 4_000_000;
/// Sharing out takes less than that where nobody has to be waited for.
const SHARING_MICROS: u64 = 1_000_000;

/// A member that its coordinator still counts on, though its process does not run.
pub(super) fn member_gone(picture: &Picture, now: Micros) -> Option<Caption> {
    let stands = |app: &&App| matches!(app.process.state, ProcessState::Dead | ProcessState::Paused);
    picture.apps.values().filter(stands).find_map(|app| {
        let members = &picture.groups.get(&app.group)?.members;
        let member = members.iter().find(|m| m.client_id == app.client_id && !m.assignment.is_empty())?;
        let id = |a: &Assigned| PartitionId::new(a.topic.clone(), a.partition);
        let ids: Vec<PartitionId> = member.assignment.iter().map(id).collect();
        let verb = if ids.len() == 1 { "waits" } else { "wait" };
        let word = if app.process.state == ProcessState::Paused { "paused" } else { "gone" };
        let stamp = app.process.stamp;
        let ids: Vec<&PartitionId> = ids.iter().collect();
        Some(
            Caption::new(Tone::Bad, format!("Member {} is {word}.", app.client_id))
                .and(Tone::Plain, format!("{} {verb} ", words::partitions(&ids)))
                .number(seconds(now.since(stamp.at)), vec![stamp.seq])
                .words(" for another reader.")
                .once_over(format!("Member {} was {word}.", app.client_id))
                .of(stamp.seq),
        )
    })
}

pub(super) fn rebalancing(picture: &Picture, now: Micros) -> Option<Caption> {
    let shares = |group: &&Group| {
        let state = group.state.as_str();
        matches!(state, "PreparingRebalance" | "CompletingRebalance" | "Assigning" | "Reconciling")
    };
    let (id, group) = picture.groups.iter().find(|(_, group)| shares(group))?;
    let since = now.since(group.stamp.at);
    (since >= SHARING_MICROS).then(|| {
        Caption::new(Tone::Open, format!("Group {id} shares out its partitions, for "))
            .number(seconds(since), vec![group.stamp.seq])
            .words(" now.")
            .once_over(format!("Group {id} has shared out its partitions."))
    })
}

/// The group whose oldest record waits longest, where somebody should read it.
pub(super) fn lag(picture: &Picture, now: Micros) -> Option<Caption> {
    let read = picture.groups.iter().filter(|(_, group)| !group.members.is_empty() && picture.unread(group) > 0);
    let (id, group, at, since) = read.filter_map(|(id, group)| oldest(picture, id, group)).min_by_key(|o| o.3)?;
    let waits = now.since(since);
    if waits < BEHIND_MICROS {
        return None;
    }
    let facts = |of: &PartitionId| {
        let committed = group.offsets.get(of).map(|o| o.stamp.seq);
        let told = picture.partitions.get(of).and_then(|p| p.offsets.as_ref()).map(|o| o.stamp.seq);
        committed.into_iter().chain(told)
    };
    let of = |id: &PartitionId| (id.clone(), picture.lag(group, id));
    let behind: Vec<(PartitionId, i64)> =
        picture.group_partitions(group).iter().map(of).filter(|(_, lag)| *lag > 0).collect();
    let count = behind.iter().map(|(_, lag)| usize::try_from(*lag).unwrap_or_default()).fold(0, usize::saturating_add);
    let proof: Vec<u64> = behind.iter().flat_map(|(id, _)| facts(id)).collect();
    let ids: Vec<&PartitionId> = behind.iter().map(|(id, _)| id).collect();
    let head = Caption::new(Tone::Open, format!("Group {id} is "))
        .number(words::plural(count, "record"), proof)
        .words(format!(" behind on {}.", words::partitions(&ids)));
    let oldest = head.clone().and(Tone::Detail, "The oldest waits ").number(seconds(waits), vec![at]).words(".");
    Some(fitting([oldest, head]).once_over(format!("Group {id} was behind for a moment.")))
}

/// The first record that a group has not read, by the fact that told it, and since when it could be read.
fn oldest<'a>(picture: &Picture, id: &'a str, group: &'a Group) -> Option<(&'a str, &'a Group, u64, Micros)> {
    let first = |of: PartitionId| {
        let partition = picture.partitions.get(&of)?;
        let committed = group.offsets.get(&of).map_or(0, |o| o.committed.max(0));
        let readable = |r: &&crate::picture::Record| r.appended.as_ref().is_some_and(|a| a.control.is_none());
        let end = partition.offsets.as_ref()?.last_stable_offset;
        let first = partition.records.range(committed..end.max(committed)).map(|(_, r)| r).find(readable)?;
        Some((first.stamp.seq, first.history.committed_at?))
    };
    let (seq, since) = picture.group_partitions(group).into_iter().filter_map(first).min_by_key(|(_, at)| *at)?;
    Some((id, group, seq, since))
}
