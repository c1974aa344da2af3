//! Where the observers' answers meet: the merged view, who is reachable, and what was told already.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::{
    fact::{Event, Level},
    ids::{BrokerId, Micros},
};
use tokio::{net::lookup_host, sync::watch, time::timeout};

use crate::{
    kafka::{Error, Metadata, Node, RegisteredBroker},
    report::Reporter,
};

use super::{
    ObserveConfig,
    groups::known::KnownGroups,
    merge::{Merge, View},
    pace::Pace,
    registration::Registrations,
    replicas::LogEnds,
    tail::state::Tails,
    told::Told,
};

/// `cluster_read` is told at most this often.
const CLUSTER_READ: Duration = Duration::from_millis(500);

/// Where a broker listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// Told by whoever started it; stays.
    Known(SocketAddr),
    /// Advertised by the cluster.
    Named(String, i32),
}

/// A broker we look after.
#[derive(Debug)]
pub(super) struct Broker {
    pub(super) id: BrokerId,
    address: watch::Sender<Address>,
    reachable: watch::Sender<Option<bool>>,
}

impl Broker {
    pub(super) fn new(id: BrokerId, address: Address) -> Self {
        Self { id, address: watch::Sender::new(address), reachable: watch::Sender::new(None) }
    }

    /// Where to connect to; names are looked up each time.
    pub(super) async fn resolve(&self, deadline: Duration) -> Result<SocketAddr, Error> {
        let (host, port) = match self.address.borrow().clone() {
            Address::Known(address) => return Ok(address),
            Address::Named(host, port) => (host, port),
        };
        let unresolved = |cause: String| Error::Unresolved { address: format!("{host}:{port}"), cause };
        let port = u16::try_from(port).map_err(|error| unresolved(error.to_string()))?;
        let mut addresses = timeout(deadline, lookup_host((host.as_str(), port)))
            .await
            .map_err(|_elapsed| unresolved(String::from("no answer from the resolver")))?
            .map_err(|error| unresolved(error.to_string()))?;
        addresses.next().ok_or_else(|| unresolved(String::from("the name has no address")))
    }

    pub(super) fn is_reachable(&self) -> bool {
        *self.reachable.borrow() == Some(true)
    }

    pub(super) fn reachability(&self) -> watch::Receiver<Option<bool>> {
        self.reachable.subscribe()
    }
}

/// What all observers share.
#[derive(Debug)]
pub(super) struct Eyes {
    pub(super) reporter: Reporter,
    pub(super) pace: Pace,
    pub(super) own_cluster: bool,
    pub(super) value_bytes: usize,
    pub(super) include_internal: bool,
    brokers: Mutex<BTreeMap<BrokerId, Arc<Broker>>>,
    found: watch::Sender<Vec<Node>>,
    view: watch::Sender<Arc<View>>,
    merge: Mutex<Merge>,
    registrations: Mutex<Registrations>,
    read_by: Mutex<(Micros, BTreeSet<BrokerId>)>,
    noticed: Mutex<Told<String, String>>,
    tails: Mutex<Tails>,
    log_ends: Mutex<LogEnds>,
    groups: Mutex<KnownGroups>,
}

impl Eyes {
    pub(super) fn new(config: &ObserveConfig, reporter: Reporter) -> Self {
        let pace = Pace::new(config.own_cluster, reporter.clock());
        let configured = config.brokers.iter().filter_map(|(id, _)| *id).collect();
        Self {
            reporter,
            pace,
            own_cluster: config.own_cluster,
            value_bytes: config.value_bytes,
            include_internal: config.include_internal,
            brokers: Mutex::default(),
            found: watch::Sender::default(),
            view: watch::Sender::default(),
            merge: Mutex::default(),
            registrations: Mutex::new(Registrations::of(configured)),
            read_by: Mutex::default(),
            noticed: Mutex::default(),
            tails: Mutex::new(Tails::new(config.own_cluster)),
            log_ends: Mutex::default(),
            groups: Mutex::default(),
        }
    }

    /// What the cluster is, as merged from all brokers' Metadata.
    pub(super) fn view(&self) -> watch::Receiver<Arc<View>> {
        self.view.subscribe()
    }

    pub(super) fn tails(&self) -> MutexGuard<'_, Tails> {
        hold(&self.tails)
    }

    pub(super) fn log_ends(&self) -> MutexGuard<'_, LogEnds> {
        hold(&self.log_ends)
    }

    pub(super) fn groups(&self) -> MutexGuard<'_, KnownGroups> {
        hold(&self.groups)
    }

    /// A broker is looked after from now on.
    pub(super) fn know(&self, broker: Arc<Broker>) {
        hold(&self.brokers).insert(broker.id, broker);
    }

    /// Whether the broker is looked after already; if so, it is looked for at its new address.
    pub(super) fn moved(&self, id: BrokerId, to: &Address) -> bool {
        let brokers = hold(&self.brokers);
        let Some(broker) = brokers.get(&id) else { return false };
        broker.address.send_if_modified(|address| {
            let moves = matches!(address, Address::Named(..)) && address != to;
            if moves {
                *address = to.clone();
            }
            moves
        });
        true
    }

    /// All brokers that answer.
    pub(super) fn reachable(&self) -> Vec<Arc<Broker>> {
        hold(&self.brokers).values().filter(|broker| broker.is_reachable()).cloned().collect()
    }

    /// Brokers that the cluster named.
    pub(super) fn find(&self, nodes: Vec<Node>) {
        self.found.send_if_modified(|found| {
            let news = *found != nodes;
            *found = nodes;
            news
        });
    }

    pub(super) fn found_brokers(&self) -> watch::Receiver<Vec<Node>> {
        self.found.subscribe()
    }

    /// A broker answered a poll.
    pub(super) fn reached(&self, broker: &Broker) {
        let news = broker.reachable.send_if_modified(|reachable| reachable.replace(true) != Some(true));
        if news {
            hold(&self.merge).trust(broker.id, true);
            self.reporter.report(Event::BrokerReachable { broker: broker.id, reachable: true, reason: String::new() });
        }
    }

    /// No connection of ours reaches the broker.
    pub(super) fn missed(&self, broker: &Broker, error: &Error) {
        let news = broker.reachable.send_if_modified(|reachable| reachable.replace(false) != Some(false));
        if news {
            hold(&self.merge).trust(broker.id, false);
            hold(&self.registrations).release(broker.id);
            let reason = error.to_string();
            self.reporter.report(Event::BrokerReachable { broker: broker.id, reachable: false, reason });
            self.pace.trouble();
        }
    }

    /// A broker's Metadata: what it changes is told, then everybody sees the new view.
    pub(super) fn merge(&self, from: BrokerId, metadata: &Metadata) {
        let mut merge = hold(&self.merge);
        let events = merge.answer(from, metadata);
        if !events.is_empty() {
            // What was there when we came is no news.
            let known = self.view.borrow().clone();
            let moved = events.iter().any(|event| {
                matches!(event, Event::PartitionChanged { topic, leader_epoch: 1.., .. }
                    if known.topics.contains_key(topic))
            });
            for event in events {
                if let Event::TopicDeleted { topic } = &event {
                    hold(&self.tails).forget(topic);
                    hold(&self.log_ends).forget(topic);
                }
                self.reporter.report(event);
            }
            self.view.send_replace(Arc::new(merge.view().clone()));
            if moved {
                self.pace.trouble();
            }
        }
        drop(merge);
        if !self.own_cluster {
            self.find(metadata.brokers.clone());
        }
        self.read(from);
    }

    /// Whether this broker is the one that is asked for registrations. One is, for as long as it answers: another
    /// one's older answer would undo what was told.
    pub(super) fn asks_registrations(&self, broker: BrokerId) -> bool {
        hold(&self.registrations).claim(broker)
    }

    /// DescribeCluster's answer.
    pub(super) fn registered(&self, answer: &[RegisteredBroker]) {
        let mut registrations = hold(&self.registrations);
        let is_first = registrations.is_untold();
        let events = registrations.answer(answer);
        if !events.is_empty() && !is_first {
            // A broker that is back is looked for at once.
            self.pace.trouble();
        }
        events.into_iter().for_each(|event| self.reporter.report(event));
        // A fenced broker's metadata may lag behind for as long as it is fenced.
        let fenced = answer.iter().filter(|broker| broker.fenced).map(|broker| broker.node.id);
        hold(&self.merge).fenced(fenced.collect());
    }

    /// A notice that is not repeated until its text changes.
    pub(super) fn notice_once(&self, source: String, level: Level, text: String) {
        if hold(&self.noticed).is_news(source.clone(), text.clone()) {
            self.reporter.report(Event::Notice { level, source, text });
        }
    }

    fn read(&self, by: BrokerId) {
        let now = self.reporter.clock().now();
        let mut read_by = hold(&self.read_by);
        read_by.1.insert(by);
        if Duration::from_micros(now.since(read_by.0)) >= CLUSTER_READ {
            read_by.0 = now;
            let brokers = std::mem::take(&mut read_by.1).into_iter().collect();
            self.reporter.report(Event::ClusterRead { brokers });
        }
    }
}

/// A lock whose holder panicked still guards values that are whole: every change here is one assignment.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
