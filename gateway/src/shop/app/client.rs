//! The app's two Kafka clients: their settings, and what their callbacks tell the app.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::SyncSender},
    time::Duration,
};

use anyhow::{Context as _, Result};
use model::fact::{Assigned, Event as Fact};
use rdkafka::{
    ClientConfig, ClientContext, Offset, TopicPartitionList,
    config::{FromClientConfigAndContext as _, RDKafkaLogLevel},
    consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance},
    error::{KafkaError, KafkaResult},
    message::{DeliveryResult, Message as _},
    producer::{BaseProducer, ProducerContext, ThreadedProducer},
    types::RDKafkaErrorCode,
};

use super::{
    Input,
    key::Key,
    offsets::{Commit, Offsets},
    report::Voice,
};
use crate::{
    clock::monotonic_micros,
    shop::{
        CLASSIC_SESSION_MS,
        guards::{Guard, Guards},
    },
};

/// What a client needs to know of its app.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) bootstrap: String,
    pub(crate) client_id: String,
    pub(crate) group: String,
    /// `classic` or `consumer` (KIP-848).
    pub(crate) group_protocol: String,
    /// `partition.assignment.strategy`: `range` or `cooperative-sticky`; librdkafka's own where it is missing.
    pub(crate) assignor: Option<String>,
    /// What it reads.
    pub(crate) topics: Vec<String>,
    /// Which key its records carry.
    pub(crate) key: Key,
    /// How long the work on a record takes beyond what it does.
    pub(crate) work: Duration,
    /// `read_committed` or `read_uncommitted`.
    pub(crate) isolation: String,
    /// Commits a record's offset before its work.
    pub(crate) commit_first: bool,
    /// `transactional.id`, where it makes transactions.
    pub(crate) transactional_id: String,
}

/// Offsets as the app and the rebalance callbacks share them.
pub(crate) type SharedOffsets = Arc<Mutex<Offsets>>;

/// A lock that a panic elsewhere cannot take away: the offsets are whole after each call.
pub(crate) fn locked(offsets: &SharedOffsets) -> MutexGuard<'_, Offsets> {
    offsets.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Settings that both clients share; research behind each: failover within the cluster's own 3 s session.
fn common(setup: &Setup) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &setup.bootstrap)
        .set("client.id", &setup.client_id)
        .set("broker.address.family", "v4")
        // A paused broker sends no reset: this is how long a client waits for it.
        .set("socket.timeout.ms", "3000")
        .set("topic.metadata.refresh.interval.ms", "1000")
        .set("reconnect.backoff.max.ms", "500")
        .set("enable.metrics.push", "false")
        .set("log.connection.close", "false")
        .set_log_level(RDKafkaLogLevel::Warning);
    config
}

/// The producer's settings under these guards.
fn producer_config(setup: &Setup, guards: Guards) -> ClientConfig {
    let mut config = common(setup);
    config
        // One event is one frame.
        .set("linger.ms", "0")
        .set("batch.num.messages", "1")
        // Longer than a failover (3 to 4 s); what is still not delivered then is sent again by the app.
        .set("message.timeout.ms", "30000")
        // Java's partitioner; librdkafka's own default is CRC32.
        .set("partitioner", "murmur2_random")
        .set("sticky.partitioning.linger.ms", "0")
        .set("acks", if guards.has(Guard::AcksAll) { "all" } else { "1" })
        .set("enable.idempotence", if guards.has(Guard::Idempotence) { "true" } else { "false" });
    config
}

/// What a transactional producer has beyond that.
fn transactional_config(setup: &Setup, guards: Guards) -> ClientConfig {
    let mut config = producer_config(setup, guards);
    config
        .set("transactional.id", &setup.transactional_id)
        // How long a transaction that nobody ends holds up everybody behind it; longer than a failover.
        .set("transaction.timeout.ms", "5000")
        // librdkafka allows no more than that.
        .set("message.timeout.ms", "5000");
    config
}

fn consumer_config(setup: &Setup) -> ClientConfig {
    let mut config = common(setup);
    config
        .set("group.id", &setup.group)
        .set("group.protocol", &setup.group_protocol)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("isolation.level", &setup.isolation)
        .set("auto.offset.reset", "earliest")
        // The default stalls for a second after a burst.
        .set("fetch.queue.backoff.ms", "10")
        // A new leader is asked at once, not half a second later.
        .set("fetch.error.backoff.ms", "100");
    if let Some(assignor) = &setup.assignor {
        config.set("partition.assignment.strategy", assignor);
    }
    // With the consumer protocol the broker owns these, and librdkafka refuses them (INTRODUCTION.md, KIP-848).
    if setup.group_protocol == "classic" {
        config.set("session.timeout.ms", CLASSIC_SESSION_MS.to_string()).set("heartbeat.interval.ms", "500");
    }
    config
}

/// What a delivery report belongs to.
#[derive(Debug)]
pub(crate) struct Flight {
    pub(crate) event_id: String,
    pub(crate) topic: String,
    pub(crate) sent_at: u64,
    /// Under which acks it was sent.
    pub(crate) acks: &'static str,
}

/// The outcome of a send.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) flight: Box<Flight>,
    pub(crate) at: u64,
    /// Partition and offset, or Kafka's name of the error.
    pub(crate) result: Result<(i32, i64), String>,
}

impl Delivery {
    fn new(flight: Box<Flight>, result: &DeliveryResult<'_>) -> Self {
        let result = match result {
            Ok(message) => Ok((message.partition(), message.offset())),
            Err((error, _)) => Err(error.rdkafka_error_code().map_or_else(|| error.to_string(), kafka_name)),
        };
        Self { flight, at: monotonic_micros(), result }
    }
}

/// The producer's callbacks.
#[derive(Clone, Debug)]
pub(crate) struct Sends {
    inputs: SyncSender<Input>,
    voice: Voice,
}

impl ClientContext for Sends {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(&self.voice, level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        trouble(&self.voice, "producer", &error, reason);
    }
}

impl ProducerContext for Sends {
    type DeliveryOpaque = Box<Flight>;

    fn delivery(&self, result: &DeliveryResult<'_>, flight: Box<Flight>) {
        // It fails only where the app has ended, and then nobody waits for it.
        drop(self.inputs.send(Input::Delivered(Delivery::new(flight, result))));
    }
}

/// The producer.
pub(crate) type Producer = ThreadedProducer<Sends>;

/// Makes a producer under these guards.
///
/// # Errors
/// Where librdkafka refuses the settings.
pub(crate) fn producer(setup: &Setup, guards: Guards, inputs: SyncSender<Input>, voice: Voice) -> Result<Producer> {
    ThreadedProducer::from_config_and_context(&producer_config(setup, guards), Sends { inputs, voice })
        .context("cannot make the producer")
}

/// A transactional producer's callbacks. Deliveries wait for whoever sent them: as many as one transaction has.
#[derive(Debug)]
pub(crate) struct Collects {
    voice: Voice,
    delivered: Mutex<Vec<Delivery>>,
}

impl Collects {
    /// What was delivered since this was last asked.
    pub(crate) fn take(&self) -> Vec<Delivery> {
        std::mem::take(&mut *self.delivered.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a transaction cannot do its sender is told too, and decides what it means; here it is only for the log.
impl ClientContext for Collects {
    fn log(&self, _: RDKafkaLogLevel, facility: &str, message: &str) {
        self.voice.info(&format!("librdkafka {facility}: {message}"));
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.voice.info(&format!("transactional producer: {error}: {reason}"));
    }
}

impl ProducerContext for Collects {
    type DeliveryOpaque = Box<Flight>;

    fn delivery(&self, result: &DeliveryResult<'_>, flight: Box<Flight>) {
        let delivery = Delivery::new(flight, result);
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner).push(delivery);
    }
}

/// The transactional producer; its callbacks are called where it is polled or flushed.
pub(crate) type Transactional = BaseProducer<Collects>;

/// Makes a transactional producer; its coordinator does not know it yet.
///
/// # Errors
/// Where librdkafka refuses the settings.
pub(crate) fn transactional(setup: &Setup, guards: Guards, voice: Voice) -> Result<Transactional> {
    let context = Collects { voice, delivered: Mutex::default() };
    BaseProducer::from_config_and_context(&transactional_config(setup, guards), context)
        .context("cannot make the transactional producer")
}

/// The consumer's callbacks.
#[derive(Debug)]
pub(crate) struct Reads {
    inputs: SyncSender<Input>,
    voice: Voice,
    offsets: SharedOffsets,
    group: String,
}

impl Reads {
    /// Tells what the member's own client says, as ConsumerRebalanceListener would.
    fn tell(&self, change: &str, list: &TopicPartitionList) {
        let assigned = |(topic, partition)| Assigned { topic, partition };
        self.voice.fact(Fact::Rebalanced {
            app: self.voice.app().name().to_owned(),
            instance: self.voice.instance(),
            group_id: self.group.clone(),
            change: change.to_owned(),
            partitions: partitions(list).into_iter().map(assigned).collect(),
        });
    }
}

impl ClientContext for Reads {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(&self.voice, level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        trouble(&self.voice, "consumer", &error, reason);
    }
}

impl ConsumerContext for Reads {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(list) => locked(&self.offsets).assign(&partitions(list)),
            Rebalance::Revoke(list) => {
                self.tell(if consumer.assignment_lost() { "lost" } else { "revoked" }, list);
                let commits = locked(&self.offsets).revoke(&partitions(list));
                // A member that was thrown out may not commit any more; the next owner reads from what was committed.
                // Async is enough: librdkafka gives partitions back only after the commits under way.
                if !commits.is_empty()
                    && !consumer.assignment_lost()
                    && let Err(error) = commit_list(&commits).and_then(|list| consumer.commit(&list, CommitMode::Async))
                {
                    self.voice.warn(&format!("cannot commit what is given away: {error}"));
                }
            }
            Rebalance::Error(error) => self.voice.error(&format!("rebalance failed: {error}")),
        }
    }

    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Assign(list) = rebalance {
            self.tell("assigned", list);
            drop(self.inputs.send(Input::Joined(partitions(list))));
        }
    }
}

/// The consumer.
pub(crate) type Reader = BaseConsumer<Reads>;

/// Makes the consumer; it joins nothing yet.
///
/// # Errors
/// Where librdkafka refuses the settings.
pub(crate) fn consumer(
    setup: &Setup,
    offsets: SharedOffsets,
    inputs: SyncSender<Input>,
    voice: Voice,
) -> Result<Reader> {
    let context = Reads { inputs, voice, offsets, group: setup.group.clone() };
    BaseConsumer::from_config_and_context(&consumer_config(setup), context).context("cannot make the consumer")
}

/// Offsets as librdkafka wants them.
pub(crate) fn commit_list(commits: &[Commit]) -> KafkaResult<TopicPartitionList> {
    let mut list = TopicPartitionList::new();
    for (topic, partition, offset) in commits {
        list.add_partition_offset(topic, *partition, Offset::Offset(*offset))?;
    }
    Ok(list)
}

fn partitions(list: &TopicPartitionList) -> Vec<(String, i32)> {
    list.elements().iter().map(|element| (element.topic().to_owned(), element.partition())).collect()
}

/// The error as Kafka and librdkafka spell it: `NOT_ENOUGH_REPLICAS`, and `_MSG_TIMED_OUT` for librdkafka's own.
pub(crate) fn kafka_name(code: RDKafkaErrorCode) -> String {
    // librdkafka's own errors are negative; -1 is UNKNOWN, the broker's.
    let mut name = String::from(if (code as i32) < -1 { "_" } else { "" });
    for (index, letter) in format!("{code:?}").replace("Message", "Msg").char_indices() {
        if letter.is_uppercase() && index > 0 {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// Tells what librdkafka could not do. A broker that is gone is a fact of the cluster, and the eyes see it: as a line of
/// each client and each try it would only be noise, so it stays in the log.
pub(crate) fn trouble(voice: &Voice, client: &str, error: &KafkaError, reason: &str) {
    let text = format!("{client}: {error}: {reason}");
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::BrokerTransportFailure | RDKafkaErrorCode::OperationTimedOut) => voice.info(&text),
        _ => voice.warn(&text),
    }
}

fn log(voice: &Voice, level: RDKafkaLogLevel, facility: &str, message: &str) {
    let text = format!("librdkafka {facility}: {message}");
    // What a broken cluster does to a client: a broker that is gone or does not answer, a session that ended, a commit that
    // is made again. The eyes see it, and the app gets over it.
    if matches!(facility, "FAIL" | "REQTMOUT" | "SESSTMOUT" | "COMMITFAIL") || message.ends_with("retrying") {
        return voice.info(&text);
    }
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
            voice.error(&text);
        }
        RDKafkaLogLevel::Warning => voice.warn(&text),
        _ => voice.info(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_spelled_as_kafka_does() {
        assert_eq!(kafka_name(RDKafkaErrorCode::NotEnoughReplicas), "NOT_ENOUGH_REPLICAS");
        assert_eq!(kafka_name(RDKafkaErrorCode::MessageTimedOut), "_MSG_TIMED_OUT");
        assert_eq!(kafka_name(RDKafkaErrorCode::PurgeInflight), "_PURGE_INFLIGHT");
        assert_eq!(kafka_name(RDKafkaErrorCode::Fenced), "_FENCED");
        assert_eq!(kafka_name(RDKafkaErrorCode::InvalidProducerEpoch), "INVALID_PRODUCER_EPOCH");
    }
}
