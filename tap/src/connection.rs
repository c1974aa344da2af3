//! One client and its broker: two directions, and the end of both.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::{net::TcpStream, time::timeout};

use crate::{
    answers::Answers,
    observation::Observation,
    pump::{Cut, Pump},
    requests::Requests,
    rule::{Point, RuleId},
    rules::Passing,
    shared::{Link, Shared},
};

/// A broker that does not even accept in this time is taken for gone.
const CONNECT: Duration = Duration::from_secs(10);

/// Serves one client to its end.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    broker: i32,
    client: TcpStream,
    address: SocketAddr,
    upstream: SocketAddr,
) {
    let link = Link::new(shared, broker);
    link.tell(Observation::Connected { client_address: address });
    let mut farewell = Farewell { link: &link, reason: String::from("the tap closed it") };
    farewell.reason = if let Some(rule) = refused(&link) {
        format!("rule {rule} refused it")
    } else {
        match connect(upstream).await {
            Ok(upstream) => copy(&link, client, upstream).await,
            Err(error) => format!("the broker at {upstream} cannot be reached: {error}"),
        }
    };
}

fn refused(link: &Link) -> Option<RuleId> {
    let passing = Passing { point: Point::Connect, broker: link.broker, client_id: "", api: None, parts: &[] };
    let hit = link.shared.rules.hit(&passing)?;
    let rule = hit.rule;
    link.tell_hit(hit, "", None, None);
    Some(rule)
}

async fn connect(upstream: SocketAddr) -> io::Result<TcpStream> {
    timeout(CONNECT, TcpStream::connect(upstream)).await.map_err(|_elapsed| io::ErrorKind::TimedOut)?
}

/// Copies both ways until both are at their end, or one fails; answers why it is over.
async fn copy(link: &Link, mut client: TcpStream, mut upstream: TcpStream) -> String {
    // Nagle would hold small frames for up to 40 ms.
    if let Err(error) = client.set_nodelay(true).and_then(|()| upstream.set_nodelay(true)) {
        return error.to_string();
    }
    let (from_client, to_client) = client.split();
    let (from_broker, to_broker) = upstream.split();
    let first = OnceLock::new();
    let requests = async {
        Pump::new(from_client, to_broker, Requests::new(link), link.room()).run().await?;
        Ok(first.get_or_init(|| "the client closed it"))
    };
    let answers = async {
        Pump::new(from_broker, to_client, Answers::new(link), link.room()).run().await?;
        link.answers_ended();
        Ok(first.get_or_init(|| "the broker closed it"))
    };
    match tokio::try_join!(requests, answers) {
        Ok((reason, _)) => String::from(*reason),
        Err(Cut::Rule) => String::from("a rule closed it"),
        Err(Cut::Io(error)) => error.to_string(),
    }
}

/// Tells of a connection's end, however it comes.
struct Farewell<'l> {
    link: &'l Link,
    reason: String,
}

impl Drop for Farewell<'_> {
    fn drop(&mut self) {
        if !self.link.is_observed() {
            return;
        }
        let client_id = self.link.flight().client_id.to_string();
        for (group_id, count) in self.link.shared.book().untold_beats(&client_id) {
            self.link.tell(Observation::Heartbeats { client_id: client_id.clone(), group_id, count });
        }
        self.link.tell(Observation::Disconnected { client_id, reason: std::mem::take(&mut self.reason) });
    }
}
