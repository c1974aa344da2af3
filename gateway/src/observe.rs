//! The eyes: pollers and tails that turn answers of the cluster into facts.
//!
//! Four connections a broker, by purpose, since a broker serves one request of a connection at a time: `polls`,
//! `fetch`, `groups`, and one `quorum` connection to each controller (`forwarded`, on somebody else's cluster).
//! Every task looks after its own connection; what they see meets in [`shared`].

mod groups;
mod link;
mod merge;
mod pace;
mod polls;
mod quorum;
mod registration;
mod replicas;
mod shared;
mod tail;
mod told;
mod wire;

pub use wire::watch_wire;

use std::{net::SocketAddr, sync::Arc};

use model::{
    fact::{Event, Level},
    ids::BrokerId,
};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::{
    kafka::{self, Connection},
    report::Reporter,
};

use self::shared::{Address, Broker, Eyes};

/// What to look at, and how closely.
#[derive(Clone, Debug)]
pub struct ObserveConfig {
    /// The brokers' addresses. With an id: the broker is known, and is looked for at this address for ever.
    /// Without: ask there for the others.
    pub brokers: Vec<(Option<BrokerId>, SocketAddr)>,
    /// CONTROLLER listeners of our own cluster; empty where the quorum can only be asked through a broker.
    pub controllers: Vec<(BrokerId, SocketAddr)>,
    /// Started by this gateway: asked more often, and read to the log end.
    pub own_cluster: bool,
    /// How many bytes of each value are kept; 0 keeps keys and sizes, and only the headers the product needs.
    pub value_bytes: usize,
    /// Whether records of `__consumer_offsets` and `__transaction_state` are told too.
    pub include_internal: bool,
}

/// The running observers.
#[derive(Debug)]
pub struct Observers {
    supervisor: JoinHandle<()>,
}

impl Observers {
    /// Waits until all observers have ended, after the shutdown signal was given.
    pub async fn ended(self) {
        if let Err(error) = self.supervisor.await
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}

/// Starts all observers; they end when `shutdown` becomes true or its sender is gone.
pub fn start(config: ObserveConfig, reporter: Reporter, shutdown: watch::Receiver<bool>) -> Observers {
    Observers { supervisor: tokio::spawn(supervise(config, reporter, shutdown)) }
}

async fn supervise(config: ObserveConfig, reporter: Reporter, mut shutdown: watch::Receiver<bool>) {
    let eyes = Arc::new(Eyes::new(&config, reporter));
    let mut tasks = JoinSet::new();
    let known = config.brokers.iter().filter_map(|(id, address)| id.map(|id| (id, Address::Known(*address))));
    for (id, address) in known {
        watch_broker(&mut tasks, &eyes, id, address);
    }
    if config.controllers.is_empty() {
        tasks.spawn(quorum::ask_brokers(Arc::clone(&eyes)));
    } else {
        tasks.spawn(quorum::ask_controllers(Arc::clone(&eyes), config.controllers.clone()));
    }
    let bootstrap: Vec<SocketAddr> =
        config.brokers.iter().filter(|(id, _)| id.is_none()).map(|(_, address)| *address).collect();
    if !bootstrap.is_empty() {
        tasks.spawn(discover(Arc::clone(&eyes), bootstrap));
    }
    let mut found = eyes.found_brokers();
    loop {
        tokio::select! {
            // An error means that the sender is gone: nobody can tell us to stop any more.
            _ = shutdown.wait_for(|stop| *stop) => break,
            Ok(()) = found.changed() => {
                let nodes = found.borrow_and_update().clone();
                for node in nodes {
                    let address = Address::Named(node.host, node.port);
                    if !eyes.moved(node.id, &address) {
                        watch_broker(&mut tasks, &eyes, node.id, address);
                    }
                }
            }
            Some(Err(error)) = tasks.join_next() => eyes.reporter.report(Event::Notice {
                level: Level::Error,
                source: String::from("observe"),
                text: format!("an observer ended and will not come back: {error}"),
            }),
        }
    }
    tasks.shutdown().await;
}

fn watch_broker(tasks: &mut JoinSet<()>, eyes: &Arc<Eyes>, id: BrokerId, address: Address) {
    let broker = Arc::new(Broker::new(id, address));
    eyes.know(Arc::clone(&broker));
    tasks.spawn(polls::run(Arc::clone(eyes), Arc::clone(&broker)));
    tasks.spawn(tail::run(Arc::clone(eyes), Arc::clone(&broker)));
    tasks.spawn(groups::run(Arc::clone(eyes), broker));
}

/// Asks one bootstrap address after the other until one names the brokers; from then on the brokers tell of each
/// other.
async fn discover(eyes: Arc<Eyes>, bootstrap: Vec<SocketAddr>) {
    let deadline = eyes.pace.deadline();
    for attempt in 0_u32.. {
        for address in &bootstrap {
            let asked = async {
                let mut connection = Connection::open(*address, deadline).await?;
                kafka::metadata(&mut connection, deadline).await
            };
            match asked.await {
                Ok(metadata) => return eyes.find(metadata.brokers),
                Err(error) => eyes.notice_once(
                    address.to_string(),
                    Level::Warn,
                    format!("bootstrap server does not answer, trying on: {error}"),
                ),
            }
        }
        tokio::time::sleep(eyes.pace.back_off(attempt)).await;
    }
}
