//! Which partitions are columns, in which order, and which are only shelves.

use model::{
    ids::PartitionId,
    ordered::Ordered,
    picture::{Partition, Picture},
};

/// More columns than this are too narrow to be read from the last row.
pub(super) const MOST_COLUMNS: usize = 9;
/// Where there are more partitions than columns, this many are chosen.
const CHOSEN: usize = 6;
/// Shelves beside the chosen columns.
const MOST_SHELVES: usize = 20;

/// A partition with its id.
pub(super) type Known<'a> = (&'a PartitionId, &'a Partition);

/// What is drawn of all partitions.
#[derive(Debug, Default)]
pub(super) struct Choice<'a> {
    /// Columns by topic, topics in the order the records take.
    pub(super) columns: Vec<(&'a str, Vec<Known<'a>>)>,
    /// Partitions that get a shelf.
    pub(super) shelves: Vec<Known<'a>>,
    /// All partitions there are, internal topics left out.
    pub(super) all: usize,
}

impl<'a> Choice<'a> {
    /// The choice of a picture; the partition that is selected has a column, and so have those that a person chose.
    pub(super) fn of(picture: &'a Picture, wanted: Option<&PartitionId>, chosen: &[PartitionId]) -> Self {
        let mut by_topic: Ordered<&str, Vec<Known<'a>>> = Ordered::new();
        for (id, partition) in picture.shown_partitions().filter(|(_, p)| p.stamp.is_some()) {
            by_topic.entry(&id.topic).or_default().push((id, partition));
        }
        let all = by_topic.values().map(Vec::len).sum();
        let mut columns: Vec<(&str, Vec<Known<'a>>)> = Vec::new();
        for topic in in_order(picture, &by_topic) {
            if let Some(partitions) = by_topic.remove(topic) {
                columns.push((topic, partitions));
            }
        }
        if all <= MOST_COLUMNS {
            return Self { columns, shelves: Vec::new(), all };
        }
        let by_hand = by_hand(&mut columns, wanted, chosen);
        let rest = if by_hand.is_empty() { split(&mut columns, wanted) } else { by_hand };
        // Around the one that is selected, so that there is a way to every one.
        let beside = |(id, _): &Known<'_>| wanted.is_some_and(|w| w.topic == id.topic);
        let after = |(id, _): &Known<'_>| wanted.is_some_and(|w| w.topic == id.topic && w.partition < id.partition);
        let near = rest.iter().position(after).or_else(|| rest.iter().rposition(beside)).unwrap_or_default();
        let first = near.saturating_sub(MOST_SHELVES / 2).min(rest.len().saturating_sub(MOST_SHELVES));
        let shelves = rest.into_iter().skip(first).take(MOST_SHELVES).collect();
        Self { columns, shelves, all }
    }
}

/// The topics that are drawn, in the order the records take.
pub(crate) fn topics(picture: &Picture) -> Vec<&str> {
    let mut by_topic: Ordered<&str, Vec<Known<'_>>> = Ordered::new();
    for (id, partition) in picture.shown_partitions().filter(|(_, p)| p.stamp.is_some()) {
        by_topic.entry(&id.topic).or_default().push((id, partition));
    }
    in_order(picture, &by_topic)
}

/// Keeps the columns that a person chose and gives back the rest; nothing where none of them is there.
fn by_hand<'a>(
    columns: &mut Vec<(&'a str, Vec<Known<'a>>)>,
    wanted: Option<&PartitionId>,
    chosen: &[PartitionId],
) -> Vec<Known<'a>> {
    let all = || columns.iter().flat_map(|(_, partitions)| partitions);
    if !all().any(|(id, _)| chosen.contains(id)) {
        return Vec::new();
    }
    let wanted = wanted.filter(|wanted| !chosen.contains(wanted));
    let room = MOST_COLUMNS - usize::from(wanted.is_some());
    let chosen = chosen.get(..room.min(chosen.len())).unwrap_or_default();
    let mut rest = Vec::new();
    for (_, partitions) in columns.iter_mut() {
        partitions.retain(|known| {
            let keep = chosen.contains(known.0) || Some(known.0) == wanted;
            if !keep {
                rest.push(*known);
            }
            keep
        });
    }
    columns.retain(|(_, partitions)| !partitions.is_empty());
    rest
}

/// Keeps six columns, each topic getting its next one in turn, with the wanted one among them; gives back the rest.
fn split<'a>(columns: &mut Vec<(&'a str, Vec<Known<'a>>)>, wanted: Option<&PartitionId>) -> Vec<Known<'a>> {
    let mut kept = vec![0_usize; columns.len()];
    let mut left = CHOSEN;
    while left > 0 {
        for ((_, partitions), kept) in columns.iter().zip(&mut kept) {
            if *kept < partitions.len() && left > 0 {
                *kept += 1;
                left -= 1;
            }
        }
    }
    let is_wanted = |(id, _): &Known<'_>| Some(*id) == wanted;
    let place = columns.iter().enumerate().find_map(|(t, (_, p))| Some((t, p.iter().position(is_wanted)?)));
    if let Some((topic, at)) = place
        && kept.get(topic).is_some_and(|kept| *kept <= at)
    {
        // A topic without a column takes the last one of the topics before it.
        if kept.get(topic) == Some(&0)
            && let Some(last) = kept.iter_mut().rev().find(|kept| **kept > 0)
        {
            *last -= 1;
            kept.iter_mut().skip(topic).take(1).for_each(|kept| *kept = 1);
        }
        if let (Some((_, partitions)), Some(kept)) = (columns.get_mut(topic), kept.get(topic)) {
            let chosen = partitions.remove(at);
            partitions.insert(kept.saturating_sub(1), chosen);
        }
    }
    let rest = columns.iter_mut().zip(kept).flat_map(|((_, partitions), kept)| partitions.split_off(kept)).collect();
    columns.retain(|(_, partitions)| !partitions.is_empty());
    rest
}

/// Topics in the order the records take through the apps; the others after them by name.
fn in_order<'a>(picture: &Picture, topics: &Ordered<&'a str, Vec<Known<'a>>>) -> Vec<&'a str> {
    let mut order: Vec<&'a str> = Vec::new();
    let written = |topic: &str| picture.apps.values().any(|a| a.writes == topic);
    let mut next = topics.keys().copied().find(|t| written(t));
    while let Some(topic) = next.filter(|t| !order.contains(t)) {
        order.push(topic);
        let readers = picture.apps.values().filter(|a| a.reads == topic);
        next = readers.filter_map(|a| topics.keys().copied().find(|t| *t == a.writes)).next();
    }
    let others: Vec<&'a str> = topics.keys().copied().filter(|t| !order.contains(t)).collect();
    let (of_apps, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(|t| written(t));
    order.into_iter().chain(of_apps).chain(rest).collect()
}
