//! Another client that asks each broker for Metadata, decoded by hand so that no codec is shared with the gateway.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::state::{Partition, State};

/// How often each broker is asked.
const PACE: Duration = Duration::from_millis(10);
/// A dead or paused broker gives no answer.
const DEADLINE: Duration = Duration::from_millis(300);

/// The first answer that had a partition at a leader epoch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct First {
    pub(crate) here: Instant,
    pub(crate) leader: i32,
}

type Known = Arc<Mutex<BTreeMap<(Partition, i32), First>>>;

/// Asks until dropped.
#[derive(Debug)]
pub(crate) struct Poller {
    known: Known,
    _tasks: JoinSet<()>,
}

impl Poller {
    /// Asks all brokers of the cluster.
    pub(crate) fn start(state: &State) -> Self {
        let known = Known::default();
        let mut tasks = JoinSet::new();
        for broker in &state.brokers {
            let address = SocketAddr::from(([127, 0, 0, 1], u16::try_from(broker.port).unwrap()));
            tasks.spawn(ask_for_ever(address, Arc::clone(&known)));
        }
        Self { known, _tasks: tasks }
    }

    /// The first answers that had each partition at a later epoch than `state` has.
    pub(crate) fn moved(&self, state: &State) -> BTreeMap<(Partition, i32), First> {
        let known = self.known.lock().unwrap();
        let later = |((topic, partition), epoch): &(Partition, i32)| {
            state.partitions.iter().any(|p| p.topic == *topic && p.partition == *partition && p.leader_epoch < *epoch)
        };
        known.iter().filter(|(key, first)| later(key) && first.leader >= 0).map(|(k, f)| (k.clone(), *f)).collect()
    }
}

#[expect(clippy::infinite_loop, reason = "its task ends with the poller")]
async fn ask_for_ever(address: SocketAddr, known: Known) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(address).await {
            while let Ok(Some(answer)) = timeout(DEADLINE, ask(&mut stream)).await {
                note(&known, &answer, Instant::now());
                sleep(PACE).await;
            }
        }
        sleep(PACE).await;
    }
}

fn note(known: &Known, answer: &[u8], here: Instant) {
    let partitions = Bytes(answer).metadata().expect("a Metadata answer of version 7");
    let mut known = known.lock().unwrap();
    for (partition, leader, epoch) in partitions {
        let first = known.entry((partition, epoch)).or_insert(First { here, leader });
        if here < first.here {
            *first = First { here, leader };
        }
    }
}

/// Metadata (key 3) version 7, the last before flexible fields that has leader epochs; a null list asks for all topics.
async fn ask(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let body = [
        &3_i16.to_be_bytes()[..],
        &7_i16.to_be_bytes(),
        &1_i32.to_be_bytes(),
        &6_i16.to_be_bytes(),
        b"poller",
        &(-1_i32).to_be_bytes(),
        &[0],
    ]
    .concat();
    let size = i32::try_from(body.len()).unwrap().to_be_bytes();
    stream.write_all(&[&size[..], &body].concat()).await.ok()?;
    let size = usize::try_from(stream.read_i32().await.ok()?).ok()?;
    let mut answer = vec![0; size];
    stream.read_exact(&mut answer).await.ok()?;
    Some(answer)
}

/// Reads from the front.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    /// Leader and leader epoch of each partition.
    fn metadata(&mut self) -> Option<Vec<(Partition, i32, i32)>> {
        let (_correlation, _throttle) = (self.int32()?, self.int32()?);
        for _ in 0..self.int32()? {
            let (_id, _host, _port, _rack) = (self.int32()?, self.string()?, self.int32()?, self.string()?);
        }
        let (_cluster, _controller) = (self.string()?, self.int32()?);
        let mut all = Vec::new();
        for _ in 0..self.int32()? {
            let (_error, topic, _internal) = (self.int16()?, self.string()?, self.take(1)?);
            for _ in 0..self.int32()? {
                let (_error, partition, leader, epoch) = (self.int16()?, self.int32()?, self.int32()?, self.int32()?);
                for _replicas_isr_offline in 0..3 {
                    let count = usize::try_from(self.int32()?).ok()?;
                    self.take(count * 4)?;
                }
                all.push(((topic.clone(), partition), leader, epoch));
            }
        }
        self.0.is_empty().then_some(all)
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    fn int16(&mut self) -> Option<i16> {
        Some(i16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn int32(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A null string (length -1) reads as an empty one.
    fn string(&mut self) -> Option<String> {
        let length = usize::try_from(self.int16()?.max(0)).ok()?;
        Some(String::from_utf8_lossy(self.take(length)?).into_owned())
    }
}
