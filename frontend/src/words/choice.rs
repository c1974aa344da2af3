//! The list one chooses from: every partition, broker and group, and which of them are drawn.

use model::{ids::BrokerId, picture::Picture};

use crate::stage::{
    Chosen, Pick,
    chosen::{MOST_BROKERS, MOST_PARTITIONS},
    order,
};

/// One to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is called.
    pub name: String,
    /// What is chosen by it.
    pub pick: Pick,
    /// Whether it is drawn.
    pub shown: bool,
}

/// The whole list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChoiceWords {
    /// Under headings.
    pub parts: Vec<(String, Vec<Item>)>,
    /// Whether anything was chosen by hand.
    pub by_hand: bool,
}

/// The list of a picture, of which `shown` is drawn.
pub fn words(picture: &Picture, shown: &Chosen, chosen: &Chosen) -> ChoiceWords {
    let item = |name: String, pick: Pick| Item { name, shown: shown.has(&pick), pick };
    let mut parts = Vec::new();
    let all = picture.shown_partitions().filter(|(_, p)| p.stamp.is_some()).count();
    for (n, topic) in order::topics(picture).into_iter().enumerate() {
        let of_topic = picture.shown_partitions().filter(|(id, p)| id.topic == topic && p.stamp.is_some());
        let items = of_topic.map(|(id, _)| item(id.partition.to_string(), Pick::Partition(id.clone())));
        let counted = if n == 0 && all > MOST_PARTITIONS {
            format!("Partitions of {topic}; {MOST_PARTITIONS} of all {all} have room")
        } else {
            format!("Partitions of {topic}")
        };
        parts.push((counted, items.collect()));
    }
    let brokers: Vec<BrokerId> = picture.brokers.keys().copied().collect();
    let counted = if brokers.len() > MOST_BROKERS {
        format!("Brokers; {MOST_BROKERS} of {} have room", brokers.len())
    } else {
        "Brokers".to_owned()
    };
    parts.push((counted, brokers.into_iter().map(|id| item(id.to_string(), Pick::Broker(id))).collect()));
    let groups: Vec<Item> = picture.groups.keys().map(|id| item(id.clone(), Pick::Group(id.clone()))).collect();
    if !groups.is_empty() {
        parts.push(("Groups; three a topic have room".to_owned(), groups));
    }
    ChoiceWords { parts, by_hand: *chosen != Chosen::default() }
}
