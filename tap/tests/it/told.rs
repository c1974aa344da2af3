//! What the tap reads is what the codec has written, in every version that both know.

use bytes::{Bytes, BytesMut};
use kafka_protocol::{
    messages::{
        ApiKey, FetchResponse, GroupId, HeartbeatRequest, HeartbeatResponse, MetadataRequest, MetadataResponse,
        OffsetCommitRequest, OffsetCommitResponse, ProduceRequest, ProduceResponse, TopicName, TransactionalId,
        TxnOffsetCommitRequest, TxnOffsetCommitResponse,
        fetch_response::{AbortedTransaction, FetchableTopicResponse, PartitionData},
        metadata_response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic},
        offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
        offset_commit_response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic},
        produce_request::{PartitionProduceData, TopicProduceData},
        produce_response::{BatchIndexAndErrorMessage, PartitionProduceResponse, TopicProduceResponse},
        txn_offset_commit_request::{TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic},
        txn_offset_commit_response::{TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic},
    },
    protocol::{Encodable, StrBytes},
    records::{Compression, RecordBatchEncoder, RecordEncodeOptions},
};
use tap::Observation;
use uuid::Uuid;

use crate::world::{End, World, encoded_answer, encoded_request, record};

const TOPIC: &str = "orders";
pub(crate) const CLIENT: &str = "order-1";

pub(crate) fn name() -> TopicName {
    TopicName(StrBytes::from_static_str(TOPIC))
}

pub(crate) fn id() -> Uuid {
    Uuid::from_u128(0x1234_5678_9abc_def0_1234_5678_9abc_def0)
}

/// Two batches of two records each, at offsets 40 to 43, and half a batch behind them.
fn records() -> Bytes {
    batches(false)
}

/// The same, in a transaction.
pub(crate) fn transactional_records() -> Bytes {
    batches(true)
}

fn batches(transactional: bool) -> Bytes {
    let mut out = BytesMut::new();
    let options = RecordEncodeOptions { version: 2, compression: Compression::None };
    for base in [40, 42] {
        let mut batch = [record(&format!("e{base}")), record(&format!("e{}", base + 1))];
        for (record, offset) in batch.iter_mut().zip(base..) {
            (record.offset, record.transactional) = (offset, transactional);
            (record.producer_id, record.producer_epoch) = (7, 1);
            record.sequence = i32::try_from(offset - 40).unwrap();
        }
        RecordBatchEncoder::encode(&mut out, &batch, &options).unwrap();
    }
    out.freeze()
}

/// One request and its answer, through a tap that is watched.
pub(crate) struct Talk {
    pub(crate) world: World,
    pub(crate) client: End,
    pub(crate) broker: End,
    pub(crate) correlation_id: i32,
}

impl Talk {
    pub(crate) async fn new() -> Self {
        let world = World::new(true).await;
        let (client, broker) = world.connect().await;
        Self { world, client, broker, correlation_id: 0 }
    }

    pub(crate) async fn say(&mut self, api: ApiKey, version: i16, ask: &impl Encodable, reply: &impl Encodable) {
        self.correlation_id += 1;
        let ask = encoded_request(api, version, self.correlation_id, CLIENT, ask);
        let reply = encoded_answer(api, version, self.correlation_id, reply);
        self.client.send(&ask).await;
        self.broker.gets(&ask).await;
        self.broker.send(&reply).await;
        self.client.gets(&reply).await;
    }

    /// The next observation that `wanted` takes; nothing on the way was unreadable.
    pub(crate) async fn hears<T>(&mut self, wanted: impl Fn(&Observation) -> Option<T>) -> T {
        self.world
            .until(|seen| {
                assert!(!matches!(seen, Observation::Undecodable { .. }), "{seen:?}");
                wanted(seen)
            })
            .await
    }

    /// Lets the tap learn the topic's id.
    pub(crate) async fn metadata(&mut self, version: i16) {
        let partition = MetadataResponsePartition::default().with_replica_nodes(vec![1.into(), 2.into()]);
        let topic = MetadataResponseTopic::default()
            .with_name(Some(name()))
            .with_topic_id(if version >= 10 { id() } else { Uuid::nil() })
            .with_partitions(vec![partition]);
        let broker =
            MetadataResponseBroker::default().with_host(StrBytes::from_static_str("127.0.0.1")).with_port(9092);
        let reply = MetadataResponse::default().with_brokers(vec![broker]).with_topics(vec![topic]);
        self.say(ApiKey::Metadata, version, &MetadataRequest::default(), &reply).await;
    }
}

#[tokio::test]
async fn produce_in_every_version() {
    let mut talk = Talk::new().await;
    talk.metadata(12).await;
    for version in 3..=13 {
        let by_name = if version < 13 { name() } else { TopicName::default() };
        let by_id = if version < 13 { Uuid::nil() } else { id() };
        let partition = PartitionProduceData::default().with_index(2).with_records(Some(records()));
        let topic = TopicProduceData::default().with_name(by_name.clone()).with_topic_id(by_id);
        let ask = ProduceRequest::default()
            .with_transactional_id(Some(TransactionalId(StrBytes::from_static_str("t"))))
            .with_acks(-1)
            .with_topic_data(vec![topic.with_partition_data(vec![partition])]);
        let mut answered = PartitionProduceResponse::default().with_index(2).with_base_offset(40).with_error_code(6);
        if version >= 8 {
            let message = Some(StrBytes::from_static_str("why"));
            let one = BatchIndexAndErrorMessage::default().with_batch_index_error_message(message.clone());
            answered = answered.with_record_errors(vec![one]).with_error_message(message);
        }
        let topic = TopicProduceResponse::default().with_name(by_name).with_topic_id(by_id);
        let reply = ProduceResponse::default().with_responses(vec![topic.with_partition_responses(vec![answered])]);
        talk.say(ApiKey::Produce, version, &ask, &reply).await;
        let sent = talk.hears(|seen| match seen {
            Observation::ProduceSent {
                topic, partition, producer_id, base_sequence, records, event_ids, acks, ..
            } => Some((topic.clone(), *partition, *producer_id, *base_sequence, *records, event_ids.join(","), *acks)),
            _ => None,
        });
        assert_eq!(
            sent.await,
            (TOPIC.to_owned(), 2, 7, 0, 4, String::from("e40,e41,e42,e43"), -1),
            "version {version}"
        );
        let answered = talk.hears(|seen| match seen {
            Observation::ProduceAnswered { topic, partition, base_offset, error, event_ids, .. } => {
                Some((topic.clone(), *partition, *base_offset, error.clone(), event_ids.len()))
            }
            _ => None,
        });
        let wanted = (TOPIC.to_owned(), 2, 40, String::from("NOT_LEADER_OR_FOLLOWER"), 4);
        assert_eq!(answered.await, wanted, "version {version}");
    }
}

#[tokio::test]
async fn fetch_in_every_version() {
    let mut talk = Talk::new().await;
    talk.metadata(10).await;
    for version in 4..=18 {
        let whole = records();
        let cut_off = Bytes::from([&whole[..], &whole[..70]].concat());
        let aborted = AbortedTransaction::default().with_producer_id(7.into()).with_first_offset(40);
        let full = PartitionData::default()
            .with_partition_index(1)
            .with_high_watermark(44)
            .with_aborted_transactions(Some(vec![aborted]))
            .with_records(Some(cut_off));
        let empty = PartitionData::default().with_partition_index(0).with_records(Some(Bytes::new()));
        let topic = FetchableTopicResponse::default()
            .with_topic(if version < 13 { name() } else { TopicName::default() })
            .with_topic_id(if version < 13 { Uuid::nil() } else { id() })
            .with_partitions(vec![empty, full]);
        let reply = FetchResponse::default().with_responses(vec![topic]);
        // The tap does not read what is asked for.
        talk.say(ApiKey::Fetch, version, &kafka_protocol::messages::FetchRequest::default(), &reply).await;
        let fetched = talk.hears(|seen| match seen {
            Observation::FetchAnswered { topic, partition, from_offset, to_offset, records, .. } => {
                Some((topic.clone(), *partition, *from_offset, *to_offset, *records))
            }
            _ => None,
        });
        assert_eq!(fetched.await, (TOPIC.to_owned(), 1, 40, 44, 4), "version {version}");
    }
}

#[tokio::test]
async fn commits_in_every_version() {
    let mut talk = Talk::new().await;
    for version in 2..=9 {
        let partition = OffsetCommitRequestPartition::default().with_partition_index(1).with_committed_offset(9);
        let topic = OffsetCommitRequestTopic::default().with_name(name()).with_partitions(vec![partition]);
        let group = GroupId(StrBytes::from_static_str("stock"));
        let ask = OffsetCommitRequest::default().with_group_id(group).with_topics(vec![topic]);
        let partition = OffsetCommitResponsePartition::default().with_partition_index(1).with_error_code(22);
        let topic = OffsetCommitResponseTopic::default().with_name(name()).with_partitions(vec![partition]);
        talk.say(ApiKey::OffsetCommit, version, &ask, &OffsetCommitResponse::default().with_topics(vec![topic])).await;
        assert_eq!(committed(&mut talk).await, (9, String::from("ILLEGAL_GENERATION"), false), "version {version}");
    }
    for version in 0..=5 {
        let partition = TxnOffsetCommitRequestPartition::default().with_partition_index(1).with_committed_offset(9);
        let topic = TxnOffsetCommitRequestTopic::default().with_name(name()).with_partitions(vec![partition]);
        let group = GroupId(StrBytes::from_static_str("stock"));
        let ask = TxnOffsetCommitRequest::default().with_group_id(group).with_topics(vec![topic]);
        let partition = TxnOffsetCommitResponsePartition::default().with_partition_index(1);
        let topic = TxnOffsetCommitResponseTopic::default().with_name(name()).with_partitions(vec![partition]);
        let reply = TxnOffsetCommitResponse::default().with_topics(vec![topic]);
        talk.say(ApiKey::TxnOffsetCommit, version, &ask, &reply).await;
        assert_eq!(committed(&mut talk).await, (9, String::new(), true), "version {version}");
    }
}

async fn committed(talk: &mut Talk) -> (i64, String, bool) {
    talk.hears(|seen| match seen {
        Observation::CommitAnswered { group_id, topic, partition, offset, error, transactional, .. } => {
            assert_eq!((group_id.as_str(), topic.as_str(), *partition), ("stock", TOPIC, 1));
            Some((*offset, error.clone(), *transactional))
        }
        _ => None,
    })
    .await
}

/// Heartbeats are only counted, but one that is refused is told; the count comes when the connection ends.
#[tokio::test]
async fn heartbeats() {
    let mut talk = Talk::new().await;
    for version in 0..=4 {
        let ask = HeartbeatRequest::default().with_group_id(GroupId(StrBytes::from_static_str("stock")));
        let error = if version == 4 { 27 } else { 0 };
        talk.say(ApiKey::Heartbeat, version, &ask, &HeartbeatResponse::default().with_error_code(error)).await;
    }
    let refused = talk.hears(|seen| match seen {
        Observation::GroupCalled { api, error, correlation_id, .. } => {
            Some((api.clone(), error.clone(), *correlation_id))
        }
        _ => None,
    });
    assert_eq!(refused.await, (String::from("Heartbeat"), String::from("REBALANCE_IN_PROGRESS"), 5));
    let Talk { mut world, client, broker, .. } = talk;
    drop((client, broker));
    let count = world.until(|seen| match seen {
        Observation::Heartbeats { group_id, count, .. } => Some((group_id.clone(), *count)),
        _ => None,
    });
    assert_eq!(count.await, (String::from("stock"), 5));
}

/// Without an answer that names it a topic is told by its id, as Kafka's tools print it.
#[tokio::test]
async fn a_topic_that_nobody_named_is_told_by_its_id() {
    let mut talk = Talk::new().await;
    talk.metadata(9).await;
    let partition = PartitionData::default().with_records(Some(records()));
    let topic = FetchableTopicResponse::default().with_topic_id(Uuid::from_u128(1)).with_partitions(vec![partition]);
    let reply = FetchResponse::default().with_responses(vec![topic]);
    talk.say(ApiKey::Fetch, 13, &kafka_protocol::messages::FetchRequest::default(), &reply).await;
    let topic = talk.hears(|seen| match seen {
        Observation::FetchAnswered { topic, .. } => Some(topic.clone()),
        _ => None,
    });
    assert_eq!(topic.await, "AAAAAAAAAAAAAAAAAAAAAQ");
}

/// What is too big to be held passes all the same, and that nobody looked into it is said.
#[tokio::test]
async fn a_frame_of_more_than_1_mib_passes_unseen_and_that_is_told() {
    let mut talk = Talk::new().await;
    let big = Some(Bytes::from(vec![0; 2 << 20]));
    let partition = PartitionProduceData::default().with_records(big.clone());
    let topic = TopicProduceData::default().with_name(name()).with_partition_data(vec![partition]);
    let ask = ProduceRequest::default().with_acks(-1).with_topic_data(vec![topic]);
    let reply = ProduceResponse::default();
    let (mut requests, mut answers) = (Vec::new(), Vec::new());
    for id in [1, 2] {
        requests.extend(encoded_request(ApiKey::Produce, 9, id, CLIENT, &ask));
        answers.extend(encoded_answer(ApiKey::Produce, 9, id, &reply));
    }
    tokio::join!(talk.client.send(&requests), talk.broker.gets(&requests));
    talk.broker.send(&answers).await;
    talk.client.gets(&answers).await;
    let told = |seen: &Observation| match seen {
        Observation::Undecodable { api, reason, .. } => Some((api.clone(), reason.contains("1 MiB"))),
        Observation::ProduceSent { .. } => panic!("it was too big to be read"),
        _ => None,
    };
    assert_eq!(talk.world.until(told).await, (String::from("Produce"), true));
    drop((talk.client, talk.broker));
    let next = talk.world.until(|seen| match seen {
        Observation::Undecodable { .. } => Some("told again"),
        Observation::Disconnected { .. } => Some("told once"),
        _ => None,
    });
    assert_eq!(next.await, "told once");
}
