//! Clients that send what no client should, and the others, who do not notice.

use tap::Observation;

use crate::world::{World, answer, produce, produced, request};

/// Another client, through the same listener, is served as if nothing were.
async fn another_is_served(world: &World) {
    let (mut client, mut broker) = world.connect().await;
    let (ask, reply) = (produce(7, "good", "orders", "e", 1), produced(7, "orders", 3, 0));
    client.send(&ask).await;
    broker.gets(&ask).await;
    broker.send(&reply).await;
    client.gets(&reply).await;
}

#[tokio::test]
async fn rubbish_passes_as_it_is_and_is_told_once() {
    for (rubbish, why) in [
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), "100 MiB"),
        (vec![0x7f, 0xff, 0xff, 0xff, 0, 0], "100 MiB"),
        (vec![0xff; 64], "negative"),
        (vec![0, 0, 0, 1, 9, 9, 9, 9], "too small"),
        (request(3, 9, 1, "x", &[])[..10].iter().chain(&[0x7f; 40]).copied().collect(), ""),
    ] {
        let mut world = World::new(true).await;
        let (mut client, mut broker) = world.connect().await;
        client.send(&rubbish).await;
        if why.is_empty() {
            // Half a header says nothing yet; its end does.
            drop(client);
            broker.gets(&rubbish).await;
            broker.is_closed().await;
        } else {
            broker.gets(&rubbish).await;
            broker.send(&rubbish).await;
            client.gets(&rubbish).await;
            let told = |seen: &Observation| match seen {
                Observation::Undecodable { api, reason, .. } if api.is_empty() => Some(reason.clone()),
                _ => None,
            };
            let reason = world.until(told).await;
            assert!(reason.contains(why), "{reason}");
        }
        another_is_served(&world).await;
    }
}

#[tokio::test]
async fn half_a_frame_passes_as_far_as_it_came() {
    for observed in [false, true] {
        let world = World::new(observed).await;
        let (mut client, mut broker) = world.connect().await;
        let ask = produce(1, "half", "orders", "e", 1);
        client.send(&ask[..ask.len() / 2]).await;
        another_is_served(&world).await;
        drop(client);
        broker.gets(&ask[..ask.len() / 2]).await;
        broker.is_closed().await;
    }
}

#[tokio::test]
async fn silence_hurts_nobody() {
    let world = World::new(true).await;
    let silent = world.connect().await;
    another_is_served(&world).await;
    drop(silent);
    another_is_served(&world).await;
}

/// A number that asks for gigabytes of memory is only a number.
#[tokio::test]
async fn a_frame_that_lies_about_its_lengths_is_told_and_passed() {
    let mut world = World::new(true).await;
    let (mut client, mut broker) = world.connect().await;
    let null_transactional_id = [0xff, 0xff];
    let lie: Vec<u8> =
        [&null_transactional_id[..], &[0, 1], &[0, 0, 4, 0], &i32::MAX.to_be_bytes(), &[0, 1, b'x']].concat();
    let ask = request(0, 3, 5, "liar", &lie);
    client.send(&ask).await;
    broker.gets(&ask).await;
    let told = |seen: &Observation| match seen {
        Observation::Undecodable { api, version, .. } => Some((api.clone(), *version)),
        _ => None,
    };
    assert_eq!(world.until(told).await, (String::from("Produce"), 3));
    let reply = answer(5, &[0; 30]);
    broker.send(&reply).await;
    client.gets(&reply).await;
    another_is_served(&world).await;
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_makes_the_connection_a_plain_one() {
    let world = World::new(true).await;
    let (mut client, mut broker) = world.connect().await;
    let greeting = answer(99, b"hello");
    broker.send(&greeting).await;
    client.gets(&greeting).await;
    client.send(b"any").await;
    broker.gets(b"any").await;
}
