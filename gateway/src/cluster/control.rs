//! The hands on the cluster's processes: kill, stop, pause, resume, start; each may be asked for twice.

use std::{io, path::PathBuf, time::Duration};

use model::{
    fact::{ProcessState, Role},
    ids::BrokerId,
};
use tokio::time::{Instant, timeout};

use super::{LocalCluster, node::Node};

/// A broker that cannot hand over its leadership (no controller answers) would wait for five minutes
/// (BrokerLifecycleManager); then it is killed.
const STOP_PATIENCE: Duration = Duration::from_secs(30);
/// A broker that comes back must not take the cores from its neighbours' heartbeats.
const RESTART_NICE: i32 = 5;

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Did {
    /// In words: `killed broker 2 (SIGKILL)`.
    pub text: String,
    /// How long it took, milliseconds.
    pub took_ms: u64,
}

/// Why a command did nothing, or did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No node has this id.
    #[error("there is no node {node}; the cluster's nodes are {nodes}")]
    NoSuchNode {
        /// The id.
        node: BrokerId,
        /// Those there are.
        nodes: String,
    },
    /// It cannot be done in the state the process is in.
    #[error("{0}")]
    Refused(String),
    /// The process ended before it could be used.
    #[error("{node} ended while it started, it {cause}; its log is {log}", log = .log.display())]
    EndedAtStart {
        /// `broker 2`.
        node: String,
        /// Exit and last ERROR line.
        cause: String,
        /// Where to read more.
        log: PathBuf,
    },
    /// The system refused.
    #[error("cannot {what}: {cause}")]
    System {
        /// `start broker 2`.
        what: String,
        /// The system's word.
        cause: io::Error,
    },
}

fn system(what: &str, node: &Node) -> impl FnOnce(io::Error) -> ControlError {
    let what = format!("{what} {}", node.label());
    move |cause| ControlError::System { what, cause }
}

fn did(since: Instant, text: String) -> Did {
    Did { text, took_ms: u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX) }
}

impl LocalCluster {
    /// SIGKILL; waits until the process is gone.
    ///
    /// # Errors
    /// Where no node has this id, or the system refuses.
    pub async fn kill(&self, id: BrokerId) -> Result<Did, ControlError> {
        let (since, node) = (Instant::now(), self.node(id)?);
        if node.life().process == ProcessState::Dead {
            return Ok(did(since, format!("{} was dead already", node.label())));
        }
        node.kill().map_err(system("kill", node))?;
        node.wait_dead().await;
        Ok(did(since, format!("killed {} (SIGKILL)", node.label())))
    }

    /// SIGTERM: a controlled shutdown; waits until the process is gone.
    ///
    /// # Errors
    /// As [`LocalCluster::kill`].
    pub async fn stop(&self, id: BrokerId) -> Result<Did, ControlError> {
        let (since, node) = (Instant::now(), self.node(id)?);
        match node.life().process {
            ProcessState::Dead => return Ok(did(since, format!("{} was dead already", node.label()))),
            ProcessState::Stopping => {}
            _ => node.stop().map_err(system("stop", node))?,
        }
        if timeout(STOP_PATIENCE, node.wait_dead()).await.is_ok() {
            return Ok(did(since, format!("stopped {} (SIGTERM): {}", node.label(), node.life().cause)));
        }
        node.kill().map_err(system("kill", node))?;
        node.wait_dead().await;
        let seconds = STOP_PATIENCE.as_secs();
        Ok(did(since, format!("{} did not leave within {seconds} s of SIGTERM and was killed (SIGKILL)", node.label())))
    }

    /// SIGSTOP: its sockets stay open and nothing answers.
    ///
    /// # Errors
    /// As [`LocalCluster::kill`], and where the process is dead or leaving.
    pub async fn pause(&self, id: BrokerId) -> Result<Did, ControlError> {
        let (since, node) = (Instant::now(), self.node(id)?);
        match node.life().process {
            ProcessState::Paused => return Ok(did(since, format!("{} was paused already", node.label()))),
            ProcessState::Starting | ProcessState::Running => {}
            state => return Err(refused(node, state, "paused")),
        }
        node.pause().await.map_err(system("pause", node))?;
        Ok(did(since, format!("paused {} (SIGSTOP)", node.label())))
    }

    /// SIGCONT.
    ///
    /// # Errors
    /// As [`LocalCluster::pause`].
    pub async fn resume(&self, id: BrokerId) -> Result<Did, ControlError> {
        let (since, node) = (Instant::now(), self.node(id)?);
        match node.life().process {
            ProcessState::Paused => {}
            ProcessState::Starting | ProcessState::Running => {
                return Ok(did(since, format!("{} was not paused", node.label())));
            }
            state => return Err(refused(node, state, "resumed")),
        }
        node.resume().map_err(system("resume", node))?;
        Ok(did(since, format!("resumed {} (SIGCONT)", node.label())))
    }

    /// Starts a dead node on its own data; waits until its DIRECT (CONTROLLER) port accepts. Whether the cluster takes
    /// it back is for others to watch.
    ///
    /// # Errors
    /// As [`LocalCluster::kill`], where the process is paused or leaving, and where it ends before its port accepts.
    pub async fn start_node(&self, id: BrokerId) -> Result<Did, ControlError> {
        let (since, node) = (Instant::now(), self.node(id)?);
        {
            let _once = node.launching.lock().await;
            match node.life().process {
                ProcessState::Running => return Ok(did(since, format!("{} was running already", node.label()))),
                ProcessState::Starting => {}
                ProcessState::Dead => {
                    self.launch(node, Some(RESTART_NICE), true).await.map_err(system("start", node))?;
                }
                state => return Err(refused(node, state, "started")),
            }
        }
        node.wait_running().await?;
        Ok(did(since, format!("started {}", node.label())))
    }

    /// Whether the metadata quorum would lose its majority without this node.
    pub fn takes_quorum(&self, id: BrokerId) -> bool {
        let voters = self.nodes.iter().filter(|node| node.role == Role::Controller);
        let (all, left) = voters.fold((0, 0), |(all, left), node| {
            let stays = node.id != id && node.life().process == ProcessState::Running;
            (all + 1, left + usize::from(stays))
        });
        self.nodes.iter().any(|node| node.id == id && node.role == Role::Controller) && left <= all / 2
    }

    pub(super) fn node(&self, id: BrokerId) -> Result<&std::sync::Arc<Node>, ControlError> {
        self.nodes.iter().find(|node| node.id == id).ok_or_else(|| {
            let nodes: Vec<String> = self.nodes.iter().map(|node| node.id.to_string()).collect();
            ControlError::NoSuchNode { node: id, nodes: nodes.join(", ") }
        })
    }
}

fn refused(node: &Node, state: ProcessState, wanted: &str) -> ControlError {
    let why = match state {
        ProcessState::Dead => "is dead; start it",
        ProcessState::Paused => "is paused; resume it first",
        ProcessState::Stopping => "is being stopped; wait until it is gone",
        _ => "is in no state for that",
    };
    ControlError::Refused(format!("{} cannot be {wanted}: it {why}", node.label()))
}
