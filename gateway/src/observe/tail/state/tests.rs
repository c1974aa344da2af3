//! One partition read through changes of leader, told in short.

use bytes::Bytes;
use model::{
    fact::{Event, ReadsTo},
    ids::{BrokerId, Micros, PartitionId},
};

use crate::{
    kafka::{Fetched, TopicId, sample},
    privacy::Mask,
};

use super::{super::tell::Policy, Assignment, Needs, Tails};

const POLICY: Policy<'_> = Policy { value_bytes: 8, mask: &Mask::NONE };

fn orders(leader_epoch: i32) -> Assignment {
    Assignment { id: PartitionId::new("orders", 0), topic_id: TopicId::numbered(7), leader_epoch, from_start: true }
}

/// `offset@epoch` for a record, `hw/end` for offsets.
fn short(events: Vec<Event>) -> Vec<String> {
    let short = |event: Event| match event {
        Event::RecordAppended(record) => format!("{}@{}", record.offset, record.leader_epoch),
        Event::BatchAppended { base_offset, count, .. } => format!("{base_offset}+{count}"),
        Event::OffsetsMoved { high_watermark, log_end_offset, .. } => format!("{high_watermark}/{log_end_offset}"),
        Event::RecordsTruncated { from_offset, to_offset, .. } => format!("cut {from_offset}..{to_offset}"),
        Event::TailAttached { broker, .. } => format!("reads {broker}"),
        other => format!("{other:?}"),
    };
    events.into_iter().map(short).collect()
}

fn attach(tails: &mut Tails, broker: i32, epoch: i32) -> Vec<String> {
    let assignment = orders(epoch);
    let reads_to = tails.reads_to();
    let tail = tails.get(&assignment);
    tail.next_offset.get_or_insert(0);
    short(tail.attach(BrokerId(broker), epoch, &assignment.id, reads_to).into_iter().collect())
}

fn take(tails: &mut Tails, broker: i32, epoch: i32, offsets: std::ops::Range<i64>, high_watermark: i64) -> Vec<String> {
    let fetched = Fetched {
        topic: String::from("orders"),
        partition: 0,
        error: None,
        high_watermark,
        last_stable_offset: high_watermark,
        log_start_offset: 0,
        records: Bytes::new(),
    };
    let batches = sample::batches(epoch, offsets);
    short(tails.take(BrokerId(broker), &orders(epoch), fetched, &batches, (POLICY, Micros(1))))
}

#[test]
fn acked_then_lost() {
    let mut tails = Tails::new(true);
    assert_eq!(tails.reads_to(), ReadsTo::LogEnd);
    assert_eq!(attach(&mut tails, 1, 3), ["reads 1"]);
    assert_eq!(take(&mut tails, 1, 3, 0..1, 0), ["0@3", "0/1"]);
    assert_eq!(take(&mut tails, 1, 3, 0..0, 1), ["1/1"]);
    assert_eq!(take(&mut tails, 1, 3, 1..2, 1), ["1@3", "1/2"]);
    // The leader dies with offset 1; the next one never had it.
    let now = orders(4);
    let tail = tails.get(&now);
    assert_eq!(tail.needs(BrokerId(2), 4), Needs::EpochEnd(3));
    let common_end = tail.epochs.common_end(2, (3, 1));
    assert_eq!(short(tail.cut(&now.id, common_end, 4).into_iter().collect()), ["cut 1..2"]);
    assert_eq!(attach(&mut tails, 2, 4), ["reads 2"]);
    // What the old leader's connection still had to say is not heard.
    assert_eq!(take(&mut tails, 1, 3, 1..3, 3), [""; 0]);
    assert_eq!(take(&mut tails, 2, 4, 1..2, 1), ["1@4", "1/2"]);
}

#[test]
fn a_task_that_was_away_does_not_read_in_an_older_epoch() {
    let mut tails = Tails::new(true);
    attach(&mut tails, 1, 3);
    attach(&mut tails, 2, 4);
    assert_eq!(attach(&mut tails, 1, 3), [""; 0]);
    assert_eq!(take(&mut tails, 1, 3, 0..1, 1), [""; 0]);
    assert_eq!(take(&mut tails, 2, 4, 0..1, 1), ["0@4", "1/1"]);
}

#[test]
fn nothing_is_told_twice() {
    let mut tails = Tails::new(true);
    attach(&mut tails, 1, 0);
    assert_eq!(take(&mut tails, 1, 0, 0..2, 2), ["0@0", "1@0", "2/2"]);
    assert_eq!(take(&mut tails, 1, 0, 1..3, 2), ["2@0", "2/3"]);
    assert_eq!(take(&mut tails, 1, 0, 0..0, 2), [""; 0]);
}

#[test]
fn a_new_leaders_offsets_are_told_also_where_they_are_the_old_ones() {
    let mut tails = Tails::new(true);
    attach(&mut tails, 1, 0);
    assert_eq!(take(&mut tails, 1, 0, 0..2, 2), ["0@0", "1@0", "2/2"]);
    assert_eq!(attach(&mut tails, 2, 1), ["reads 2"]);
    assert_eq!(take(&mut tails, 2, 1, 0..0, 2), ["2/2"]);
    // The same leader in a new epoch says it anew, after a pause in the same epoch it does not.
    assert_eq!(attach(&mut tails, 2, 2), [""; 0]);
    assert_eq!(take(&mut tails, 2, 2, 0..0, 2), ["2/2"]);
    tails.get(&orders(2)).rest(Micros(9));
    assert_eq!(attach(&mut tails, 2, 2), [""; 0]);
    assert_eq!(take(&mut tails, 2, 2, 0..0, 2), [""; 0]);
}

#[test]
fn a_backlog_is_told_as_one_batch() {
    let mut tails = Tails::new(true);
    attach(&mut tails, 1, 0);
    assert_eq!(take(&mut tails, 1, 0, 0..600, 600), ["0+600", "600/600"]);
}

#[test]
fn a_topic_made_anew_is_read_from_its_start() {
    let mut tails = Tails::new(true);
    attach(&mut tails, 1, 5);
    take(&mut tails, 1, 5, 0..3, 3);
    let anew = Assignment { topic_id: TopicId::numbered(8), ..orders(0) };
    assert_eq!(tails.get(&anew).needs(BrokerId(2), 0), Needs::Start);
}
