//! Which partitions have a lane: those of the selected order, and one of each topic.

use model::{ids::PartitionId, picture::Partition};

use crate::stage::{Selected, View, order};

/// More lanes than this are too low to be read.
const MOST: usize = 3;

/// A partition with its id.
pub(super) type Known<'a> = (&'a PartitionId, &'a Partition);

/// What is drawn of all partitions.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    /// One lane each.
    pub(super) lanes: Vec<Known<'a>>,
    /// All partitions there are, internal topics left out.
    pub(super) all: Vec<&'a PartitionId>,
}

pub(super) fn of<'a>(view: &View<'a>) -> Choice<'a> {
    let picture = view.picture;
    let known: Vec<Known<'a>> = picture.shown_partitions().filter(|(_, p)| p.stamp.is_some()).collect();
    let all = known.iter().map(|(id, _)| *id).collect();
    let wanted = view.selected.and_then(Selected::partition);
    let key = view.selected.and_then(|what| key_of(view, what));
    let holds = |p: &Partition| key.is_some_and(|key| p.records.values().any(|r| has_key(r, key)));
    let mut topics = order::topics(picture);
    // The selected partition's topic is among those that are shown.
    if let Some(at) = wanted.and_then(|id| topics.iter().position(|t| *t == id.topic)).filter(|at| *at >= MOST) {
        topics.swap(at, MOST - 1);
    }
    let of_topic = |topic: &str| -> Option<Known<'a>> {
        let mut of = known.iter().filter(|(id, _)| id.topic == topic);
        let chosen = of.clone().find(|(id, _)| wanted == Some(id));
        chosen.or_else(|| of.clone().find(|(_, p)| holds(p))).or_else(|| of.next()).copied()
    };
    let mut lanes: Vec<Known<'a>> = topics.iter().take(MOST).filter_map(|topic| of_topic(topic)).collect();
    // What a person chose comes first, but for the one that is selected.
    let by_hand = view.chosen.map_or(&[][..], |chosen| &chosen.partitions);
    if known.iter().any(|(id, _)| by_hand.contains(id)) {
        lanes.retain(|(id, _)| wanted == Some(*id) || by_hand.contains(id));
        for more in known.iter().filter(|(id, _)| by_hand.contains(id)) {
            if lanes.len() < MOST && !lanes.iter().any(|(id, _)| *id == more.0) {
                lanes.push(*more);
            }
        }
    }
    for more in &known {
        if lanes.len() < MOST && !lanes.iter().any(|(id, _)| *id == more.0) {
            lanes.push(*more);
        }
    }
    Choice { lanes, all }
}

fn key_of<'a>(view: &View<'a>, what: &Selected) -> Option<&'a str> {
    let Selected::Record { id, offset } = what else { return None };
    view.picture.partitions.get(id)?.records.get(offset)?.appended.as_ref()?.key.as_deref()
}

fn has_key(record: &model::picture::Record, key: &str) -> bool {
    record.appended.as_ref().is_some_and(|a| a.key.as_deref() == Some(key))
}
