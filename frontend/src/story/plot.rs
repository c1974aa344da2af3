//! What is known of one order: its records in order of time, who sent and who read each, and how it stood when.

use model::{
    fact::{Attempt, Moment, OrderStatus, Sends},
    ids::{Micros, OrderId, PartitionId},
    picture::{Order, Partition, Picture, Record},
};

/// Records of one key that are drawn; of more, the newest.
const MOST: usize = 24;

/// One order, or any other key.
#[derive(Debug)]
pub(crate) struct Plot<'a> {
    /// Its records, in order of time.
    pub(crate) parts: Vec<Part<'a>>,
    /// What was sent and stands on no log: refused, under way, or lost.
    pub(crate) unstored: Vec<&'a Sends>,
    /// What the apps say of it.
    pub(crate) order: Option<&'a Order>,
    /// When a customer pressed.
    pub(crate) pressed: Option<Micros>,
    /// Records that are older than those that are drawn.
    pub(crate) older: usize,
}

/// A record of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    /// Its partition.
    pub(crate) id: &'a PartitionId,
    pub(crate) partition: &'a Partition,
    /// Its offset.
    pub(crate) offset: i64,
    pub(crate) record: &'a Record,
    /// The app that sent it; empty where nobody told.
    pub(crate) app: &'a str,
    /// Its sends, where the tap or the app told of them.
    pub(crate) sends: Option<&'a Sends>,
    /// Which earlier one of the same kind there is: what happened a second time.
    pub(crate) again: Option<Again>,
}

/// Why a record is one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// The same event, at an earlier offset.
    SameEvent,
    /// Another event of the same type for the same order.
    SameType,
}

impl<'a> Plot<'a> {
    /// The story of a key, from what the picture keeps.
    pub(crate) fn of(picture: &'a Picture, key: &'a str) -> Self {
        let mut parts: Vec<Part<'a>> = Vec::new();
        for (id, partition) in picture.shown_partitions() {
            for (offset, record) in &partition.records {
                let Some(appended) = record.appended.as_ref().filter(|a| a.key.as_deref() == Some(key)) else {
                    continue;
                };
                let sends = appended.header("event-id").and_then(|event| picture.wire.of_event(event));
                let app = match sends.map(|s| s.app.as_str()) {
                    Some(app) if !app.is_empty() => app,
                    _ if record.history.sent_by.is_empty() => writer(picture, &id.topic),
                    _ => &record.history.sent_by,
                };
                let part = Part { id, partition, offset: *offset, record, app, sends, again: None };
                let at = parts.partition_point(|p| p.record.stamp.at <= record.stamp.at);
                parts.insert(at, part);
            }
        }
        for n in 1..parts.len() {
            let again = parts.get(n).and_then(|part| parts.get(..n).and_then(|before| again(part, before)));
            if let Some(part) = parts.get_mut(n) {
                part.again = again;
            }
        }
        let older = parts.len().saturating_sub(MOST);
        parts.drain(..older);
        let stored = |s: &&Sends| parts.iter().any(|p| p.sends.is_some_and(|known| known.event_id == s.event_id));
        let unstored = picture.wire.sends.iter().filter(|s| s.key == key && !stored(s)).collect();
        let placed = format!("order {key} placed");
        let press =
            picture.commands.iter().rev().find(|c| {
                c.command == "create_order" && c.finished.as_ref().is_some_and(|f| f.did.starts_with(&placed))
            });
        let order = picture.shop.orders.get(&OrderId(key.to_owned()));
        Self { parts, unstored, order, pressed: press.map(|c| c.received.at), older }
    }

    /// How it stood when.
    pub(crate) fn moments(&self) -> &'a [Moment] {
        self.order.map_or(&[], |o| o.moments.as_slice())
    }

    /// When the order app first had it, where that was told.
    pub(crate) fn placed_at(&self) -> Option<Micros> {
        self.moments().first().map(|m| m.at)
    }

    /// How and when it was decided, where it was.
    pub(crate) fn decided(&self) -> Option<Moment> {
        self.moments().iter().find(|m| m.status != OrderStatus::Open).copied()
    }

    /// Whether something is still to come: a record that is not safe, an answer that did not arrive.
    pub(crate) fn waits(&self) -> bool {
        let watched = |p: &Part<'_>| p.sends.is_some_and(|s| s.sent_at.is_some());
        let open = |p: &Part<'_>| {
            let history = &p.record.history;
            // Of two copies of an event only the one that was answered is acknowledged.
            history.committed_at.is_none() || watched(p) && p.sends.is_some_and(|s| !self.answered(s))
        };
        self.parts.iter().any(open) || self.unstored.iter().any(|s| s.refused_at.is_none())
    }

    fn answered(&self, sends: &Sends) -> bool {
        let its = |p: &&Part<'_>| p.sends.is_some_and(|s| s.event_id == sends.event_id);
        self.parts.iter().filter(its).any(|p| p.record.history.acknowledged_at.is_some())
    }

    /// The first moment of all.
    pub(crate) fn begins(&self) -> Micros {
        let times = self.parts.iter().flat_map(|p| [p.sent_at(), Some(p.record.stamp.at)]).flatten();
        let unstored = self.unstored.iter().flat_map(|s| s.sent_at.into_iter().chain(s.attempts.iter().map(|a| a.at)));
        times.chain(unstored).chain(self.pressed).chain(self.placed_at()).min().unwrap_or_default()
    }
}

impl<'a> Part<'a> {
    /// When its leader had it, as far as it was seen.
    pub(crate) fn stored_at(&self) -> Micros {
        self.record.stamp.at
    }

    /// The request that brought it here, where the tap saw it.
    pub(crate) fn attempt(&self) -> Option<&'a Attempt> {
        self.attempts().find(|a| a.offset == self.offset && a.partition == self.id.partition)
    }

    /// Requests of the same event that were answered with this offset after it was stored: recognised, not stored again.
    pub(crate) fn recognised(&self) -> impl Iterator<Item = &'a Attempt> {
        let first = self.attempt().map(|a| a.at);
        self.attempts().filter(move |a| a.offset == self.offset && Some(a.at) > first)
    }

    fn attempts(&self) -> impl Iterator<Item = &'a Attempt> + use<'a> {
        self.sends.into_iter().flat_map(|s| s.attempts.iter())
    }

    /// When it left its app: as the app told it, or for a second copy of the same event as the tap saw it.
    pub(crate) fn sent_at(&self) -> Option<Micros> {
        let told = self.record.history.sent_at;
        match (self.again, self.attempt()) {
            (Some(Again::SameEvent), attempt) => attempt.map(|a| a.at),
            (_, attempt) => told.or(attempt.map(|a| a.at)),
        }
    }

    /// The last thing known of it on its leader before `at`: from there an answer or a reader takes it.
    pub(crate) fn left_at(&self, at: Micros) -> Micros {
        let known = [Some(self.stored_at()), self.record.history.committed_at];
        known.into_iter().flatten().filter(|t| *t <= at).max().unwrap_or(at)
    }

    /// What it says, for example OrderPlaced.
    pub(crate) fn event_type(&self) -> &'a str {
        let appended = self.record.appended.as_ref();
        appended.and_then(|a| a.header("type").or_else(|| a.header("event-type"))).unwrap_or_default()
    }

    fn event_id(&self) -> Option<&'a str> {
        self.record.appended.as_ref().and_then(|a| a.header("event-id"))
    }
}

fn again(part: &Part<'_>, before: &[Part<'_>]) -> Option<Again> {
    let same_event = |p: &Part<'_>| p.id == part.id && p.event_id().is_some() && p.event_id() == part.event_id();
    let same_type = |p: &Part<'_>| {
        p.id.topic == part.id.topic && !part.event_type().is_empty() && p.event_type() == part.event_type()
    };
    if before.iter().any(same_event) {
        Some(Again::SameEvent)
    } else {
        before.iter().any(same_type).then_some(Again::SameType)
    }
}

/// The app that writes a topic; empty where that is not known.
fn writer<'a>(picture: &'a Picture, topic: &str) -> &'a str {
    picture.apps.iter().find(|(_, app)| app.writes == topic).map_or("", |((name, _), _)| name.as_str())
}

/// When the last word was heard of an order whose first record the picture keeps no more, though there was one; none of an
/// order that may still go on.
pub(crate) fn lost(picture: &Picture, key: &str, now: Micros) -> Option<Micros> {
    /// After this long what an order does is done, and its first record was stored if it ever was.
    const OVER_MICROS: u64 = 20_000_000;
    let last = picture.shop.orders.get(&OrderId(key.to_owned()))?.moments.last()?.at;
    let plot = Plot::of(picture, key);
    let keeps_first = plot.older == 0 && plot.parts.iter().any(|p| p.event_type() == "OrderPlaced");
    (now.since(last) > OVER_MICROS && !keeps_first && plot.unstored.is_empty()).then_some(last)
}

/// The key of the newest record that has one.
pub(crate) fn newest_key(picture: &Picture) -> Option<String> {
    let newest =
        |p: &Partition| p.records.values().rev().find_map(|r| Some((r.stamp.seq, r.appended.as_ref()?.key.clone()?)));
    let newest = picture.shown_partitions().filter_map(|(_, p)| newest(p)).max_by_key(|(seq, _)| *seq);
    newest.map(|(_, key)| key)
}
