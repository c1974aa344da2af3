//! What others say of the same cluster: kcat (librdkafka) and Kafka's own command line tools (Java).

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Stdio,
    time::Duration,
};

use kafkascope::cluster::provision::{Environment, Kafka, provision};
use serde_json::Value;
use tokio::{
    process::Command,
    sync::OnceCell,
    time::{sleep, timeout},
};

use crate::{
    process::spawner,
    state::{Partition, Placement},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A record as kcat reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) offset: i64,
    pub(crate) key: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
}

impl Record {
    /// The id the shop gave to this event.
    pub(crate) fn event_id(&self) -> &str {
        self.headers.get("event-id").map_or("", String::as_str)
    }
}

/// `kcat -L -J`: where each partition is.
pub(crate) async fn layout_by_kcat(bootstrap: &str) -> (Vec<i32>, BTreeMap<Partition, Placement>) {
    let said = output(Command::new("kcat").args(["-b", bootstrap, "-L", "-J", "-m", "10"])).await;
    let said: Value = serde_json::from_str(&said).expect("kcat -J speaks JSON");
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let int = |value: &Value, name: &str| i32::try_from(value[name].as_i64().unwrap()).unwrap();
    let ids = |value: &Value, name: &str| list(value, name).iter().map(|entry| int(entry, "id")).collect::<Vec<i32>>();
    let mut brokers = ids(&said, "brokers");
    brokers.sort_unstable();
    let mut layout = BTreeMap::new();
    for topic in list(&said, "topics") {
        for partition in list(&topic, "partitions") {
            let name = topic["topic"].as_str().unwrap().to_owned();
            let placement = Placement {
                leader: int(&partition, "leader"),
                replicas: ids(&partition, "replicas"),
                isr: ids(&partition, "isrs").into_iter().collect(),
            };
            layout.insert((name, int(&partition, "partition")), placement);
        }
    }
    (brokers, layout)
}

/// What a reader wants of transactions that were aborted or are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// All there is.
    Uncommitted,
    /// What was committed, to the last stable offset.
    Committed,
}

/// `kcat -C`: every record of a partition to its high watermark.
pub(crate) async fn records_by_kcat(bootstrap: &str, topic: &str, partition: i32) -> Vec<Record> {
    records_for_kcat(bootstrap, topic, partition, Isolation::Uncommitted).await
}

/// The same, as far as this isolation lets it read.
pub(crate) async fn records_for_kcat(
    bootstrap: &str,
    topic: &str,
    partition: i32,
    isolation: Isolation,
) -> Vec<Record> {
    let partition = partition.to_string();
    let isolation = match isolation {
        Isolation::Uncommitted => "isolation.level=read_uncommitted",
        Isolation::Committed => "isolation.level=read_committed",
    };
    let mut kcat = Command::new("kcat");
    kcat.args(["-b", bootstrap, "-C", "-t", topic, "-p", &partition, "-o", "beginning", "-e", "-q", "-J"]);
    kcat.args(["-X", isolation, "-X", "check.crcs=true"]);
    output(&mut kcat).await.lines().map(record).collect()
}

fn record(line: &str) -> Record {
    let said: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let text = |name: &str| said[name].as_str().map(str::to_owned);
    // A flat list: name, value, name, value.
    let headers = said["headers"].as_array().cloned().unwrap_or_default();
    let pairs = headers.chunks(2).filter_map(|pair| Some((pair[0].as_str()?, pair.get(1)?.as_str()?)));
    Record {
        offset: said["offset"].as_i64().unwrap(),
        key: text("key"),
        value: text("payload"),
        headers: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    }
}

/// Kafka's own tools on one cluster.
#[derive(Debug)]
pub(crate) struct Tools<'a> {
    kafka: &'static Kafka,
    bootstrap: &'a str,
}

/// A group's place on a partition as kafka-consumer-groups tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) committed: i64,
    pub(crate) lag: i64,
    pub(crate) member_id: String,
    pub(crate) client_id: String,
}

/// A group as kafka-consumer-groups --state tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupWord {
    pub(crate) protocol: String,
    pub(crate) state: String,
    pub(crate) members: usize,
}

/// A record or a marker as kafka-dump-log reads it from a broker's disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dumped {
    pub(crate) producer_id: i64,
    pub(crate) producer_epoch: i16,
    pub(crate) sequence: i32,
    pub(crate) transactional: bool,
    /// COMMIT or ABORT.
    pub(crate) marker: Option<String>,
    pub(crate) key: String,
    pub(crate) payload: String,
}

impl<'a> Tools<'a> {
    pub(crate) async fn on(bootstrap: &'a str) -> Self {
        static KAFKA: OnceCell<Kafka> = OnceCell::const_new();
        let bring = || async {
            let environment = Environment::of_this_process();
            provision(&environment, &spawner(), &|line| println!("{line}")).await.expect("Kafka is there")
        };
        Self { kafka: KAFKA.get_or_init(bring).await, bootstrap }
    }

    async fn run(&self, class: &str, how: &str, arguments: &str) -> String {
        let mut java = self.java(&format!("org.apache.kafka.tools.{class}"));
        java.args([how, self.bootstrap]).args(arguments.split(' '));
        output(&mut java).await
    }

    fn java(&self, class: &str) -> Command {
        let mut java = Command::new(self.kafka.java());
        java.args(["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", class]);
        java.env("CLASSPATH", self.kafka.class_path());
        java
    }

    /// `kafka-dump-log --print-data-log` of each partition's files on a broker's disk, in one go, by topic, partition and
    /// offset. `data` is the gateway's folder.
    pub(crate) async fn dump(&self, data: &Path, of: &[(&str, i32, i32)]) -> BTreeMap<(String, i32, i64), Dumped> {
        let mut files = Vec::new();
        for (topic, partition, broker) in of {
            let folder = format!("broker-{broker}/{topic}-{partition}/");
            let before = files.len();
            files.extend(segments(data).into_iter().filter(|file| file.contains(&folder)));
            assert!(files.len() > before, "no file of {folder} in {}", data.display());
        }
        let mut java = self.java("org.apache.kafka.tools.DumpLogSegments");
        java.args(["--print-data-log", "--files", &files.join(",")]);
        let (mut dumped, mut place, mut batch) = (BTreeMap::new(), None, "");
        let said = output(&mut java).await;
        for line in said.lines() {
            if let Some(file) = line.strip_prefix("Dumping ") {
                let folder = Path::new(file).parent().and_then(Path::file_name).and_then(|it| it.to_str());
                place =
                    folder.and_then(|it| it.rsplit_once('-')).map(|(t, p)| (t.to_owned(), p.parse::<i32>().unwrap()));
            } else if line.starts_with("baseOffset: ") {
                batch = line;
            } else if let (Some(line), Some((topic, partition))) = (line.strip_prefix("| "), &place) {
                let offset = field(line, "offset").parse().unwrap();
                dumped.insert((topic.clone(), *partition, offset), dumped_record(batch, line));
            }
        }
        assert!(!dumped.is_empty(), "{said}");
        dumped
    }

    /// `kafka-transactions list`: producer id and state of each transactional id.
    pub(crate) async fn transactions(&self) -> BTreeMap<String, (i64, String)> {
        let said = self.run("TransactionsCommand", "--bootstrap-server", "list").await;
        // TransactionalId Coordinator ProducerId TransactionState
        let transaction = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [id, _coordinator, producer_id, state] = words[..] else { return None };
            Some((id.to_owned(), (producer_id.parse().ok()?, state.to_owned())))
        };
        said.lines().filter_map(transaction).collect()
    }

    /// `kafka-topics --describe`.
    pub(crate) async fn layout(&self) -> BTreeMap<Partition, Placement> {
        let said = self.run("TopicCommand", "--bootstrap-server", "--describe").await;
        let mut layout = BTreeMap::new();
        for line in said.lines().filter(|line| line.starts_with('\t')) {
            // Topic: orders  Partition: 0  Leader: 1  Replicas: 1,2,3  Isr: 1,2,3  Elr:  LastKnownElr:
            let fields: BTreeMap<&str, &str> =
                line.split('\t').filter_map(|field| field.split_once(':')).map(|(n, v)| (n, v.trim())).collect();
            let ids = |name: &str| fields[name].split(',').filter_map(|id| id.parse().ok()).collect::<Vec<i32>>();
            let placement = Placement {
                leader: fields["Leader"].parse().unwrap_or(-1),
                replicas: ids("Replicas"),
                isr: ids("Isr").into_iter().collect(),
            };
            layout.insert((fields["Topic"].to_owned(), fields["Partition"].parse().unwrap()), placement);
        }
        layout
    }

    /// `kafka-get-offsets --time TIME`: -2 is the log's start, -1 the high watermark.
    pub(crate) async fn offsets(&self, time: &str) -> BTreeMap<Partition, i64> {
        let said = self.run("GetOffsetShell", "--bootstrap-server", &format!("--time {time}")).await;
        let entry = |line: &str| {
            let mut words = line.rsplitn(3, ':');
            let (offset, partition, topic) = (words.next()?, words.next()?, words.next()?);
            Some(((topic.to_owned(), partition.parse().ok()?), offset.parse().ok()?))
        };
        said.lines().filter_map(entry).collect()
    }

    /// `kafka-consumer-groups --describe --all-groups`: where each group is.
    pub(crate) async fn places(&self) -> BTreeMap<(String, Partition), Place> {
        let arguments = "--describe --all-groups";
        let said = self.run("consumer.group.ConsumerGroupCommand", "--bootstrap-server", arguments).await;
        // GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID
        let place = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [group, topic, partition, committed, _end, lag, member_id, _host, client_id] = words[..] else {
                return None;
            };
            let place = Place {
                committed: committed.parse().ok()?,
                lag: lag.parse().ok()?,
                member_id: member_id.to_owned(),
                client_id: client_id.to_owned(),
            };
            Some(((group.to_owned(), (topic.to_owned(), partition.parse().ok()?)), place))
        };
        said.lines().filter_map(place).collect()
    }

    /// `kafka-consumer-groups --describe --all-groups --state`.
    pub(crate) async fn groups(&self) -> BTreeMap<String, GroupWord> {
        let arguments = "--describe --all-groups --state";
        let said = self.run("consumer.group.ConsumerGroupCommand", "--bootstrap-server", arguments).await;
        // GROUP COORDINATOR (ID) ASSIGNMENT-STRATEGY STATE #MEMBERS
        let group = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [name, _coordinator, _id, protocol, state, members] = words[..] else { return None };
            let members = members.parse().ok()?;
            Some((name.to_owned(), GroupWord { protocol: protocol.to_owned(), state: state.to_owned(), members }))
        };
        said.lines().filter_map(group).collect()
    }

    /// `kafka-transactions describe-producers`: producer id, producer epoch and last sequence of each producer.
    pub(crate) async fn producers(&self, topic: &str, partition: i32) -> BTreeSet<(i64, i32, i32)> {
        let arguments = format!("describe-producers --topic {topic} --partition {partition}");
        let said = self.run("TransactionsCommand", "--bootstrap-server", &arguments).await;
        // ProducerId ProducerEpoch LatestCoordinatorEpoch LastSequence LastTimestamp CurrentTransactionStartOffset
        let producer = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [id, epoch, _coordinator, sequence, ..] = words[..] else { return None };
            Some((id.parse().ok()?, epoch.parse().ok()?, sequence.parse().ok()?))
        };
        said.lines().filter_map(producer).collect()
    }

    /// `kafka-metadata-quorum describe --status`: leader id and leader epoch.
    pub(crate) async fn quorum(&self) -> (i32, i32) {
        let said = self.run("MetadataQuorumCommand", "--bootstrap-server", "describe --status").await;
        let field = |name: &str| {
            let line =
                said.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {said}"));
            line.trim().parse().unwrap()
        };
        (field("LeaderId:"), field("LeaderEpoch:"))
    }
}

/// The log files of all brokers.
fn segments(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(segments(&path));
        } else if path.extension().is_some_and(|it| it == "log") {
            found.extend(path.to_str().map(str::to_owned));
        }
    }
    found.sort();
    found
}

/// What stands behind `name: ` in a line of kafka-dump-log; the payload is the last.
fn field<'a>(line: &'a str, name: &str) -> &'a str {
    let line = format!(" {line}").find(&format!(" {name}: ")).map_or("", |at| &line[at + name.len() + 2..]);
    if name == "payload" { line } else { line.split(' ').next().unwrap_or_default() }
}

fn dumped_record(batch: &str, line: &str) -> Dumped {
    let number = |name: &str| field(batch, name).parse::<i64>().unwrap_or_else(|_| panic!("{name}: {batch}"));
    Dumped {
        producer_id: number("producerId"),
        producer_epoch: i16::try_from(number("producerEpoch")).unwrap(),
        sequence: field(line, "sequence").parse().unwrap_or_else(|_| panic!("{line}")),
        transactional: field(batch, "isTransactional") == "true",
        marker: Some(field(line, "endTxnMarker").to_owned()).filter(|marker| !marker.is_empty()),
        key: field(line, "key").to_owned(),
        payload: field(line, "payload").to_owned(),
    }
}

/// Runs a tool to its end. While a broker is dead its tools' first try may go to it, so a failure is tried again.
async fn output(command: &mut Command) -> String {
    let mut complaint = String::new();
    for _ in 0..5 {
        command.stdin(Stdio::null()).kill_on_drop(true);
        let ended = timeout(PATIENCE, command.output()).await.unwrap_or_else(|_| panic!("{command:?} hangs"));
        let ended = ended.unwrap_or_else(|error| panic!("{command:?}: {error}; install kcat and a JDK"));
        if ended.status.success() {
            return String::from_utf8(ended.stdout).expect("UTF-8");
        }
        complaint = String::from_utf8_lossy(&ended.stderr).into_owned();
        sleep(Duration::from_millis(200)).await;
    }
    panic!("{command:?} fails: {complaint}");
}
