//! What can be measured in a run: the words that scenes write their verdicts with.

use serde::{Deserialize, Serialize};

use super::{Evidence, Measured, cluster, groups, order, records, shop, transactions, wire};
use crate::{fact::Control, ids::PartitionId};

/// A measure. `event` is a record's `type` header; each counts what belongs to the run's own orders, where it can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "measure", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// Orders that customers of this run placed.
    OrdersPlaced,
    /// Sends that were acknowledged, each event once.
    Acknowledged { event: String },
    /// Records on the log.
    Records { event: String },
    /// Records on the log that a read_committed reader gets: not of aborted or open transactions.
    CommittedRecords { event: String },
    /// The most records that one send left on the log.
    EqualRecords { event: String },
    /// Sends that were acknowledged and are not on the log.
    AcknowledgedMissing,
    /// Sends that are on the log more than once.
    RecordsTwice,
    /// Offsets whose record was taken back.
    Truncated,
    /// How often an app did the work of these records.
    Handled { app: String, event: String },
    /// How often its inbox skipped them.
    Skipped { app: String, event: String },
    /// The longest that one of these records had waited until an app had done its work, milliseconds from the log.
    HandledAfterMs { app: String, event: String },
    /// Orders of which an app handled an event while an earlier one of the same order was still to come.
    OutOfOrder { app: String },
    /// Orders whose records on a topic are on more than one partition.
    Scattered { topic: String },
    /// How many of a hundred of these records are on the partition that has most of them.
    FullestPercent { event: String },
    /// How many of a hundred of these records the busiest instance of an app handled.
    BusiestPercent { app: String, event: String },
    /// Records that an app could not read.
    Unreadable { app: String },
    /// Records of the run that a group has not read at the end.
    Unread { group: String },
    /// Transitions of the run's orders that an app's state machine refused.
    TransitionsRefused { app: String },
    /// The same, parked until what they need has come.
    TransitionsParked { app: String },
    /// Orders that are in this state at the end, by an app's state machine.
    StandsAs { app: String, state: String },
    /// From a member's end until another had what it had, milliseconds at most; of members that left, or that were killed.
    TakenOverMs { group: String, left: bool },
    /// Members that have no partition at the end.
    IdleMembers { group: String },
    /// How often a partition was taken from a member that got it back with the next assignment.
    StoppedInVain { group: String },
    /// How often a partition went from one member to another.
    MovedPartitions { group: String },
    /// The longest that a partition of a rebalance had no owner, milliseconds.
    StoppedMs { group: String },
    /// How often instance `instance` of the plain reader read them.
    ReadBy { instance: u32, event: String },
    /// The longest that one of the records it read had waited for that reader, milliseconds from the log.
    ReadAfterMs { instance: u32, event: String },
    /// Pieces that the stock app reserved or sold for the run's orders, at most.
    PiecesTaken,
    /// Pieces that are still reserved for the run's orders at the end.
    PiecesReserved,
    /// Cents that the payment app took for the run's orders.
    MoneyTaken,
    /// Orders that were confirmed.
    Confirmed,
    /// Orders that were cancelled.
    Cancelled,
    /// Orders of which the three apps' books do not agree at the end, by the rules of the proof.
    NotAddingUp,
    /// How often a partition's leadership moved.
    LeaderChanges { topic: String, partition: i32 },
    /// The same, while no controller answered.
    LeaderChangesWithoutController { topic: String, partition: i32 },
    /// By how much its leader epoch grew.
    LeaderEpochs { topic: String, partition: i32 },
    /// The fewest replicas in sync that it had.
    SmallestIsr { topic: String, partition: i32 },
    /// The longest stretch in which its leader could not be reached, milliseconds; 0 for none.
    GapMs { topic: String, partition: i32 },
    /// The longest of these stretches of any partition of a topic.
    LongestGapMs { topic: String },
    /// Acknowledged records that are above the high watermark still: no consumer can read them.
    AcknowledgedAboveWatermark { topic: String },
    /// Brokers that were fenced while their process was only paused.
    FencedWhilePaused,
    /// By how much the metadata quorum's epoch grew.
    ControllerEpochs,
    /// Produce requests of a send beyond the first, as the tap saw them.
    Retries { event: String },
    /// Under how many (producer id, epoch, sequence) one event was sent, at most; 0 where it was sent without any.
    Sequences { event: String },
    /// Frames that an armed fault hit.
    FaultsFired,
    /// Produce answers with this error, as the tap saw them.
    Refusals { error: String },
    /// Records of aborted transactions that a plain reader read all the same.
    ReadAborted { instance: u32, event: String },
    /// Orders that were placed and not confirmed.
    NotConfirmed,
    /// Crash points that an app came to.
    CrashPoints,
    /// Transaction markers on the log of a topic.
    Markers { topic: String, control: Control },
    /// Records of transactions that were aborted.
    AbortedRecords { event: String },
    /// By how much a transactional id's producer epoch grew.
    ProducerEpochs { transactional_id: String },
    /// Transactional producers that were refused for good.
    Fenced,
    /// The longest a transaction of the run stayed open on a partition, milliseconds.
    OpenMs { topic: String },
}

impl Measure {
    pub(super) fn read(&self, evidence: &Evidence) -> Measured {
        let at = |topic: &str, partition: i32| PartitionId::new(topic, partition);
        match self {
            Self::OrdersPlaced => shop::orders_placed(evidence),
            Self::Acknowledged { event } => records::acknowledged(evidence, event),
            Self::Records { event } => records::on_log(evidence, event),
            Self::CommittedRecords { event } => transactions::committed(evidence, event),
            Self::EqualRecords { event } => records::equal(evidence, event),
            Self::AcknowledgedMissing => records::acknowledged_missing(evidence),
            Self::RecordsTwice => records::twice(evidence),
            Self::Truncated => records::truncated(evidence),
            Self::Handled { app, event } => shop::handled(evidence, app, event, false),
            Self::Skipped { app, event } => shop::handled(evidence, app, event, true),
            Self::HandledAfterMs { app, event } => order::handled_after(evidence, app, event),
            Self::OutOfOrder { app } => order::out_of_order(evidence, app),
            Self::Scattered { topic } => order::scattered(evidence, topic),
            Self::FullestPercent { event } => order::fullest(evidence, event),
            Self::BusiestPercent { app, event } => order::busiest(evidence, app, event),
            Self::Unreadable { app } => order::unreadable(evidence, app),
            Self::Unread { group } => groups::unread(evidence, group),
            Self::TransitionsRefused { app } => shop::transitions(evidence, app, "refused"),
            Self::TransitionsParked { app } => shop::transitions(evidence, app, "parked"),
            Self::StandsAs { app, state } => shop::stands_as(evidence, app, state),
            Self::TakenOverMs { group, left } => groups::taken_over(evidence, group, *left),
            Self::IdleMembers { group } => groups::idle(evidence, group),
            Self::StoppedInVain { group } => groups::stopped_in_vain(evidence, group),
            Self::MovedPartitions { group } => groups::moved(evidence, group),
            Self::StoppedMs { group } => groups::stopped(evidence, group),
            Self::ReadBy { instance, event } => records::read_by(evidence, *instance, event),
            Self::ReadAfterMs { instance, event } => records::read_after(evidence, *instance, event),
            Self::PiecesTaken => shop::pieces_taken(evidence),
            Self::PiecesReserved => shop::pieces_reserved(evidence),
            Self::MoneyTaken => shop::money_taken(evidence),
            Self::Confirmed => shop::confirmed(evidence),
            Self::Cancelled => shop::cancelled(evidence),
            Self::NotAddingUp => shop::not_adding_up(evidence),
            Self::LeaderChanges { topic, partition } => cluster::leader_changes(evidence, &at(topic, *partition)),
            Self::LeaderChangesWithoutController { topic, partition } => {
                cluster::leader_changes_without_controller(evidence, &at(topic, *partition))
            }
            Self::LeaderEpochs { topic, partition } => cluster::leader_epochs(evidence, &at(topic, *partition)),
            Self::SmallestIsr { topic, partition } => cluster::smallest_isr(evidence, &at(topic, *partition)),
            Self::GapMs { topic, partition } => cluster::gap(evidence, &at(topic, *partition)),
            Self::LongestGapMs { topic } => cluster::longest_gap(evidence, topic),
            Self::AcknowledgedAboveWatermark { topic } => records::above_watermark(evidence, topic),
            Self::FencedWhilePaused => cluster::fenced_while_paused(evidence),
            Self::ControllerEpochs => cluster::controller_epochs(evidence),
            Self::Retries { event } => wire::retries(evidence, event),
            Self::Sequences { event } => wire::sequences(evidence, event),
            Self::FaultsFired => wire::faults_fired(evidence),
            Self::Refusals { error } => wire::refusals(evidence, error),
            Self::ReadAborted { instance, event } => transactions::read_aborted(evidence, *instance, event),
            Self::NotConfirmed => shop::not_confirmed(evidence),
            Self::CrashPoints => wire::crash_points(evidence),
            Self::Markers { topic, control } => transactions::markers(evidence, topic, *control),
            Self::AbortedRecords { event } => transactions::aborted(evidence, event),
            Self::ProducerEpochs { transactional_id } => transactions::epochs(evidence, transactional_id),
            Self::Fenced => transactions::fenced(evidence),
            Self::OpenMs { topic } => transactions::open(evidence, topic),
        }
    }
}
