//! Prints what the eyes see of a running cluster, one fact a line: for trying the observers by hand.
//!
//! `eyes own 1=HOST:PORT,2=HOST:PORT 100=HOST:PORT` for a cluster of our own (brokers, controllers);
//! `eyes external HOST:PORT,…` for any other. Ends with its standard input's end or Ctrl-C.

use std::io::Write as _;

use anyhow::{Context as _, bail};
use kafkascope::{
    clock::Clock,
    observe::{self, ObserveConfig},
    report,
};
use model::{fact::Fact, ids::BrokerId};
use tokio::sync::watch;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let config = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["own", brokers, controllers] => ObserveConfig {
            brokers: nodes(brokers)?.into_iter().map(|(id, address)| (Some(id), address)).collect(),
            controllers: nodes(controllers)?,
            own_cluster: true,
            value_bytes: 256,
            include_internal: false,
        },
        ["external", bootstrap] => ObserveConfig {
            brokers: bootstrap.split(',').map(|address| Ok((None, address.parse()?))).collect::<anyhow::Result<_>>()?,
            controllers: Vec::new(),
            own_cluster: false,
            value_bytes: 0,
            include_internal: false,
        },
        _ => bail!("usage: eyes own ID=HOST:PORT,… ID=HOST:PORT,… | eyes external HOST:PORT,…"),
    };
    let (reporter, mut inbox) = report::queue(Clock::start());
    let (stop, shutdown) = watch::channel(false);
    let observers = observe::start(config, reporter, shutdown);
    let mut out = std::io::stdout().lock();
    let mut seq = 0;
    loop {
        tokio::select! {
            seen = inbox.seen.recv() => {
                let Some(seen) = seen else { break };
                seq += 1;
                let fact = Fact { seq, at: seen.at, event: seen.event };
                writeln!(out, "{}", fact.to_json())?;
            }
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    stop.send_replace(true);
    observers.ended().await;
    Ok(())
}

fn nodes(list: &str) -> anyhow::Result<Vec<(BrokerId, std::net::SocketAddr)>> {
    list.split(',')
        .map(|node| {
            let (id, address) = node.split_once('=').with_context(|| format!("{node}: expected ID=HOST:PORT"))?;
            Ok((BrokerId(id.parse()?), address.parse().with_context(|| format!("{address}: expected IP:PORT"))?))
        })
        .collect()
}
