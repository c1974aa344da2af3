//! A quorum of three controllers on real JVMs: one is lost, and leaders are named all the same.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on says where; its figures are worth reading"
)]

use std::{
    net::SocketAddr,
    process::Stdio,
    time::{Duration, Instant},
};

use kafkascope::{
    clock::Clock,
    cluster::{
        Config, LocalCluster, Ports, StageAdvertises,
        provision::{Environment, Kafka, provision},
        spawner::Spawner,
    },
    observe::{self, ObserveConfig},
    report::{self, Inbox},
};
use model::{
    fact::{Event, Role},
    ids::BrokerId,
};
use tokio::{io::AsyncWriteExt as _, process::Command, sync::watch, time::timeout};

const WRAPPER: &str = env!("CARGO_BIN_EXE_kafkascope");
const PATIENCE: Duration = Duration::from_secs(90);

/// Waits for what `wanted` finds in a fact.
async fn until<T>(inbox: &mut Inbox, what: &str, wanted: impl Fn(&Event) -> Option<T>) -> T {
    let wait = async {
        loop {
            if let Some(found) = wanted(&inbox.seen.recv().await.expect("something reports").event) {
                return found;
            }
        }
    };
    timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("not seen: {what}"))
}

/// Leader, epoch and voters, as our eyes tell it; none where nobody leads.
fn quorum(event: &Event) -> Option<(BrokerId, i32, usize)> {
    match event {
        Event::ControllerChanged { leader_id, epoch, voters } if leader_id.exists() => {
            Some((*leader_id, *epoch, voters.len()))
        }
        _ => None,
    }
}

fn leader_of(topic: &str) -> impl Fn(&Event) -> Option<BrokerId> {
    move |event| match event {
        Event::PartitionChanged { topic: it, leader, .. } if it == topic && leader.exists() => Some(*leader),
        _ => None,
    }
}

/// Leader and epoch as kafka-metadata-quorum tells it.
async fn quorum_by_tool(kafka: &Kafka, cluster: &LocalCluster) -> (BrokerId, i32) {
    let mut java = Command::new(kafka.java());
    java.args(["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]);
    java.arg("org.apache.kafka.tools.MetadataQuorumCommand").arg("--bootstrap-controller");
    java.arg(cluster.controller_bootstrap()).args(["describe", "--status"]);
    let answer = java.env("CLASSPATH", kafka.class_path()).kill_on_drop(true).output();
    let answer = timeout(PATIENCE, answer).await.expect("the tool ends").unwrap();
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    let number = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<i32>().ok());
    match (number("LeaderId:"), number("LeaderEpoch:")) {
        (Some(leader), Some(epoch)) => (BrokerId(leader), epoch),
        _ => panic!("{text}{}", String::from_utf8_lossy(&answer.stderr)),
    }
}

/// Makes the topic by writing to it.
async fn write(bootstrap: &str, topic: &str) {
    let mut kcat =
        Command::new("kcat").args(["-P", "-b", bootstrap, "-t", topic]).stdin(Stdio::piped()).spawn().unwrap();
    kcat.stdin.take().unwrap().write_all(b"one\n").await.unwrap();
    assert!(timeout(PATIENCE, kcat.wait()).await.expect("kcat ends").unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_controllers_one_may_be_lost() {
    let data = std::env::temp_dir().join(format!("kafkascope-quorum-{}", std::process::id()));
    std::fs::create_dir_all(&data).unwrap();
    let spawner = Spawner::start(WRAPPER).unwrap();
    let kafka = provision(&Environment::of_this_process(), &spawner, &|line| println!("{line}")).await.unwrap();
    let ports = Ports::take(kafka.cache()).unwrap();
    let (reporter, mut inbox) = report::queue(Clock::start());
    let config = Config {
        data: data.clone(),
        kafka: kafka.clone(),
        ports,
        controllers: 3,
        stage: StageAdvertises::Itself,
        spawner,
    };
    let begun = Instant::now();
    let cluster = LocalCluster::start(config, reporter.clone()).await.unwrap();
    let (stop, stopped) = watch::channel(false);
    let addresses = |role| {
        let ports = cluster.ports();
        let nodes = cluster.nodes().into_iter().filter(move |node| node.role == role);
        nodes.map(move |node| {
            let port = if role == Role::Broker { ports.direct(node.id) } else { ports.controller(node.id) };
            (node.id, SocketAddr::from(([127, 0, 0, 1], port)))
        })
    };
    let eyes = ObserveConfig {
        brokers: addresses(Role::Broker).map(|(id, address)| (Some(id), address)).collect(),
        controllers: addresses(Role::Controller).collect(),
        own_cluster: true,
        value_bytes: 0,
        include_internal: false,
    };
    let observers = observe::start(eyes, reporter, stopped);
    cluster.running().await.unwrap();
    println!("six processes run after {:?}", begun.elapsed());
    write(&cluster.direct_bootstrap(), "quorum").await;
    let leader = until(&mut inbox, "the topic", leader_of("quorum")).await;
    let (active, epoch) = quorum_by_tool(&kafka, &cluster).await;
    println!("controller {active} leads in epoch {epoch}; broker {leader} leads the topic");

    // The active one is lost: another leads in the next epoch.
    assert!(!cluster.takes_quorum(active), "two of three are a majority");
    cluster.kill(active).await.unwrap();
    let struck = Instant::now();
    let next = |event: &Event| quorum(event).filter(|(leader, ..)| *leader != active);
    let (next, next_epoch, voters) = until(&mut inbox, "another controller", next).await;
    println!("controller {next} leads in epoch {next_epoch}, seen {:?} after the kill", struck.elapsed());
    assert!(next_epoch > epoch, "{next_epoch} after {epoch}");
    assert_eq!(voters, 3);
    assert_eq!(quorum_by_tool(&kafka, &cluster).await, (next, next_epoch));
    assert!(cluster.takes_quorum(next), "one of three is none");

    // Meanwhile a leader is lost: its partition gets another.
    cluster.kill(leader).await.unwrap();
    let struck = Instant::now();
    let moved = |event: &Event| leader_of("quorum")(event).filter(|it| *it != leader);
    let other = until(&mut inbox, "another leader", moved).await;
    println!("broker {other} leads the topic {:?} after broker {leader} was killed", struck.elapsed());

    // Both come back; the quorum keeps the leader it has.
    cluster.start_node(active).await.unwrap();
    cluster.start_node(leader).await.unwrap();
    assert!(!cluster.takes_quorum(next));
    assert_eq!(quorum_by_tool(&kafka, &cluster).await.0, next);

    stop.send_replace(true);
    observers.ended().await;
    cluster.shutdown(&|line| println!("{line}")).await.unwrap();
    std::fs::remove_dir_all(&data).unwrap();
}
