//! One connection for one purpose: its ups and downs are facts, and a lost one is replaced.

use std::{sync::Arc, time::Duration};

use model::fact::Event;

use crate::kafka::{Connection, Error};

use super::shared::{Broker, Eyes};

/// No attempt comes sooner after the last, whatever the news.
const SHORTEST_WAIT: Duration = Duration::from_millis(30);

/// A broker's connection for one purpose.
#[derive(Debug)]
pub(super) struct Link {
    eyes: Arc<Eyes>,
    broker: Arc<Broker>,
    purpose: &'static str,
    connection: Option<Connection>,
    told: Option<bool>,
    failures: u32,
}

impl Link {
    pub(super) fn new(eyes: Arc<Eyes>, broker: Arc<Broker>, purpose: &'static str) -> Self {
        Self { eyes, broker, purpose, connection: None, told: None, failures: 0 }
    }

    /// The connection, where there is one.
    pub(super) const fn connection(&mut self) -> Option<&mut Connection> {
        self.connection.as_mut()
    }

    /// Connects unless connected.
    pub(super) async fn connect(&mut self) -> Result<(), Error> {
        if self.connection.is_some() {
            return Ok(());
        }
        let deadline = self.eyes.pace.deadline();
        let opened = match self.broker.resolve(deadline).await {
            Ok(address) => Connection::open(address, deadline).await,
            Err(error) => Err(error),
        };
        match opened {
            Ok(connection) => {
                self.connection = Some(connection);
                self.failures = 0;
                self.tell(true, String::new());
                Ok(())
            }
            Err(error) => {
                self.failures += 1;
                self.tell(false, error.to_string());
                Err(error)
            }
        }
    }

    /// Waits until the polls reach the broker, then connects; leaves the looking for it to them.
    pub(super) async fn connect_when_reachable(&mut self) -> Option<&mut Connection> {
        if self.connection.is_none() {
            let mut reachable = self.broker.reachability();
            // An error would mean that the broker is not looked after any more: then this task ends with the others.
            if reachable.wait_for(|reachable| *reachable == Some(true)).await.is_err() || self.connect().await.is_err()
            {
                self.back_off().await;
            }
        }
        self.connection.as_mut()
    }

    /// The connection is of no more use.
    pub(super) fn lose(&mut self, error: &Error) {
        self.connection = None;
        self.tell(false, error.to_string());
    }

    /// Gives up a good connection whose outstanding answer nobody wants any more; that is no fact.
    pub(super) fn renew(&mut self) {
        self.connection = None;
    }

    /// Waits before the next attempt; news of the cluster cut the wait short, since the node may be back.
    pub(super) async fn back_off(&self) {
        let wait = self.eyes.pace.back_off(self.failures.saturating_sub(1));
        tokio::time::sleep(wait.min(SHORTEST_WAIT)).await;
        let mut nudges = self.eyes.pace.nudges();
        // Either way the wait is over.
        drop(tokio::time::timeout(wait.saturating_sub(SHORTEST_WAIT), nudges.changed()).await);
    }

    fn tell(&mut self, up: bool, reason: String) {
        if self.told.replace(up) != Some(up) {
            let purpose = self.purpose.to_owned();
            self.eyes.reporter.report(Event::LinkChanged { broker: self.broker.id, purpose, up, reason });
        }
    }
}
