//! A broker that does as it is told, a client that writes bytes, and frames for both.

use std::{net::SocketAddr, time::Duration};

use bytes::{Bytes, BytesMut};
use kafka_protocol::{
    indexmap::IndexMap,
    messages::{
        ApiKey, ProduceRequest, ProduceResponse, RequestHeader, ResponseHeader, TopicName, produce_request,
        produce_response,
    },
    protocol::{Encodable, StrBytes},
    records::{Compression, Record, RecordBatchEncoder, RecordEncodeOptions, TimestampType},
};
use tap::{Observation, Observations, Tap, observer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// Nothing here takes as long, on any machine.
const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const BROKER: i32 = 1;
const VERSION: i16 = 9;

/// A tap before a broker whose connections the test takes itself.
pub(crate) struct World {
    pub(crate) tap: Tap,
    pub(crate) address: SocketAddr,
    broker: TcpListener,
    pub(crate) seen: Option<Observations>,
}

/// One end of a connection.
pub(crate) struct End(pub(crate) TcpStream);

impl World {
    pub(crate) async fn new(observed: bool) -> Self {
        let broker = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (observer, seen) = if observed { Some(observer(10_000)).unzip() } else { (None, None) };
        let tap = Tap::new(observer);
        let upstream = broker.local_addr().unwrap();
        let address = tap.listen(BROKER, "127.0.0.1:0".parse().unwrap(), upstream).await.unwrap();
        Self { tap, address, broker, seen }
    }

    /// A client, and the broker's end of its connection.
    pub(crate) async fn connect(&self) -> (End, End) {
        let client = TcpStream::connect(self.address).await.unwrap();
        let (broker, _) = soon(self.broker.accept()).await.unwrap();
        (End(client), End(broker))
    }

    /// The next observation that `wanted` takes.
    pub(crate) async fn until<T>(&mut self, wanted: impl Fn(&Observation) -> Option<T>) -> T {
        loop {
            let seen = soon(self.seen.as_mut().unwrap().seen.recv()).await.unwrap();
            if let Some(found) = wanted(&seen.what) {
                return found;
            }
        }
    }
}

impl End {
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Exactly these bytes come next.
    #[track_caller]
    pub(crate) fn gets<'a>(&'a mut self, bytes: &'a [u8]) -> impl Future<Output = ()> + 'a {
        let here = std::panic::Location::caller();
        async move {
            let mut got = vec![0; bytes.len()];
            soon(self.0.read_exact(&mut got)).await.unwrap_or_else(|error| panic!("{here}: {error}"));
            assert!(got == bytes, "{here}: other bytes came");
        }
    }

    /// No more comes: an end of stream or a reset.
    pub(crate) async fn is_closed(&mut self) {
        let mut rest = Vec::new();
        if soon(self.0.read_to_end(&mut rest)).await.is_ok() {
            assert_eq!(rest, Vec::<u8>::new());
        }
    }
}

pub(crate) async fn soon<T>(work: impl Future<Output = T>) -> T {
    timeout(PATIENCE, work).await.expect("it comes within 20 s")
}

fn frame(parts: impl FnOnce(&mut BytesMut)) -> Vec<u8> {
    let mut frame = BytesMut::zeroed(4);
    parts(&mut frame);
    let size = u32::try_from(frame.len() - 4).unwrap().to_be_bytes();
    frame[..4].copy_from_slice(&size);
    frame.to_vec()
}

/// A request with any body.
pub(crate) fn request(api: i16, version: i16, correlation_id: i32, client_id: &str, body: &[u8]) -> Vec<u8> {
    frame(|out| {
        out.extend_from_slice(&api.to_be_bytes());
        out.extend_from_slice(&version.to_be_bytes());
        out.extend_from_slice(&correlation_id.to_be_bytes());
        out.extend_from_slice(&u16::try_from(client_id.len()).unwrap().to_be_bytes());
        out.extend_from_slice(client_id.as_bytes());
        out.extend_from_slice(body);
    })
}

/// An answer with any body.
pub(crate) fn answer(correlation_id: i32, body: &[u8]) -> Vec<u8> {
    frame(|out| {
        out.extend_from_slice(&correlation_id.to_be_bytes());
        out.extend_from_slice(body);
    })
}

/// A request as the codec writes it.
pub(crate) fn encoded_request(
    api: ApiKey,
    version: i16,
    correlation_id: i32,
    client_id: &str,
    body: &impl Encodable,
) -> Vec<u8> {
    let header = RequestHeader::default()
        .with_request_api_key(api as i16)
        .with_request_api_version(version)
        .with_correlation_id(correlation_id)
        .with_client_id(Some(StrBytes::from_string(client_id.to_owned())));
    frame(|out| {
        header.encode(out, api.request_header_version(version)).unwrap();
        body.encode(out, version).unwrap();
    })
}

/// An answer as the codec writes it.
pub(crate) fn encoded_answer(api: ApiKey, version: i16, correlation_id: i32, body: &impl Encodable) -> Vec<u8> {
    let header = ResponseHeader::default().with_correlation_id(correlation_id);
    frame(|out| {
        header.encode(out, api.response_header_version(version)).unwrap();
        body.encode(out, version).unwrap();
    })
}

/// A record with an event id.
pub(crate) fn record(event_id: &str) -> Record {
    let headers =
        IndexMap::from([(StrBytes::from_static_str("event-id"), Some(Bytes::copy_from_slice(event_id.as_bytes())))]);
    Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: -1,
        producer_id: -1,
        producer_epoch: -1,
        timestamp_type: TimestampType::Creation,
        offset: 0,
        sequence: -1,
        timestamp: 0,
        key: None,
        value: Some(Bytes::from_static(b"value")),
        headers,
    }
}

/// A Produce of one record to partition 0 of `topic`.
pub(crate) fn produce(correlation_id: i32, client_id: &str, topic: &str, event_id: &str, acks: i16) -> Vec<u8> {
    let mut records = BytesMut::new();
    let options = RecordEncodeOptions { version: 2, compression: Compression::None };
    RecordBatchEncoder::encode(&mut records, [&record(event_id)], &options).unwrap();
    let partition = produce_request::PartitionProduceData::default().with_index(0).with_records(Some(records.freeze()));
    let topic = produce_request::TopicProduceData::default()
        .with_name(TopicName(StrBytes::from_string(topic.to_owned())))
        .with_partition_data(vec![partition]);
    let request = ProduceRequest::default().with_acks(acks).with_timeout_ms(1000).with_topic_data(vec![topic]);
    encoded_request(ApiKey::Produce, VERSION, correlation_id, client_id, &request)
}

/// What a broker says to it.
pub(crate) fn produced(correlation_id: i32, topic: &str, base_offset: i64, error: i16) -> Vec<u8> {
    let partition = produce_response::PartitionProduceResponse::default()
        .with_index(0)
        .with_base_offset(base_offset)
        .with_error_code(error);
    let topic = produce_response::TopicProduceResponse::default()
        .with_name(TopicName(StrBytes::from_string(topic.to_owned())))
        .with_partition_responses(vec![partition]);
    encoded_answer(ApiKey::Produce, VERSION, correlation_id, &ProduceResponse::default().with_responses(vec![topic]))
}
