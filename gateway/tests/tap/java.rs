//! Each rule with Kafka's console producer and consumer as clients.

use std::{process::Stdio, time::Duration};

use tap::{Observation, Rule, What, Which};
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::world::{RULES, World, on_a_cluster, soon, timed};

fn tool(world: &World, class: &str) -> Command {
    let mut java = Command::new(world.kafka.java());
    java.args(["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]);
    java.arg(format!("org.apache.kafka.tools.{class}")).args(["--bootstrap-server", &world.bootstrap()]);
    java.env("CLASSPATH", world.kafka.class_path()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    java
}

/// Writes one line to a console producer, and waits for its end.
async fn produce(world: &World, client_id: &str, topic: &str, value: &str, idempotence: bool) {
    let mut producer = tool(world, "ConsoleProducer");
    producer.args(["--topic", topic]);
    let idempotence = format!("enable.idempotence={idempotence}");
    let client_id = format!("client.id={client_id}");
    for property in [
        "acks=all",
        "max.in.flight.requests.per.connection=1",
        "request.timeout.ms=1000",
        "linger.ms=0",
        &idempotence,
        &client_id,
    ] {
        producer.args(["--command-property", property]);
    }
    let mut producer = producer.stdin(Stdio::piped()).spawn().unwrap();
    producer.stdin.take().unwrap().write_all(format!("{value}\n").as_bytes()).await.unwrap();
    let said = soon("the console producer's end", producer.wait_with_output()).await.unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

/// Reads `count` values as a group.
async fn consume(world: &World, client_id: &str, topic: &str, count: usize) -> Vec<String> {
    let mut consumer = tool(world, "consumer.ConsoleConsumer");
    consumer.args(["--topic", topic, "--from-beginning", "--group", client_id]);
    consumer.args(["--max-messages", &count.to_string()]);
    consumer.args(["--command-property", &format!("client.id={client_id}")]);
    let said = soon("the console consumer's end", consumer.output()).await.unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rule() {
    on_a_cluster("java", async |world| {
        world.topic("console").await;
        let mut wanted = Vec::new();
        for (what, copies, least) in RULES {
            let rule = world.arm("console", "console", what);
            let value = what.name();
            let (_, took) = timed(produce(world, "console", "console", value, false)).await;
            let correlation_id = world.fired(rule).await;
            println!("{value}: {took:?}, correlation id {correlation_id}");
            assert!(took >= least, "{took:?}");
            wanted.extend(std::iter::repeat_n(value.to_owned(), copies));
        }
        // Java's default: the broker knows the second one by its sequence number.
        let rule = world.arm("console", "console", What::DropResponseAndClose);
        produce(world, "console", "console", "idempotent", true).await;
        world.fired(rule).await;
        wanted.push(String::from("idempotent"));
        assert_eq!(world.on_the_log("console").await, wanted);

        // A reader loses an answer with records, and reads them again.
        let rule = world.tap.arm(Rule {
            api: "Fetch".parse().ok(),
            topic: Some(String::from("console")),
            ..Rule::new(Which::Next, What::DropResponseAndClose)
        });
        assert_eq!(consume(world, "reader", "console", wanted.len()).await, wanted);
        let lost = world.fired(rule).await;
        let fetched: Vec<(i32, i64, bool)> = world
            .saw_everything()
            .iter()
            .filter_map(|seen| match &seen.what {
                Observation::FetchAnswered { client_id, topic, from_offset, correlation_id, passed_on, .. }
                    if client_id == "reader" && topic == "console" =>
                {
                    Some((*correlation_id, *from_offset, *passed_on))
                }
                _ => None,
            })
            .collect();
        assert_eq!(fetched.first(), Some(&(lost, 0, false)));
        assert!(fetched.iter().any(|(_, from, passed_on)| (*from, *passed_on) == (0, true)), "{fetched:?}");
        refused(world).await;
        slow(world).await;
        world.saw_everything();
    })
    .await;
}

async fn refused(world: &mut World) {
    let rule = world.tap.arm(Rule::new(Which::UntilCleared, What::RefuseConnections));
    let tap = world.tap.clone();
    let tries = async {
        produce(world, "refused", "console", "refused", true).await;
    };
    let clear = async {
        while tap.rules().iter().find(|it| it.id == rule).is_none_or(|it| it.fired < 2) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(tap.clear("the test goes on"), 1);
    };
    tokio::join!(tries, soon("two refusals", clear));
    assert_eq!(world.on_the_log("console").await.last().unwrap(), "refused");
}

async fn slow(world: &mut World) {
    world.tap.slow(500);
    produce(world, "slow", "console", "slow", true).await;
    world.tap.slow(0);
    let answered = world.saw_everything().iter().find_map(|seen| match &seen.what {
        Observation::ProduceAnswered { client_id, took_micros, held_ms, .. } if client_id == "slow" => {
            Some((*took_micros, *held_ms))
        }
        _ => None,
    });
    let (took_micros, held_ms) = answered.expect("it was seen");
    assert!(took_micros >= 500_000 && held_ms == 500, "{took_micros} µs, {held_ms} ms");
}
