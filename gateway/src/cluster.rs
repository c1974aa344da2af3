//! The local cluster: Apache Kafka as child processes of this gateway.

mod archive;
mod control;
mod folders;
mod leftovers;
mod log;
mod node;
mod ports;
mod procfs;
pub mod provision;
mod settings;
pub mod spawner;
mod tool;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, bail};
use model::{
    fact::{ProcessState, Role},
    ids::BrokerId,
};
use tokio::task::JoinHandle;

use self::{
    archive::Archive, leftovers::Ledger, log::ProcessLog, node::Node, provision::Kafka, settings::Settings,
    spawner::Spawner,
};
pub use self::{
    control::{ControlError, Did},
    ports::Ports,
    settings::StageAdvertises,
    tool::Progress,
};
use crate::report::Reporter;

/// Our log configuration: everything to standard output, in Kafka's own line format.
const LOG4J: &str = include_str!("../kafka/log4j2.properties");
/// Less than this free, and Kafka would fail somewhere in the middle.
const DISK_BYTES: u64 = 200 << 20;
/// How often /proc is asked whether somebody else stopped a process.
const LOOK: Duration = Duration::from_millis(200);

/// The brokers' node ids.
pub const BROKERS: [BrokerId; 3] = [BrokerId(1), BrokerId(2), BrokerId(3)];

/// The controllers' node ids, as many as there are.
const CONTROLLERS: [BrokerId; 3] = [BrokerId(100), BrokerId(101), BrokerId(102)];

/// What a cluster is started with.
#[derive(Debug)]
pub struct Config {
    /// The gateway's data folder: `cluster/` and `logs/` in it are ours.
    pub data: PathBuf,
    /// The Kafka to start.
    pub kafka: Kafka,
    /// Where it listens.
    pub ports: Ports,
    /// How many controllers make the metadata quorum, 1 or 3; one that is lost is missed, of three it is not.
    pub controllers: usize,
    /// Who stands behind the STAGE listener.
    pub stage: StageAdvertises,
    /// Starts the processes.
    pub spawner: Spawner,
}

/// One node, as anybody may see it.
#[derive(Clone, Debug)]
pub struct NodeStatus {
    /// Its node id.
    pub id: BrokerId,
    /// What it is.
    pub role: Role,
    /// `broker-2`: what its log goes by.
    pub name: String,
    /// What its process does.
    pub process: ProcessState,
    /// Its process id, while it lives.
    pub pid: Option<u32>,
    /// Why it is in that state.
    pub cause: String,
}

/// One controller (node 100) or three, and three brokers (1 to 3), each a JVM of its own. Dropping it kills them all.
#[derive(Debug)]
pub struct LocalCluster {
    cluster_id: String,
    kafka: Kafka,
    ports: Ports,
    stage: StageAdvertises,
    spawner: Spawner,
    nodes: Vec<Arc<Node>>,
    archive: Arc<Archive>,
    /// DIR/cluster/CLUSTER_ID.
    folder: PathBuf,
    ledger: Mutex<Ledger>,
    closing: AtomicBool,
    watcher: JoinHandle<()>,
}

impl LocalCluster {
    /// Cleans what a dead gateway left, makes fresh folders and starts the processes. Answers when they are started;
    /// [`LocalCluster::running`] waits until they accept connections.
    ///
    /// # Errors
    /// Where the data folder cannot be used or a process cannot be started; then none is left.
    pub async fn start(config: Config, reporter: Reporter) -> anyhow::Result<Self> {
        let Config { data, kafka, ports, controllers, stage, spawner } = config;
        // The processes run in a folder of their own.
        let data = std::path::absolute(data).context("cannot make the data folder's path absolute")?;
        let mut ledger = Ledger::open(&data.join("cluster")).await?;
        has_room(&data)?;
        let cluster_id = folders::kafka_uuid();
        let folder = ledger.folder(&cluster_id)?;
        let nodes: Vec<Arc<Node>> = plan(&ports, controllers)
            .into_iter()
            .map(|(id, role, port)| {
                let kind = if role == Role::Broker { "broker" } else { "controller" };
                let path = data.join("logs").join(format!("{kind}-{id}.log"));
                let log = ProcessLog::new(format!("{kind} {id}"), path, reporter.clone());
                Arc::new(Node::new(id, role, port, log, reporter.clone()))
            })
            .collect();
        let watcher = tokio::spawn(watch(nodes.iter().map(Arc::downgrade).collect()));
        let archive = Arc::new(Archive::new(kafka.archive()));
        let ledger = Mutex::new(ledger);
        let closing = AtomicBool::new(false);
        let cluster =
            Self { cluster_id, kafka, ports, stage, spawner, nodes, archive, folder, ledger, closing, watcher };
        if let Err(error) = cluster.launch_all().await {
            drop(cluster.shutdown(&|_line| {}).await);
            return Err(error);
        }
        Ok(cluster)
    }

    async fn launch_all(&self) -> anyhow::Result<()> {
        self.write_folders().with_context(|| {
            format!(
                "cannot write the cluster's folder {}; free space there or choose another with --data",
                self.folder.display()
            )
        })?;
        let last = self.nodes.iter().map(|node| node.id).max_by_key(|id| (id.0 < 100, id.0));
        for node in &self.nodes {
            let writes = Some(node.id) == last;
            self.launch(node, None, writes).await.with_context(|| format!("cannot start {}", node.label()))?;
        }
        Ok(())
    }

    fn write_folders(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        fs::write(self.folder.join("log4j2.properties"), LOG4J)?;
        let of_role = |role| self.nodes.iter().filter(move |node| node.role == role).map(|node| node.id);
        let voters: Vec<BrokerId> = of_role(Role::Controller).collect();
        for node in &self.nodes {
            let data = self.folder.join(node.name());
            folders::format(&data, node.id, node.role, &self.cluster_id, &self.kafka.bootstrap())?;
            let (ports, stage) = (&self.ports, self.stage);
            let settings = Settings { node: node.id, role: node.role, voters: &voters, ports, stage, data: &data };
            fs::write(self.properties(node), settings.properties())?;
        }
        Ok(())
    }

    /// Starts a node's process.
    async fn launch(&self, node: &Arc<Node>, nice: Option<i32>, may_write: bool) -> io::Result<()> {
        if self.closing.load(Ordering::SeqCst) {
            return Err(io::Error::other("the cluster is being shut down"));
        }
        let java = self.kafka.java();
        let mut command = nice.map_or_else(|| self.spawner.command(java), |nice| self.spawner.nice_command(java, nice));
        self.kafka.add_java_options(&mut command);
        self.archive.add_options(&mut command, node.id, may_write && node.role == Role::Broker);
        let mut log4j = std::ffi::OsString::from("-Dlog4j2.configurationFile=");
        log4j.push(self.folder.join("log4j2.properties"));
        command.arg(log4j).arg("kafka.Kafka").arg(self.properties(node));
        command.current_dir(&self.folder).stdin(Stdio::null());
        let output = tool::merge_output(&mut command)?;
        let started = self.spawner.spawn(command).await;
        let child = started.inspect_err(|_error| self.archive.ended(node.id, false))?;
        let pid = child.pid;
        let cause = if nice.is_some() { "started again" } else { "started" };
        node.adopt(child, output, &self.archive, cause);
        self.ledger().process(&node.name(), pid)
    }

    /// Waits until all run.
    ///
    /// # Errors
    /// Where one ended before it did.
    pub async fn running(&self) -> Result<(), ControlError> {
        for node in &self.nodes {
            node.wait_running().await?;
        }
        Ok(())
    }

    /// Ends all processes and removes their data. Where there is no class archive yet one broker is stopped cleanly to
    /// write it, which takes some seconds; the others are killed: their data is thrown away.
    ///
    /// # Errors
    /// Where the folders cannot be removed; the processes are gone all the same.
    pub async fn shutdown(&self, progress: Progress<'_>) -> anyhow::Result<()> {
        self.closing.store(true, Ordering::SeqCst);
        if let Some(writer) = self.archive.writer().filter(|writer| self.is_running(*writer)) {
            let stop = self.stop(writer);
            // Where it fails the next start is slower.
            drop(tool::timed(progress, "keeping Kafka's classes for faster starts (once)", stop).await);
        }
        for node in &self.nodes {
            // Whoever is starting one finishes first.
            let _launched = node.launching.lock().await;
            drop(node.kill());
        }
        for node in &self.nodes {
            node.wait_dead().await;
        }
        self.watcher.abort();
        self.ledger().clear().with_context(|| format!("cannot remove the cluster's data {}", self.folder.display()))
    }

    /// Bootstrap addresses of the DIRECT listeners, for the gateway and anybody's tools.
    pub fn direct_bootstrap(&self) -> String {
        self.addresses(Role::Broker, Ports::direct)
    }

    /// Bootstrap addresses that the STAGE listeners advertise, for the shop's apps.
    pub fn stage_bootstrap(&self) -> String {
        self.addresses(Role::Broker, |ports, broker| self.stage.port(ports, broker))
    }

    fn addresses(&self, role: Role, port: impl Fn(&Ports, BrokerId) -> u16) -> String {
        let nodes = self.nodes.iter().filter(|node| node.role == role);
        let all: Vec<String> = nodes.map(|node| format!("127.0.0.1:{}", port(&self.ports, node.id))).collect();
        all.join(",")
    }

    /// Addresses of the controllers' listeners.
    pub fn controller_bootstrap(&self) -> String {
        self.addresses(Role::Controller, Ports::controller)
    }

    /// The ports of its listeners.
    pub fn ports(&self) -> &Ports {
        &self.ports
    }

    /// The random id of this cluster.
    pub fn cluster_id(&self) -> &str {
        &self.cluster_id
    }

    /// Kafka's version.
    pub fn kafka_version(&self) -> &str {
        &self.kafka.version
    }

    /// All nodes, controllers first.
    pub fn nodes(&self) -> Vec<NodeStatus> {
        let status = |node: &Arc<Node>| {
            let life = node.life();
            let (id, role, name) = (node.id, node.role, node.name());
            NodeStatus { id, role, name, process: life.process, pid: life.pid, cause: life.cause }
        };
        self.nodes.iter().map(status).collect()
    }

    /// The last `tail_bytes` of a process's log (`broker-2`, `controller-100`), from the start of a line; `None` where no
    /// process of ours has that name.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn log(&self, process: &str, tail_bytes: u64) -> Option<io::Result<String>> {
        let node = self.nodes.iter().find(|node| node.name() == process)?;
        Some(log::tail(node.log.path(), tail_bytes))
    }

    fn is_running(&self, id: BrokerId) -> bool {
        self.node(id).is_ok_and(|node| node.life().process == ProcessState::Running)
    }

    fn properties(&self, node: &Node) -> PathBuf {
        self.folder.join(format!("{}.properties", node.name()))
    }

    fn ledger(&self) -> std::sync::MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LocalCluster {
    fn drop(&mut self) {
        self.watcher.abort();
        for node in &self.nodes {
            // What survives this dies with the gateway.
            drop(node.kill());
        }
    }
}

/// The nodes, and the port that tells that each runs.
fn plan(ports: &Ports, controllers: usize) -> Vec<(BrokerId, Role, u16)> {
    let controllers = CONTROLLERS.into_iter().take(controllers);
    let controllers = controllers.map(|controller| (controller, Role::Controller, ports.controller(controller)));
    controllers.chain(BROKERS.map(|broker| (broker, Role::Broker, ports.direct(broker)))).collect()
}

/// Ends when the cluster does.
async fn watch(nodes: Vec<Weak<Node>>) {
    let mut tick = tokio::time::interval(LOOK);
    while let Some(nodes) = nodes.iter().map(Weak::upgrade).collect::<Option<Vec<_>>>() {
        for node in &nodes {
            node.look("paused (SIGSTOP), not by a command", "resumed (SIGCONT), not by a command");
        }
        drop(nodes);
        tick.tick().await;
    }
}

fn has_room(data: &Path) -> anyhow::Result<()> {
    let room = rustix::fs::statvfs(data).with_context(|| format!("cannot look at the disk of {}", data.display()))?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    if free < DISK_BYTES {
        bail!(
            "the disk of {} has {} MB free and the cluster needs {} MB; free space there or choose another folder with --data",
            data.display(),
            free >> 20,
            DISK_BYTES >> 20
        );
    }
    Ok(())
}
