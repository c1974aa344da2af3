//! Scenes, faults, crash points and what the tap sees.

use kafkascope_model::fact::{CrashState, Event, Outcome, StepState, TransactionState, VerdictRow};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{Events, World, args};

impl World {
    /// What a scene tells, and what is armed.
    pub(super) fn scenes(self) -> Events {
        let run = || self.long();
        let started = (run(), self.text(), self.text(), any::<bool>(), vec(self.text(), 0..3), args()).prop_map(
            |(run, scene, guard, guarded, steps, spec)| Event::SceneStarted {
                run,
                title: scene.clone(),
                chapter: guard.clone(),
                customer: scene.clone(),
                scene,
                guard,
                guarded,
                steps,
                spec,
            },
        );
        let state = select(vec![StepState::Started, StepState::Done, StepState::NotShown]);
        let step = (run(), 0_u32..3, state, self.text()).prop_map(|(run, step, state, reason)| Event::SceneStep {
            run,
            step,
            state,
            reason,
        });
        let outcome = select(vec![Outcome::Held, Outcome::Broken, Outcome::NotShown]);
        let verdict = (run(), self.text(), any::<bool>(), outcome, vec(self.row(), 0..3)).prop_map(
            |(run, scene, guarded, outcome, rows)| Event::VerdictReached {
                run,
                scene,
                guarded,
                outcome,
                holds: guarded,
                rows,
            },
        );
        let ended =
            (run(), any::<bool>(), self.text()).prop_map(|(run, ok, reason)| Event::SceneEnded { run, ok, reason });
        let crash = select(vec![CrashState::Armed, CrashState::Reached, CrashState::Cleared]);
        let crash = (self.app(), 1_u32..3, self.text(), crash).prop_map(|(app, instance, at_point, state)| {
            Event::CrashPointChanged { app, instance, action: at_point.clone(), at_point, state }
        });
        prop_oneof![
            3 => started,
            3 => step,
            2 => verdict,
            1 => ended,
            1 => (run(), self.text()).prop_map(|(rule, text)| Event::FaultArmed { rule, text }),
            1 => (run(), self.text()).prop_map(|(rule, reason)| Event::FaultExpired { rule, reason }),
            1 => any::<u32>().prop_map(|ms| Event::SlowWireChanged { ms }),
            2 => crash,
        ]
        .boxed()
    }

    fn row(self) -> BoxedStrategy<VerdictRow> {
        let value = || select(vec![Value::Null, json!(1), json!("at least 1")]);
        (self.text(), value(), value(), any::<bool>(), vec(self.long(), 0..3), self.text())
            .prop_map(|(what, wanted, seen, right, facts, at)| VerdictRow {
                what,
                expected: wanted.clone(),
                wanted,
                seen,
                right,
                facts,
                at,
            })
            .boxed()
    }

    /// What the tap sees go by.
    pub(super) fn wire(self) -> Events {
        let of = || (self.broker(), self.long(), self.text(), self.int());
        let at = || (self.topic(), self.partition(), self.offset());
        let sent = (of(), at(), option::of(self.text()), any::<i16>(), vec(self.event_id(), 0..3)).prop_map(
            |(of, (topic, partition, producer_id), transactional_id, acks, event_ids)| {
                let (broker, connection, client_id, correlation_id) = of;
                Event::ProduceSent {
                    broker,
                    connection,
                    client_id,
                    correlation_id,
                    acks,
                    transactional_id,
                    topic,
                    partition,
                    producer_id,
                    producer_epoch: acks,
                    base_sequence: correlation_id,
                    count: 1,
                    event_ids,
                }
            },
        );
        let answered = (of(), at(), self.text(), vec(self.event_id(), 0..3), self.long()).prop_map(
            |(of, (topic, partition, base_offset), error, event_ids, took_micros)| {
                let (broker, connection, client_id, correlation_id) = of;
                Event::ProduceAnswered {
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
                }
            },
        );
        let states = vec![
            TransactionState::Initialised,
            TransactionState::Begun,
            TransactionState::Committed,
            TransactionState::Aborted,
        ];
        let transaction =
            (of(), select(states), self.offset(), self.text()).prop_map(|(of, state, producer_id, error)| {
                let (broker, connection, client_id, correlation_id) = of;
                let transactional_id = client_id.clone();
                Event::TransactionChanged {
                    broker,
                    connection,
                    client_id,
                    correlation_id,
                    transactional_id,
                    producer_id,
                    producer_epoch: 0,
                    state,
                    error,
                }
            });
        prop_oneof![sent, answered, transaction, self.answers()].boxed()
    }

    fn answers(self) -> Events {
        let of = || (self.broker(), self.long(), self.text(), self.int());
        let at = || (self.topic(), self.partition(), self.offset());
        let fetched = (of(), at()).prop_map(|((broker, connection, client_id, correlation_id), at)| {
            let (topic, partition, from_offset) = at;
            let to_offset = from_offset;
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
        });
        let committed = (of(), at(), self.group(), self.text()).prop_map(|(of, at, group_id, error)| {
            let ((broker, connection, client_id, correlation_id), (topic, partition, offset)) = (of, at);
            Event::CommitAnswered {
                broker,
                connection,
                client_id,
                correlation_id,
                group_id,
                topic,
                partition,
                offset,
                error,
            }
        });
        let called = (of(), self.group(), self.text(), self.text()).prop_map(|(of, group_id, api, error)| {
            let (broker, connection, client_id, correlation_id) = of;
            Event::GroupCalled { broker, connection, client_id, correlation_id, group_id, api, error }
        });
        let client = (of(), any::<bool>(), self.text()).prop_map(|((broker, connection, client_id, _), up, reason)| {
            let (software_name, software_version) = (client_id.clone(), reason.clone());
            Event::ClientChanged { broker, connection, client_id, software_name, software_version, up, reason }
        });
        let fired = (of(), at(), self.long(), vec(self.event_id(), 0..2)).prop_map(|(of, at, rule, event_ids)| {
            let ((broker, connection, client_id, correlation_id), (topic, partition, _)) = (of, at);
            let (api, what) = (client_id.clone(), client_id.clone());
            Event::FaultFired {
                rule,
                broker,
                connection,
                client_id,
                api,
                correlation_id,
                topic,
                partition,
                event_ids,
                what,
            }
        });
        let beats = (self.text(), self.group(), self.long())
            .prop_map(|(client_id, group_id, count)| Event::HeartbeatsCounted { client_id, group_id, count });
        let refused = (self.app(), self.text(), self.text()).prop_map(|(app, transactional_id, error)| {
            Event::TransactionRefused { app, instance: 1, transactional_id, error }
        });
        prop_oneof![fetched, committed, called, client, fired, beats, refused].boxed()
    }
}
