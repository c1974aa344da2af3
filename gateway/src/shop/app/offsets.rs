//! Which offset may be committed: the first record of a partition whose work is not finished, or the one after the last.

use std::collections::BTreeMap;

/// A record's place, and under which assignment it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) topic: String,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    /// Counts assignments: what was begun under an earlier one is no longer ours to commit.
    pub(crate) generation: u64,
}

/// An offset to commit: the next one to read.
pub(crate) type Commit = (String, i32, i64);

#[derive(Debug, Default)]
struct Progress {
    generation: u64,
    /// The offset after the last record that was taken up; -1 before the first.
    next: i64,
    /// Records that still wait for events of theirs to be delivered, with how many.
    waiting: BTreeMap<i64, usize>,
    /// What a commit was last asked for; -1 where none was, or where it failed.
    asked: i64,
}

impl Progress {
    fn finished(&self) -> i64 {
        self.waiting.keys().next().copied().unwrap_or(self.next)
    }
}

/// The progress of all partitions that are assigned to this member.
#[derive(Debug, Default)]
pub(crate) struct Offsets {
    partitions: BTreeMap<(String, i32), Progress>,
    generation: u64,
    failed: bool,
    /// Commits that were not answered yet.
    under_way: usize,
}

impl Offsets {
    /// These partitions are ours from now on.
    pub(crate) fn assign(&mut self, partitions: &[(String, i32)]) {
        self.generation += 1;
        for partition in partitions {
            let progress = Progress { generation: self.generation, next: -1, asked: -1, ..Progress::default() };
            self.partitions.insert(partition.clone(), progress);
        }
    }

    /// These partitions go to somebody else; what is finished in them can be committed now.
    pub(crate) fn revoke(&mut self, partitions: &[(String, i32)]) -> Vec<Commit> {
        let mut commits = Vec::new();
        for (topic, partition) in partitions {
            if let Some(progress) = self.partitions.remove(&(topic.clone(), *partition))
                && progress.finished() >= 0
                && progress.finished() > progress.asked
            {
                commits.push((topic.clone(), *partition, progress.finished()));
            }
        }
        commits
    }

    /// Whether anything is ours.
    pub(crate) fn is_assigned(&self) -> bool {
        !self.partitions.is_empty()
    }

    /// The assignment a record of this partition is read under.
    pub(crate) fn generation(&self, topic: &str, partition: i32) -> u64 {
        self.partitions.get(&(topic.to_owned(), partition)).map_or(0, |progress| progress.generation)
    }

    /// A record was taken up and has so many events to be delivered before it is finished.
    pub(crate) fn begin(&mut self, place: &Place, events: usize) {
        if let Some(progress) = self.of(place) {
            progress.next = place.offset + 1;
            if events > 0 {
                progress.waiting.insert(place.offset, events);
            }
        }
    }

    /// One of a record's events was delivered; whether it was the last.
    pub(crate) fn one_delivered(&mut self, place: &Place) -> bool {
        if let Some(progress) = self.of(place)
            && let Some(left) = progress.waiting.get_mut(&place.offset)
        {
            *left -= 1;
            if *left == 0 {
                progress.waiting.remove(&place.offset);
                return true;
            }
        }
        false
    }

    /// A record's offset was committed in the transaction of its events.
    pub(crate) fn committed(&mut self, place: &Place) {
        if let Some(progress) = self.of(place) {
            progress.waiting.remove(&place.offset);
            progress.asked = progress.asked.max(place.offset + 1);
        }
    }

    /// Whether a record was read under the assignment that holds now.
    pub(crate) fn is_ours(&mut self, place: &Place) -> bool {
        self.of(place).is_some()
    }

    /// Whether a commit was asked for and not answered yet.
    pub(crate) const fn is_commit_under_way(&self) -> bool {
        self.under_way > 0
    }

    /// What has to be committed; each offset is named once. Nothing while a commit is under way: one that is tried
    /// again would come after a newer one and take the group back.
    pub(crate) fn take_commits(&mut self) -> Vec<Commit> {
        if self.under_way > 0 {
            return Vec::new();
        }
        let mut commits = Vec::new();
        for ((topic, partition), progress) in &mut self.partitions {
            let finished = progress.finished();
            if finished >= 0 && finished > progress.asked {
                progress.asked = finished;
                commits.push((topic.clone(), *partition, finished));
            }
        }
        commits
    }

    /// All that is finished, whatever was asked for before: the last word of a member that leaves.
    pub(crate) fn last_commits(&mut self) -> Vec<Commit> {
        self.under_way = 0;
        self.commit_failed();
        self.take_commits()
    }

    /// A commit is about to be asked for; [`Self::commit_ended`] follows, whatever comes of it.
    pub(crate) fn commit_begins(&mut self) {
        self.under_way += 1;
    }

    /// A commit was answered, or not sent.
    pub(crate) fn commit_ended(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Whether [`Self::take_commits`] has anything.
    pub(crate) fn may_commit(&self) -> bool {
        self.under_way == 0 && self.partitions.values().any(|progress| progress.finished() > progress.asked)
    }

    /// A commit failed: everything is asked for again.
    pub(crate) fn commit_failed(&mut self) {
        for progress in self.partitions.values_mut() {
            progress.asked = -1;
        }
        self.failed = true;
    }

    /// Whether a commit failed since this was last asked.
    pub(crate) fn take_failed(&mut self) -> bool {
        std::mem::take(&mut self.failed)
    }

    fn of(&mut self, place: &Place) -> Option<&mut Progress> {
        let progress = self.partitions.get_mut(&(place.topic.clone(), place.partition))?;
        (progress.generation == place.generation).then_some(progress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic() -> (String, i32) {
        (String::from("orders"), 0)
    }

    fn place(offsets: &Offsets, offset: i64) -> Place {
        Place { topic: topic().0, partition: 0, offset, generation: offsets.generation("orders", 0) }
    }

    #[test]
    fn a_record_holds_back_the_commit_until_its_events_are_delivered() {
        let mut offsets = Offsets::default();
        offsets.assign(&[topic()]);
        assert!(offsets.take_commits().is_empty());
        let (first, second) = (place(&offsets, 5), place(&offsets, 6));
        offsets.begin(&first, 1);
        offsets.begin(&second, 0);
        assert_eq!(offsets.take_commits(), [(topic().0, 0, 5)], "the record at 5 is not finished");
        offsets.one_delivered(&first);
        assert!(offsets.may_commit());
        assert_eq!(offsets.take_commits(), [(topic().0, 0, 7)]);
        assert!(!offsets.may_commit());
        offsets.commit_failed();
        assert_eq!(offsets.take_commits(), [(topic().0, 0, 7)]);
    }

    #[test]
    fn one_commit_is_under_way_at_a_time() {
        let mut offsets = Offsets::default();
        offsets.assign(&[topic()]);
        offsets.begin(&place(&offsets, 5), 0);
        assert_eq!(offsets.take_commits(), [(topic().0, 0, 6)]);
        offsets.commit_begins();
        offsets.begin(&place(&offsets, 6), 0);
        assert!(!offsets.may_commit() && offsets.take_commits().is_empty());
        offsets.commit_ended();
        assert_eq!(offsets.take_commits(), [(topic().0, 0, 7)]);
        offsets.commit_begins();
        assert_eq!(offsets.last_commits(), [(topic().0, 0, 7)]);
    }

    #[test]
    fn what_a_transaction_committed_is_not_committed_again() {
        let mut offsets = Offsets::default();
        offsets.assign(&[topic()]);
        let (first, second) = (place(&offsets, 5), place(&offsets, 6));
        offsets.begin(&first, 2);
        assert_eq!(offsets.take_commits(), [(topic().0, 0, 5)]);
        offsets.committed(&first);
        assert!(!offsets.may_commit());
        offsets.begin(&second, 0);
        assert_eq!(offsets.take_commits(), [(topic().0, 0, 7)]);
        assert!(offsets.is_ours(&first));
        offsets.assign(&[topic()]);
        assert!(!offsets.is_ours(&first));
    }

    #[test]
    fn what_was_begun_under_an_earlier_assignment_is_not_committed() {
        let mut offsets = Offsets::default();
        offsets.assign(&[topic()]);
        let before = place(&offsets, 5);
        offsets.begin(&before, 1);
        assert_eq!(offsets.revoke(&[topic()]), [(topic().0, 0, 5)]);
        offsets.assign(&[topic()]);
        offsets.one_delivered(&before);
        assert!(offsets.take_commits().is_empty());
    }
}
