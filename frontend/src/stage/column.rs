//! A column: a partition, its window of offsets, and where an offset stands in it.

use model::{
    ids::{BrokerId, Micros, PartitionId},
    picture::Partition,
};

use super::{Fresh, News, View, layout::Layout};
use crate::{
    lanes::spans::{self, Span},
    paint::bounded,
};

/// How long a step of the watermark or of the window takes.
const STEP_MICROS: u64 = 240_000;
/// How long a record takes to land, to become solid and to get its lid.
const SETTLE_MICROS: u64 = 120_000;
/// How long a change of leadership is pointed at.
const FRESH_MICROS: u64 = 6_000_000;

/// A partition's column.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub(super) layout: Layout,
    pub(super) id: &'a PartitionId,
    pub(super) partition: &'a Partition,
    pub(super) x: f64,
    pub(super) w: f64,
    /// How many records its window holds.
    pub(super) slots: i64,
    /// The first offset of the window; between two offsets while the window moves on.
    pub(super) base: f64,
    /// Where the watermark line stands, in offsets.
    pub(super) watermark: Option<f64>,
    /// Set for a while after leadership moved.
    pub(super) handover: Option<Handover>,
    /// Its transactions.
    pub(super) spans: Vec<Span>,
    /// What of it has just been shown.
    news: Vec<&'a Fresh>,
    now: Micros,
}

/// A change of leadership that has just been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Handover {
    /// Who led before.
    pub(super) from: BrokerId,
    /// When the new leader was first named.
    pub(super) at: Micros,
    /// How long nobody who could be reached led.
    pub(super) unled: Option<(Micros, Micros)>,
}

impl<'a> Column<'a> {
    pub(super) fn new(view: &View<'a>, (id, partition): (&'a PartitionId, &'a Partition), x: f64, w: f64) -> Self {
        let layout = view.layout;
        // 38 px for the in-sync line, 30 for the channels; a hand's score has neither.
        let slots = ((w - if layout.is_phone() { 10.0 } else { 68.0 }) / layout.slot()).floor().max(3.0) as i64;
        let news: Vec<_> = view.fresh.iter().filter(|f| !view.still && f.what.partition() == Some(id)).collect();
        // What is left to be gone of steps that were shown a moment ago.
        let left = |by: i64, at: Micros| by.min(slots) as f64 * (1.0 - eased(view.now.since(at), STEP_MICROS));
        let (mut coming, mut committing) = (0.0, 0.0);
        for fresh in &news {
            match &fresh.what {
                News::Grown { by, .. } => coming += left(*by, fresh.at),
                News::Committed { from, to, .. } => committing += left(to - from, fresh.at),
                _ => {}
            }
        }
        let start = partition.offsets.as_ref().map_or(0, |o| o.log_start_offset);
        let end = partition.log_end_offset();
        let keep = (slots - 2) as f64;
        let base = (end as f64 - coming - keep).max(start as f64);
        let watermark = partition.offsets.as_ref().map(|o| o.high_watermark as f64 - committing);
        let (handover, spans) = (handover(partition, view.now), spans::of(partition));
        let now = view.now;
        Self { layout, id, partition, x, w, slots, base, watermark, handover, spans, news, now }
    }

    /// How far the newest of such news has settled.
    fn settled(&self, is: impl Fn(&News) -> bool) -> f64 {
        let newest = self.news.iter().rev().find(|f| is(&f.what));
        newest.map_or(1.0, |f| eased(self.now.since(f.at), SETTLE_MICROS))
    }

    /// How far a record has settled on a replica.
    pub(super) fn stored(&self, on: BrokerId, offset: i64) -> f64 {
        self.settled(|news| {
            matches!(news, News::Stored { broker, from, to, .. } if *broker == on && (*from..*to).contains(&offset))
        })
    }

    /// How far a record has become solid.
    pub(super) fn committed(&self, offset: i64) -> f64 {
        self.settled(|news| matches!(news, News::Committed { from, to, .. } if (*from..*to).contains(&offset)))
    }

    /// How far a record's lid has come down.
    pub(super) fn acknowledged(&self, of: i64) -> f64 {
        self.settled(|news| matches!(news, News::Acknowledged { offset, .. } if *offset == of))
    }

    /// Left edge of the record with this offset.
    pub(super) fn at(&self, offset: f64) -> f64 {
        self.tape() + (offset - self.base) * self.layout.slot()
    }

    /// Middle of the record with this offset, held inside the window.
    pub(super) fn middle(&self, offset: i64) -> f64 {
        let last = self.base + self.slots as f64 - 1.0;
        self.at(bounded(offset as f64, self.base, last.max(self.base))) + self.layout.block() / 2.0
    }

    /// In the gap before the record with this offset, held inside the window.
    pub(super) fn before(&self, offset: f64) -> f64 {
        self.at(bounded(offset, self.base, self.base + self.slots as f64))
            - (self.layout.slot() - self.layout.block()) / 2.0
    }

    /// Offsets of the window that may hold a record before `end`.
    pub(super) fn window(&self, end: i64) -> std::ops::Range<i64> {
        let start = self.partition.offsets.as_ref().map_or(0, |o| o.log_start_offset);
        let first = self.base.floor() as i64;
        first.max(start)..end.min(self.base.ceil() as i64 + self.slots)
    }

    /// The in-sync line.
    pub(super) fn rail(&self) -> f64 {
        self.x + 16.0
    }

    /// Start of the tape, of words and of the group's track.
    pub(super) fn tape(&self) -> f64 {
        self.x + if self.layout.is_phone() { 3.0 } else { 38.0 }
    }

    /// End of the tape.
    pub(super) fn tape_end(&self) -> f64 {
        self.tape() + self.slots as f64 * self.layout.slot() - (self.layout.slot() - self.layout.block())
    }

    /// Left edge of plates and feet.
    pub(super) fn left(&self) -> f64 {
        self.x + if self.layout.is_phone() { -1.0 } else { 30.0 }
    }

    /// Right edge of plates and feet.
    pub(super) fn right(&self) -> f64 {
        self.x + self.w - if self.layout.is_phone() { 4.0 } else { 32.0 }
    }

    /// Where records come down.
    pub(super) fn channel(&self) -> f64 {
        self.x + self.w - 25.0
    }

    /// Where answers go up.
    pub(super) fn answers(&self) -> f64 {
        self.x + self.w - 10.0
    }
}

fn handover(partition: &Partition, now: Micros) -> Option<Handover> {
    let at = partition.leader_since;
    if !partition.leader.exists() || now.since(at) > FRESH_MICROS {
        return None;
    }
    let unled = partition.outage.and_then(|o| Some((o.broker, o.since, o.until?))).filter(|(_, _, until)| *until >= at);
    // Where Metadata said -1 in between, who led before that is what counts.
    let from = if partition.previous_leader.exists() { partition.previous_leader } else { unled?.0 };
    let unled = unled.filter(|(broker, ..)| *broker == from).map(|(_, since, until)| (since, until));
    (from != partition.leader).then_some(Handover { from, at, unled })
}

/// How far a step that takes `whole` is after `age`: fast first, then settling.
pub(super) fn eased(age: u64, whole: u64) -> f64 {
    let left = 1.0 - (age as f64 / whole as f64).min(1.0);
    1.0 - left * left * left
}

/// The same, slow at both ends.
pub(super) fn swung(age: u64, whole: u64) -> f64 {
    let share = (age as f64 / whole as f64).min(1.0);
    if share < 0.5 { 2.0 * share * share } else { 1.0 - 2.0 * (1.0 - share) * (1.0 - share) }
}
