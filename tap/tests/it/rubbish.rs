//! Clients that send what no client should, and the others, who do not notice.

use std::time::{Duration, Instant};

use tap::Observation;

use crate::world::{BROKER, World, answer, produce, produced, request, soon};

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

/// A Produce 3 with one topic of this name and so many partitions without records.
fn wide(correlation_id: i32, name: &str, partitions: usize) -> Vec<u8> {
    let mut body = [&[0xff, 0xff][..], &[0, 1], &[0, 0, 4, 0], &1_i32.to_be_bytes()].concat();
    body.extend_from_slice(&u16::try_from(name.len()).unwrap().to_be_bytes());
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(&u32::try_from(partitions).unwrap().to_be_bytes());
    for partition in 0..u32::try_from(partitions).unwrap() {
        body.extend_from_slice(&partition.to_be_bytes());
        body.extend_from_slice(&[0xff; 4]);
    }
    request(0, 3, correlation_id, "wide", &body)
}

/// What this process holds in memory, in bytes (statm counts pages of 4 KiB).
fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// The name was kept once for each partition: 1 MiB of a frame asked for 43 GB.
#[tokio::test]
async fn a_long_name_and_many_partitions_ask_for_no_memory() {
    let mut world = World::new(true).await;
    let (mut client, mut broker) = world.connect().await;
    let before = resident_bytes();
    let long = wide(1, &"n".repeat(32_767), 120_000);
    client.send(&long).await;
    broker.gets(&long).await;
    let told = |seen: &Observation| match seen {
        Observation::Undecodable { reason, .. } => Some(reason.clone()),
        _ => None,
    };
    assert_eq!(world.until(told).await, "a topic's name is longer than 249 bytes");
    let longest = wide(2, &"n".repeat(249), 120_000);
    client.send(&longest).await;
    broker.gets(&longest).await;
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 200 << 20, "{} MiB more", grown >> 20);
    another_is_served(&world).await;
}

/// Unanswered requests are kept; these would be 1,024 times 120,000 partitions.
#[tokio::test]
async fn many_wide_requests_wait_in_the_socket_and_their_client_may_go() {
    let world = World::new(true).await;
    let (mut client, mut broker) = world.connect().await;
    let ask = wide(1, "orders", 120_000);
    client.send(&ask).await;
    broker.gets(&ask).await;
    // The next is taken when the broker answers, or when it never will any more.
    client.send(&wide(2, "orders", 1)).await;
    drop(broker);
    client.is_closed().await;
    drop(client);
    another_is_served(&world).await;
}

/// An answer is told beside what was asked, however many partitions it has.
#[tokio::test]
async fn a_wide_answer_is_paired_at_once() {
    let mut world = World::new(true).await;
    let (mut client, mut broker) = world.connect().await;
    let partitions = 40_000_u32;
    let ask = wide(1, "orders", 40_000);
    client.send(&ask).await;
    broker.gets(&ask).await;
    let mut body = [&1_i32.to_be_bytes()[..], &[0, 6], b"orders", &partitions.to_be_bytes()].concat();
    for partition in (0..partitions).rev() {
        body.extend_from_slice(&partition.to_be_bytes());
        body.extend_from_slice(&[0; 2 + 8 + 8]);
    }
    body.extend_from_slice(&[0; 4]);
    let reply = answer(1, &body);
    let began = Instant::now();
    broker.send(&reply).await;
    client.gets(&reply).await;
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert!(
        world.seen.as_ref().unwrap().dropped.load(std::sync::atomic::Ordering::Relaxed) > 0,
        "what is too much is counted"
    );
    let told = |seen: &Observation| matches!(seen, Observation::Identified { .. }).then_some(());
    world.until(told).await;
}

/// While a client waits for room nobody reads it: where no answer will make room its connection has to end all the same.
#[tokio::test]
async fn a_client_that_waits_for_answers_is_let_go_when_none_can_come() {
    let mut world = World::new(true).await;
    let (mut client, mut broker) = world.connect().await;
    // 1,024 may be unanswered.
    let asks: Vec<u8> = (0..1100).flat_map(|id| request(3, 9, id, "eager", &[])).collect();
    client.send(&asks).await;
    let before: Vec<u8> = (0..1024).flat_map(|id| request(3, 9, id, "eager", &[])).collect();
    broker.gets(&before).await;
    // It answers no more and takes what still comes.
    tokio::io::AsyncWriteExt::shutdown(&mut broker.0).await.unwrap();
    client.is_closed().await;
    drop(client);
    broker.gets(&asks[before.len()..]).await;
    broker.is_closed().await;
    let told = |seen: &Observation| matches!(seen, Observation::Disconnected { .. }).then_some(());
    soon(world.until(told)).await;
    assert!(world.tap.proxies().iter().any(|proxy| proxy.broker == BROKER));
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
