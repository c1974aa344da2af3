//! The marks under way and about to start: which are drawn one by one, which as a pill, and for how long.

use model::ids::{Micros, PartitionId};

use super::{pace::Pace, sorted::Sorted, speed::Speed};
use crate::stage::{Hop, Leg};

/// A pill takes what lands within this of the first in it.
const PILL_MICROS: u64 = 250_000;
/// How long the thin line stays that stands for a leg where nothing travels.
const TRACE_MICROS: u64 = 1_000_000;
const SECOND_MICROS: u64 = 1_000_000;

/// One leg of one partition.
#[derive(Debug, Default)]
struct Lane {
    pace: Pace,
    /// The pill that is being filled: its number, and when it lands.
    pill: Option<(u64, Micros)>,
}

/// Hops in display time.
#[derive(Debug)]
pub(crate) struct Flying {
    /// What is short or many for the eye depends on how fast time goes.
    speed: Speed,
    less_motion: bool,
    lanes: Sorted<(PartitionId, String), Lane>,
    hops: Vec<Hop>,
    numbers: Vec<u64>,
    next_number: u64,
}

impl Flying {
    pub(crate) fn new(speed: Speed, less_motion: bool) -> Self {
        Self { speed, less_motion, lanes: Sorted::default(), hops: Vec::new(), numbers: Vec::new(), next_number: 0 }
    }

    /// Changes what is short or many; what is under way stays so.
    pub(crate) fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
    }

    /// With less motion nothing travels: a leg is a thin line where it ends, and stays a second.
    pub(crate) fn set_less_motion(&mut self, less: bool) {
        self.less_motion = less;
        if less {
            self.numbers.clear();
            for hop in std::mem::take(&mut self.hops) {
                self.push(hop);
            }
        } else {
            let mut kept = self.hops.iter().map(|h| h.starts < h.ends);
            self.numbers.retain(|_| kept.next().unwrap_or(false));
            self.hops.retain(|h| h.starts < h.ends);
        }
    }

    pub(crate) fn less_motion(&self) -> bool {
        self.less_motion
    }

    /// Counts a record that lands at `shown`, and says whether it is merged.
    pub(crate) fn land(&mut self, id: &PartitionId, shown: Micros) -> bool {
        let second = self.speed.of_micros(SECOND_MICROS);
        self.lanes.entry((id.clone(), key_of(&Leg::Produce))).pace.count(shown, second)
    }

    /// Adds the same leg of records that were told of together, each alone or all to pills.
    pub(crate) fn add(&mut self, id: &PartitionId, hops: Vec<Hop>) {
        let Some(first) = hops.first() else { return };
        let second = self.speed.of_micros(SECOND_MICROS);
        let lane = self.lanes.entry((id.clone(), key_of(&first.leg)));
        let merging = match first.leg {
            // Counted when it landed, whether or not its send was seen.
            Leg::Produce => lane.pace.merging(),
            // One that reads a hundred at once is not followed for the first twenty of them.
            _ => hops.iter().fold(false, |_, hop| lane.pace.count(hop.ends, second)),
        };
        for hop in hops {
            if merging { self.merge(id, hop) } else { self.push(hop) }
        }
    }

    fn merge(&mut self, id: &PartitionId, hop: Hop) {
        let within = self.speed.of_micros(PILL_MICROS);
        let lane = self.lanes.entry((id.clone(), key_of(&hop.leg)));
        let open = lane.pill.filter(|(_, lands)| hop.ends.since(*lands) < within);
        let open = open.and_then(|(number, _)| self.numbers.iter().rposition(|n| *n == number));
        if let Some(pill) = open.and_then(|at| self.hops.get_mut(at)) {
            pill.count += 1;
            pill.offset = pill.offset.max(hop.offset);
            return;
        }
        lane.pill = Some((self.next_number, hop.ends));
        self.push(hop);
    }

    /// Adds a leg that is never merged.
    pub(crate) fn push(&mut self, mut hop: Hop) {
        if self.less_motion {
            hop.starts = hop.ends;
        }
        // In the order in which they start, so that what is drawn over what does not hang on how often somebody looks.
        let at = self.hops.partition_point(|known| known.starts <= hop.starts);
        self.hops.insert(at, hop);
        self.numbers.insert(at, self.next_number);
        self.next_number += 1;
    }

    /// Drops what has ended at display time `now`.
    pub(crate) fn advance(&mut self, now: Micros) {
        let stays = self.speed.of_micros(TRACE_MICROS);
        let over = |h: &Hop| if h.starts < h.ends { h.ends <= now } else { Micros(h.ends.0 + stays) <= now };
        if self.hops.iter().any(over) {
            let mut kept = self.hops.iter().map(|h| !over(h));
            self.numbers.retain(|_| kept.next().unwrap_or(false));
            self.hops.retain(|h| !over(h));
        }
    }

    /// The legs under way; those that are over went with [`advance`](Self::advance).
    pub(crate) fn under_way(&self, now: Micros) -> &[Hop] {
        let started = self.hops.iter().take_while(|h| h.starts <= now).count();
        self.hops.get(..started).unwrap_or_default()
    }
}

fn key_of(leg: &Leg) -> String {
    match leg {
        Leg::Produce => "produce".to_owned(),
        Leg::Again { .. } => "again".to_owned(),
        Leg::Ack => "ack".to_owned(),
        Leg::Lost => "lost".to_owned(),
        Leg::Refused => "refused".to_owned(),
        Leg::Copy { to } => format!("copy {to}"),
        Leg::Read { group } => format!("read {group}"),
    }
}
