//! One lane: where its cards, replicas and groups lie, and which offsets its window shows.

use model::{
    ids::{BrokerId, PartitionId},
    picture::Partition,
};

use super::{
    bottom,
    choice::{Choice, Known},
    right, top,
};
use crate::{
    paint::{Ink, Shape, width},
    stage::{Selected, View, pen::Pen, readers::Reader},
    words::numbers::seconds,
};

pub(super) const LEFT: f64 = 32.0;
/// Where words of the left column begin.
pub(super) const WORDS: f64 = 72.0;
/// Between two cards; lines between two records stand in its middle.
const GAP: f64 = 12.0;
/// Where the in-sync line stands.
pub(super) const RAIL: f64 = 48.0;

/// How the cards of a lane lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cards {
    /// Left edge of the first.
    pub(crate) left: f64,
    /// Width of one.
    pub(crate) wide: f64,
    /// How far under the lane's top they begin.
    pub(crate) head: f64,
    /// How many times as large as in the lanes their words are.
    pub(crate) scale: f64,
}

impl Cards {
    /// Beside the names of replicas and groups.
    const LANES: Self = Self { left: 268.0, wide: 86.0, head: 56.0, scale: 1.0 };

    /// From one card to the next.
    pub(crate) const fn pitch(self) -> f64 {
        self.wide + GAP
    }
}

/// A partition's lane.
#[derive(Debug)]
pub(crate) struct Lane<'a> {
    pub(super) id: &'a PartitionId,
    pub(super) partition: &'a Partition,
    pub(super) y: f64,
    h: f64,
    pub(crate) cards: Cards,
    /// Cards of its window; the inspector stands right of them.
    pub(super) slots: i64,
    /// Right edge of what belongs to it.
    pub(super) right: f64,
    /// The first offset of the window.
    pub(super) base: i64,
    /// Replicas beside the leader.
    pub(super) followers: Vec<BrokerId>,
    /// Groups that read it, and how many more there are.
    pub(super) readers: Vec<Reader<'a>>,
    pub(super) more_readers: usize,
}

impl<'a> Lane<'a> {
    pub(super) fn all(view: &View<'a>, chosen: &[Known<'a>]) -> Vec<Self> {
        let (right, top, bottom) = (right(view.layout), top(view.layout), bottom(view.layout));
        let cards = Cards::LANES;
        let slots = ((right - 110.0 - cards.left) / cards.pitch()).floor().max(3.0) as i64;
        let h = ((bottom - top) / chosen.len().max(1) as f64).min(340.0);
        let lane = |(i, (id, partition)): (usize, &Known<'a>)| {
            let followers: Vec<BrokerId> =
                partition.replicas.iter().copied().filter(|b| *b != partition.leader && b.exists()).collect();
            let (mut readers, mut more_readers) = Reader::of_topic(view.picture, &id.topic, view.chosen);
            let room = ((h - 196.0 - 20.0 * (followers.len() as f64 - 2.0)) / 30.0).floor().max(1.0) as usize;
            more_readers += readers.len().saturating_sub(room);
            readers.truncate(room);
            Self {
                id,
                partition,
                y: top + i as f64 * h,
                h,
                cards,
                slots,
                right,
                base: base(view, id, partition, slots),
                followers,
                readers,
                more_readers,
            }
        };
        chosen.iter().enumerate().map(lane).collect()
    }

    /// The cards alone, from an offset on.
    pub(crate) fn of_cards(
        (id, partition): Known<'a>,
        (y, h): (f64, f64),
        cards: Cards,
        (base, slots): (i64, i64),
    ) -> Self {
        let right = cards.left + slots as f64 * cards.pitch();
        let (followers, readers) = (Vec::new(), Vec::new());
        Self { id, partition, y, h, cards, slots, right, base, followers, readers, more_readers: 0 }
    }

    /// Room that is left where everything has its least height.
    fn spare(&self) -> f64 {
        let (followers, readers) = (self.followers.len() as f64, self.readers.len() as f64);
        (self.h - 170.0 - 20.0 * followers - 30.0 * readers).max(0.0)
    }

    pub(crate) fn card_top(&self) -> f64 {
        self.y + self.cards.head
    }

    pub(crate) fn card_height(&self) -> f64 {
        62.0 + (self.spare() * 0.4).min(18.0)
    }

    /// Middle of the cards.
    pub(crate) fn mid(&self) -> f64 {
        self.card_top() + self.card_height() / 2.0
    }

    /// The baseline of the offsets.
    pub(crate) fn offsets(&self) -> f64 {
        self.card_top() + self.card_height() + 19.0 * (1.0 + self.cards.scale) / 2.0
    }

    /// Middle of a follower's tape.
    pub(super) fn follower(&self, which: usize) -> f64 {
        self.offsets() + 18.0 + which as f64 * self.follower_pitch()
    }

    fn follower_pitch(&self) -> f64 {
        20.0 + (self.spare() * 0.1).min(6.0)
    }

    /// The axis of a group's track.
    pub(super) fn track(&self, which: usize) -> f64 {
        self.follower(self.followers.len()) + 6.0 + which as f64 * 30.0
    }

    /// Where the lines of the watermark and the LSO end.
    pub(super) fn bottom(&self) -> f64 {
        self.track(self.readers.len()) - 26.0
    }

    /// Left edge of the card with this offset.
    pub(crate) fn at(&self, offset: i64) -> f64 {
        self.cards.left + (offset - self.base) as f64 * self.cards.pitch()
    }

    /// Middle of the card with this offset.
    pub(crate) fn middle(&self, offset: i64) -> f64 {
        self.at(offset) + self.cards.wide / 2.0
    }

    /// In the gap before the record with this offset, held inside the window.
    pub(super) fn before(&self, offset: i64) -> f64 {
        self.at(offset.clamp(self.base, self.base + self.slots)) - GAP / 2.0
    }

    /// Whether the window has this offset.
    pub(crate) fn shows(&self, offset: i64) -> bool {
        (self.base..self.base + self.slots).contains(&offset)
    }

    /// End of the tapes.
    pub(crate) fn tape_end(&self) -> f64 {
        self.cards.left + self.slots as f64 * self.cards.pitch() - GAP
    }

    /// The offsets of the window that hold records.
    pub(super) fn window(&self) -> std::ops::Range<i64> {
        let start = self.partition.offsets.as_ref().map_or(0, |o| o.log_start_offset);
        self.base.max(start)..self.partition.log_end_offset().min(self.base + self.slots)
    }

    /// The topic, its partitions, and the leader's name beside the cards.
    pub(super) fn name(&self, pen: &mut Pen, view: &View<'_>, choice: &Choice<'_>) {
        if self.y > top(view.layout) {
            pen.line((LEFT, self.y - 5.0), (self.right, self.y - 5.0), Ink::Rule, 2.0);
        }
        let of_topic: Vec<i32> =
            choice.all.iter().filter(|id| id.topic == self.id.topic).map(|id| id.partition).collect();
        let shown = of_topic.len().min(3);
        let room = self.cards.left - LEFT - 20.0 - shown as f64 * 38.0;
        let title = width::cut(&self.id.topic, 28.0, 650, room);
        let mut x = LEFT + width::of(&title, 28.0, 650) + 14.0;
        pen.put(Shape::text(LEFT, self.y + 30.0, title, 28.0, 650).fill(Ink::Text));
        // The neighbours of the one that is shown.
        let at = of_topic.iter().position(|p| *p == self.id.partition).unwrap_or_default();
        let first = at.saturating_sub(1).min(of_topic.len() - shown);
        for partition in of_topic.iter().skip(first).take(shown) {
            let words = partition.to_string();
            let w = (width::of(&words, 22.0, 650) + 14.0).max(30.0);
            let open = *partition == self.id.partition;
            let (ink, line) = if open { (Ink::Text, 2.5) } else { (Ink::Text3, 1.5) };
            let rim = if open { Ink::Text } else { Ink::Edge };
            pen.put(Shape::rect(x, self.y + 6.0, w, 32.0).corner(6.0).stroke(rim, line));
            pen.put(Shape::text(x + w / 2.0, self.y + 30.0, words, 22.0, 650).fill(ink).centred());
            let id = PartitionId::new(self.id.topic.clone(), *partition);
            let label = format!("{id}, {}", if open { "shown below" } else { "show its records" });
            pen.target((x - 2.0, self.y, w + 4.0, 44.0), Selected::Partition(id), label);
            x += w + 8.0;
        }
        self.leader(pen, view);
    }

    fn leader(&self, pen: &mut Pen, view: &View<'_>) {
        let (p, y) = (self.partition, self.mid());
        let led = view.picture.leader_reachable(p);
        let diamond = Shape::diamond(RAIL, y, 13.0);
        pen.put(if led { diamond.fill(Ink::Text) } else { diamond.stroke(Ink::Text2, 2.5).dashed(4.0, 3.0) });
        let (name, word, ink) = match (p.leader.exists(), led, p.unled_since()) {
            (true, true, _) => {
                (format!("broker {}", p.leader), format!("leader, epoch {}", p.leader_epoch), Ink::Text2)
            }
            (exists, _, since) => {
                let lasts = since.map(|at| format!(" {}", seconds(view.now.since(at)))).unwrap_or_default();
                let name = if exists { format!("broker {}", p.leader) } else { "none".to_owned() };
                (name, format!("{}{lasts}", if exists { "leader gone" } else { "no leader" }), Ink::Open)
            }
        };
        pen.put(Shape::text(WORDS, y - 4.0, name.clone(), 20.0, 650).fill(Ink::Text));
        pen.put(Shape::text(WORDS, y + 20.0, word.clone(), 17.0, 400).fill(ink));
        let label = format!("{}, {name}, {word}", self.id);
        if p.leader.exists() {
            let what = Selected::Replica { id: self.id.clone(), broker: p.leader };
            pen.target((LEFT, y - 26.0, self.cards.left - LEFT - 12.0, 52.0), what, label);
        }
    }
}

/// The window ends after the log's end, and goes back where the selected record is older.
fn base(view: &View<'_>, id: &PartitionId, partition: &Partition, slots: i64) -> i64 {
    let start = partition.offsets.as_ref().map_or(0, |o| o.log_start_offset);
    let newest = (partition.log_end_offset() - (slots - 1)).max(start);
    match view.selected {
        Some(Selected::Record { id: of, offset } | Selected::Transaction { id: of, from: offset, .. }) if of == id => {
            newest.min((offset - 1).max(start))
        }
        _ => newest,
    }
}
