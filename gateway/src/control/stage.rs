//! What there is to press on: the local cluster, the tap before it, the shop, and the eyes on all.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use model::{
    fact::{ProcessState, Registration, Role},
    ids::BrokerId,
    picture::Picture,
};
use tap::Tap;
use tokio::sync::watch;

use crate::{
    cli::complain,
    cluster::{
        BROKERS, Config, LocalCluster, Ports, StageAdvertises,
        provision::{Environment, provision},
        spawner::Spawner,
    },
    hub::Hub,
    kafka::Connection,
    observe::{ObserveConfig, Observers, start as observe, watch_wire},
    report::Reporter,
    shop::{self, AppName, desk::Shop},
};

/// Lines of a process's log that the API gives.
const LOG_BYTES: u64 = 256 * 1024;

/// Things seen on the wire that may wait to be told before they are dropped and counted.
const SIGHT: usize = 16_384;

/// The stage of a local session.
#[derive(Debug)]
pub struct Stage {
    pub(super) cluster: LocalCluster,
    /// Between the shop's apps and the brokers.
    pub(super) tap: Tap,
    pub(super) shop: Arc<Shop>,
    pub(super) hub: Hub,
    stop_eyes: watch::Sender<bool>,
    eyes: tokio::sync::Mutex<Option<Observers>>,
}

/// Tells where the cluster can be reached: DIRECT bootstrap, STAGE bootstrap, Kafka's version.
pub type Announce<'a> = &'a (dyn Fn(&str, &str, &str) -> anyhow::Result<()> + Sync);

impl Stage {
    /// Brings Kafka, starts it, makes the topics and opens the shop.
    ///
    /// # Errors
    /// Where any of it fails; what was started before is ended again.
    pub async fn start(
        data: &Path,
        controllers: usize,
        hub: &Hub,
        reporter: &Reporter,
        value_bytes: usize,
        announce: Announce<'_>,
    ) -> anyhow::Result<Self> {
        let spawner = Spawner::of_this_binary().context("cannot start child processes")?;
        let kafka = provision(&Environment::of_this_process(), &spawner, &complain).await?;
        let ports = Ports::take(kafka.cache())?;
        let tap = open_tap(&ports, reporter).await?;
        let config = Config {
            data: data.to_owned(),
            kafka,
            ports,
            controllers,
            stage: StageAdvertises::Tap,
            spawner: spawner.clone(),
        };
        let cluster = LocalCluster::start(config, reporter.clone()).await?;
        let shop = Shop::new(
            shop::desk::Config {
                exe: std::env::current_exe().context("cannot find this program's own file")?,
                stage_bootstrap: cluster.stage_bootstrap(),
                data_dir: data.to_owned(),
                log_dir: data.join("logs"),
                spawner,
            },
            reporter.clone(),
        )
        .context("cannot make the shop's folders")?;
        let (stop_eyes, shutdown) = watch::channel(false);
        let eyes = observe(
            ObserveConfig {
                brokers: addresses(&cluster, Role::Broker).map(|(id, address)| (Some(id), address)).collect(),
                controllers: addresses(&cluster, Role::Controller).collect(),
                own_cluster: true,
                value_bytes,
                include_internal: false,
            },
            reporter.clone(),
            shutdown,
        );
        let eyes = tokio::sync::Mutex::new(Some(eyes));
        let stage = Self { cluster, tap, shop, hub: hub.clone(), stop_eyes, eyes };
        let (direct, apps) = (stage.cluster.direct_bootstrap(), stage.cluster.stage_bootstrap());
        let opened = match announce(&direct, &apps, stage.cluster.kafka_version()) {
            Ok(()) => stage.open().await,
            Err(error) => Err(error),
        };
        match opened {
            Ok(()) => Ok(stage),
            Err(error) => {
                stage.close().await;
                Err(error)
            }
        }
    }

    async fn open(&self) -> anyhow::Result<()> {
        let all = addresses(&self.cluster, Role::Broker).count();
        let active = move |picture: &Picture, _| {
            let active = picture.brokers.values().filter(|b| b.registered() == Registration::Active).count();
            (active >= all).then_some(())
        };
        let died = |picture: &Picture, _| {
            let brokers = picture.brokers.iter().map(|(id, b)| (id, b.process.as_ref()));
            let controllers = picture.controllers.iter().map(|(id, c)| (id, Some(&c.process)));
            let mut dead = brokers.chain(controllers).filter_map(|(id, p)| p.map(|p| (id, p)));
            dead.find(|(_, p)| p.state == ProcessState::Dead).map(|(id, p)| format!("node {id} ended: {}", p.cause))
        };
        tokio::select! {
            found = tokio::time::timeout(Duration::from_secs(90), self.hub.until(active)) => {
                found.context("the brokers did not register within 90 s; see their logs in the data folder's logs/")??;
            }
            died = self.hub.until(died) => bail!("{}; see its log in the data folder's logs/", died?),
        }
        self.make_topics().await?;
        self.shop.open().await.context("the shop did not open")?;
        Ok(())
    }

    /// How many nodes of a kind there are.
    pub fn count(&self, role: Role) -> usize {
        self.cluster.nodes().into_iter().filter(|node| node.role == role).count()
    }

    /// The number of the newest order, `A-<n>`.
    pub fn last_order(&self) -> u64 {
        self.shop.last_order()
    }

    /// A connection to a broker that answers.
    pub(super) async fn any_broker(&self) -> anyhow::Result<Connection> {
        let mut last = None;
        for (_, address) in addresses(&self.cluster, Role::Broker) {
            match Connection::open(address, Duration::from_secs(1)).await {
                Ok(connection) => return Ok(connection),
                Err(error) => last = Some(error),
            }
        }
        match last {
            Some(error) => Err(error).context("no broker answers"),
            None => bail!("there is no broker"),
        }
    }

    /// A connection to this broker.
    pub(super) async fn broker(&self, id: BrokerId) -> anyhow::Result<Connection> {
        let address = addresses(&self.cluster, Role::Broker).find(|(b, _)| *b == id).map(|(_, a)| a);
        let address = address.with_context(|| format!("there is no broker {id}"))?;
        Connection::open(address, Duration::from_secs(1)).await.with_context(|| format!("broker {id} does not answer"))
    }

    /// The log of a process: `broker-1`, `controller-100`, `order-1`, …
    pub(super) async fn log(&self, process: &str) -> Option<String> {
        if !self.processes().iter().any(|known| known == process) {
            return None;
        }
        match process.rsplit_once('-').and_then(|(name, n)| Some((AppName::parse(name)?, n.parse().ok()?))) {
            Some((app, instance)) => {
                let text = std::fs::read(self.shop.log_path(app, instance)).ok()?;
                Some(String::from_utf8_lossy(&text).into_owned())
            }
            None => self.cluster.log(process, LOG_BYTES)?.ok(),
        }
    }

    pub(super) fn processes(&self) -> Vec<String> {
        let apps = AppName::SHOP.into_iter().map(|app| format!("{}-1", app.name()));
        self.cluster.nodes().into_iter().map(|node| node.name).chain(apps).collect()
    }

    /// Ends apps, eyes and cluster; returns when all processes are gone.
    pub async fn close(&self) {
        if let Err(error) = self.shop.close().await {
            complain(&format!("an app did not leave cleanly: {error}"));
        }
        self.tap.close().await;
        self.stop_eyes.send_replace(true);
        if let Some(eyes) = self.eyes.lock().await.take() {
            eyes.ended().await;
        }
        if let Err(error) = self.cluster.shutdown(&complain).await {
            complain(&format!("{error:#}"));
        }
    }
}

/// A tap that listens in each broker's place, before there is one: what a broker advertises must be there.
async fn open_tap(ports: &Ports, reporter: &Reporter) -> anyhow::Result<Tap> {
    let (observer, observations) = tap::observer(SIGHT);
    let tap = Tap::new(Some(observer));
    let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
    for broker in BROKERS {
        let (listen, upstream) = (local(ports.tap(broker)), local(ports.stage(broker)));
        let listens = tap.listen(broker.0, listen, upstream).await;
        listens.with_context(|| format!("cannot listen on {listen} before broker {broker}; start again"))?;
    }
    tokio::spawn(watch_wire(observations, reporter.clone()));
    Ok(tap)
}

/// DIRECT addresses of brokers, CONTROLLER addresses of controllers.
pub(super) fn addresses(cluster: &LocalCluster, role: Role) -> impl Iterator<Item = (BrokerId, SocketAddr)> + use<'_> {
    let ports = cluster.ports();
    let nodes = cluster.nodes().into_iter().filter(move |node| node.role == role);
    nodes.map(move |node| {
        let port = if role == Role::Broker { ports.direct(node.id) } else { ports.controller(node.id) };
        (node.id, SocketAddr::from(([127, 0, 0, 1], port)))
    })
}
