//! One listening socket before one broker, and the connections that came through it.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use crate::{connection, shared::Shared};

/// Clients served at a time; the next one waits in the socket's queue until one leaves.
const MOST_CLIENTS: usize = 10_000;
/// After an accept that failed (no file descriptors left) the next try waits so long.
const AGAIN: Duration = Duration::from_millis(100);

/// A listener that runs; dropping it ends it and its connections.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Listens, and serves what comes.
    pub(crate) fn start(
        shared: Arc<Shared>,
        broker: i32,
        listen: SocketAddr,
        upstream: SocketAddr,
    ) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(shared, broker, listener, upstream, stopped));
        Ok(Self { address, stop, task })
    }

    /// Ends it; answers when its sockets are closed.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        // It fails only where it has panicked, and then it is over too.
        drop(self.task.await);
    }
}

async fn accept(
    shared: Arc<Shared>,
    broker: i32,
    listener: TcpListener,
    upstream: SocketAddr,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_ended) = clients.join_next() => {}
            accepted = listener.accept(), if clients.len() < MOST_CLIENTS => match accepted {
                Ok((client, address)) => {
                    clients.spawn(connection::serve(Arc::clone(&shared), broker, client, address, upstream));
                }
                Err(_) => sleep(AGAIN).await,
            },
        }
    }
    drop(listener);
    clients.shutdown().await;
}
