//! What a person chose to be drawn, where there is more than has room; what is empty is chosen by the stage.

use model::ids::{BrokerId, PartitionId};

/// Columns that have room, where they are chosen by hand.
pub const MOST_PARTITIONS: usize = super::order::MOST_COLUMNS;
/// Bands that have room.
pub const MOST_BROKERS: usize = super::grid::MOST_ROWS;

/// Partitions, brokers and groups, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Partitions that have a column.
    pub partitions: Vec<PartitionId>,
    /// Brokers that have a band.
    pub brokers: Vec<BrokerId>,
    /// Groups that come before others.
    pub groups: Vec<String>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// A partition.
    Partition(PartitionId),
    /// A broker.
    Broker(BrokerId),
    /// A group.
    Group(String),
}

impl Chosen {
    /// Whether one is among them.
    pub fn has(&self, pick: &Pick) -> bool {
        match pick {
            Pick::Partition(id) => self.partitions.contains(id),
            Pick::Broker(id) => self.brokers.contains(id),
            Pick::Group(id) => self.groups.contains(id),
        }
    }

    /// Takes one in, or out. What was never chosen by hand begins with what is shown.
    pub fn toggle(&mut self, pick: Pick, shown: &Self) {
        match pick {
            Pick::Partition(id) => turn(&mut self.partitions, id, &shown.partitions, MOST_PARTITIONS),
            Pick::Broker(id) => turn(&mut self.brokers, id, &shown.brokers, MOST_BROKERS),
            Pick::Group(id) => turn(&mut self.groups, id, &shown.groups, usize::MAX),
        }
    }
}

/// The one that is taken in last takes the place of the one before, where there is no more room.
fn turn<T: Clone + PartialEq>(chosen: &mut Vec<T>, one: T, shown: &[T], most: usize) {
    if chosen.is_empty() {
        chosen.extend(shown.iter().cloned());
    }
    match chosen.iter().position(|known| *known == one) {
        Some(at) => drop(chosen.remove(at)),
        None => {
            chosen.truncate(most.saturating_sub(1));
            chosen.push(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_choice_begins_with_what_is_shown_and_never_grows_beyond_the_room() {
        let mut chosen = Chosen::default();
        let broker = |id| Pick::Broker(BrokerId(id));
        let shown = Chosen { brokers: (1..=6).map(BrokerId).collect(), ..Chosen::default() };
        chosen.toggle(broker(9), &shown);
        let ids = |chosen: &Chosen| chosen.brokers.iter().map(|b| b.0).collect::<Vec<_>>();
        assert_eq!(ids(&chosen), [1, 2, 3, 4, 5, 9]);
        chosen.toggle(broker(2), &shown);
        assert_eq!(ids(&chosen), [1, 3, 4, 5, 9]);
        assert!(chosen.has(&broker(9)) && !chosen.has(&broker(2)));
    }
}
