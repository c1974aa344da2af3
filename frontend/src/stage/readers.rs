//! Who reads a topic: groups and their members.

use model::{
    fact::Member,
    ids::PartitionId,
    ordered::Ordered,
    picture::{App, Group, Picture},
};

use super::Chosen;

/// More groups than this have no room under a topic.
pub(super) const MOST_READERS: usize = 3;

/// A group that reads a topic.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) group_id: &'a str,
    pub(crate) group: &'a Group,
    /// The app behind the group, where it is one of ours.
    pub(super) app: Option<&'a str>,
}

impl<'a> Reader<'a> {
    /// The groups of a topic, those that a person chose and the most important first, and how many more there are.
    pub(crate) fn of_topic(picture: &'a Picture, topic: &str, chosen: Option<&Chosen>) -> (Vec<Self>, usize) {
        // Offsets are sorted by topic, and there may be very many.
        let first = PartitionId::new(topic, i32::MIN);
        let reads = |group: &Group| {
            group.members.iter().flat_map(|m| &m.assignment).any(|a| a.topic == topic)
                || group.offsets.range(first.clone()..).next().is_some_and(|(id, _)| id.topic == topic)
        };
        let mut readers = Ordered::new();
        let left = |group: &String| chosen.is_some_and(|c| !c.groups.is_empty() && !c.groups.contains(group));
        for (group_id, group) in picture.groups.iter().filter(|(_, group)| reads(group)) {
            let app = picture.apps.iter().find(|(_, a)| a.group == *group_id).map(|((name, _), _)| name.as_str());
            readers.insert(
                (left(group_id), app.is_none(), group.members.is_empty(), group_id),
                Self { group_id, group, app },
            );
        }
        let more = readers.len().saturating_sub(MOST_READERS);
        (readers.into_values().take(MOST_READERS).collect(), more)
    }

    /// What the coordinator says of the group, where it is not simply reading.
    pub(super) fn is_moving(&self) -> bool {
        // Kafka's words: classic groups are Preparing- or CompletingRebalance, those of KIP-848 Assigning or Reconciling.
        !matches!(self.group.state.as_str(), "Stable" | "Empty" | "Dead" | "")
    }

    /// A member's number: its app instance, or its place among the members.
    pub(super) fn number(&self, picture: &Picture, member: &Member) -> u32 {
        if let Some((instance, _)) = self.instance(picture, member) {
            return instance;
        }
        let before = |m: &&Member| (&m.client_id, &m.member_id) < (&member.client_id, &member.member_id);
        1 + self.group.members.iter().filter(before).count() as u32
    }

    /// The app instance behind a member.
    pub(super) fn instance<'p>(&self, picture: &'p Picture, member: &Member) -> Option<(u32, &'p App)> {
        let of_group = picture.apps.iter().filter(|(_, a)| a.group == self.group_id);
        of_group.filter(|(_, a)| a.client_id == member.client_id).map(|((_, n), a)| (*n, a)).next()
    }

    /// Members that have nothing to read anywhere.
    pub(super) fn idle(&self) -> impl Iterator<Item = &'a Member> {
        self.group.members.iter().filter(|m| m.assignment.is_empty())
    }
}
