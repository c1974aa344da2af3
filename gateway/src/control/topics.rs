//! The topics of a stage: which there are, and who leads what.

use std::time::Duration;

use anyhow::{Context as _, bail};
use model::{fact::Role, ids::BrokerId};

use super::stage::{Stage, addresses};
use crate::kafka::hands;

/// How long making them may take.
const DEADLINE: Duration = Duration::from_secs(5);

impl Stage {
    /// The shop's topics, and Kafka's own two at a size that suits a stage (kafka-failures: 50 partitions each otherwise).
    pub(super) async fn make_topics(&self) -> anyhow::Result<()> {
        let config = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let brokers: Vec<BrokerId> = addresses(&self.cluster, Role::Broker).map(|(id, _)| id).collect();
        // Placed by hand, so that each broker leads as many partitions as any other and no two stages differ.
        let topic = |name: &str, first: usize, partitions: usize, configs| hands::NewTopic {
            name: name.to_owned(),
            replicas: (first..first + partitions).map(|leader| turned(&brokers, leader)).collect(),
            configs,
        };
        let compacted =
            [("cleanup.policy", "compact"), ("compression.type", "producer"), ("segment.bytes", "104857600")];
        let transactions = [
            ("cleanup.policy", "compact"),
            ("compression.type", "uncompressed"),
            ("segment.bytes", "104857600"),
            ("unclean.leader.election.enable", "false"),
            ("min.insync.replicas", "2"),
        ];
        let in_sync = [("min.insync.replicas", "2")];
        let topics = [
            topic("__consumer_offsets", 0, 3, config(&compacted)),
            topic("__transaction_state", 0, 3, config(&transactions)),
            topic("orders", 1, 2, config(&in_sync)),
            topic("stock", 0, 2, config(&in_sync)),
            topic("payments", 2, 2, config(&in_sync)),
        ];
        let mut connection = self.any_broker().await?;
        let made =
            hands::create_topics(&mut connection, &topics, DEADLINE).await.context("cannot create the topics")?;
        for (name, error) in made {
            match error {
                None => {}
                Some(code) if code.to_string() == "TOPIC_ALREADY_EXISTS" => {}
                Some(code) => bail!("cannot create topic {name}: {code}"),
            }
        }
        Ok(())
    }
}

/// The brokers, beginning with the one at `first`.
fn turned(brokers: &[BrokerId], first: usize) -> Vec<BrokerId> {
    let mut turned = brokers.to_vec();
    turned.rotate_left(first % brokers.len().max(1));
    turned
}
