//! Who the active controller is: asked of the metadata quorum itself, or through a broker where we cannot.

use std::{net::SocketAddr, sync::Arc};

use model::{fact::Event, ids::BrokerId};
use tokio::time::{sleep, timeout};

use crate::kafka::{self, Error, Quorum};

use super::{
    link::Link,
    shared::{Address, Broker, Eyes},
};

/// Asks the controllers of our own cluster: only the one that leads answers.
pub(super) async fn ask_controllers(eyes: Arc<Eyes>, controllers: Vec<(BrokerId, SocketAddr)>) {
    let mut links: Vec<Link> = controllers
        .into_iter()
        .map(|(id, address)| Link::new(Arc::clone(&eyes), Arc::new(Broker::new(id, Address::Known(address))), "quorum"))
        .collect();
    let mut told = Told::default();
    let mut leads = 0;
    loop {
        let mut answer = None;
        for step in 0..links.len() {
            let index = (leads + step) % links.len();
            let Some(link) = links.get_mut(index) else { continue };
            // One that was paused may still believe that it leads.
            if let Ok(quorum) = ask(&eyes, link).await
                && quorum.leader_epoch >= told.epoch()
            {
                (leads, answer) = (index, Some(quorum));
                break;
            }
        }
        told.tell(&eyes, answer);
        let pause = eyes.pace.quorum();
        match links.get_mut(leads).and_then(Link::connection) {
            // A dead controller's socket tells of it before the next question would.
            Some(connection) => tokio::select! {
                () = sleep(pause) => {}
                error = connection.closed() => links.iter_mut().skip(leads).take(1).for_each(|link| link.lose(&error)),
            },
            None => sleep(pause / 2).await,
        }
    }
}

/// Asks through a broker, which forwards: on a connection of its own, since the broker holds the request for as
/// long as there is no controller.
pub(super) async fn ask_brokers(eyes: Arc<Eyes>) {
    let mut told = Told::default();
    let mut nudges = eyes.pace.nudges();
    let mut link: Option<(BrokerId, Link)> = None;
    loop {
        let reachable = eyes.reachable();
        let stays = link.take().filter(|(id, _)| reachable.iter().any(|broker| broker.id == *id));
        let next = || {
            reachable.first().map(|broker| (broker.id, Link::new(Arc::clone(&eyes), Arc::clone(broker), "forwarded")))
        };
        if let Some((id, mut asked)) = stays.or_else(next) {
            let answer = ask(&eyes, &mut asked).await;
            told.tell(&eyes, answer.ok());
            link = Some((id, asked));
        }
        // An error would mean that the observers are being stopped, and this task with them.
        if let Ok(Err(_)) = timeout(eyes.pace.quorum(), nudges.changed()).await {
            return;
        }
    }
}

async fn ask(eyes: &Eyes, link: &mut Link) -> Result<Quorum, Error> {
    link.connect().await?;
    let Some(connection) = link.connection() else {
        return Err(Error::Unresolved { address: String::from("controller"), cause: String::from("not connected") });
    };
    let answer = kafka::describe_quorum(connection, eyes.pace.deadline()).await;
    if let Err(error) = &answer
        && error.ends_connection()
    {
        link.lose(error);
        eyes.pace.trouble();
    }
    answer
}

/// What was told of the quorum last.
#[derive(Debug, Default)]
struct Told(Option<Quorum>);

impl Told {
    fn epoch(&self) -> i32 {
        self.0.as_ref().map_or(-1, |told| told.leader_epoch)
    }

    /// `None`: nobody answered as the leader; told as -1 in the last known epoch.
    fn tell(&mut self, eyes: &Eyes, answer: Option<Quorum>) {
        let news = answer.unwrap_or_else(|| match &self.0 {
            Some(last) => Quorum { leader_id: BrokerId::NONE, ..last.clone() },
            None => Quorum { leader_id: BrokerId::NONE, leader_epoch: -1, voters: Vec::new() },
        });
        if self.0.as_ref() != Some(&news) {
            let Quorum { leader_id, leader_epoch, voters } = news.clone();
            eyes.reporter.report(Event::ControllerChanged { leader_id, epoch: leader_epoch, voters });
            self.0 = Some(news);
        }
    }
}
