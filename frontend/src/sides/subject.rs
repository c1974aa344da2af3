//! What of a run is worth looking at: the event that something happened to, where it stands, and what was sent of it.

use model::{
    fact::{Attempt, Sends},
    ids::PartitionId,
    picture::{Partition, Picture, Run},
};

use crate::story::{Again, Part, Plot};

/// A run may have placed many orders; the first of them are looked at.
const MOST_ORDERS: usize = 16;

/// The event of a run that its verdict is about.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) id: PartitionId,
    pub(super) partition: &'a Partition,
    /// The app that sent it; empty where nobody told.
    pub(super) app: String,
    /// Its records on this partition, in order.
    pub(super) parts: Vec<Part<'a>>,
    /// What was sent of it; each record of its own event has its own.
    pub(super) sends: Vec<&'a Sends>,
    /// How it is one too many, where it is.
    pub(super) again: Option<Again>,
}

/// How much there is to see of an event: the more, the higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Plain,
    Refused,
    SameType,
    SameEvent,
    Taken,
}

impl<'a> Subject<'a> {
    /// Of the orders of the run's customer; of a topic, where that is given and there is something of it.
    pub(super) fn of(picture: &'a Picture, run: &Run, topic: Option<&str>) -> Option<Self> {
        let its = |customer: &str| !run.customer.is_empty() && customer == run.customer;
        let keys = picture.shop.orders.iter().filter(|(_, o)| o.placed.as_ref().is_some_and(|p| its(&p.customer)));
        let mut best: Option<(Worth, Self)> = None;
        for (key, _) in keys.take(MOST_ORDERS) {
            let plot = Plot::of(picture, &key.0);
            let stored = plot.parts.iter().filter_map(|part| Self::stored(&plot, *part));
            let unstored = plot.unstored.iter().copied().filter_map(|sends| Self::unstored(picture, sends));
            let fits = |s: &(Worth, Self)| topic.is_none_or(|topic| s.1.id.topic == topic);
            for found in stored.chain(unstored).filter(fits) {
                if best.as_ref().is_none_or(|(worth, _)| found.0 > *worth) {
                    best = Some(found);
                }
            }
        }
        match best {
            None if topic.is_some() => Self::of(picture, run, None),
            best => best.map(|(_, subject)| subject),
        }
    }

    fn stored(plot: &Plot<'a>, part: Part<'a>) -> Option<(Worth, Self)> {
        // What comes after it and is the same belongs to it.
        let mut parts = vec![part];
        let alike = plot.parts.iter().filter(|p| p.id == part.id && p.stored_at() > part.stored_at());
        let of_type = |p: &&Part<'a>| p.again.is_some() && p.event_type() == part.event_type();
        parts.extend(alike.filter(of_type).copied());
        let again = parts.iter().find_map(|p| p.again);
        let mut sends: Vec<&'a Sends> = Vec::new();
        for of in parts.iter().filter_map(|p| p.sends) {
            if !sends.iter().any(|known| known.event_id == of.event_id) {
                sends.push(of);
            }
        }
        let worth = match again {
            _ if part.again.is_some() => return None,
            _ if sends.iter().flat_map(|s| &s.attempts).any(|a| a.lost_at.is_some()) => Worth::Taken,
            Some(Again::SameEvent) => Worth::SameEvent,
            Some(Again::SameType) => Worth::SameType,
            None => Worth::Plain,
        };
        let (id, partition, app) = (part.id.clone(), part.partition, part.app.to_owned());
        Some((worth, Self { id, partition, app, parts, sends, again }))
    }

    fn unstored(picture: &'a Picture, sends: &'a Sends) -> Option<(Worth, Self)> {
        let last = sends.attempts.last()?;
        let id = PartitionId::new(sends.topic.clone(), last.partition);
        let partition = picture.partitions.get(&id)?;
        let worth = if last.lost_at.is_some() { Worth::Taken } else { Worth::Refused };
        let (app, parts, sends) = (sends.app.clone(), Vec::new(), vec![sends]);
        Some((worth, Self { id, partition, app, parts, sends, again: None }))
    }

    /// The first offset of it, and the last; the log's end where it stands on no log.
    pub(super) fn offsets(&self) -> (i64, i64) {
        let end = self.partition.log_end_offset();
        let first = self.parts.first().map_or(end, |p| p.offset);
        (first, self.parts.last().map_or(end - 1, |p| p.offset))
    }

    /// The requests that carried it, in order of time, each with the id of its event.
    pub(super) fn attempts(&self) -> Vec<(&'a str, &'a Attempt)> {
        let mut all: Vec<(&'a str, &'a Attempt)> = Vec::new();
        for (event_id, attempt) in self.sends.iter().flat_map(|s| s.attempts.iter().map(|a| (s.event_id.as_str(), a))) {
            let at = all.partition_point(|(_, known)| known.at <= attempt.at);
            all.insert(at, (event_id, attempt));
        }
        all
    }

    /// Whether an attempt brought the record that stands at its offset, or one that stood there already.
    pub(super) fn stored_by(&self, attempt: &Attempt) -> Option<i64> {
        let its = |p: &&Part<'_>| p.attempt().is_some_and(|a| a.at == attempt.at);
        self.parts.iter().find(its).map(|p| p.offset)
    }

    /// The request that the broker recognised and did not store again.
    pub(super) fn recognised(&self) -> Option<&'a Attempt> {
        self.parts.iter().find_map(|p| p.recognised().next())
    }

    /// Producer and sequence, where its producer numbers what it sends.
    pub(super) fn sequence(&self) -> Option<(i64, i32)> {
        let appended = self.parts.first()?.record.appended.as_ref().filter(|a| a.producer_id >= 0)?;
        Some((appended.producer_id, appended.sequence))
    }
}
