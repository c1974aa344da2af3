//! Groups and transactions as their coordinators hear of them: what the tap reads is what the codec has written.

use kafka_protocol::{
    messages::{
        AddPartitionsToTxnRequest, AddPartitionsToTxnResponse, ApiKey, ApiVersionsRequest, ApiVersionsResponse,
        ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, EndTxnRequest, EndTxnResponse, GroupId,
        InitProducerIdRequest, InitProducerIdResponse, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest,
        LeaveGroupResponse, ProduceRequest, ProduceResponse, SyncGroupRequest, SyncGroupResponse, TransactionalId,
        add_partitions_to_txn_request::AddPartitionsToTxnTransaction,
        produce_request::{PartitionProduceData, TopicProduceData},
    },
    protocol::{Encodable, StrBytes},
};
use tap::{Observation, Rule, What, Which};

use crate::{
    told::{CLIENT, Talk, id, name, transactional_records},
    world::{answer, encoded_request, request},
};

const TRANSACTIONAL_ID: &str = "order-1";

fn group() -> GroupId {
    GroupId(StrBytes::from_static_str("stock"))
}

fn transactional_id() -> TransactionalId {
    TransactionalId(StrBytes::from_static_str(TRANSACTIONAL_ID))
}

/// A call of a group is told with its answer.
async fn is_called(talk: &mut Talk, api: ApiKey, version: i16, ask: &impl Encodable, reply: &impl Encodable) {
    talk.say(api, version, ask, reply).await;
    let called = talk.hears(|seen| match seen {
        Observation::GroupCalled { api, group_id, error, .. } => Some((api.clone(), group_id.clone(), error.clone())),
        _ => None,
    });
    let wanted = (format!("{api:?}"), String::from("stock"), String::from("REBALANCE_IN_PROGRESS"));
    assert_eq!(called.await, wanted, "version {version}");
}

#[tokio::test]
async fn joining_and_leaving_in_every_version() {
    let mut talk = Talk::new().await;
    for version in 0..=9 {
        let ask = JoinGroupRequest::default().with_group_id(group());
        let reply = JoinGroupResponse::default().with_error_code(27);
        is_called(&mut talk, ApiKey::JoinGroup, version, &ask, &reply).await;
    }
    for version in 0..=5 {
        let ask = SyncGroupRequest::default().with_group_id(group());
        is_called(&mut talk, ApiKey::SyncGroup, version, &ask, &SyncGroupResponse::default().with_error_code(27)).await;
        let ask = LeaveGroupRequest::default().with_group_id(group());
        let reply = LeaveGroupResponse::default().with_error_code(27);
        is_called(&mut talk, ApiKey::LeaveGroup, version, &ask, &reply).await;
    }
    for (version, epoch) in [(0, 0), (0, -1), (1, 0), (1, -2)] {
        let ask = ConsumerGroupHeartbeatRequest::default().with_group_id(group()).with_member_epoch(epoch);
        let reply = ConsumerGroupHeartbeatResponse::default().with_error_code(27);
        is_called(&mut talk, ApiKey::ConsumerGroupHeartbeat, version, &ask, &reply).await;
    }
}

#[tokio::test]
async fn a_client_says_its_software() {
    for version in 0..=4 {
        let mut talk = Talk::new().await;
        let mut ask = ApiVersionsRequest::default();
        if version >= 3 {
            ask = ask.with_client_software_name(StrBytes::from_static_str("librdkafka"));
            ask = ask.with_client_software_version(StrBytes::from_static_str("2.16.0"));
        }
        talk.say(ApiKey::ApiVersions, version, &ask, &ApiVersionsResponse::default()).await;
        let met = talk.hears(|seen| match seen {
            Observation::Identified { client_id, software_name, software_version } => {
                Some([client_id.clone(), software_name.clone(), software_version.clone()])
            }
            _ => None,
        });
        let wanted = if version >= 3 { [CLIENT, "librdkafka", "2.16.0"] } else { [CLIENT, "", ""] };
        assert_eq!(met.await, wanted, "version {version}");
    }
}

/// From version 10 on topics are ids, which the codec does not write yet.
#[tokio::test]
async fn a_commit_by_topic_id() {
    let mut talk = Talk::new().await;
    talk.metadata(12).await;
    let (topic, partition) = (id().into_bytes(), 1_i32.to_be_bytes());
    // Empty tags; group, generation, member, no instance; one topic with one partition at 9, no leader epoch, no metadata.
    let ask = [
        &[0, 6][..],
        b"stock",
        &[0, 0, 0, 3, 1, 0, 2],
        &topic,
        &[2],
        &partition,
        &9_i64.to_be_bytes(),
        &[0xff; 4],
        &[0, 0, 0, 0],
    ]
    .concat();
    // Empty tags, no throttling, one topic with one partition.
    let reply = [&[0, 0, 0, 0, 0, 2][..], &topic, &[2], &partition, &[0, 22, 0, 0, 0]].concat();
    let (ask, reply) = (request(8, 10, 77, CLIENT, &ask), answer(77, &reply));
    talk.client.send(&ask).await;
    talk.broker.gets(&ask).await;
    talk.broker.send(&reply).await;
    talk.client.gets(&reply).await;
    let committed = talk.hears(|seen| match seen {
        Observation::CommitAnswered { group_id, topic, partition, offset, error, .. } => {
            Some((group_id.clone(), topic.clone(), *partition, *offset, error.clone()))
        }
        _ => None,
    });
    let wanted = (String::from("stock"), String::from("orders"), 1, 9, String::from("ILLEGAL_GENERATION"));
    assert_eq!(committed.await, wanted);
}

/// What is told of a transaction: what happened, by which request, and to whom.
#[derive(Debug, PartialEq)]
struct Step(&'static str, i32, i64, i16);

async fn step(talk: &mut Talk) -> Step {
    talk.hears(|seen| match seen {
        Observation::ProducerInitialised { correlation_id, producer_id, producer_epoch, .. } => {
            Some(Step("initialised", *correlation_id, *producer_id, *producer_epoch))
        }
        Observation::TransactionBegun { correlation_id, transactional_id, producer_id, producer_epoch, .. } => {
            assert_eq!(transactional_id, TRANSACTIONAL_ID);
            Some(Step("begun", *correlation_id, *producer_id, *producer_epoch))
        }
        Observation::TransactionEnded { correlation_id, producer_id, producer_epoch, committed, .. } => {
            Some(Step(if *committed { "committed" } else { "aborted" }, *correlation_id, *producer_id, *producer_epoch))
        }
        _ => None,
    })
    .await
}

async fn end(talk: &mut Talk, version: i16, committed: bool) -> Step {
    let ask = EndTxnRequest::default()
        .with_transactional_id(transactional_id())
        .with_producer_id(7.into())
        .with_producer_epoch(1)
        .with_committed(committed);
    talk.say(ApiKey::EndTxn, version, &ask, &EndTxnResponse::default()).await;
    step(talk).await
}

fn add_partitions(version: i16) -> AddPartitionsToTxnRequest {
    if version < 4 {
        return AddPartitionsToTxnRequest::default()
            .with_v3_and_below_transactional_id(transactional_id())
            .with_v3_and_below_producer_id(7.into())
            .with_v3_and_below_producer_epoch(1);
    }
    let of = |id: TransactionalId, verify_only: bool| {
        AddPartitionsToTxnTransaction::default()
            .with_transactional_id(id)
            .with_producer_id(7.into())
            .with_producer_epoch(1)
            .with_verify_only(verify_only)
    };
    // Brokers ask each other whether one is there: that begins nothing.
    let asked = of(TransactionalId(StrBytes::from_static_str("other")), true);
    AddPartitionsToTxnRequest::default().with_transactions(vec![asked, of(transactional_id(), false)])
}

#[tokio::test]
async fn a_transaction_in_every_version() {
    let mut talk = Talk::new().await;
    for version in 0..=5 {
        let ask = InitProducerIdRequest::default().with_transactional_id(Some(transactional_id()));
        let reply = InitProducerIdResponse::default().with_producer_id(7.into()).with_producer_epoch(1);
        talk.say(ApiKey::InitProducerId, version, &ask, &reply).await;
        assert_eq!(step(&mut talk).await, Step("initialised", talk.correlation_id, 7, 1), "version {version}");

        let begins = add_partitions(version);
        talk.say(ApiKey::AddPartitionsToTxn, version, &begins, &AddPartitionsToTxnResponse::default()).await;
        let first = talk.correlation_id;
        // One more partition of the same transaction.
        talk.say(ApiKey::AddPartitionsToTxn, version, &begins, &AddPartitionsToTxnResponse::default()).await;
        assert_eq!(step(&mut talk).await, Step("begun", first, 7, 1), "version {version}");

        let committed = end(&mut talk, version, version % 2 == 0).await;
        let word = if version % 2 == 0 { "committed" } else { "aborted" };
        assert_eq!(committed, Step(word, talk.correlation_id, 7, 1), "version {version}");
    }
}

fn transactional_produce() -> ProduceRequest {
    let partition = PartitionProduceData::default().with_records(Some(transactional_records()));
    let topic = TopicProduceData::default().with_name(name()).with_partition_data(vec![partition]);
    ProduceRequest::default().with_transactional_id(Some(transactional_id())).with_acks(-1).with_topic_data(vec![topic])
}

/// Newer Java clients add no partitions: the first records begin a transaction (KIP-890).
#[tokio::test]
async fn records_begin_a_transaction_without_a_word_before() {
    let mut talk = Talk::new().await;
    for _ in 0..2 {
        talk.say(ApiKey::Produce, 12, &transactional_produce(), &ProduceResponse::default()).await;
        let first = talk.correlation_id;
        talk.say(ApiKey::Produce, 12, &transactional_produce(), &ProduceResponse::default()).await;
        assert_eq!(step(&mut talk).await, Step("begun", first, 7, 1));
        assert_eq!(end(&mut talk, 5, true).await, Step("committed", talk.correlation_id, 7, 1));
    }
}

/// A request that no broker gets begins nothing; the one that is sent again does.
#[tokio::test]
async fn a_request_that_is_lost_begins_no_transaction() {
    let mut talk = Talk::new().await;
    let mut rule = Rule::new(Which::Next, What::DropRequest);
    rule.api = Some("Produce".parse().unwrap());
    talk.world.tap.arm(rule);
    let lost = encoded_request(ApiKey::Produce, 12, 400, CLIENT, &transactional_produce());
    talk.client.send(&lost).await;
    talk.say(ApiKey::Produce, 12, &transactional_produce(), &ProduceResponse::default()).await;
    assert_eq!(step(&mut talk).await, Step("begun", talk.correlation_id, 7, 1));
}
