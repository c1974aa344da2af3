//! What stands before the brokers in a slot, how each is started, and what its CPU time is.

use std::{fmt::Write as _, net::SocketAddr, path::Path, process::Stdio, time::Duration};

use anyhow::{Context as _, Result};
use kafkascope::{clock::Clock, hub, observe::watch_wire, recorder, report};
use model::recording::Header;
use tap::{Tap, observer};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::cluster::Stage;

/// As long as the gateway's own.
const QUEUE: usize = 16_384;

/// What can stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Direct,
    Copy,
    Tap,
    Observed,
    HaProxy,
    Toxiproxy,
}

pub(crate) const KINDS: [Kind; 6] =
    [Kind::Direct, Kind::Copy, Kind::Tap, Kind::Observed, Kind::HaProxy, Kind::Toxiproxy];

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Copy => "tokio copy",
            Self::Tap => "tap",
            Self::Observed => "tap, observed",
            Self::HaProxy => "HAProxy",
            Self::Toxiproxy => "toxiproxy",
        }
    }

    /// The program of a peer, which need not be there; a variable says where it is when it is not in PATH.
    const fn peer(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::HaProxy => Some(("HAPROXY", "haproxy")),
            Self::Toxiproxy => Some(("TOXIPROXY", "toxiproxy-server")),
            _ => None,
        }
    }

    fn executable(self) -> Option<std::path::PathBuf> {
        let (variable, name) = self.peer()?;
        let named = std::env::var_os(variable).map(std::path::PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.exists());
        named.filter(|file| file.exists()).or(found)
    }

    pub(crate) fn is_installed(self) -> bool {
        self.peer().is_none() || self.executable().is_some()
    }
}

/// A proxy that runs; dropping it kills it.
pub(crate) struct Subject(Option<Child>);

impl Subject {
    /// Starts it and waits until it listens.
    pub(crate) async fn start(kind: Kind, stage: &Stage, folder: &Path) -> Result<Self> {
        let Some(mut command) = command(kind, stage, folder)? else { return Ok(Self(None)) };
        let log = std::fs::File::create(folder.join("subject.log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
        let child = command.spawn().with_context(|| format!("starting {}", kind.name()))?;
        let listens = async {
            for (listen, _) in &stage.pairs {
                while TcpStream::connect(listen).await.is_err() {
                    sleep(Duration::from_millis(20)).await;
                }
            }
        };
        timeout(Duration::from_secs(20), listens).await.with_context(|| format!("{} does not listen", kind.name()))?;
        Ok(Self(Some(child)))
    }

    /// User and system time in seconds, of its children too (proc(5), fields 14 to 17).
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let pid = self.0.as_ref().and_then(Child::id);
        let stat = pid.and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok());
        let behind_name = stat.as_deref().and_then(|stat| stat.rsplit_once(") ")).map(|(_, rest)| rest);
        let ticks = behind_name.unwrap_or_default().split(' ').skip(11).take(4);
        // A tick is 10 ms on every Linux that Rust runs on.
        ticks.filter_map(|tick| tick.parse::<f64>().ok()).sum::<f64>() / 100.0
    }

    pub(crate) async fn end(self) -> Result<()> {
        if let Some(mut child) = self.0 {
            child.kill().await?;
        }
        Ok(())
    }
}

fn command(kind: Kind, stage: &Stage, folder: &Path) -> Result<Option<Command>> {
    let executable = kind.executable().unwrap_or_default();
    let command = match kind {
        Kind::Direct => return Ok(None),
        Kind::Copy | Kind::Observed => {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg(if kind == Kind::Copy { "copy" } else { "observed" });
            command.args(stage.pairs.iter().map(|(listen, upstream)| format!("{listen}={upstream}")));
            command.current_dir(folder);
            command
        }
        Kind::Tap => {
            let mut command = Command::new(super::program()?);
            command.arg("tap");
            for (listen, upstream) in &stage.pairs {
                command.args(["--listen", &listen.to_string(), "--upstream", &upstream.to_string()]);
            }
            command
        }
        Kind::HaProxy => {
            let mut config = String::from(
                "defaults\n mode tcp\n timeout connect 5s\n timeout client 1h\n timeout server 1h\n option tcp-smart-accept\n",
            );
            for (number, (listen, upstream)) in stage.pairs.iter().enumerate() {
                writeln!(config, "listen l{number}\n bind {listen}\n server s {upstream}")?;
            }
            let file = folder.join("haproxy.cfg");
            std::fs::write(&file, config)?;
            let mut command = Command::new(executable);
            command.arg("-db").arg("-f").arg(file);
            command
        }
        Kind::Toxiproxy => {
            let proxies: Vec<String> = stage
                .pairs
                .iter()
                .enumerate()
                .map(|(number, (listen, upstream))| {
                    format!(r#"{{"name":"p{number}","listen":"{listen}","upstream":"{upstream}","enabled":true}}"#)
                })
                .collect();
            let file = folder.join("toxiproxy.json");
            std::fs::write(&file, format!("[{}]", proxies.join(",")))?;
            let mut command = Command::new(executable);
            command.arg("-config").arg(file).args(["-port", "0"]);
            command
        }
    };
    Ok(Some(command))
}

/// The plainest proxy there is: what tokio brings.
pub(crate) async fn copy(pairs: &[(SocketAddr, SocketAddr)]) -> Result<()> {
    let mut listeners = tokio::task::JoinSet::new();
    for (listen, upstream) in pairs.iter().copied() {
        let listener = TcpListener::bind(listen).await?;
        listeners.spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut broker = TcpStream::connect(upstream).await?;
                    client.set_nodelay(true)?;
                    broker.set_nodelay(true)?;
                    copy_bidirectional(&mut client, &mut broker).await
                });
            }
        });
    }
    listeners.join_all().await;
    Ok(())
}

/// The tap as the gateway has it: all it tells becomes facts, which the hub folds and the recorder writes into a file here.
pub(crate) async fn observed(pairs: &[(SocketAddr, SocketAddr)]) -> Result<()> {
    let clock = Clock::start();
    let (reporter, inbox) = report::queue(clock);
    let recorder =
        recorder::start("observed.kscope".into(), &Header::default(), recorder::Limits::default(), reporter.clone())
            .await?;
    let _hub = hub::start(clock, inbox, recorder);
    let (observer, observations) = observer(QUEUE);
    let tap = Tap::new(Some(observer));
    for (broker, (listen, upstream)) in (1..).zip(pairs) {
        tap.listen(broker, *listen, *upstream).await?;
    }
    watch_wire(observations, reporter).await;
    Ok(())
}
