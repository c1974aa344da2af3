//! Brokers, controllers, groups and apps as last heard of.

use super::Stamp;
use crate::{
    fact::{Member, ProcessState, Registration, Source},
    ids::{BrokerId, Micros, PartitionId},
    ordered::Ordered,
};

/// A process we started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Process {
    /// When it last changed.
    pub stamp: Stamp,
    /// What it does.
    pub state: ProcessState,
    /// Its process id while it lives.
    pub pid: Option<u32>,
    /// Why it changed.
    pub cause: String,
}

/// A broker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Broker {
    /// Its process, where it is ours.
    pub process: Option<Process>,
    /// What the controller says.
    pub registration: Option<(Stamp, Registration)>,
    /// Its advertised address.
    pub host: String,
    /// Its advertised port.
    pub port: i32,
    /// What our connections say, with the reason.
    pub reachable: Option<(Stamp, bool, String)>,
}

impl Broker {
    /// What its process does.
    pub fn state(&self) -> ProcessState {
        self.process.as_ref().map_or(ProcessState::Unknown, |p| p.state)
    }

    /// What the controller says of it.
    pub fn registered(&self) -> Registration {
        self.registration.as_ref().map_or(Registration::Absent, |(_, r)| *r)
    }

    /// Whether it can answer us: its process lives and no connection says otherwise. A process that is starting answers
    /// from the first connection made to it; those of its predecessor say nothing.
    pub fn reachable(&self) -> bool {
        let told = self.reachable.as_ref();
        match &self.process {
            Some(process) if process.state == ProcessState::Dead => false,
            Some(process) if process.state == ProcessState::Starting => {
                told.is_some_and(|(stamp, reachable, _)| *reachable && stamp.seq > process.stamp.seq)
            }
            _ => told.is_none_or(|(_, reachable, _)| *reachable),
        }
    }

    /// Since when it is silent, where that was told; `None` while it answers. A process that is dead or paused was so at
    /// the latest when it was told to be.
    pub fn silent_since(&self) -> Option<Micros> {
        let unanswered = self.reachable.as_ref().filter(|(_, r, _)| !r).map(|(stamp, ..)| stamp.at);
        let ended = self.process.as_ref().filter(|p| matches!(p.state, ProcessState::Dead | ProcessState::Paused));
        let ended = ended.map(|p| p.stamp.at);
        (!self.reachable()).then(|| unanswered.into_iter().chain(ended).min()).flatten()
    }

    /// Since when it is as it is: the process's change, or where it is not ours the connection's.
    pub fn since(&self) -> Stamp {
        let reachable = self.reachable.as_ref().map(|(s, ..)| *s);
        self.process.as_ref().map(|p| p.stamp).or(reachable).unwrap_or_default()
    }
}

/// A controller whose process we know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Controller {
    /// Its process.
    pub process: Process,
}

/// The metadata quorum as DescribeQuorum answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quorum {
    /// When it last changed.
    pub stamp: Stamp,
    /// Its leader, -1 where none answers.
    pub leader_id: BrokerId,
    /// Its epoch.
    pub epoch: i32,
    /// Its voters.
    pub voters: Vec<BrokerId>,
}

/// A group as its coordinator describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// When its description last changed.
    pub stamp: Stamp,
    /// Kafka's word for its state.
    pub state: String,
    /// `classic` or `consumer`.
    pub group_type: String,
    /// The assignor.
    pub protocol: String,
    /// Its coordinator.
    pub coordinator: BrokerId,
    /// Its members.
    pub members: Vec<Member>,
    /// Committed offsets.
    pub offsets: Ordered<PartitionId, GroupOffset>,
    /// Members' positions.
    pub positions: Ordered<PartitionId, Position>,
}

/// A committed offset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupOffset {
    /// When it was seen.
    pub stamp: Stamp,
    /// The next record to read after a restart; -1 where none is committed.
    pub committed: i64,
}

/// A member's position.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Position {
    /// When it was seen.
    pub stamp: Stamp,
    /// Whose.
    pub client_id: String,
    /// The next record it will read.
    pub offset: i64,
    /// Who told.
    pub source: Source,
}

/// An instance of a shop app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct App {
    /// Its process.
    pub process: Process,
    /// The group it reads with.
    pub group: String,
    /// Its client id.
    pub client_id: String,
    /// The topic it reads.
    pub reads: String,
    /// The topic it writes.
    pub writes: String,
}
