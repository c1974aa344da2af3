//! The settings of controller and brokers: fast, honest failover on one laptop.

use std::path::Path;

use model::{fact::Role, ids::BrokerId};

use super::ports::Ports;

/// For every node. Each line differs from Kafka's default for a reason.
const COMMON: &str = "\
# a dead broker is fenced after 2.5 to 3.4 s instead of 7 to 10 (BrokerHeartbeatTracker); below 3 s a JVM's start fences its neighbours
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
# leaders stay where a failure put them, until somebody asks for an election
auto.leader.rebalance.enable=false
unclean.leader.election.enable=false
# two cores
num.network.threads=1
num.io.threads=2
# 128 MiB by default, allocated at start (LogCleaner)
log.cleaner.dedupe.buffer.size=4194304
";

/// For every node, where there is more than one controller: another one leads after 1 to 1.5 s instead of 2 to 3.
const QUORUM: &str = "\
controller.quorum.fetch.timeout.ms=1000
controller.quorum.election.timeout.ms=500
";

/// For brokers.
const BROKER: &str = "\
# not below replica.fetch.wait.max.ms (500)
replica.lag.time.max.ms=3000
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
# 50 each by default: 300 replica logs at first use
offsets.topic.num.partitions=3
transaction.state.log.num.partitions=3
# groups notice a dead member after 3 s; classic clients may ask for less
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.session.timeout.ms=3000
group.consumer.min.session.timeout.ms=3000
group.consumer.heartbeat.interval.ms=500
group.consumer.min.heartbeat.interval.ms=500
# KIP-1263: by default every rebalance of the consumer protocol waits a second
group.consumer.assignment.interval.ms=0
group.consumer.min.assignment.interval.ms=0
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
";

/// For controllers. A broker warns where it finds this one (KafkaConfig 4.3).
const CONTROLLER: &str = "\
# for topics that anybody's tool makes in passing
default.replication.factor=3
";

/// Who advertises the STAGE listener's port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StageAdvertises {
    /// The broker itself: apps talk to it directly.
    #[default]
    Itself,
    /// The tap ([`Ports::tap`]), which must listen before any broker starts.
    Tap,
}

impl StageAdvertises {
    /// The port that clients are sent to.
    pub(super) fn port(self, ports: &Ports, broker: BrokerId) -> u16 {
        match self {
            Self::Itself => ports.stage(broker),
            Self::Tap => ports.tap(broker),
        }
    }
}

/// What one node's properties file is made of.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    pub(super) node: BrokerId,
    pub(super) role: Role,
    /// Node ids of the quorum.
    pub(super) voters: &'a [BrokerId],
    pub(super) ports: &'a Ports,
    pub(super) stage: StageAdvertises,
    /// Where its logs live.
    pub(super) data: &'a Path,
}

impl Settings<'_> {
    /// The properties file.
    pub(super) fn properties(&self) -> String {
        let Self { node, voters, ports, .. } = self;
        let voters: Vec<String> =
            voters.iter().map(|voter| format!("{voter}@127.0.0.1:{}", ports.controller(*voter))).collect();
        let mut text = format!(
            "node.id={node}\n\
             controller.quorum.voters={}\n\
             controller.listener.names=CONTROLLER\n\
             listener.security.protocol.map=CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,DIRECT:PLAINTEXT,STAGE:PLAINTEXT\n\
             log.dirs={}\n{COMMON}",
            voters.join(","),
            escape(self.data)
        );
        if voters.len() > 1 {
            text += QUORUM;
        }
        text += &match self.role {
            Role::Controller => {
                format!(
                    "process.roles=controller\nlisteners=CONTROLLER://127.0.0.1:{}\n{CONTROLLER}",
                    ports.controller(*node)
                )
            }
            Role::Broker => {
                let listens = listeners(ports.internal(*node), ports.direct(*node), ports.stage(*node));
                let stage = self.stage.port(ports, *node);
                let advertises = listeners(ports.internal(*node), ports.direct(*node), stage);
                format!(
                    "process.roles=broker\nlisteners={listens}\nadvertised.listeners={advertises}\n\
                     inter.broker.listener.name=INTERNAL\n{BROKER}"
                )
            }
        };
        text
    }
}

fn listeners(internal: u16, direct: u16, stage: u16) -> String {
    format!("INTERNAL://127.0.0.1:{internal},DIRECT://127.0.0.1:{direct},STAGE://127.0.0.1:{stage}")
}

/// java.util.Properties reads a backslash as an escape.
fn escape(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "\\\\")
}

#[cfg(test)]
mod tests {
    #[test]
    fn members_are_waited_for_as_long_as_the_shop_says() {
        let line = format!("\ngroup.consumer.session.timeout.ms={}\n", crate::shop::CONSUMER_SESSION_MS);
        assert!(super::BROKER.contains(&line));
    }
}
