//! The local cluster alone: starts it, says where it is, tells what happens to it, and ends it at the end of standard input.

use std::{path::PathBuf, time::Instant};

use anyhow::Context as _;
use kafkascope::{
    clock::Clock,
    cluster::{
        Config, LocalCluster, Ports, StageAdvertises,
        provision::{Environment, provision},
        spawner::Spawner,
    },
    report,
};
use model::fact::Event;
use tokio::io::AsyncReadExt as _;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program for a terminal")]
async fn main() -> anyhow::Result<()> {
    let begun = Instant::now();
    let data = std::env::args_os().nth(1).map(PathBuf::from).context("usage: cluster DIR")?;
    // target/debug/examples/cluster stands beside target/debug/kafkascope, which children pass through.
    let here = std::env::current_exe()?;
    let target = here.ancestors().nth(2).context("not built by cargo")?;
    let spawner = Spawner::start(target.join("kafkascope"))?;
    let progress = |line: &str| println!("{line}");
    let kafka = provision(&Environment::of_this_process(), &spawner, &progress).await?;
    println!("Kafka {}, Java {}, found after {:?}", kafka.version, kafka.java_version, begun.elapsed());
    let ports = Ports::take(kafka.cache())?;
    let (reporter, mut inbox) = report::queue(Clock::start());
    tokio::spawn(async move {
        while let Some(seen) = inbox.seen.recv().await {
            match seen.event {
                Event::ProcessChanged { node, state, pid, cause, .. } => {
                    println!("{:>10} µs  node {node} {state:?} {pid:?}: {cause}", seen.at.0);
                }
                Event::Notice { level, source, text } => println!("{:>10} µs  {level:?} {source}: {text}", seen.at.0),
                _ => {}
            }
        }
    });
    let cluster = LocalCluster::start(
        Config { data, kafka, ports, controllers: 1, stage: StageAdvertises::Itself, spawner },
        reporter,
    )
    .await?;
    println!("bootstrap {}", cluster.direct_bootstrap());
    let pids: Vec<String> = cluster.nodes().iter().filter_map(|node| node.pid).map(|pid| pid.to_string()).collect();
    println!("pids {}", pids.join(" "));
    cluster.running().await?;
    println!("running after {:?}", begun.elapsed());
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    let begun = Instant::now();
    cluster.shutdown(&progress).await?;
    println!("ended after {:?}", begun.elapsed());
    Ok(())
}
