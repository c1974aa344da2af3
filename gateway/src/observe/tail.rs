//! The tail of one broker: every partition it leads, read by long polls on one connection.

mod attach;
mod epochs;
mod rate;
pub(super) mod state;
mod tell;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use model::{
    fact::{Event, Level, ReadsTo},
    ids::{BrokerId, Micros, PartitionId},
};
use tokio::sync::watch;

use crate::kafka::{self, Connection, Error, ErrorCode, FetchFrom, Fetched, Wait};

use super::{
    link::Link,
    merge::View,
    shared::{Broker, Eyes},
};

use self::{state::Assignment, tell::Policy};

/// How long the broker holds a Fetch when there is nothing new (`fetch.max.wait.ms`' default).
const REST: Duration = Duration::from_millis(500);
/// While records wait for the high watermark: a moved watermark wakes no Fetch that reads to the log end.
const UNSETTLED: Duration = Duration::from_millis(10);
/// The same, when they have waited for longer than copying takes (too few in sync).
const STUCK: Duration = Duration::from_millis(100);
/// While records come too fast to be told one by one, larger helpings are cheaper for everybody.
const MERGED: Wait = Wait { max_wait: Duration::from_millis(20), min_bytes: 64 * 1024 };
/// A partition that answers with an error is left alone for so long.
const RETRY_MICROS: u64 = 50_000;

/// How a round ended.
enum Round {
    /// Go on with the same connection.
    Next,
    /// Leaders changed while a long poll was outstanding: its answer is not waited for.
    Reassigned,
}

pub(super) async fn run(eyes: Arc<Eyes>, broker: Arc<Broker>) {
    let mut link = Link::new(Arc::clone(&eyes), Arc::clone(&broker), "fetch");
    let mut view = eyes.view();
    loop {
        let mine = assigned(&eyes, &view.borrow_and_update().clone(), broker.id);
        if mine.is_empty() {
            if wait_for_partitions(&mut link, &mut view).await.is_err() {
                return;
            }
            continue;
        }
        let Some(connection) = link.connect_when_reachable().await else { continue };
        if view.has_changed().unwrap_or(false) {
            // The broker was away for a while, and may lead nothing any more.
            continue;
        }
        match round(&eyes, broker.id, connection, &mine, &mut view).await {
            Ok(Round::Next) => {}
            Ok(Round::Reassigned) => link.renew(),
            Err(error) if error.ends_connection() => link.lose(&error),
            Err(error) => {
                fall_back(&eyes, &error);
                link.renew();
                link.back_off().await;
            }
        }
    }
}

/// A broker that leads nothing is not read; its connection is looked after all the same. An error means that the
/// observers are being stopped, and this task with them.
async fn wait_for_partitions(
    link: &mut Link,
    view: &mut watch::Receiver<Arc<View>>,
) -> Result<(), watch::error::RecvError> {
    let Some(connection) = link.connection() else { return view.changed().await };
    tokio::select! {
        error = connection.closed() => link.lose(&error),
        changed = view.changed() => return changed,
    }
    Ok(())
}

/// The partitions whose leader is `broker`.
fn assigned(eyes: &Eyes, view: &View, broker: BrokerId) -> Vec<Assignment> {
    let mut mine = Vec::new();
    for (name, topic) in &view.topics {
        if topic.internal && !eyes.include_internal {
            continue;
        }
        let led = topic.partitions.iter().filter(|(_, partition)| partition.leader == broker);
        mine.extend(led.map(|(&index, partition)| Assignment {
            id: PartitionId::new(name.clone(), index),
            topic_id: topic.id,
            leader_epoch: partition.leader_epoch,
            from_start: eyes.own_cluster || topic.made_in_sight,
        }));
    }
    mine
}

/// Compares logs where a leader is new, then reads once.
async fn round(
    eyes: &Eyes,
    broker: BrokerId,
    connection: &mut Connection,
    mine: &[Assignment],
    view: &mut watch::Receiver<Arc<View>>,
) -> Result<Round, Error> {
    attach::attach(eyes, broker, connection, mine).await?;
    let (from, wait, reads_to) = question(eyes, broker, mine);
    if from.is_empty() {
        // All are left alone for a moment, or a change of leaders ends the wait.
        let pause = tokio::time::timeout(Duration::from_micros(RETRY_MICROS), view.changed());
        return pause.await.map_or(Ok(Round::Next), |_changed| Ok(Round::Next));
    }
    let deadline = wait.max_wait + Duration::from_secs(1);
    let fetch = async {
        match reads_to {
            ReadsTo::LogEnd => kafka::fetch_to_log_end(connection, &from, wait, deadline).await,
            ReadsTo::HighWatermark => kafka::fetch_to_high_watermark(connection, &from, wait, deadline).await,
        }
    };
    let fetched = tokio::select! {
        biased;
        fetched = fetch => fetched?,
        () = reassigned(eyes, broker, mine, view) => return Ok(Round::Reassigned),
    };
    let out_of_range = take(eyes, broker, mine, fetched);
    attach::return_into_range(eyes, broker, connection, &out_of_range).await?;
    Ok(Round::Next)
}

/// What to ask for, and how long the broker may hold the question.
fn question(eyes: &Eyes, broker: BrokerId, mine: &[Assignment]) -> (Vec<FetchFrom>, Wait, ReadsTo) {
    let now = eyes.reporter.clock().now();
    let mut tails = eyes.tails();
    let reads_to = tails.reads_to();
    let (mut settled, mut told, mut merging) = (true, true, false);
    let mut from = Vec::new();
    for assignment in mine {
        let tail = tails.get(assignment);
        let Some(offset) = tail.next_offset else { continue };
        if tail.rests(now) || !tail.is_attached(broker, assignment.leader_epoch) {
            continue;
        }
        settled &= tail.is_settled();
        told &= tail.is_told();
        merging |= tail.rate.is_merging();
        from.push(FetchFrom {
            topic: assignment.id.topic.clone(),
            topic_id: assignment.topic_id,
            partition: assignment.id.partition,
            leader_epoch: assignment.leader_epoch,
            offset,
        });
    }
    let rests = from.len() < mine.len();
    let max_wait = match (settled, eyes.pace.records_flow()) {
        _ if merging => return (from, MERGED, reads_to),
        _ if !told => UNSETTLED,
        (true, _) if rests => STUCK,
        (true, _) => REST,
        (false, true) => UNSETTLED,
        (false, false) => STUCK,
    };
    (from, Wait { max_wait, min_bytes: 1 }, reads_to)
}

/// Ends when the view gives this broker other partitions, or other epochs, than `mine`.
async fn reassigned(eyes: &Eyes, broker: BrokerId, mine: &[Assignment], view: &mut watch::Receiver<Arc<View>>) {
    while view.changed().await.is_ok() {
        if assigned(eyes, &view.borrow_and_update().clone(), broker) != mine {
            return;
        }
    }
    // The observers are being stopped, and this task with them.
    std::future::pending::<()>().await;
}

/// Tells what was read. Returns the partitions whose log has no such offset.
fn take(eyes: &Eyes, broker: BrokerId, mine: &[Assignment], fetched: Vec<Fetched>) -> Vec<Assignment> {
    let now = eyes.reporter.clock().now();
    let policy = Policy { value_bytes: eyes.value_bytes, mask: eyes.reporter.mask() };
    let by_id: BTreeMap<(&str, i32), &Assignment> =
        mine.iter().map(|assignment| ((assignment.id.topic.as_str(), assignment.id.partition), assignment)).collect();
    let mut out_of_range = Vec::new();
    let mut appended = false;
    for fetched in fetched {
        let Some(&assignment) = by_id.get(&(fetched.topic.as_str(), fetched.partition)) else { continue };
        match fetched.error {
            None => {
                let batches = kafka::split(fetched.records.clone());
                appended |= !batches.is_empty();
                let mut tails = eyes.tails();
                let events = tails.take(broker, assignment, fetched, &batches, (policy, now));
                // Told under the lock: a truncation that another leader's tail finds comes after what it takes back.
                events.into_iter().for_each(|event| eyes.reporter.report(event));
            }
            Some(ErrorCode::OFFSET_OUT_OF_RANGE) => out_of_range.push(assignment.clone()),
            Some(code) => failed(eyes, assignment, code, now),
        }
    }
    if appended {
        eyes.pace.appended();
    }
    out_of_range
}

/// An error of one partition: it is left alone for a moment, and Metadata is asked what became of it.
fn failed(eyes: &Eyes, assignment: &Assignment, code: ErrorCode, now: Micros) {
    eyes.tails().get(assignment).rest(Micros(now.0 + RETRY_MICROS));
    eyes.pace.trouble();
    let passes = [
        ErrorCode::NOT_LEADER_OR_FOLLOWER,
        ErrorCode::FENCED_LEADER_EPOCH,
        ErrorCode::UNKNOWN_LEADER_EPOCH,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        ErrorCode::UNKNOWN_TOPIC_ID,
        ErrorCode::INCONSISTENT_TOPIC_ID,
        ErrorCode::LEADER_NOT_AVAILABLE,
    ];
    if !passes.contains(&code) {
        let text = format!("{} cannot be read: {code}", assignment.id);
        eyes.notice_once(format!("tail {}", assignment.id), Level::Warn, text);
    }
}

/// A broker that refuses the internal replica id is read as a consumer reads; tails say so.
fn fall_back(eyes: &Eyes, error: &Error) {
    let mut tails = eyes.tails();
    if tails.reads_to() == ReadsTo::LogEnd && matches!(error, Error::Refused { .. } | Error::Unsupported { .. }) {
        tails.read_as_consumer();
        let text = format!("records are seen only once they are committed: {error}");
        eyes.reporter.report(Event::Notice { level: Level::Warn, source: String::from("tail"), text });
    } else {
        eyes.notice_once(String::from("tail"), Level::Warn, error.to_string());
    }
}
