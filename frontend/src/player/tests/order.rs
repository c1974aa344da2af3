//! Causes before effects: laws over generated flights, seen late and out of order as real ones are.

use std::collections::BTreeMap;

use super::*;

/// A small generator, so that a failing seed can be named.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    pub(super) fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// What happens to records of one partition, as it is told: each thing is seen some time after it happened, and told some
/// time after it was seen.
pub(super) fn flights(seed: u64) -> Vec<Fact> {
    let mut dice = Dice::new(seed);
    let mut told: Vec<(u64, u64, Event)> = vec![(100, 100, leads(1, 4))];
    let (mut at, mut epoch) = (10_000_000, 4);
    let mut looked: BTreeMap<i32, u64> = BTreeMap::new();
    for offset in 0..40_i64 {
        at += if dice.once_in(3) { dice.below(10_000) } else { dice.below(800_000) };
        // The wire gets slow, or quick again, in a quiet moment: which of two shares is right for what is under way nobody can say.
        let turns = seed.is_multiple_of(4) && offset % 10 == 5;
        at += if turns { 5_000_000 } else { 0 };
        let mut tell = |happened: u64, lag: u64, pipe: u64, event: Event| {
            // A poll is now and then very late; each sees in order what it looks at.
            let lag = if dice.once_in(12) { lag * 8 } else { lag };
            let eye = match &event {
                Event::ReplicaLogEnd { broker, .. } => broker.0,
                Event::OffsetsMoved { .. } => 3,
                Event::RecordAppended(_) => 4,
                Event::PositionMoved { .. } => 5,
                _ => 6 + i32::try_from(offset).unwrap(),
            };
            let last = looked.entry(eye).or_default();
            let seen = (happened + dice.below(lag.max(1))).max(*last);
            *last = seen;
            told.push((seen + dice.below(pipe.max(1)), seen, event));
        };
        if offset % 13 == 12 {
            epoch += 1;
            tell(at, 1, 1, leads(1 + epoch % 2, epoch));
            at += 30_000;
        }
        if turns {
            tell(at - 100_000, 1, 1, Event::SlowWireChanged { ms: if offset % 20 == 5 { 500 } else { 0 } });
        }
        let id = format!("e{offset}");
        let Event::RecordAppended(mut record) = appended(offset, &id) else { unreachable!() };
        record.leader_epoch = epoch;
        let (leader, follower) = (1 + epoch % 2, 2 - epoch % 2);
        tell(at, 1, 28_000, sent(&id));
        tell(at + 3_000, 20_000, 1, Event::RecordAppended(record));
        tell(at + 3_000, 100_000, 1, log_end(leader, offset + 1));
        tell(at + 5_000, 200_000, 1, log_end(follower, offset + 1));
        tell(at + 6_000, 30_000, 1, watermark(offset + 1));
        tell(at + 8_000, 1, 28_000, acknowledged(offset, &id));
        tell(at + 12_000, 5_000, 28_000, position(offset + 1));
    }
    told.sort_by_key(|(when, ..)| *when);
    (1..).zip(told).map(|(seq, (_, seen, event))| Fact { seq, at: Micros(seen), event }).collect()
}

/// When each step of each record was seen and is shown: sent, stored, copied by either, committed, acknowledged, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Sent,
    Stored,
    Copied(i32),
    Committed,
    Acknowledged,
    Read,
}

type Steps = BTreeMap<(i64, Step), (Micros, Micros)>;

fn steps(facts: &[Fact], shown: &[Micros]) -> Steps {
    let mut steps = Steps::new();
    for (fact, shown) in facts.iter().zip(shown) {
        let mut up_to = |end: i64, step: Step| {
            for offset in 0..end {
                steps.entry((offset, step)).or_insert((fact.at, *shown));
            }
        };
        match &fact.event {
            Event::ReplicaLogEnd { broker, log_end_offset, .. } => up_to(*log_end_offset, Step::Copied(broker.0)),
            Event::OffsetsMoved { high_watermark, .. } => up_to(*high_watermark, Step::Committed),
            Event::PositionMoved { offset, .. } => up_to(*offset, Step::Read),
            Event::RecordSent { event_id, .. } => {
                steps.insert((event_id[1..].parse().unwrap(), Step::Sent), (fact.at, *shown));
            }
            Event::RecordAppended(a) => drop(steps.insert((a.offset, Step::Stored), (fact.at, *shown))),
            Event::RecordAcknowledged { offset, .. } => {
                steps.insert((*offset, Step::Acknowledged), (fact.at, *shown));
            }
            _ => {}
        }
    }
    steps
}

#[test]
fn causes_are_shown_before_their_effects_and_within_the_delay() {
    // How many there were at the usual delay, and how many of them came too late.
    let mut pairs = (0, 0);
    for seed in 0..400 {
        let facts = flights(seed);
        let delay = [0, 1_200_000, 2_400_000, 4_000_000, 2_400_000][usize::try_from(seed % 5).unwrap()];
        let mut schedule = Schedule::new(delay);
        let shown: Vec<Micros> = facts.iter().map(|f| schedule.shown_at(f)).collect();
        let (mut newest, mut leaders) = (Micros(0), Vec::new());
        for (fact, shown) in facts.iter().zip(&shown) {
            newest = newest.max(fact.at);
            assert!(*shown >= fact.at, "seed {seed}: {fact:?} is shown before it was seen");
            assert!(shown.since(newest) <= delay, "seed {seed}: {fact:?} is shown later than the delay allows");
            if let Event::PartitionChanged { .. } = fact.event {
                leaders.push(*shown);
                assert_eq!(shown.since(fact.at), delay, "seed {seed}: the cluster's own news is at exactly the delay");
            }
        }
        let steps = steps(&facts, &shown);
        let order = [
            (Step::Sent, Step::Stored),
            (Step::Stored, Step::Committed),
            (Step::Stored, Step::Acknowledged),
            (Step::Stored, Step::Read),
            (Step::Committed, Step::Acknowledged),
            (Step::Committed, Step::Read),
            (Step::Copied(1), Step::Committed),
            (Step::Copied(2), Step::Committed),
        ];
        for offset in 0..40 {
            for (cause, effect) in order {
                let (Some(c), Some(e)) = (steps.get(&(offset, cause)), steps.get(&(offset, effect))) else { continue };
                // What is seen only when its effect is on the screen comes too late, and so does what stands behind it.
                let late = |(cause, effect): (Step, Step)| {
                    (0..=offset).any(|offset| {
                        let both = steps.get(&(offset, cause)).zip(steps.get(&(offset, effect)));
                        both.is_some_and(|(known, used)| known.0 >= used.1 && known.1 >= e.1)
                    })
                };
                // What is seen under a new leader is not shown before that leader is.
                let leader_between = leaders.iter().any(|leader| e.1 < *leader && *leader <= c.1);
                let kept = c.1 <= e.1 || leader_between || order.into_iter().any(late);
                if delay == 2_400_000 {
                    pairs.0 += 1;
                    pairs.1 += u32::from(c.1 > e.1);
                }
                assert!(kept, "seed {seed}, offset {offset}: {cause:?} {c:?} after {effect:?} {e:?}");
            }
        }
    }
    assert!(pairs.0 > 20_000 && pairs.1 * 50 < pairs.0, "{pairs:?}");
}

#[test]
fn a_leg_lands_when_its_block_appears_and_leaves_when_the_one_before_has_landed() {
    for seed in 0..60 {
        let facts = flights(seed);
        let mut player = Player::new(DELAY_MILLIS);
        let mut legs: BTreeMap<i64, Vec<Hop>> = BTreeMap::new();
        let mut coming = facts.iter().cloned().peekable();
        for session in (9_900_000..65_000_000).step_by(20_000).map(Micros) {
            while coming.peek().is_some_and(|f| f.at <= session) {
                player.take(coming.next());
            }
            player.advance(session);
            let records = player.picture().partitions.values().flat_map(|p| p.records.iter());
            let records: BTreeMap<i64, _> = records.map(|(offset, record)| (*offset, record)).collect();
            for hop in player.hops() {
                let offset = hop.offset.unwrap();
                let record = records.get(&offset);
                let already = match &hop.leg {
                    Leg::Produce => record.is_some_and(|r| r.appended.is_some()),
                    Leg::Ack => record.is_some_and(|r| r.history.acknowledged_at.is_some()),
                    Leg::Copy { to } => record.is_some_and(|r| r.history.copied.contains_key(to)),
                    _ => false,
                };
                // Where the copy was seen before the record, the picture takes it for there with the record.
                assert!(!already || matches!(hop.leg, Leg::Copy { .. }), "seed {seed}: {hop:?} at {session:?}");
                let known = legs.entry(offset).or_default();
                known.retain(|k| k.leg != hop.leg);
                known.push(hop.clone());
            }
        }
        for (offset, legs) in &legs {
            let produce = legs.iter().find(|h| h.leg == Leg::Produce && h.count == 1);
            // A pill leaves with the first of those in it.
            for leg in legs.iter().filter(|h| h.leg != Leg::Produce && h.count == 1) {
                assert!(leg.ends.since(leg.starts) >= 300_000, "seed {seed}: {leg:?}");
                assert!(produce.is_none_or(|p| p.ends <= leg.starts), "seed {seed}, offset {offset}: {legs:?}");
            }
        }
        assert!(legs.len() > 20, "seed {seed}: {}", legs.len());
    }
}
