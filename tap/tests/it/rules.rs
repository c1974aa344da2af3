//! Each rule and the slow wire against a broker that the test plays, to the byte and in order.

use std::time::{Duration, Instant};

use tap::{Observation, Rule, RuleId, What, Which};

use crate::world::{BROKER, End, World, answer, produce, produced, request};

fn rule(which: Which, what: What) -> Rule {
    Rule { api: "Produce".parse().ok(), ..Rule::new(which, what) }
}

async fn round(client: &mut End, broker: &mut End, id: i32, event: &str) {
    let (ask, reply) = (produce(id, "order-1", "orders", event, 1), produced(id, "orders", i64::from(id), 0));
    client.send(&ask).await;
    broker.gets(&ask).await;
    broker.send(&reply).await;
    client.gets(&reply).await;
}

/// `RuleFired`, and then `RuleExpired`.
async fn fired(world: &mut World) -> (RuleId, Option<i32>, Option<String>) {
    let fired = world.until(|seen| match seen {
        Observation::RuleFired { rule, correlation_id, event_id, .. } => {
            Some((*rule, *correlation_id, event_id.clone()))
        }
        _ => None,
    });
    let fired = fired.await;
    let over =
        |seen: &Observation| matches!(seen, Observation::RuleExpired { rule, .. } if *rule == fired.0).then_some(());
    world.until(over).await;
    fired
}

#[tokio::test]
async fn an_answer_is_dropped_and_the_connection_closed() {
    let mut world = World::new(true).await;
    let (mut client, mut broker) = world.connect().await;
    round(&mut client, &mut broker, 1, "e1").await;
    let id =
        world.tap.arm(Rule { event_id: Some(String::from("e3")), ..rule(Which::Next, What::DropResponseAndClose) });
    round(&mut client, &mut broker, 2, "e2").await;
    let ask = produce(3, "order-1", "orders", "e3", 1);
    client.send(&ask).await;
    broker.gets(&ask).await;
    broker.send(&produced(3, "orders", 3, 0)).await;
    client.is_closed().await;
    broker.is_closed().await;
    assert_eq!(fired(&mut world).await, (id, Some(3), Some(String::from("e3"))));
    let (mut client, mut broker) = world.connect().await;
    round(&mut client, &mut broker, 1, "e3").await;
    let rules = world.tap.rules();
    assert_eq!((rules.len(), rules[0].fired, rules[0].expired.as_deref()), (1, 1, Some("fired")));
}

#[tokio::test]
async fn an_answer_is_dropped_in_silence() {
    let world = World::new(false).await;
    let (mut client, mut broker) = world.connect().await;
    world.tap.arm(rule(Which::Nth(2), What::DropResponse));
    let asks: Vec<Vec<u8>> = (1..=3).map(|id| produce(id, "order-1", "orders", "e", 1)).collect();
    client.send(&asks.concat()).await;
    broker.gets(&asks.concat()).await;
    broker.send(&(1..=3).flat_map(|id| produced(id, "orders", 0, 0)).collect::<Vec<u8>>()).await;
    client.gets(&[produced(1, "orders", 0, 0), produced(3, "orders", 0, 0)].concat()).await;
    round(&mut client, &mut broker, 4, "e").await;
}

#[tokio::test]
async fn a_request_is_dropped() {
    let mut world = World::new(true).await;
    let (mut client, mut broker) = world.connect().await;
    let rule = Rule { topic: Some(String::from("orders")), ..rule(Which::Next, What::DropRequest) };
    let id = world.tap.arm(rule);
    let other = produce(1, "order-1", "stock", "e1", 1);
    client.send(&[other.clone(), produce(2, "order-1", "orders", "e2", 1)].concat()).await;
    broker.gets(&other).await;
    let reply = produced(1, "stock", 0, 0);
    broker.send(&reply).await;
    client.gets(&reply).await;
    round(&mut client, &mut broker, 3, "e3").await;
    assert_eq!(fired(&mut world).await, (id, Some(2), Some(String::from("e2"))));
}

#[tokio::test]
async fn a_delay_keeps_the_order_and_its_time() {
    const MS: u32 = 150;
    for what in [What::DelayRequest { ms: MS }, What::DelayResponse { ms: MS }] {
        let world = World::new(false).await;
        let (mut client, mut broker) = world.connect().await;
        world.tap.arm(rule(Which::Next, what));
        let (first, second) = (produce(1, "order-1", "orders", "e", 1), request(3, 1, 2, "order-1", &[]));
        let begun = Instant::now();
        client.send(&[first.clone(), second.clone()].concat()).await;
        broker.gets(&[first, second].concat()).await;
        let replies = [produced(1, "orders", 0, 0), answer(2, b"behind it")].concat();
        broker.send(&replies).await;
        client.gets(&replies).await;
        assert!(begun.elapsed() >= Duration::from_millis(u64::from(MS)), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn the_slow_wire_is_a_delay_line_and_not_a_queue() {
    const MS: u32 = 400;
    let world = World::new(false).await;
    let (mut client, mut broker) = world.connect().await;
    world.tap.slow(MS);
    // Other kinds of frames pass at once.
    let (ask, reply) = (request(12, 4, 1, "order-1", &[]), answer(1, &[]));
    let begun = Instant::now();
    client.send(&ask).await;
    broker.gets(&ask).await;
    broker.send(&reply).await;
    client.gets(&reply).await;
    let passed = begun.elapsed();
    let begun = Instant::now();
    let asks: Vec<u8> = (2..20).flat_map(|id| produce(id, "order-1", "orders", "e", 1)).collect();
    client.send(&asks).await;
    broker.gets(&asks).await;
    let (once, least) = (begun.elapsed(), Duration::from_millis(u64::from(MS)));
    assert!(passed < least && once >= least && once < 10 * least, "{passed:?} {once:?}");
    world.tap.slow(0);
    assert_eq!(world.tap.slow_ms(), 0);
}

#[tokio::test]
async fn connections_are_refused_until_the_rules_are_cleared() {
    let mut world = World::new(true).await;
    let (mut client, mut broker) = world.connect().await;
    world.tap.arm(Rule { broker: Some(BROKER), ..Rule::new(Which::UntilCleared, What::RefuseConnections) });
    for _ in 0..2 {
        End(tokio::net::TcpStream::connect(world.address).await.unwrap()).is_closed().await;
    }
    round(&mut client, &mut broker, 1, "those that are there stay").await;
    assert_eq!(world.tap.clear("the scene is over"), 1);
    let why = |seen: &Observation| match seen {
        Observation::RuleExpired { why, .. } => Some(why.clone()),
        _ => None,
    };
    assert_eq!(world.until(why).await, "the scene is over");
    assert_eq!(world.tap.rules()[0].fired, 2);
    let (mut client, mut broker) = world.connect().await;
    round(&mut client, &mut broker, 1, "e").await;
}

#[tokio::test]
async fn off_closes_and_refuses() {
    let world = World::new(false).await;
    let (mut client, mut broker) = world.connect().await;
    round(&mut client, &mut broker, 1, "e").await;
    world.tap.enable(BROKER, false).await.unwrap();
    client.is_closed().await;
    broker.is_closed().await;
    let refused = tokio::net::TcpStream::connect(world.address).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    world.tap.enable(BROKER, true).await.unwrap();
    let (mut client, mut broker) = world.connect().await;
    round(&mut client, &mut broker, 1, "e").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_fires_once_however_many_ask_at_a_time() {
    let world = World::new(false).await;
    let mut ends = Vec::new();
    for _ in 0..20 {
        ends.push(world.connect().await);
    }
    world.tap.arm(rule(Which::Nth(10), What::DropResponseAndClose));
    let mut all = tokio::task::JoinSet::new();
    for (mut client, mut broker) in ends {
        all.spawn(async move {
            let ask = produce(1, "order-1", "orders", "e", 1);
            client.send(&ask).await;
            broker.gets(&ask).await;
            let reply = produced(1, "orders", 0, 0);
            broker.send(&reply).await;
            let mut got = Vec::new();
            // The broker's end closes: whoever got an answer got it before.
            drop(broker);
            let read = tokio::io::AsyncReadExt::read_to_end(&mut client.0, &mut got).await;
            read.is_ok() && got == reply
        });
    }
    let served = all.join_all().await.into_iter().filter(|served| *served).count();
    assert_eq!(served, 19);
}

#[test]
fn json_is_read_both_ways_and_the_wrong_field_is_named() {
    let read = |text: &str| serde_json::from_str::<Rule>(text).map_err(|error| error.to_string());
    let text = r#"{"broker":2,"client_id":"order-1","api":"Produce","topic":"orders","event_id":"e","which":{"nth":3},"what":"delay_request","ms":200}"#;
    let rule = read(text).unwrap();
    assert_eq!((rule.which, rule.what), (Which::Nth(3), What::DelayRequest { ms: 200 }));
    assert_eq!(read(&serde_json::to_string(&rule).unwrap()).unwrap(), rule);
    for (text, field) in [
        (r#"{"what":1}"#, "what: it must be text"),
        (r#"{"what":"explode"}"#, "what: \"explode\" is unknown"),
        (r#"{"what":"delay_request","ms":-1}"#, "ms: delay_request needs"),
        (r#"{"what":"delay_request","ms":60001}"#, "ms: "),
        (r#"{"what":"drop_request","ms":1}"#, "ms: drop_request takes no time"),
        (r#"{"what":"drop_request","which":"soon"}"#, "which: "),
        (r#"{"what":"drop_request","which":{"nth":0}}"#, "which: nth counts from 1"),
        (r#"{"what":"drop_request","broker":"two"}"#, "broker: "),
        (r#"{"what":"drop_request","client_id":""}"#, "client_id: "),
        (r#"{"what":"drop_request","api":"produce"}"#, "api: \"produce\" is no request; there are: Produce, Fetch"),
        (r#"{"what":"drop_request","api":"Fetch","topic":"orders"}"#, "topic: "),
        (r#"{"what":"drop_request","api":"Heartbeat","topic":"orders"}"#, "topic: "),
        (r#"{"what":"drop_response","api":"Fetch","event_id":"e"}"#, "event_id: "),
        (r#"{"what":"refuse_connections","client_id":"a"}"#, "client_id: "),
        (r#"{"what":"drop_request","wat":1}"#, "rule: there is no field \"wat\""),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.starts_with(field), "{text}: {error}");
    }
}
