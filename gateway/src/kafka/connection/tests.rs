//! A node that keeps silent, hangs up, or is old: what a connection makes of it.

use std::{net::SocketAddr, time::Duration};

use bytes::{Buf as _, Bytes};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::kafka::{self, Error};

use super::Connection;

const DEADLINE: Duration = Duration::from_millis(40);
/// For answers that do come.
const AMPLE: Duration = Duration::from_secs(20);

/// A node that takes one connection and does `then` with it.
async fn node<F: Future<Output = ()> + Send>(then: impl FnOnce(TcpStream) -> F + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { then(listener.accept().await.unwrap().0).await });
    address
}

/// Reads one request; returns its version and correlation id.
async fn request(stream: &mut TcpStream) -> (i16, i32) {
    let size = stream.read_u32().await.unwrap();
    let mut body = vec![0; size as usize];
    stream.read_exact(&mut body).await.unwrap();
    let mut body = Bytes::from(body);
    let (_key, version, correlation_id) = (body.get_i16(), body.get_i16(), body.get_i32());
    (version, correlation_id)
}

async fn answer(stream: &mut TcpStream, correlation_id: i32, body: &[u8]) {
    let size = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    stream.write_all(&[&size, &correlation_id.to_be_bytes(), body].concat()).await.unwrap();
}

/// ApiVersions in version 0: no error, and Metadata 4 to 5.
const OLD: [u8; 12] = [0, 0, 0, 0, 0, 1, 0, 3, 0, 4, 0, 5];

/// Says that it is too old for ApiVersions 3, then what it can do.
async fn negotiate(stream: &mut TcpStream) {
    let (version, correlation_id) = request(stream).await;
    assert_eq!(version, 3);
    answer(stream, correlation_id, &[0, 35, 0, 0, 0, 0]).await;
    let (version, correlation_id) = request(stream).await;
    assert_eq!(version, 0);
    answer(stream, correlation_id, &OLD).await;
}

#[tokio::test]
async fn an_old_node_is_spoken_to_in_its_own_version() {
    let address = node(|mut stream| async move {
        negotiate(&mut stream).await;
        assert_eq!(request(&mut stream).await.0, 5);
    });
    let mut connection = Connection::open(address.await, AMPLE).await.unwrap();
    assert!(matches!(kafka::metadata(&mut connection, AMPLE).await, Err(Error::Closed { .. })));
    let unsupported = kafka::list_groups(&mut connection, DEADLINE).await.unwrap_err();
    assert!(unsupported.to_string().ends_with("speaks no version of ListGroups that is of use here"), "{unsupported}");
}

#[tokio::test]
async fn a_silent_node_is_given_up_at_the_deadline() {
    let address = node(|mut stream| async move {
        negotiate(&mut stream).await;
        request(&mut stream).await;
        std::future::pending::<()>().await;
    });
    let mut connection = Connection::open(address.await, AMPLE).await.unwrap();
    let late = kafka::metadata(&mut connection, DEADLINE).await.unwrap_err();
    assert!(late.ends_connection());
    assert!(late.to_string().ends_with("gave no answer to Metadata within 40 ms"), "{late}");
    // The late answer may still come: nothing else is asked on this connection.
    assert!(matches!(kafka::metadata(&mut connection, DEADLINE).await, Err(Error::Closed { .. })));
}

#[tokio::test]
async fn a_paused_node_takes_the_connection_and_says_nothing() {
    let address = node(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    assert!(matches!(Connection::open(address, DEADLINE).await, Err(Error::TimedOut { .. })));
}

#[tokio::test]
async fn nobody_listens() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = Connection::open(free, AMPLE).await.unwrap_err();
    assert!(refused.to_string().contains("refused"), "{refused}");
}

#[tokio::test]
async fn a_hung_up_connection_is_noticed_between_two_requests() {
    let address = node(|mut stream| async move { negotiate(&mut stream).await }).await;
    let mut connection = Connection::open(address, AMPLE).await.unwrap();
    assert!(matches!(connection.closed().await, Error::Closed { .. }));
}

#[tokio::test]
async fn an_answer_beyond_all_bounds_is_not_read() {
    let address = node(|mut stream| async move {
        negotiate(&mut stream).await;
        request(&mut stream).await;
        stream.write_u32(u32::MAX).await.unwrap();
        std::future::pending::<()>().await;
    });
    let mut connection = Connection::open(address.await, AMPLE).await.unwrap();
    let error = kafka::metadata(&mut connection, AMPLE).await.unwrap_err();
    assert!(error.to_string().contains("beyond"), "{error}");
}
