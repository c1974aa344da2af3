//! How what was asked and answered becomes observations.

use std::collections::HashMap;

use kafka_protocol::messages::ApiKey;

use crate::{
    answered::{Answered, Fetched},
    asked::{Asked, Produced, Producer},
    flight::Pending,
    observation::{Observation, monotonic_micros},
    rules::Part,
    shared::Link,
    wire::names,
};

/// What becomes of a frame, as observations say it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) passed_on: bool,
    pub(crate) held_ms: u32,
}

/// Tells what a request asked.
pub(crate) fn asked(link: &Link, client_id: &str, correlation_id: i32, asked: &Asked, way: Way) {
    match asked {
        Asked::Produce(produced) => sent(link, client_id, correlation_id, produced, way),
        Asked::Begin(producers) => {
            for producer in producers {
                begun(link, client_id, correlation_id, producer, way);
            }
        }
        // Told when the client is met, or with their answers.
        Asked::Software { .. }
        | Asked::Commit { .. }
        | Asked::Group { .. }
        | Asked::Init { .. }
        | Asked::End { .. } => {}
    }
}

fn sent(link: &Link, client_id: &str, correlation_id: i32, produced: &Produced, way: Way) {
    for (part, batch) in produced.parts.iter().zip(&produced.batches) {
        let transactional_id = produced.transactional_id.clone().filter(|_| batch.transactional);
        let first_in_transaction = transactional_id.as_ref().is_some_and(|id| {
            let (producer_id, producer_epoch) = (batch.producer_id, batch.producer_epoch);
            let producer = Producer { transactional_id: id.clone(), producer_id, producer_epoch };
            begun(link, client_id, correlation_id, &producer, way)
        });
        link.tell(Observation::ProduceSent {
            client_id: client_id.to_owned(),
            correlation_id,
            acks: produced.acks,
            transactional_id,
            topic: part.topic.to_string(),
            partition: part.partition,
            producer_id: batch.producer_id,
            producer_epoch: batch.producer_epoch,
            base_sequence: batch.base_sequence,
            records: batch.records,
            event_ids: part.event_ids.clone(),
            first_in_transaction,
            passed_on: way.passed_on,
            held_ms: way.held_ms,
        });
    }
}

/// Answers whether this is the transaction's first sign that reaches a broker, and tells it then.
fn begun(link: &Link, client_id: &str, correlation_id: i32, producer: &Producer, way: Way) -> bool {
    let Producer { transactional_id, producer_id, producer_epoch } = producer;
    let first = way.passed_on && link.shared.book().begins(transactional_id, (*producer_id, *producer_epoch));
    if first {
        link.tell(Observation::TransactionBegun {
            client_id: client_id.to_owned(),
            correlation_id,
            transactional_id: transactional_id.clone(),
            producer_id: *producer_id,
            producer_epoch: *producer_epoch,
        });
    }
    first
}

/// Tells what a broker answered.
pub(crate) fn answered(link: &Link, pending: &Pending, answered: Answered, way: Way) {
    let client_id = || pending.client_id.to_string();
    let correlation_id = pending.correlation_id;
    match (answered, pending.asked.as_deref()) {
        (Answered::Produce(parts), asked) => acknowledged(link, pending, parts, asked, way),
        (Answered::Fetch(fetched), _) => {
            for Fetched { part, from_offset, to_offset, records } in fetched {
                link.tell(Observation::FetchAnswered {
                    client_id: client_id(),
                    correlation_id,
                    topic: part.topic.to_string(),
                    partition: part.partition,
                    from_offset,
                    to_offset,
                    records,
                    passed_on: way.passed_on,
                    held_ms: way.held_ms,
                });
            }
        }
        (Answered::Commit(errors), Some(Asked::Commit { group_id, offsets })) => {
            committed(link, pending, group_id, offsets, &errors, way);
        }
        (Answered::Code(code), Some(Asked::Group { group_id, is_heartbeat })) => {
            called(link, pending, group_id, *is_heartbeat, code);
        }
        (Answered::Init { error, producer_id, producer_epoch }, Some(Asked::Init { transactional_id })) => {
            if let (0, Some(id)) = (error, transactional_id) {
                // The coordinator has aborted what the producer before left open.
                link.shared.book().ends(id);
            }
            link.tell(Observation::ProducerInitialised {
                client_id: client_id(),
                correlation_id,
                transactional_id: transactional_id.clone(),
                producer_id,
                producer_epoch,
                error: names::error(error),
            });
        }
        (Answered::Code(code), Some(Asked::End { producer, committed })) => {
            if !names::is_retriable(code) {
                link.shared.book().ends(&producer.transactional_id);
            }
            link.tell(Observation::TransactionEnded {
                client_id: client_id(),
                correlation_id,
                transactional_id: producer.transactional_id.clone(),
                producer_id: producer.producer_id,
                producer_epoch: producer.producer_epoch,
                committed: *committed,
                error: names::error(code),
            });
        }
        // The request was too big to be read, or was sent before anybody looked.
        (Answered::Commit(_) | Answered::Code(_) | Answered::Init { .. }, _) => {}
    }
}

fn acknowledged(link: &Link, pending: &Pending, parts: Vec<(Part, i16, i64)>, asked: Option<&Asked>, way: Way) {
    let took_micros = monotonic_micros().saturating_sub(pending.at_micros);
    let sent = match asked {
        Some(Asked::Produce(produced)) => produced.parts.as_slice(),
        _ => &[],
    };
    let sent: HashMap<_, _> = sent.iter().map(|it| ((&*it.topic, it.partition), &it.event_ids)).collect();
    for (part, code, base_offset) in parts {
        let event_ids = sent.get(&(&*part.topic, part.partition)).map(|ids| (*ids).clone()).unwrap_or_default();
        link.tell(Observation::ProduceAnswered {
            client_id: pending.client_id.to_string(),
            correlation_id: pending.correlation_id,
            topic: part.topic.to_string(),
            partition: part.partition,
            base_offset,
            error: names::error(code),
            event_ids,
            took_micros,
            passed_on: way.passed_on,
            held_ms: way.held_ms,
        });
    }
}

fn committed(
    link: &Link,
    pending: &Pending,
    group_id: &str,
    offsets: &[(Part, i64)],
    errors: &[(Part, i16)],
    way: Way,
) {
    let errors: HashMap<_, _> = errors.iter().map(|(it, code)| ((&*it.topic, it.partition), *code)).collect();
    for (part, offset) in offsets {
        let Some(code) = errors.get(&(&*part.topic, part.partition)) else { continue };
        link.tell(Observation::CommitAnswered {
            client_id: pending.client_id.to_string(),
            correlation_id: pending.correlation_id,
            group_id: group_id.to_owned(),
            topic: part.topic.to_string(),
            partition: part.partition,
            offset: *offset,
            error: names::error(*code),
            transactional: pending.api == Some(ApiKey::TxnOffsetCommit),
            passed_on: way.passed_on,
        });
    }
}

fn called(link: &Link, pending: &Pending, group_id: &str, is_heartbeat: bool, code: i16) {
    let client_id = pending.client_id.to_string();
    let group_id = group_id.to_owned();
    if is_heartbeat {
        let count = link.shared.book().beat(&client_id, &group_id);
        if let Some(count) = count {
            link.tell(Observation::Heartbeats { client_id: client_id.clone(), group_id: group_id.clone(), count });
        }
        if code == 0 {
            return;
        }
    }
    let api = pending.api.map(names::api).unwrap_or_default();
    let (correlation_id, error) = (pending.correlation_id, names::error(code));
    link.tell(Observation::GroupCalled { client_id, correlation_id, group_id, api, error });
}
