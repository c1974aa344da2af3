//! The polls of one broker, one after the other on one connection: Metadata, DescribeCluster, log ends.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until};

use crate::kafka::{self, Connection, Error};

use super::{
    link::Link,
    replicas,
    shared::{Broker, Eyes},
};

/// Metadata is asked at most so often, however many things go wrong at once.
const METADATA_AT_MOST: Duration = Duration::from_millis(20);

/// When something went wrong or moved, registrations are asked for after the metadata they explain.
const REGISTRATION_AFTER_NEWS: Duration = Duration::from_millis(50);

/// When what is to be asked next.
#[derive(Debug)]
struct Due {
    metadata: Instant,
    registration: Instant,
    log_ends: Instant,
    watermarks: Instant,
    metadata_asked: Instant,
    log_ends_asked: Instant,
}

impl Due {
    fn now() -> Self {
        let now = Instant::now();
        Self {
            metadata: now,
            registration: now,
            log_ends: now,
            watermarks: now,
            metadata_asked: now,
            log_ends_asked: now,
        }
    }

    fn next(&self) -> Instant {
        self.metadata.min(self.registration).min(self.log_ends).min(self.watermarks)
    }
}

pub(super) async fn run(eyes: Arc<Eyes>, broker: Arc<Broker>) {
    let mut link = Link::new(Arc::clone(&eyes), Arc::clone(&broker), "polls");
    let mut due = Due::now();
    let (mut nudges, mut appends) = (eyes.pace.nudges(), eyes.pace.appends());
    loop {
        if link.connection().is_none() {
            if let Err(error) = link.connect().await {
                eyes.missed(&broker, &error);
                link.back_off().await;
                continue;
            }
            due = Due::now();
        }
        let Some(connection) = link.connection() else { continue };
        let asked = tokio::select! {
            // A dead broker's socket tells of it before the next question would.
            error = connection.closed() => Err(error),
            () = sleep_until(due.next()) => ask(&eyes, &broker, connection, &mut due).await,
            Ok(()) = nudges.changed() => {
                due.metadata = due.metadata.min(due.metadata_asked + METADATA_AT_MOST);
                due.registration = due.registration.min(Instant::now() + REGISTRATION_AFTER_NEWS);
                continue;
            }
            Ok(()) = appends.changed() => {
                due.log_ends = due.log_ends.min(due.log_ends_asked + eyes.pace.log_ends_at_most());
                continue;
            }
        };
        match asked {
            Ok(()) => {}
            Err(error) if error.ends_connection() => {
                // After a reset the next attempt, made at once, tells whether anybody is there; after a deadline
                // we know already.
                if matches!(error, Error::TimedOut { .. }) {
                    eyes.missed(&broker, &error);
                }
                link.lose(&error);
                eyes.pace.trouble();
            }
            Err(error) => {
                eyes.notice_once(
                    format!("broker {}", broker.id),
                    model::fact::Level::Warn,
                    format!("broker {}: {error}", broker.id),
                );
                // A refusal of one poll must not become a loop without a pause.
                link.back_off().await;
            }
        }
    }
}

/// Asks whatever is due.
async fn ask(eyes: &Eyes, broker: &Broker, connection: &mut Connection, due: &mut Due) -> Result<(), Error> {
    let now = Instant::now();
    let deadline = eyes.pace.deadline();
    if due.metadata <= now {
        due.metadata = now + eyes.pace.metadata();
        due.metadata_asked = now;
        let metadata = kafka::metadata(connection, deadline).await?;
        eyes.reached(broker);
        eyes.merge(broker.id, &metadata);
    }
    if due.registration <= now {
        due.registration = now + eyes.pace.registration();
        if eyes.asks_registrations(broker.id) {
            eyes.registered(&kafka::describe_cluster(connection, deadline).await?);
        }
    }
    if due.log_ends <= now {
        due.log_ends_asked = now;
        due.log_ends = now + eyes.pace.log_ends(false);
        let behind = replicas::ask_log_ends(eyes, broker.id, connection, deadline).await?;
        due.log_ends = now + eyes.pace.log_ends(behind);
    }
    if due.watermarks <= now {
        due.watermarks = now + eyes.pace.watermarks();
        replicas::ask_watermarks(eyes, broker.id, connection, deadline).await?;
    }
    Ok(())
}
