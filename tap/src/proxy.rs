//! The tap as its owner holds it: listeners before brokers, rules, and the slow wire.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
};

use serde::Serialize;

use crate::{
    listener::Running,
    observation::{Observation, Observer},
    rule::{Rule, RuleId},
    rules::RuleStatus,
    shared::Shared,
};

/// The slow wire holds no frame longer: a round trip stays under a client's socket time-out of 3 s.
const SLOWEST_MS: u32 = 1000;

/// A tap before any number of brokers. Cheap to clone; when the last clone is gone so are its listeners and connections.
#[derive(Clone, Debug)]
pub struct Tap {
    shared: Arc<Shared>,
    listeners: Arc<Mutex<BTreeMap<i32, Listener>>>,
}

#[derive(Debug)]
struct Listener {
    listen: SocketAddr,
    upstream: SocketAddr,
    /// `None` while it is down.
    running: Option<Running>,
}

/// One listener, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proxy {
    /// The broker it stands before.
    pub broker: i32,
    /// Where clients connect.
    pub listen: SocketAddr,
    /// The broker's own address.
    pub upstream: SocketAddr,
    /// Off: it is closed, and connecting to it is refused.
    pub enabled: bool,
}

impl Tap {
    /// A tap without listeners; with an observer it tells everything it sees.
    pub fn new(observer: Option<Observer>) -> Self {
        Self { shared: Arc::new(Shared::new(observer)), listeners: Arc::default() }
    }

    fn listeners(&self) -> MutexGuard<'_, BTreeMap<i32, Listener>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens for `broker`, whose own address is `upstream`; answers where, once it does. Port 0 picks one.
    ///
    /// # Errors
    /// Where the address is taken, or this broker has a listener.
    pub async fn listen(&self, broker: i32, listen: SocketAddr, upstream: SocketAddr) -> io::Result<SocketAddr> {
        let mut listeners = self.listeners();
        if listeners.contains_key(&broker) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("broker {broker} has a listener")));
        }
        let running = Running::start(Arc::clone(&self.shared), broker, listen, upstream)?;
        let listen = running.address;
        listeners.insert(broker, Listener { listen, upstream, running: Some(running) });
        Ok(listen)
    }

    /// Ends a broker's listener and its connections; answers whether there was one.
    pub async fn unlisten(&self, broker: i32) -> bool {
        let gone = self.listeners().remove(&broker);
        let was = gone.is_some();
        if let Some(running) = gone.and_then(|listener| listener.running) {
            running.stop().await;
        }
        was
    }

    /// Off closes the listener and its connections; on listens again at the same address.
    ///
    /// # Errors
    /// Where this broker has no listener, or its address was taken meanwhile.
    pub async fn enable(&self, broker: i32, on: bool) -> io::Result<()> {
        let stopping = {
            let mut listeners = self.listeners();
            let unknown = || io::Error::new(io::ErrorKind::NotFound, format!("broker {broker} has no listener"));
            let listener = listeners.get_mut(&broker).ok_or_else(unknown)?;
            if on && listener.running.is_none() {
                let shared = Arc::clone(&self.shared);
                listener.running = Some(Running::start(shared, broker, listener.listen, listener.upstream)?);
            }
            if on { None } else { listener.running.take() }
        };
        if let Some(running) = stopping {
            running.stop().await;
        }
        Ok(())
    }

    /// All listeners, by broker.
    pub fn proxies(&self) -> Vec<Proxy> {
        let status = |(broker, it): (&i32, &Listener)| Proxy {
            broker: *broker,
            listen: it.listen,
            upstream: it.upstream,
            enabled: it.running.is_some(),
        };
        self.listeners().iter().map(status).collect()
    }

    /// Ends all listeners and connections.
    pub async fn close(&self) {
        let all = std::mem::take(&mut *self.listeners());
        for running in all.into_values().filter_map(|listener| listener.running) {
            running.stop().await;
        }
    }

    /// From now on the rule waits for its frame. One that can never match ([`Rule::check`]) waits for ever.
    pub fn arm(&self, rule: Rule) -> RuleId {
        let id = self.shared.rules.arm(rule.clone());
        self.shared.tell(Observation::RuleArmed { rule: id, is: rule });
        id
    }

    /// Takes a rule back; answers whether it still waited.
    pub fn disarm(&self, id: RuleId) -> bool {
        self.expire("disarmed", |it| it == id) > 0
    }

    /// Takes all rules back; answers how many there were.
    pub fn clear(&self, why: &str) -> usize {
        self.expire(why, |_| true)
    }

    fn expire(&self, why: &str, which: impl Fn(RuleId) -> bool) -> usize {
        let gone = self.shared.rules.expire(why, which);
        for rule in &gone {
            self.shared.tell(Observation::RuleExpired { rule: *rule, why: why.to_owned() });
        }
        gone.len()
    }

    /// The rules that are armed, and then the last that are over.
    pub fn rules(&self) -> Vec<RuleStatus> {
        self.shared.rules.all()
    }

    /// Holds Produce requests, their answers and Fetch answers with records for `ms` each, 1,000 at most; 0 ends it.
    pub fn slow(&self, ms: u32) {
        let ms = ms.min(SLOWEST_MS);
        if self.shared.slow_ms.swap(ms, Ordering::Relaxed) != ms {
            self.shared.tell(Observation::SlowWire { ms });
        }
    }

    /// How slow the wire is.
    pub fn slow_ms(&self) -> u32 {
        self.shared.slow_ms()
    }
}
