//! A real cluster whose STAGE listeners advertise a tap, and kcat behind the tap's back as the second opinion.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

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
use tap::{Observation, Observations, Rule, RuleId, Seen, Tap, What, Which, observer};
use tokio::{process::Command, sync::Mutex, time::timeout};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_kafkascope");
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Two cores do not carry two clusters.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// A cluster behind a tap.
pub(crate) struct World {
    pub(crate) tap: Tap,
    pub(crate) kafka: Kafka,
    cluster: LocalCluster,
    observations: Observations,
    /// All that was seen so far.
    pub(crate) seen: Vec<Seen>,
    data: PathBuf,
}

/// Runs a test on a cluster of its own.
pub(crate) async fn on_a_cluster(name: &str, test: impl AsyncFnOnce(&mut World)) {
    let _alone = ONE_AT_A_TIME.lock().await;
    let mut world = World::start(name).await;
    test(&mut world).await;
    world.cluster.shutdown(&|_line| {}).await.unwrap();
    std::fs::remove_dir_all(&world.data).unwrap();
}

/// Waits for what must come soon.
pub(crate) async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("never came: {what}"))
}

impl World {
    async fn start(name: &str) -> Self {
        let data = std::env::temp_dir().join(format!("kafkascope-tap-{name}-{}", std::process::id()));
        let spawner = Spawner::start(PROGRAM).unwrap();
        let kafka = provision(&Environment::of_this_process(), &spawner, &|line| println!("{line}")).await.unwrap();
        let again = provision(&Environment::of_this_process(), &spawner, &|line| println!("{line}")).await.unwrap();
        let ports = Ports::take(kafka.cache()).unwrap();
        let (observer, observations) = observer(100_000);
        let tap = Tap::new(Some(observer));
        for id in 1..=3 {
            let local = |port| std::net::SocketAddr::from(([127, 0, 0, 1], port));
            let (listen, upstream) = (local(ports.tap(BrokerId(id))), local(ports.stage(BrokerId(id))));
            assert_eq!(tap.listen(id, listen, upstream).await.unwrap(), listen);
        }
        let (reporter, mut inbox) = report::queue(Clock::start());
        // Nobody asks what the cluster's processes do.
        tokio::spawn(async move { while inbox.seen.recv().await.is_some() {} });
        let config = Config { data: data.clone(), kafka, ports, controllers: 1, stage: StageAdvertises::Tap, spawner };
        let cluster = LocalCluster::start(config, reporter).await.unwrap();
        cluster.running().await.unwrap();
        Self { tap, kafka: again, cluster, observations, seen: Vec::new(), data }
    }

    /// Where clients connect: the tap.
    pub(crate) fn bootstrap(&self) -> String {
        self.tap.proxies().iter().map(|proxy| proxy.listen.to_string()).collect::<Vec<_>>().join(",")
    }

    /// A topic of one partition with three replicas, made behind the tap's back.
    pub(crate) async fn topic(&self, name: &str) {
        let admin: AdminClient<DefaultClientContext> =
            ClientConfig::new().set("bootstrap.servers", self.cluster.direct_bootstrap()).create().unwrap();
        let topic = NewTopic::new(name, 1, TopicReplication::Fixed(3)).set("min.insync.replicas", "2");
        let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
        // A broker may still be on its way in.
        let made = async {
            loop {
                let made = admin.create_topics([&topic], &options).await;
                if matches!(made.as_deref(), Ok([Ok(_)])) {
                    return;
                }
                println!("{name} is not made yet: {made:?}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        soon("the topic", made).await;
    }

    /// The values on the log, as kcat reads them from the brokers themselves.
    pub(crate) async fn on_the_log(&self, topic: &str) -> Vec<String> {
        let mut kcat = Command::new("kcat");
        kcat.args(["-b", &self.cluster.direct_bootstrap(), "-C", "-t", topic, "-o", "beginning", "-e", "-q"]);
        kcat.args(["-X", "isolation.level=read_uncommitted"]);
        let said = soon("kcat's end", kcat.output()).await.unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// Takes in what was seen until something is as `wanted`; answers it. Only what is new counts.
    pub(crate) async fn until<T>(&mut self, what: &str, wanted: impl Fn(&Observation) -> Option<T>) -> T {
        loop {
            let seen = soon(what, self.observations.seen.recv()).await.unwrap();
            let found = wanted(&seen.what);
            self.seen.push(seen);
            if let Some(found) = found {
                return found;
            }
        }
    }

    /// Waits until the rule fires; answers the correlation id of what it hit.
    pub(crate) async fn fired(&mut self, id: RuleId) -> i32 {
        self.until("the rule fires", |seen| match seen {
            Observation::RuleFired { rule, correlation_id, .. } if *rule == id => *correlation_id,
            _ => None,
        })
        .await
    }

    /// Arms a rule for the next Produce of this client to this topic.
    pub(crate) fn arm(&self, client_id: &str, topic: &str, what: What) -> RuleId {
        self.tap.arm(Rule {
            client_id: Some(client_id.to_owned()),
            api: "Produce".parse().ok(),
            topic: Some(topic.to_owned()),
            ..Rule::new(Which::Next, what)
        })
    }

    /// All that was seen so far, and nothing of it was dropped or could not be read.
    pub(crate) fn saw_everything(&mut self) -> &[Seen] {
        while let Ok(seen) = self.observations.seen.try_recv() {
            self.seen.push(seen);
        }
        assert_eq!(self.observations.dropped.load(std::sync::atomic::Ordering::Relaxed), 0);
        let unread = self.seen.iter().find(|seen| matches!(seen.what, Observation::Undecodable { .. }));
        assert_eq!(unread, None);
        &self.seen
    }
}

/// How long something took.
pub(crate) async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let begun = Instant::now();
    let done = work.await;
    (done, begun.elapsed())
}

/// Every rule that acts on Produce, how often its record is then on the log without idempotence, and the least that
/// takes with a client that waits a second for an answer.
pub(crate) const RULES: [(What, usize, Duration); 5] = [
    (What::DropResponseAndClose, 2, Duration::ZERO),
    (What::DropResponse, 2, Duration::from_millis(990)),
    (What::DropRequest, 1, Duration::from_millis(990)),
    (What::DelayRequest { ms: 300 }, 1, Duration::from_millis(300)),
    (What::DelayResponse { ms: 300 }, 1, Duration::from_millis(300)),
];
