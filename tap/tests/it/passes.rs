//! The law of the tap: where no rule is armed, every byte passes, in both directions, however it is cut.

use proptest::{collection::vec, prelude::*};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::world::{World, answer, produce, request, soon};

/// A body, mostly small, sometimes bigger than what is read at once, and a few bigger than what is ever held whole.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let sized = |most: usize| (any::<u8>(), 0..most).prop_map(|(byte, size)| vec![byte; size]);
    prop_oneof![20 => vec(any::<u8>(), 0..200), 4 => sized(200_000), 1 => sized(3_000_000)]
}

/// Requests as clients write them, rubbish that looks like them, and the answer to each that has one.
fn exchange() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let any_request = (-2_i16..95, -1_i16..20, any::<i32>(), "[a-z]{0,20}", body(), body());
    let any_request = any_request.prop_map(|(api, version, id, client, body, reply)| {
        (request(api, version, id, &client, &body), answer(id, &reply))
    });
    let real = (any::<i32>(), "[a-z]{1,9}", 0_i16..=1, body());
    let real = real.prop_map(|(id, event, acks, reply)| {
        (produce(id, "p", "orders", &event, acks), if acks == 0 { Vec::new() } else { answer(id, &reply) })
    });
    prop_oneof![3 => any_request, 2 => real]
}

/// Bytes, whole exchanges mostly, and where they are cut.
fn streams() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<usize>)> {
    let rubbish = prop_oneof![4 => Just(Vec::new()), 1 => vec(any::<u8>(), 1..100)];
    (vec(exchange(), 0..8), rubbish, vec(1_usize..5000, 1..20)).prop_map(|(exchanges, rubbish, cuts)| {
        let (requests, answers): (Vec<_>, Vec<_>) = exchanges.into_iter().unzip();
        ([requests.concat(), rubbish.clone()].concat(), [answers.concat(), rubbish].concat(), cuts)
    })
}

/// Writes `bytes` in pieces and no more, then half-closes; reads all that comes.
async fn talk(stream: tokio::net::TcpStream, bytes: &[u8], cuts: &[usize], first_read: usize) -> Vec<u8> {
    let (mut reader, mut writer) = stream.into_split();
    let mut got = vec![0; first_read];
    // A broker answers what it was asked: not before.
    soon(reader.read_exact(&mut got)).await.unwrap();
    let write = async {
        let (mut rest, mut cuts) = (bytes, cuts.iter().cycle());
        while !rest.is_empty() {
            let size = cuts.next().copied().unwrap_or(1).min(rest.len());
            // Big streams are not cut into millions of pieces.
            let size = if rest.len() > 100_000 { rest.len() / 3 } else { size };
            let (piece, behind) = rest.split_at(size);
            writer.write_all(piece).await.unwrap();
            tokio::task::yield_now().await;
            rest = behind;
        }
        writer.shutdown().await.unwrap();
    };
    let ((), read) = soon(async { tokio::join!(write, reader.read_to_end(&mut got)) }).await;
    read.unwrap();
    got
}

fn check(requests: &[u8], answers: &[u8], cuts: &[usize], observed: bool, slow: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::new(observed).await;
        world.tap.slow(u32::from(slow));
        let (client, broker) = world.connect().await;
        let (at_client, at_broker) =
            tokio::join!(talk(client.0, requests, cuts, 0), talk(broker.0, answers, cuts, requests.len()),);
        assert!(at_broker == requests, "the broker got {} bytes of {}", at_broker.len(), requests.len());
        assert!(at_client == answers, "the client got {} bytes of {}", at_client.len(), answers.len());
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_byte_passes((requests, answers, cuts) in streams()) {
        check(&requests, &answers, &cuts, false, false);
    }

    #[test]
    fn every_byte_passes_where_somebody_looks((requests, answers, cuts) in streams()) {
        check(&requests, &answers, &cuts, true, false);
    }

    #[test]
    fn every_byte_passes_a_slow_wire((requests, answers, cuts) in streams()) {
        check(&requests, &answers, &cuts, false, true);
    }
}
