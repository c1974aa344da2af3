//! What passes the tap, as facts: the real way of a record on the wire, and the faults that were put in it.

use std::{sync::atomic::Ordering, time::Duration};

use model::{
    fact::{Event, Level, TransactionState},
    ids::BrokerId,
};
use tap::{Observation, Observations, Seen};
use tokio::time::{MissedTickBehavior, interval};

use crate::report::Reporter;

/// How many things on the wire are told in a second for as long as it lasts; it is more than anybody can see.
const TOLD_A_SECOND: u64 = 1000;
/// What was not used is saved up to here: orders that waited for a new leader come all at once. What is more is counted
/// into one `gap` a second; faults are told always.
const SAVED: u64 = 10 * TOLD_A_SECOND;
const SECOND: Duration = Duration::from_secs(1);

/// Tells what the tap sees, until the tap is gone.
pub async fn watch_wire(mut observations: Observations, reporter: Reporter) {
    let mut tick = interval(SECOND);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut left, mut untold) = (SAVED, 0);
    loop {
        tokio::select! {
            _ = tick.tick() => {
                let dropped = observations.dropped.swap(0, Ordering::Relaxed);
                gap(&reporter, untold, format!("more than {TOLD_A_SECOND} things a second passed the tap"));
                gap(&reporter, dropped, String::from("more passed the tap at once than the gateway could take"));
                (left, untold) = ((left + TOLD_A_SECOND).min(SAVED), 0);
            }
            seen = observations.seen.recv() => {
                let Some(seen) = seen else { return };
                let at = reporter.clock().at_monotonic(seen.at_micros);
                let Some(event) = event(seen) else { continue };
                if !is_fault(&event) {
                    if left == 0 {
                        untold += 1;
                        continue;
                    }
                    left -= 1;
                }
                reporter.report_at(at, event);
            }
        }
    }
}

fn gap(reporter: &Reporter, count: u64, reason: String) {
    if count > 0 {
        reporter.report(Event::Gap { source: String::from("tap"), count, reason });
    }
}

const fn is_fault(event: &Event) -> bool {
    matches!(
        event,
        Event::FaultArmed { .. }
            | Event::FaultFired { .. }
            | Event::FaultExpired { .. }
            | Event::SlowWireChanged { .. }
    )
}

/// The fact in an observation; none where it says nothing that an audience could use.
#[expect(clippy::too_many_lines, reason = "one arm a kind: the list of kinds is the function")]
fn event(seen: Seen) -> Option<Event> {
    let broker = seen.broker.map_or(BrokerId::NONE, BrokerId);
    let connection = seen.connection.unwrap_or_default();
    Some(match seen.what {
        // Nobody knows yet who it is.
        Observation::Connected { .. } => return None,
        Observation::Identified { client_id, software_name, software_version } => {
            let reason = String::new();
            Event::ClientChanged { broker, connection, client_id, software_name, software_version, up: true, reason }
        }
        Observation::Disconnected { client_id, reason } => {
            let (software_name, software_version) = (String::new(), String::new());
            Event::ClientChanged { broker, connection, client_id, software_name, software_version, up: false, reason }
        }
        Observation::ProduceSent {
            client_id,
            correlation_id,
            acks,
            transactional_id,
            topic,
            partition,
            producer_id,
            producer_epoch,
            base_sequence,
            records: count,
            event_ids,
            ..
        } => Event::ProduceSent {
            broker,
            connection,
            client_id,
            correlation_id,
            acks,
            transactional_id,
            topic,
            partition,
            producer_id,
            producer_epoch,
            base_sequence,
            count,
            event_ids,
        },
        Observation::ProduceAnswered {
            client_id,
            correlation_id,
            topic,
            partition,
            base_offset,
            error,
            event_ids,
            took_micros,
            ..
        } => Event::ProduceAnswered {
            broker,
            connection,
            client_id,
            correlation_id,
            topic,
            partition,
            base_offset,
            error,
            event_ids,
            took_micros,
        },
        // Markers alone are nothing that a reader is given.
        Observation::FetchAnswered { records: 0, .. } => return None,
        Observation::FetchAnswered { client_id, correlation_id, topic, partition, from_offset, to_offset, .. } => {
            Event::FetchAnswered {
                broker,
                connection,
                client_id,
                correlation_id,
                topic,
                partition,
                from_offset,
                to_offset,
            }
        }
        Observation::CommitAnswered {
            client_id, correlation_id, group_id, topic, partition, offset, error, ..
        } => Event::CommitAnswered {
            broker,
            connection,
            client_id,
            correlation_id,
            group_id,
            topic,
            partition,
            offset,
            error,
        },
        Observation::GroupCalled { client_id, correlation_id, group_id, api, error } => {
            Event::GroupCalled { broker, connection, client_id, correlation_id, group_id, api, error }
        }
        Observation::Heartbeats { client_id, group_id, count } => {
            Event::HeartbeatsCounted { client_id, group_id, count }
        }
        // An idempotent producer without transactions.
        Observation::ProducerInitialised { transactional_id: None, .. } => return None,
        Observation::ProducerInitialised {
            client_id,
            correlation_id,
            transactional_id: Some(transactional_id),
            producer_id,
            producer_epoch,
            error,
        } => Event::TransactionChanged {
            broker,
            connection,
            client_id,
            correlation_id,
            transactional_id,
            producer_id,
            producer_epoch,
            state: TransactionState::Initialised,
            error,
        },
        Observation::TransactionBegun { client_id, correlation_id, transactional_id, producer_id, producer_epoch } => {
            Event::TransactionChanged {
                broker,
                connection,
                client_id,
                correlation_id,
                transactional_id,
                producer_id,
                producer_epoch,
                state: TransactionState::Begun,
                error: String::new(),
            }
        }
        Observation::TransactionEnded {
            client_id,
            correlation_id,
            transactional_id,
            producer_id,
            producer_epoch,
            committed,
            error,
        } => Event::TransactionChanged {
            broker,
            connection,
            client_id,
            correlation_id,
            transactional_id,
            producer_id,
            producer_epoch,
            state: if committed { TransactionState::Committed } else { TransactionState::Aborted },
            error,
        },
        Observation::RuleArmed { rule, is } => Event::FaultArmed { rule: rule.0, text: is.to_string() },
        Observation::RuleFired { rule, client_id, api, correlation_id, topic, partition, event_id, what } => {
            Event::FaultFired {
                rule: rule.0,
                broker,
                connection,
                client_id,
                api,
                correlation_id: correlation_id.unwrap_or(-1),
                topic: topic.unwrap_or_default(),
                partition: partition.unwrap_or(-1),
                event_ids: event_id.into_iter().collect(),
                what: what.to_owned(),
            }
        }
        Observation::RuleExpired { rule, why } => Event::FaultExpired { rule: rule.0, reason: why },
        Observation::SlowWire { ms } => Event::SlowWireChanged { ms },
        Observation::Undecodable { api, version, reason } => Event::Notice {
            level: Level::Info,
            source: String::from("tap"),
            text: if api.is_empty() {
                format!(
                    "connection {connection} to broker {broker} does not speak Kafka: {reason}; it is passed as it is"
                )
            } else {
                format!(
                    "{api} version {version} on connection {connection} to broker {broker} is passed unread: {reason}"
                )
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use model::fact::Event;
    use tap::{Rule, Tap, What, Which, observer};
    use tokio::time::timeout;

    use super::{SAVED, SECOND, watch_wire};
    use crate::{clock::Clock, report};

    #[tokio::test]
    async fn a_flood_is_counted_and_faults_are_told_all_the_same() {
        let (observer, observations) = observer(4096);
        let tap = Tap::new(Some(observer));
        let (reporter, mut inbox) = report::queue(Clock::start());
        let told = tokio::spawn(watch_wire(observations, reporter));
        let at = tap.listen(1, "127.0.0.1:0".parse().unwrap(), "127.0.0.1:1".parse().unwrap()).await.unwrap();
        // Each comes and goes, since nobody is behind the tap.
        let (mut strangers, mut left, mut gaps) = (0, 0, 0);
        while gaps == 0 || left + gaps < strangers {
            if gaps == 0 {
                drop(tokio::net::TcpStream::connect(at).await.unwrap());
                strangers += 1;
            }
            let next = async { if gaps == 0 { inbox.seen.try_recv().ok() } else { inbox.seen.recv().await } };
            match timeout(SECOND * 10, next).await.unwrap().map(|seen| seen.event) {
                None => {}
                Some(Event::ClientChanged { up: false, .. }) => left += 1,
                Some(Event::Gap { count, source, .. }) if source == "tap" => gaps += count,
                other => panic!("{other:?}"),
            }
        }
        assert!(left >= SAVED, "{left} were told before the first gap");
        tap.arm(Rule::new(Which::Next, What::DropResponse));
        let armed = timeout(SECOND * 10, inbox.seen.recv()).await.unwrap().unwrap();
        assert!(matches!(armed.event, Event::FaultArmed { rule: 1, .. }), "{armed:?}");
        drop(tap);
        told.await.unwrap();
    }
}
