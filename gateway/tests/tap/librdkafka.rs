//! Each rule with librdkafka as the client.

use std::time::Duration;

use rdkafka::{
    ClientConfig,
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
};
use tap::{Observation, Rule, What, Which};

use crate::world::{RULES, World, on_a_cluster, soon, timed};

pub(crate) fn producer(world: &World, client_id: &str, more: &[(&str, &str)]) -> FutureProducer {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", world.bootstrap()).set("client.id", client_id);
    config.set("acks", "all").set("linger.ms", "0").set("max.in.flight", "1").set("socket.timeout.ms", "1000");
    config.set("request.timeout.ms", "1000").set("enable.metrics.push", "false").set("reconnect.backoff.max.ms", "500");
    for (name, value) in more {
        config.set(*name, *value);
    }
    config.create().unwrap()
}

/// Sends one record with an event id; answers its offset.
pub(crate) async fn send(producer: &FutureProducer, topic: &str, value: &str) -> i64 {
    let headers = OwnedHeaders::new().insert(Header { key: "event-id", value: Some(value) });
    let record: FutureRecord<'_, (), str> = FutureRecord::to(topic).payload(value).headers(headers);
    soon("the delivery", producer.send(record, Duration::from_secs(30))).await.unwrap().offset
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rule() {
    on_a_cluster("librdkafka", async |world| {
        world.topic("plain").await;
        world.topic("idempotent").await;
        for (topic, idempotence) in [("plain", "false"), ("idempotent", "true")] {
            let producer = producer(world, topic, &[("enable.idempotence", idempotence)]);
            send(&producer, topic, "first").await;
            let mut wanted = vec![String::from("first")];
            for (what, without, least) in RULES {
                let rule = world.arm(topic, topic, what);
                let value = what.name();
                let (_, took) = timed(send(&producer, topic, value)).await;
                let correlation_id = world.fired(rule).await;
                println!("{topic} {value}: {took:?}, correlation id {correlation_id}");
                assert!(took >= least, "{took:?}");
                let copies = if idempotence == "true" { 1 } else { without };
                wanted.extend(std::iter::repeat_n(value.to_owned(), copies));
            }
            assert_eq!(world.on_the_log(topic).await, wanted);
        }

        // Every copy of the lost acknowledgement's record was seen with its offset, and only one answer arrived.
        let answers: Vec<(i64, bool)> = world
            .saw_everything()
            .iter()
            .filter_map(|seen| match &seen.what {
                Observation::ProduceAnswered { topic, event_ids, base_offset, passed_on, error, .. }
                    if topic == "plain" && event_ids == &["drop_response_and_close"] && error.is_empty() =>
                {
                    Some((*base_offset, *passed_on))
                }
                _ => None,
            })
            .collect();
        assert_eq!(answers, [(1, false), (2, true)]);

        refused(world).await;
        slow(world).await;
        world.saw_everything();
    })
    .await;
}

/// Nobody gets in until the rules are cleared.
async fn refused(world: &mut World) {
    let rule = world.tap.arm(Rule::new(Which::UntilCleared, What::RefuseConnections));
    let producer = producer(world, "refused", &[]);
    let sending = tokio::spawn(async move { send(&producer, "plain", "refused").await });
    for _ in 0..2 {
        world
            .until("a connection is refused", |seen| {
                matches!(seen, Observation::RuleFired { rule: it, .. } if *it == rule).then_some(())
            })
            .await;
    }
    assert!(!sending.is_finished());
    world.tap.clear("the test goes on");
    soon("the delivery", sending).await.unwrap();
    assert_eq!(world.on_the_log("plain").await.last().unwrap(), "refused");
}

/// A round trip is twice as long as the wire is slow, and a group's heartbeats are not held at all.
async fn slow(world: &mut World) {
    let producer = producer(world, "slow", &[]);
    send(&producer, "plain", "before").await;
    world.tap.slow(200);
    let (_, took) = timed(send(&producer, "plain", "slow")).await;
    assert!(took >= Duration::from_millis(400), "{took:?}");
    world.tap.slow(0);
    let held = world.saw_everything().iter().rev().find_map(|seen| match &seen.what {
        Observation::ProduceSent { event_ids, held_ms, .. } if event_ids == &["slow"] => Some(*held_ms),
        _ => None,
    });
    assert_eq!(held, Some(200));
}
