//! One TCP connection to one node: frames, versions as ApiVersions negotiated them, and a deadline for every request.

use std::{collections::BTreeMap, net::SocketAddr, ops::RangeInclusive, time::Duration};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use kafka_protocol::{
    messages::{ApiKey, ApiVersionsRequest, ApiVersionsResponse, RequestHeader, ResponseHeader},
    protocol::{Decodable as _, Encodable as _, HeaderVersion as _, Message as _, Request, StrBytes},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout_at},
};

use super::{Error, ErrorCode};

/// The biggest answer we take: `socket.request.max.bytes`' default, which brokers hold themselves to for requests.
const MAX_FRAME_BYTES: usize = 100 * 1024 * 1024;
const CLIENT_ID: &str = "kafkascope";

/// A connection that serves one request at a time.
#[derive(Debug)]
pub struct Connection {
    peer: SocketAddr,
    stream: TcpStream,
    incoming: BytesMut,
    versions: BTreeMap<i16, RangeInclusive<i16>>,
    next_correlation_id: i32,
    /// A request was sent and its answer was not read: whatever comes next is not for us to pair.
    awaiting: bool,
}

impl Connection {
    /// Connects and learns which versions the node speaks, all within the deadline.
    ///
    /// # Errors
    /// Where nobody listens, or no answer comes in time.
    pub async fn open(peer: SocketAddr, deadline: Duration) -> Result<Self, Error> {
        let until = Instant::now() + deadline;
        let late = |request: &str| Error::TimedOut { peer, request: request.to_owned(), millis: deadline.as_millis() };
        let stream = timeout_at(until, TcpStream::connect(peer))
            .await
            .map_err(|_elapsed| late("connect"))?
            .map_err(|error| Error::Closed { peer, cause: error.to_string() })?;
        // Small requests back to back: Nagle would hold the second for up to 40 ms.
        stream.set_nodelay(true).map_err(|error| Error::Closed { peer, cause: error.to_string() })?;
        let mut connection = Self {
            peer,
            stream,
            incoming: BytesMut::new(),
            versions: BTreeMap::new(),
            next_correlation_id: 0,
            awaiting: false,
        };
        connection.versions =
            timeout_at(until, connection.negotiate()).await.map_err(|_elapsed| late("ApiVersions"))??;
        connection.awaiting = false;
        Ok(connection)
    }

    /// Whom this connection talks to.
    pub const fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Waits until the other side ends the connection; to be raced against whatever else there is to do between
    /// two requests. Cancelling it loses nothing.
    pub async fn closed(&mut self) -> Error {
        match self.stream.read_buf(&mut self.incoming).await {
            Ok(0) => self.gone("end of stream"),
            Ok(_) => self.gone("bytes that nobody asked for"),
            Err(error) => self.gone(&error.to_string()),
        }
    }

    /// The newest version of `Q` that the codec, the node and the caller know.
    pub(super) fn version<Q: Request>(&self, wanted: &RangeInclusive<i16>) -> Result<i16, Error> {
        let unsupported = || Error::Unsupported { peer: self.peer, request: name(Q::KEY) };
        let theirs = self.versions.get(&Q::KEY).ok_or_else(unsupported)?;
        let ours = Q::VERSIONS.intersect(&Q::Response::VERSIONS);
        let newest = ours.max.min(*theirs.end()).min(*wanted.end());
        let oldest = ours.min.max(*theirs.start()).max(*wanted.start());
        if oldest <= newest { Ok(newest) } else { Err(unsupported()) }
    }

    /// Sends one request and reads its answer. After an error that [`Error::ends_connection`], or after the
    /// future was dropped halfway, the connection is of no more use.
    pub(super) async fn call<Q: Request>(
        &mut self,
        request: &Q,
        version: i16,
        deadline: Duration,
    ) -> Result<Q::Response, Error> {
        if self.awaiting {
            return Err(self.gone("an earlier answer is still outstanding"));
        }
        let exchanged = timeout_at(Instant::now() + deadline, self.exchange(request, version)).await;
        let mut frame = exchanged.map_err(|_elapsed| Error::TimedOut {
            peer: self.peer,
            request: name(Q::KEY),
            millis: deadline.as_millis(),
        })??;
        self.awaiting = false;
        Q::Response::decode(&mut frame, version).map_err(|error| unreadable(Q::KEY, &error.to_string()))
    }

    /// KIP-511: a node that does not know our version of ApiVersions answers in version 0 with UNSUPPORTED_VERSION.
    async fn negotiate(&mut self) -> Result<BTreeMap<i16, RangeInclusive<i16>>, Error> {
        let hello = ApiVersionsRequest::default()
            .with_client_software_name(StrBytes::from_static_str(CLIENT_ID))
            .with_client_software_version(StrBytes::from_static_str(env!("CARGO_PKG_VERSION")));
        let mut frame = self.exchange(&hello, 3).await?;
        let mut version = 3;
        if frame.len() >= 2 && frame.slice(..2).get_i16() == ErrorCode::UNSUPPORTED_VERSION.0 {
            version = 0;
            frame = self.exchange(&ApiVersionsRequest::default(), 0).await?;
        }
        let answer = ApiVersionsResponse::decode(&mut frame, version)
            .map_err(|error| unreadable(ApiVersionsRequest::KEY, &error.to_string()))?;
        super::error::check("ApiVersions", answer.error_code)?;
        Ok(answer.api_keys.iter().map(|api| (api.api_key, api.min_version..=api.max_version)).collect())
    }

    /// One request out, one frame in, its header taken off.
    async fn exchange<Q: Request>(&mut self, request: &Q, version: i16) -> Result<Bytes, Error> {
        let correlation_id = self.next_correlation_id;
        self.next_correlation_id = correlation_id.wrapping_add(1);
        let header = RequestHeader::default()
            .with_request_api_key(Q::KEY)
            .with_request_api_version(version)
            .with_correlation_id(correlation_id)
            .with_client_id(Some(StrBytes::from_static_str(CLIENT_ID)));
        let mut out = BytesMut::new();
        out.put_u32(0);
        header
            .encode(&mut out, Q::header_version(version))
            .and_then(|()| request.encode(&mut out, version))
            .map_err(|error| unreadable(Q::KEY, &error.to_string()))?;
        let size = u32::try_from(out.len() - 4).unwrap_or(u32::MAX);
        if let Some(place) = out.first_chunk_mut::<4>() {
            *place = size.to_be_bytes();
        }
        self.awaiting = true;
        if let Err(error) = self.stream.write_all(&out).await {
            return Err(self.gone(&error.to_string()));
        }
        let mut frame = self.read_frame().await?;
        let header = ResponseHeader::decode(&mut frame, Q::Response::header_version(version))
            .map_err(|error| unreadable(Q::KEY, &error.to_string()))?;
        // Answers come in the order of the requests (KafkaApis mutes a connection until it has answered).
        if header.correlation_id != correlation_id {
            return Err(unreadable(Q::KEY, "it belongs to another request"));
        }
        Ok(frame)
    }

    async fn read_frame(&mut self) -> Result<Bytes, Error> {
        while self.incoming.len() < 4 {
            self.read_some().await?;
        }
        let size = self.incoming.get_u32() as usize;
        if size > MAX_FRAME_BYTES {
            return Err(self.gone(&format!("an answer of {size} bytes is beyond the {MAX_FRAME_BYTES} we take")));
        }
        self.incoming.reserve(size.saturating_sub(self.incoming.len()));
        while self.incoming.len() < size {
            self.read_some().await?;
        }
        Ok(self.incoming.split_to(size).freeze())
    }

    async fn read_some(&mut self) -> Result<(), Error> {
        match self.stream.read_buf(&mut self.incoming).await {
            Ok(0) => Err(self.gone("end of stream")),
            Ok(_) => Ok(()),
            Err(error) => Err(self.gone(&error.to_string())),
        }
    }

    fn gone(&self, cause: &str) -> Error {
        Error::Closed { peer: self.peer, cause: cause.to_owned() }
    }
}

fn name(key: i16) -> String {
    ApiKey::try_from(key).map_or_else(|()| format!("request {key}"), |key| format!("{key:?}"))
}

fn unreadable(key: i16, cause: &str) -> Error {
    Error::Decode { request: name(key), cause: cause.to_owned() }
}

#[cfg(test)]
mod tests;
