//! Which fields each kind of fact has.

use serde_json::{Map, Value};

use super::{
    Appended, Assigned, Attempt, Closed, Control, Counters, CrashState, Event, Level, Lost, MarkerKind, Member, Mode,
    Moment, OrderStatus, Outage, Outcome, PartitionHistory, ProcessState, ReadsTo, RecordHistory, Registration, Role,
    Sends, SessionStarted, Source, StepState, TransactionState, VerdictRow,
};
use crate::json::{Fields, Json, lists, objects, optional, words};

words! {
    Mode { "local" => Local, "external" => External }
    ProcessState {
        "starting" => Starting, "running" => Running, "paused" => Paused, "stopping" => Stopping, "dead" => Dead,
        "unknown" => Unknown
    }
    Role { "broker" => Broker, "controller" => Controller }
    Registration { "active" => Active, "fenced" => Fenced, "absent" => Absent }
    ReadsTo { "log_end" => LogEnd, "high_watermark" => HighWatermark }
    Source { "app" => App, "tap" => Tap }
    Level { "info" => Info, "warn" => Warn, "error" => Error }
    MarkerKind { "chapter" => Chapter, "stop" => Stop, "note" => Note }
    OrderStatus { "open" => Open, "confirmed" => Confirmed, "cancelled" => Cancelled }
    TransactionState {
        "initialised" => Initialised, "begun" => Begun, "committed" => Committed, "aborted" => Aborted
    }
    CrashState { "armed" => Armed, "reached" => Reached, "cleared" => Cleared }
    StepState { "started" => Started, "done" => Done, "not_shown" => NotShown }
    Outcome { "held" => Held, "broken" => Broken, "not_shown" => NotShown }
}

impl Json for Option<Control> {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            Value::String(word) if word == "commit" => Some(Some(Control::Commit)),
            Value::String(word) if word == "abort" => Some(Some(Control::Abort)),
            _ => None,
        }
    }
}

optional!(Outage);
lists!(Member Assigned Lost VerdictRow Sends Attempt Moment);

objects! {
    Assigned { must topic, partition; may; }
    Member { must member_id, client_id, assignment; may host; }
    Outage { must; may broker, since, until, begun_by, ended_by; }
    Lost { must; may offset, acknowledged, at, acknowledged_by, lost_by; }
    VerdictRow { must; may what, wanted, expected, seen, right, facts, at; }
    SessionStarted {
        must;
        may format, session, wall_clock, mode, bootstrap, stage_bootstrap, kafka_version, gateway_version, value_bytes;
    }
    Appended {
        must;
        may topic, partition, offset, leader_epoch, timestamp_ms, producer_id, producer_epoch, sequence, transactional,
            control, key, headers, value, value_bytes;
    }
    RecordHistory {
        must;
        may topic, partition, offset, sent_at, sent_by, copied, committed_at, acknowledged_at, acknowledged_by, acks,
            took_micros, read, handled, handled_at, passed, truncated_at;
    }
    Sends { must; may event_id, sent_at, app, instance, topic, key, event_type, attempts, refused_at, error; }
    Attempt {
        must;
        may at, broker, connection, correlation_id, partition, answered_at, offset, error, lost_at;
    }
    Moment { must; may at, status, kept_cents; }
    PartitionHistory { must; may topic, partition, leader_since, previous_leader, outage, lost; }
    Counters { must; may records, merged, dropped, acknowledged, truncated, surprises, warnings, ledger; }
    Closed {
        must;
        may confirmed, cancelled, taken_cents, refunded_cents, confirmed_cents, confirmed_pieces, up_to;
    }
}

macro_rules! kinds {
    ($($name:literal => $variant:ident { $($field:ident),* })*) => {
        /// The event in the rest of a fact's object; none where its kind is not known, or a field is missing or of another
        /// type.
        pub(super) fn event(kind: &str, body: &Map<String, Value>) -> Option<Event> {
            let mut fields = Fields::of(body);
            let event = match kind {
                $($name => Event::$variant { $($field: fields.must(stringify!($field)),)* },)*
                "session_started" => Event::SessionStarted(SessionStarted::of(&mut fields)),
                "record_appended" => Event::RecordAppended(Box::new(Appended::of(&mut fields))),
                "record_history" => Event::RecordHistory(Box::new(RecordHistory::of(&mut fields))),
                "partition_history" => Event::PartitionHistory(Box::new(PartitionHistory::of(&mut fields))),
                "counted" => Event::Counted(Counters::of(&mut fields)),
                "orders_closed" => Event::OrdersClosed(Closed::of(&mut fields)),
                "record_handled" => Event::RecordHandled {
                    app: fields.must("app"),
                    instance: fields.must("instance"),
                    topic: fields.must("topic"),
                    partition: fields.must("partition"),
                    offset: fields.must("offset"),
                    event_id: fields.must("event_id"),
                    effect: fields.must("effect"),
                    skipped: fields.may("skipped"),
                },
                _ => return None,
            };
            fields.finish(event)
        }

        impl Event {
            /// Its kind, as the fact names it. To ask for it is no reason to write the fact.
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$variant { .. } => $name,)*
                    Self::SessionStarted(_) => "session_started",
                    Self::RecordAppended(_) => "record_appended",
                    Self::RecordHistory(_) => "record_history",
                    Self::PartitionHistory(_) => "partition_history",
                    Self::Counted(_) => "counted",
                    Self::OrdersClosed(_) => "orders_closed",
                    Self::RecordHandled { .. } => "record_handled",
                    Self::Unknown(body) => body.get("kind").and_then(Value::as_str).unwrap_or_default(),
                }
            }
        }
    };
}

kinds! {
    "session_ended" => SessionEnded {}
    "gap" => Gap { source, count, reason }
    "notice" => Notice { level, source, text }
    "marker" => Marker { label, marker }
    "marker_set" => MarkerSet { marker, text }
    "process_changed" => ProcessChanged { node, role, state, pid, cause }
    "link_changed" => LinkChanged { broker, purpose, up, reason }
    "broker_reachable" => BrokerReachable { broker, reachable, reason }
    "broker_changed" => BrokerChanged { broker, registration, host, port }
    "controller_changed" => ControllerChanged { leader_id, epoch, voters }
    "cluster_read" => ClusterRead { brokers }
    "topic_changed" => TopicChanged { topic, topic_id, partitions, internal }
    "topic_deleted" => TopicDeleted { topic }
    "partition_changed" => PartitionChanged { topic, partition, leader, leader_epoch, replicas, isr, source }
    "offsets_moved" => OffsetsMoved {
        topic, partition, log_start_offset, high_watermark, last_stable_offset, log_end_offset
    }
    "replica_log_end" => ReplicaLogEnd { topic, partition, broker, log_end_offset }
    "tail_attached" => TailAttached { topic, partition, broker, reads_to }
    "batch_appended" => BatchAppended {
        topic, partition, base_offset, count, bytes, leader_epoch, producer_id, producer_epoch, base_sequence
    }
    "records_truncated" => RecordsTruncated { topic, partition, from_offset, to_offset, leader_epoch }
    "producer_changed" => ProducerChanged {
        topic, partition, producer_id, producer_epoch, last_sequence, txn_start_offset
    }
    "group_changed" => GroupChanged { group_id, state, group_type, protocol, coordinator, members }
    "group_deleted" => GroupDeleted { group_id }
    "session_timeout" => SessionTimeout { group_id, ms }
    "offset_committed" => OffsetCommitted { group_id, topic, partition, offset }
    "position_moved" => PositionMoved { group_id, client_id, topic, partition, offset, source }
    "rebalanced" => Rebalanced { app, instance, group_id, change, partitions }
    "app_changed" => AppChanged { app, instance, state, pid, group, client_id, reads, writes, cause }
    "guard_changed" => GuardChanged { app, guard, on }
    "record_sent" => RecordSent { app, instance, topic, key, event_id, event_type, source }
    "record_acknowledged" => RecordAcknowledged {
        app, instance, topic, partition, offset, event_id, acks, took_micros, source
    }
    "record_refused" => RecordRefused { app, instance, topic, event_id, error, source }
    "record_unreadable" => RecordUnreadable {
        app, instance, topic, partition, offset, event_id, error, dead_letter
    }
    "order_transition" => OrderTransition { app, order, from, event, to, outcome }
    "order_changed" => OrderChanged { order, status, customer, item, count, price_cents }
    "stock_changed" => StockChanged { order, item, reserved, sold }
    "item_changed" => ItemChanged { item, created, on_hand, reserved, sold, price_cents }
    "payment_changed" => PaymentChanged { order, due_cents, taken_cents, refunded_cents, times_taken, refused }
    "ledger_started" => LedgerStarted { ledger }
    "command_received" => CommandReceived { id, command, args }
    "command_finished" => CommandFinished { id, command, ok, did, took_ms, reason }
    "client_changed" => ClientChanged {
        broker, connection, client_id, software_name, software_version, up, reason
    }
    "produce_sent" => ProduceSent {
        broker, connection, client_id, correlation_id, acks, transactional_id, topic, partition, producer_id,
        producer_epoch, base_sequence, count, event_ids
    }
    "produce_answered" => ProduceAnswered {
        broker, connection, client_id, correlation_id, topic, partition, base_offset, error, event_ids, took_micros
    }
    "fetch_answered" => FetchAnswered {
        broker, connection, client_id, correlation_id, topic, partition, from_offset, to_offset
    }
    "commit_answered" => CommitAnswered {
        broker, connection, client_id, correlation_id, group_id, topic, partition, offset, error
    }
    "group_called" => GroupCalled { broker, connection, client_id, correlation_id, group_id, api, error }
    "heartbeats_counted" => HeartbeatsCounted { client_id, group_id, count }
    "transaction_changed" => TransactionChanged {
        broker, connection, client_id, correlation_id, transactional_id, producer_id, producer_epoch, state, error
    }
    "transaction_refused" => TransactionRefused { app, instance, transactional_id, error }
    "fault_armed" => FaultArmed { rule, text }
    "fault_fired" => FaultFired {
        rule, broker, connection, client_id, api, correlation_id, topic, partition, event_ids, what
    }
    "fault_expired" => FaultExpired { rule, reason }
    "slow_wire_changed" => SlowWireChanged { ms }
    "crash_point_changed" => CrashPointChanged { app, instance, at_point, action, state }
    "scene_started" => SceneStarted {
        run, scene, title, chapter, guard, guarded, customer, steps, spec
    }
    "scene_step" => SceneStep { run, step, state, reason }
    "verdict_reached" => VerdictReached { run, scene, guarded, outcome, holds, rows }
    "scene_ended" => SceneEnded { run, ok, reason }
    "sends_history" => SendsHistory { sends }
    "order_history" => OrderHistory { order, moments }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        ids::{BrokerId, Micros},
    };

    /// Reads a line both ways: as derived code does, and as we do.
    #[track_caller]
    fn same(json: &str) {
        let derived: Result<Event, _> = serde_json::from_str(json);
        let ours = Fact::parse(json).unwrap().event;
        match derived {
            Ok(event) => {
                assert_eq!(ours, event, "{json}");
                let written: Value = serde_json::to_value(&event).unwrap();
                assert_eq!(written.get("kind").and_then(Value::as_str), Some(event.kind()));
            }
            Err(_) => assert!(matches!(ours, Event::Unknown(_)), "{json}"),
        }
    }

    #[test]
    fn reads_what_derived_code_reads() {
        let bodies = [
            r#""kind":"session_started","format":1,"mode":"external","later":[1]"#,
            r#""kind":"session_ended""#,
            r#""kind":"process_changed","node":2,"role":"broker","state":"dead","pid":null,"cause":"SIGKILL""#,
            r#""kind":"process_changed","node":2,"role":"broker","state":"dead","cause":"SIGKILL""#,
            r#""kind":"process_changed","node":2,"role":"broker","state":"asleep","pid":7,"cause":"""#,
            r#""kind":"process_changed","role":"broker","state":"dead","pid":7,"cause":"""#,
            r#""kind":"partition_changed","topic":"o","partition":0,"leader":-1,"leader_epoch":4,"replicas":[1,2],"isr":[],"source":3"#,
            r#""kind":"partition_changed","topic":"o","partition":0,"leader":-1,"leader_epoch":4,"replicas":[1,"x"],"isr":[],"source":3"#,
            r#""kind":"record_appended","topic":"o","offset":9,"headers":{"a":"b","c":""},"control":"abort","key":null,"value":"{\"x\":1}""#,
            r#""kind":"record_appended","headers":{"a":1}"#,
            r#""kind":"record_appended","producer_epoch":70000"#,
            r#""kind":"record_history","topic":"o","copied":{"1":5,"3":9},"sent_at":1,"read":{"stock":4},"handled":{"stock":"kept"}"#,
            r#""kind":"partition_history","topic":"o","previous_leader":-1,"outage":{"broker":1,"since":5,"until":null},"lost":[{"offset":1}]"#,
            r#""kind":"partition_history","outage":null"#,
            r#""kind":"group_changed","group_id":"g","state":"Stable","group_type":"consumer","protocol":"uniform","coordinator":1,"members":[{"member_id":"m","client_id":"c","assignment":[{"topic":"o","partition":1}]}]"#,
            r#""kind":"group_changed","group_id":"g","state":"Stable","group_type":"consumer","protocol":"uniform","coordinator":1,"members":[{"member_id":"m","assignment":[]}]"#,
            r#""kind":"command_received","id":"1","command":"pay","args":{"order":"A-1","refuse":true,"n":1.5}"#,
            r#""kind":"command_finished","id":"1","command":"pay","ok":false,"did":"","took_ms":3,"reason":"why"#,
            r#""kind":"command_finished","id":"1","command":"pay","ok":true,"did":"x","took_ms":3"#,
            r#""kind":"counted","records":18446744073709551615,"ledger":2"#,
            r#""kind":"counted","records":-1"#,
            r#""kind":"orders_closed","taken_cents":-5"#,
            r#""kind":"order_changed","order":"A-1","status":"open","customer":"c","item":"kettle","count":1,"price_cents":3990"#,
            r#""kind":"something_new","x":{"y":[1,2.5,null]}"#,
        ];
        for body in bodies {
            let closed = if body.ends_with(r#""why"#) {
                format!(r#"{{"seq":1,"at":2,{body}"}}"#)
            } else {
                format!(r#"{{"seq":1,"at":2,{body}}}"#)
            };
            same(&closed);
        }
    }

    #[test]
    fn every_kind_is_read_back() {
        let text = String::from("x");
        let events = [
            Event::Gap { source: text.clone(), count: 3, reason: text.clone() },
            Event::Notice { level: Level::Error, source: text.clone(), text: text.clone() },
            Event::Marker { label: text.clone(), marker: MarkerKind::Stop },
            Event::MarkerSet { marker: text.clone(), text: text.clone() },
            Event::ReplicaLogEnd { topic: text.clone(), partition: 1, broker: BrokerId(3), log_end_offset: 1 << 40 },
            Event::TailAttached { topic: text.clone(), partition: 1, broker: BrokerId(3), reads_to: ReadsTo::LogEnd },
            Event::LedgerStarted { ledger: 2 },
            Event::Counted(Counters { records: 5, ..Counters::default() }),
            Event::OrdersClosed(Closed { confirmed_pieces: 4, ..Closed::default() }),
            Event::RecordAppended(Box::new(Appended { transactional: true, value_bytes: -1, ..Appended::default() })),
        ];
        for event in events {
            let fact = Fact { seq: 7, at: Micros(8), event };
            assert_eq!(Fact::parse(&fact.to_json()).unwrap(), fact);
        }
    }
}
