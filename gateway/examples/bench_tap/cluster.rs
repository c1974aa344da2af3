//! The cluster that is measured: its STAGE listeners advertise whatever stands before them, DIRECT themselves.

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context as _, Result};
use kafkascope::{
    clock::Clock,
    cluster::{
        Config, LocalCluster, Ports, StageAdvertises,
        provision::{Environment, Kafka, provision},
        spawner::Spawner,
    },
    report,
};
use model::ids::BrokerId;
use rdkafka::{
    ClientConfig,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
};
use tokio::time::{Instant, sleep};

/// A cluster, and how its tools are run.
pub(crate) struct Stage {
    cluster: LocalCluster,
    pub(crate) kafka: Kafka,
    pub(crate) pairs: Vec<(SocketAddr, SocketAddr)>,
}

impl Stage {
    pub(crate) async fn start(data: &Path) -> Result<Self> {
        let spawner = Spawner::start(super::program()?)?;
        let environment = Environment::of_this_process();
        let kafka = provision(&environment, &spawner, &|line| println!("{line}")).await?;
        let tools = provision(&environment, &spawner, &|line| println!("{line}")).await?;
        let ports = Ports::take(kafka.cache())?;
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let pairs = (1..=3).map(BrokerId).map(|id| (local(ports.tap(id)), local(ports.stage(id)))).collect();
        let (reporter, mut inbox) = report::queue(Clock::start());
        tokio::spawn(async move { while inbox.seen.recv().await.is_some() {} });
        let config =
            Config { data: data.to_owned(), kafka, ports, controllers: 1, stage: StageAdvertises::Tap, spawner };
        let cluster = LocalCluster::start(config, reporter).await?;
        cluster.running().await?;
        Ok(Self { cluster, kafka: tools, pairs })
    }

    /// Past whatever is measured.
    pub(crate) fn direct(&self) -> String {
        self.cluster.direct_bootstrap()
    }

    /// Through it.
    pub(crate) fn through(&self) -> String {
        self.pairs.iter().map(|(listen, _)| listen.to_string()).collect::<Vec<_>>().join(",")
    }

    fn admin(&self) -> Result<AdminClient<DefaultClientContext>> {
        Ok(ClientConfig::new().set("bootstrap.servers", self.direct()).create()?)
    }

    /// A new topic of three partitions; a broker may still be on its way in.
    pub(crate) async fn topic(&self, name: &str, replicas: i32) -> Result<()> {
        let topic = NewTopic::new(name, 3, TopicReplication::Fixed(replicas)).set("file.delete.delay.ms", "1000");
        let admin = self.admin()?;
        let late = Instant::now() + Duration::from_secs(60);
        loop {
            let made = admin.create_topics([&topic], &AdminOptions::new()).await?;
            match made.into_iter().next() {
                Some(Err((_, code))) if Instant::now() < late => {
                    println!("{name} is not made yet: {code}");
                    sleep(Duration::from_millis(200)).await;
                }
                Some(Err((_, code))) => anyhow::bail!("cannot make {name}: {code}"),
                _ => return Ok(()),
            }
        }
    }

    pub(crate) async fn drop_topics(&self, names: &[&str]) -> Result<()> {
        self.admin()?.delete_topics(names, &AdminOptions::new()).await.context("removing the slot's topics")?;
        Ok(())
    }

    pub(crate) async fn end(self) -> Result<()> {
        self.cluster.shutdown(&|line| println!("{line}")).await
    }
}
