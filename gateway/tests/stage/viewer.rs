//! A viewer on /ws that notes when each frame came.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use model::{
    fact::{Event, Fact},
    frame::{Frame, SUBPROTOCOL},
    ids::{BrokerId, Micros},
    picture::Picture,
};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tokio_tungstenite::tungstenite::{
    ClientRequestBuilder, Error, Message,
    client::IntoClientRequest as _,
    http::{HeaderName, Uri},
};

/// A frame, and when it was here.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) here: Instant,
    pub(crate) frame: Frame,
}

/// A fact, and when it was here.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) here: Instant,
    pub(crate) fact: Fact,
}

#[derive(Debug)]
pub(crate) struct Viewer {
    frames: watch::Receiver<Vec<Received>>,
    reader: JoinHandle<()>,
}

impl Viewer {
    pub(crate) async fn open(url: &str) -> Self {
        let viewer = Self::try_open(url, &[("Origin", url)]).await.expect("/ws lets a viewer in");
        let mut frames = viewer.frames.clone();
        let first = timeout(Duration::from_secs(5), frames.wait_for(|frames| !frames.is_empty())).await;
        first.expect("a first frame within 5 s").expect("the socket stays open");
        viewer
    }

    /// Answers the HTTP status where the gateway does not let this viewer in.
    pub(crate) async fn try_open(url: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let uri: Uri = format!("{}/ws", url.replacen("http://", "ws://", 1)).parse().unwrap();
        let request = ClientRequestBuilder::new(uri).with_sub_protocol(SUBPROTOCOL);
        let mut request = request.into_client_request().unwrap();
        for (name, value) in headers {
            // Host among them is instead of the real one.
            request.headers_mut().insert(HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        let (socket, answer) = match tokio_tungstenite::connect_async(request).await {
            Ok(connected) => connected,
            Err(Error::Http(answer)) => return Err(answer.status().as_u16()),
            Err(error) => panic!("/ws: {error}"),
        };
        assert_eq!(answer.headers().get("sec-websocket-protocol").unwrap(), SUBPROTOCOL);
        let (sender, frames) = watch::channel(Vec::new());
        let reader = tokio::spawn(async move {
            let (_write, mut read) = socket.split();
            while let Some(Ok(message)) = read.next().await {
                let Message::Text(text) = message else { continue };
                let here = Instant::now();
                let frame = Frame::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
                sender.send_modify(|frames| frames.push(Received { here, frame }));
            }
        });
        Ok(Self { frames, reader })
    }

    /// All frames so far.
    pub(crate) fn frames(&self) -> Vec<Received> {
        self.frames.borrow().clone()
    }

    /// All facts so far that came as news, not in a keyframe.
    pub(crate) fn facts(&self) -> Vec<Shown> {
        let shown = |received: &Received| {
            let here = received.here;
            news(received).map(move |fact| Shown { here, fact: fact.clone() }).collect::<Vec<_>>()
        };
        self.frames.borrow().iter().flat_map(shown).collect()
    }

    /// The first fact of that kind that was here at `after` or later, now or as soon as it comes.
    pub(crate) async fn until(&self, what: &str, after: Instant, wanted: impl Fn(&Event) -> bool) -> Shown {
        let find = |frames: &Vec<Received>| {
            let late = frames.partition_point(|received| received.here < after);
            let late = frames[late..].iter().flat_map(|received| news(received).map(move |fact| (received.here, fact)));
            late.into_iter()
                .find(|(_, fact)| wanted(&fact.event))
                .map(|(here, fact)| Shown { here, fact: fact.clone() })
        };
        let mut frames = self.frames.clone();
        let found = timeout(crate::harness::PATIENCE, frames.wait_for(|frames| find(frames).is_some())).await;
        found.unwrap_or_else(|_| panic!("never shown: {what}")).unwrap_or_else(|_| panic!("/ws ended before: {what}"));
        find(&self.frames.borrow()).expect("it was found")
    }

    /// The first word on a broker's process being `state`.
    pub(crate) async fn until_process(&self, id: i32, state: model::fact::ProcessState, after: Instant) -> Shown {
        let what = format!("node {id} {state:?}");
        let wanted = |event: &Event| matches!(event, Event::ProcessChanged { node, state: s, .. } if (*node, *s) == (BrokerId(id), state));
        self.until(&what, after, wanted).await
    }

    /// What a page would show now: the fold of all that came, and the gateway's clock.
    pub(crate) fn picture(&self) -> (Picture, Micros) {
        let (mut picture, mut now) = (Picture::default(), Micros::default());
        for received in &*self.frames.borrow() {
            match &received.frame {
                Frame::Keyframe { facts, at, .. } => {
                    picture = Picture::of(facts);
                    now = *at;
                }
                Frame::Facts { facts, at } => {
                    for fact in facts {
                        // Surprises are counted in the picture itself.
                        picture.fold(fact);
                    }
                    now = *at;
                }
                Frame::Skipped(count) => panic!("{count} frames were skipped"),
            }
        }
        (picture, now)
    }

    /// Waits until the gateway ended the connection.
    pub(crate) async fn closed(&mut self, patience: Duration) {
        timeout(patience, &mut self.reader)
            .await
            .expect("the socket ends with its gateway")
            .expect("the reader is well");
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

fn news(received: &Received) -> impl Iterator<Item = &Fact> {
    match &received.frame {
        Frame::Facts { facts, .. } => facts.iter(),
        Frame::Keyframe { .. } | Frame::Skipped(_) => [].iter(),
    }
}
