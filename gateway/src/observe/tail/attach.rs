//! Before a leader is read in a new epoch: where its log begins, and whether it still has what was read.

use model::{
    fact::{Event, Level, ReadsTo},
    ids::{BrokerId, Micros, PartitionId},
};

use crate::kafka::{self, Asker, Connection, EpochQuestion, Error, ErrorCode, PartitionOffset, Partitions, Position};

use super::{
    super::shared::Eyes,
    RETRY_MICROS, failed,
    state::{Assignment, Needs},
};

/// Asks all that is needed to read these partitions, and attaches the tails that have their answers.
pub(super) async fn attach(
    eyes: &Eyes,
    broker: BrokerId,
    connection: &mut Connection,
    mine: &[Assignment],
) -> Result<(), Error> {
    for from_start in [true, false] {
        find_starts(eyes, broker, connection, mine, from_start).await?;
    }
    // A leader may name an older epoch than the one asked for; then that one's end is asked as well. Each step goes
    // back at least one epoch, and two are rare.
    for _ in 0..4 {
        if !compare_epochs(eyes, broker, connection, mine).await? {
            break;
        }
    }
    let now = eyes.reporter.clock().now();
    let mut tails = eyes.tails();
    let reads_to = tails.reads_to();
    for assignment in mine {
        let tail = tails.get(assignment);
        let ready = tail.next_offset.is_some() && !tail.rests(now);
        if ready && !tail.is_attached(broker, assignment.leader_epoch) {
            let event = tail.attach(broker, assignment.leader_epoch, &assignment.id, reads_to);
            event.into_iter().for_each(|event| eyes.reporter.report(event));
        }
    }
    Ok(())
}

/// Finds the first offset to be read of partitions that were never read.
async fn find_starts(
    eyes: &Eyes,
    broker: BrokerId,
    connection: &mut Connection,
    mine: &[Assignment],
    from_start: bool,
) -> Result<(), Error> {
    let new =
        needing(eyes, broker, mine, |assignment, needs| assignment.from_start == from_start && needs == Needs::Start);
    if new.is_empty() {
        return Ok(());
    }
    let position = if from_start { Position::Earliest } else { Position::Latest };
    for (assignment, offset) in ask(eyes, connection, Asker::ReadUncommitted, position, &new).await? {
        match offset {
            Ok(offset) => eyes.tails().get(assignment).next_offset = Some(offset),
            Err(code) => failed(eyes, assignment, code, eyes.reporter.clock().now()),
        }
    }
    Ok(())
}

/// Asks where the epochs ended that were read last; tells what is gone. Returns whether there is more to ask.
async fn compare_epochs(
    eyes: &Eyes,
    broker: BrokerId,
    connection: &mut Connection,
    mine: &[Assignment],
) -> Result<bool, Error> {
    let mut questions = Vec::new();
    let _asked = needing(eyes, broker, mine, |assignment, needs| {
        let Needs::EpochEnd(leader_epoch) = needs else { return false };
        questions.push(EpochQuestion {
            topic: assignment.id.topic.clone(),
            partition: assignment.id.partition,
            current_leader_epoch: assignment.leader_epoch,
            leader_epoch,
        });
        true
    });
    if questions.is_empty() {
        return Ok(false);
    }
    let mut again = false;
    for answer in kafka::offset_for_leader_epoch(connection, &questions, eyes.pace.deadline()).await? {
        let id = PartitionId::new(answer.topic, answer.partition);
        let Some(assignment) = mine.iter().find(|assignment| assignment.id == id) else { continue };
        let end = match answer.end {
            Ok(end) => end,
            Err(code) => {
                failed(eyes, assignment, code, eyes.reporter.clock().now());
                continue;
            }
        };
        let mut tails = eyes.tails();
        let tail = tails.get(assignment);
        let common_end = tail.epochs.common_end(tail.next_offset.unwrap_or_default(), end);
        let event = tail.cut(&id, common_end, assignment.leader_epoch);
        // After a cut the epoch before is the latest that was read, and may have been cut as well.
        again |= event.is_some();
        event.into_iter().for_each(|event| eyes.reporter.report(event));
    }
    Ok(again)
}

/// The log has no such offset: it begins later (retention, DeleteRecords), or it ends earlier without a new epoch
/// that would have told (unclean election to an empty replica).
pub(super) async fn return_into_range(
    eyes: &Eyes,
    broker: BrokerId,
    connection: &mut Connection,
    out_of_range: &[Assignment],
) -> Result<(), Error> {
    if out_of_range.is_empty() {
        return Ok(());
    }
    let lost: Vec<&Assignment> = out_of_range.iter().collect();
    let asker = match eyes.tails().reads_to() {
        ReadsTo::LogEnd => Asker::Debugging,
        ReadsTo::HighWatermark => Asker::ReadUncommitted,
    };
    let starts = ask(eyes, connection, Asker::ReadUncommitted, Position::Earliest, &lost).await?;
    let ends = ask(eyes, connection, asker, Position::Latest, &lost).await?;
    for ((assignment, start), (_, end)) in starts.into_iter().zip(ends) {
        let (Ok(start), Ok(end)) = (start, end) else {
            eyes.tails().get(assignment).rest(Micros(eyes.reporter.clock().now().0 + RETRY_MICROS));
            continue;
        };
        let mut tails = eyes.tails();
        let tail = tails.get(assignment);
        let Some(next) = tail.next_offset.filter(|_| tail.is_attached(broker, assignment.leader_epoch)) else {
            continue;
        };
        if next < start {
            tail.next_offset = Some(start);
            let count = u64::try_from(start - next).unwrap_or_default();
            let reason = format!("{} begins at {start} now", assignment.id);
            eyes.reporter.report(Event::Gap { source: String::from("tail"), count, reason });
        } else if next > end {
            let event = tail.cut(&assignment.id, end, assignment.leader_epoch);
            event.into_iter().for_each(|event| eyes.reporter.report(event));
        } else {
            let text = format!("{} refuses offset {next} though it is between {start} and {end}", assignment.id);
            eyes.notice_once(format!("tail {}", assignment.id), Level::Warn, text);
            tail.rest(Micros(eyes.reporter.clock().now().0 + RETRY_MICROS));
        }
    }
    Ok(())
}

/// Assignments that have to be asked about, in the order of `mine`.
fn needing<'a>(
    eyes: &Eyes,
    broker: BrokerId,
    mine: &'a [Assignment],
    mut choose: impl FnMut(&'a Assignment, Needs) -> bool,
) -> Vec<&'a Assignment> {
    let now = eyes.reporter.clock().now();
    let mut tails = eyes.tails();
    let waits = mine.iter().filter(|assignment| {
        let tail = tails.get(assignment);
        !tail.rests(now) && choose(assignment, tail.needs(broker, assignment.leader_epoch))
    });
    waits.collect()
}

/// One end of each of these logs, in the order of `assignments`; a partition without an answer is left out.
async fn ask<'a>(
    eyes: &Eyes,
    connection: &mut Connection,
    asker: Asker,
    position: Position,
    assignments: &[&'a Assignment],
) -> Result<Vec<(&'a Assignment, Result<i64, ErrorCode>)>, Error> {
    let mut partitions = Partitions::new();
    for assignment in assignments {
        partitions.entry(assignment.id.topic.clone()).or_default().push(assignment.id.partition);
    }
    let answers = kafka::list_offsets(connection, asker, position, &partitions, eyes.pace.deadline()).await?;
    let answer = |assignment: &&'a Assignment| {
        let its = |answer: &&PartitionOffset| {
            answer.topic == assignment.id.topic && answer.partition == assignment.id.partition
        };
        answers.iter().find(its).map(|answer| (*assignment, answer.offset))
    };
    Ok(assignments.iter().filter_map(answer).collect())
}
