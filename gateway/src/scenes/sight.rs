//! What a step of a scene sees: the run's facts, the picture before and now, and where the next order will go.

use model::{
    fact::{Event, ProcessState},
    ids::{BrokerId, OrderId, PartitionId},
    picture::{Partition, Picture},
    verdict::{Evidence, Measure},
};

use super::partitioner::partition_of;

/// The shop's topics have so many partitions each.
const PARTITIONS: i32 = 2;

/// What is seen now.
#[derive(Debug)]
pub(super) struct Sight<'a> {
    pub(super) evidence: &'a Evidence,
    /// The number that the next order gets, `A-<n>`.
    pub(super) next_order: u64,
    /// Whether the guard is on.
    pub(super) guarded: bool,
}

impl Sight<'_> {
    /// The picture now.
    pub(super) fn picture(&self) -> &Picture {
        self.evidence.after()
    }

    /// The picture when the run began.
    pub(super) fn before(&self) -> &Picture {
        self.evidence.before()
    }

    /// Under which name the run's orders are placed.
    pub(super) fn customer(&self) -> String {
        customer(self.evidence.run())
    }

    /// The run's first order.
    pub(super) fn order(&self) -> String {
        self.evidence.orders().first().map(|order| order.0.clone()).unwrap_or_default()
    }

    /// The partition of `orders` that the run's order behind so many others is on, or where none was placed yet, goes to:
    /// its key is the order id.
    pub(super) fn partition_of_order(&self, others: usize) -> i32 {
        let next = || format!("A-{}", self.next_order);
        let order = self.evidence.orders().into_iter().nth(others).map_or_else(next, |order| order.0);
        partition_of(&order, PARTITIONS)
    }

    /// Who led a partition of `orders` when the run began.
    pub(super) fn leader(&self, partition: i32) -> BrokerId {
        self.evidence.leader_before("orders", partition)
    }

    /// Its other replicas.
    pub(super) fn followers(&self, partition: i32) -> Vec<BrokerId> {
        let leader = self.leader(partition);
        let known = self.before().partitions.get(&PartitionId::new("orders", partition));
        known.map(|p| p.replicas.iter().copied().filter(|b| *b != leader).collect()).unwrap_or_default()
    }

    /// A partition of `orders` now.
    pub(super) fn partition(&self, partition: i32) -> Option<&Partition> {
        self.picture().partitions.get(&PartitionId::new("orders", partition))
    }

    /// Whether another broker leads it than before, and answers.
    pub(super) fn leader_moved(&self, partition: i32) -> bool {
        self.partition(partition)
            .is_some_and(|p| p.leader != self.leader(partition) && self.picture().leader_reachable(p))
    }

    /// Whether an order of the run is on the log of a partition under a later leader epoch than before the run.
    pub(super) fn appended_since_move(&self, partition: i32) -> bool {
        let id = PartitionId::new("orders", partition);
        let before = self.before().partitions.get(&id).map_or(-1, |p| p.leader_epoch);
        let orders = self.evidence.orders();
        self.evidence.facts().iter().any(|fact| match &fact.event {
            Event::RecordAppended(record) => {
                let its = record.header("correlation-id").is_some_and(|o| orders.contains(&OrderId(o.to_owned())));
                its && record.topic == id.topic && record.partition == partition && record.leader_epoch > before
            }
            _ => false,
        })
    }

    /// Whether plain readers have read something behind every aborted record of the run.
    pub(super) fn readers_passed_aborted(&self, readers: &[u32]) -> bool {
        let aborted = self.evidence.aborted("OrderPlaced");
        !aborted.is_empty()
            && aborted.iter().all(|place| readers.iter().all(|reader| self.evidence.has_read_behind(*reader, place)))
    }

    /// Whether a plain reader has read something behind a record of the run whose transaction is open.
    pub(super) fn read_behind_open(&self, reader: u32) -> bool {
        self.evidence.undecided("OrderPlaced").iter().any(|place| self.evidence.has_read_behind(reader, place))
    }

    /// What a measure says so far.
    pub(super) fn number(&self, measure: &Measure) -> i64 {
        self.evidence.number(measure).unwrap_or_default()
    }

    /// Records of the run's orders on the log.
    pub(super) fn records(&self, event: &str) -> i64 {
        self.number(&Measure::Records { event: event.to_owned() })
    }

    /// Its acknowledged sends.
    pub(super) fn acknowledged(&self, event: &str) -> i64 {
        self.number(&Measure::Acknowledged { event: event.to_owned() })
    }

    /// How often an app did the work of these records.
    pub(super) fn handled(&self, app: &str, event: &str) -> i64 {
        self.number(&Measure::Handled { app: app.to_owned(), event: event.to_owned() })
    }

    /// How often an instance of the plain reader read them.
    pub(super) fn read_by(&self, instance: u32, event: &str) -> i64 {
        self.number(&Measure::ReadBy { instance, event: event.to_owned() })
    }

    /// Whether a group is stable and has nothing left to read.
    pub(super) fn group_is_done(&self, group: &str) -> bool {
        let known = self.picture().groups.get(group);
        known.is_some_and(|g| g.state == "Stable" && self.picture().unread(g) == 0)
    }

    /// Whether a group is stable and has so many members, each with something to read.
    pub(super) fn shared_by(&self, group: &str, members: usize) -> bool {
        self.picture().groups.get(group).is_some_and(|known| {
            let all_have = known.members.iter().all(|member| !member.assignment.is_empty());
            known.state == "Stable" && known.members.len() == members && all_have
        })
    }

    /// Whether the first instance of an app came to its crash point and is dead.
    pub(super) fn crashed(&self, app: &str) -> bool {
        self.came_to_crash_point(app, ProcessState::Dead)
    }

    /// Whether it came to its crash point and stands still there.
    pub(super) fn stands_still(&self, app: &str) -> bool {
        self.came_to_crash_point(app, ProcessState::Paused)
    }

    fn came_to_crash_point(&self, app: &str, state: ProcessState) -> bool {
        let known = self.picture().apps.get(&(app.to_owned(), 1));
        self.number(&Measure::CrashPoints) >= 1 && known.is_some_and(|known| known.process.state == state)
    }

    /// Whether all that an order sets in motion has come to rest: it is confirmed, each send was acknowledged, and each
    /// partition of the shop is committed as far as it was written.
    pub(super) fn gone_through(&self) -> bool {
        let acknowledged = self.acknowledged("OrderConfirmed") == self.number(&Measure::OrdersPlaced);
        let committed = |p: &Partition| p.offsets.as_ref().is_none_or(|o| o.high_watermark == o.log_end_offset);
        self.all_confirmed() && acknowledged && self.picture().shown_partitions().all(|(_, p)| committed(p))
    }

    /// Whether all the run's orders are confirmed.
    pub(super) fn all_confirmed(&self) -> bool {
        self.number(&Measure::OrdersPlaced) > 0 && self.number(&Measure::NotConfirmed) == 0
    }
}

/// The customer's name of a run.
pub(super) fn customer(run: u64) -> String {
    format!("scene-{run}")
}
