//! /api/state as interface.md names its fields, read independently of the code that writes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// A topic's partition.
pub(crate) type Partition = (String, i32);

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct State {
    pub(crate) session: Session,
    pub(crate) bootstrap: String,
    pub(crate) stage_bootstrap: String,
    pub(crate) brokers: Vec<BrokerState>,
    pub(crate) controllers: Vec<ControllerState>,
    pub(crate) controller: Controller,
    pub(crate) partitions: Vec<PartitionState>,
    pub(crate) groups: Vec<GroupState>,
    pub(crate) producers: Vec<ProducerState>,
    pub(crate) apps: Vec<AppState>,
    pub(crate) shop: Shop,
    pub(crate) green: Green,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Session {
    pub(crate) mode: String,
    pub(crate) seq: u64,
    pub(crate) age_ms: Option<u64>,
    pub(crate) dropped_facts: u64,
    pub(crate) surprises: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct BrokerState {
    pub(crate) id: i32,
    pub(crate) process: String,
    pub(crate) registration: String,
    pub(crate) pid: Option<u32>,
    pub(crate) port: i32,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ControllerState {
    pub(crate) id: i32,
    pub(crate) process: String,
    pub(crate) pid: Option<u32>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Controller {
    pub(crate) leader_id: i32,
    pub(crate) epoch: i32,
    pub(crate) voters: Vec<i32>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PartitionState {
    pub(crate) topic: String,
    pub(crate) partition: i32,
    pub(crate) leader: i32,
    pub(crate) leader_reachable: bool,
    pub(crate) leader_epoch: i32,
    pub(crate) replicas: Vec<i32>,
    pub(crate) isr: Vec<i32>,
    pub(crate) log_start_offset: i64,
    pub(crate) high_watermark: i64,
    pub(crate) last_stable_offset: i64,
    pub(crate) log_end_offset: i64,
    pub(crate) replica_log_ends: BTreeMap<String, i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct GroupState {
    pub(crate) group_id: String,
    pub(crate) state: String,
    pub(crate) protocol: String,
    pub(crate) members: Vec<MemberState>,
    pub(crate) offsets: Vec<GroupOffset>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct MemberState {
    pub(crate) member_id: String,
    pub(crate) client_id: String,
    pub(crate) assignment: Vec<Assigned>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Assigned {
    pub(crate) topic: String,
    pub(crate) partition: i32,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct GroupOffset {
    pub(crate) topic: String,
    pub(crate) partition: i32,
    pub(crate) committed: i64,
    pub(crate) lag: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ProducerState {
    pub(crate) topic: String,
    pub(crate) partition: i32,
    pub(crate) producer_id: i64,
    pub(crate) producer_epoch: i32,
    pub(crate) last_sequence: i32,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AppState {
    pub(crate) app: String,
    pub(crate) process: String,
    pub(crate) guards: BTreeMap<String, bool>,
    pub(crate) pid: Option<u32>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Shop {
    pub(crate) items: Vec<Item>,
    pub(crate) orders: Orders,
    pub(crate) proof: Proof,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) item: String,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) sold: i64,
    pub(crate) created: i64,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Orders {
    pub(crate) open: u64,
    pub(crate) confirmed: u64,
    pub(crate) cancelled: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Proof {
    pub(crate) status: String,
    pub(crate) taken_cents: i64,
    pub(crate) refunded_cents: i64,
    pub(crate) confirmed_cents: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Green {
    pub(crate) is: bool,
    pub(crate) missing: Vec<String>,
}

impl State {
    pub(crate) fn broker(&self, id: i32) -> &BrokerState {
        self.brokers.iter().find(|broker| broker.id == id).unwrap_or_else(|| panic!("no broker {id} in {self:?}"))
    }

    pub(crate) fn app(&self, name: &str) -> &AppState {
        self.apps.iter().find(|app| app.app == name).unwrap_or_else(|| panic!("no app {name} in {self:?}"))
    }

    pub(crate) fn partition(&self, topic: &str, partition: i32) -> &PartitionState {
        let found = self.partitions.iter().find(|p| (p.topic.as_str(), p.partition) == (topic, partition));
        found.unwrap_or_else(|| panic!("no {topic} {partition} in {self:?}"))
    }

    pub(crate) fn group(&self, id: &str) -> &GroupState {
        self.groups.iter().find(|group| group.group_id == id).unwrap_or_else(|| panic!("no group {id} in {self:?}"))
    }

    /// Every process there is: JVMs and apps.
    pub(crate) fn pids(&self) -> Vec<u32> {
        let brokers = self.brokers.iter().filter_map(|broker| broker.pid);
        let controllers = self.controllers.iter().filter_map(|controller| controller.pid);
        brokers.chain(controllers).chain(self.apps.iter().filter_map(|app| app.pid)).collect()
    }

    /// A broker that leads partitions of the shop.
    pub(crate) fn a_leader(&self) -> i32 {
        self.partition("orders", 0).leader
    }

    /// Leader, replicas and in-sync set of every partition.
    pub(crate) fn layout(&self) -> BTreeMap<Partition, Placement> {
        let placement = |p: &PartitionState| Placement {
            leader: p.leader,
            replicas: p.replicas.clone(),
            isr: p.isr.iter().copied().collect(),
        };
        self.partitions.iter().map(|p| ((p.topic.clone(), p.partition), placement(p))).collect()
    }
}

/// Where a partition is. The order of the in-sync set means nothing; that of the replicas does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placement {
    pub(crate) leader: i32,
    pub(crate) replicas: Vec<i32>,
    pub(crate) isr: BTreeSet<i32>,
}
