//! Random histories of a small world: 3 brokers, 2 topics of 2 partitions, 2 groups, 3 apps, a few orders.
//!
//! Plausible stretches (a record's journey, a broker's death) stand between facts that contradict each other: what is
//! seen of a failing cluster does, and the fold must take it all.

use kafkascope_model::{
    fact::{Event, Fact, Level, MarkerKind, Mode, ProcessState, SessionStarted, Source},
    ids::{BrokerId, Micros, OrderId},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

mod cluster;
mod late;
mod records;
mod scenes;
mod shop;

type Events = BoxedStrategy<Event>;

/// How large the numbers and how odd the texts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum World {
    /// A handful of everything, so that facts speak of the same things.
    Small,
    /// Anything that the types can hold.
    Wild,
}

impl World {
    /// Any kind of fact.
    pub(crate) fn event(self) -> Events {
        prop_oneof![
            6 => self.records(),
            4 => self.nodes(),
            4 => self.partitions(),
            3 => self.groups(),
            3 => self.shop(),
            2 => self.session(),
            2 => self.scenes(),
            1 => self.wire(),
        ]
        .boxed()
    }

    /// Any kind, those of keyframes and unknown ones too.
    pub(crate) fn any_event(self) -> Events {
        prop_oneof![4 => self.event(), 1 => self.keyframe_only()].boxed()
    }

    fn text(self) -> BoxedStrategy<String> {
        match self {
            Self::Small => select(vec!["", "a", "b"]).prop_map(str::to_owned).boxed(),
            Self::Wild => vec(any::<char>(), 0..5).prop_map(|c| c.into_iter().collect()).boxed(),
        }
    }

    fn of(self, small: &'static [&'static str]) -> BoxedStrategy<String> {
        match self {
            Self::Small => select(small).prop_map(str::to_owned).boxed(),
            Self::Wild => self.text(),
        }
    }

    fn topic(self) -> BoxedStrategy<String> {
        prop_oneof![4 => select(vec!["orders", "stock"]).prop_map(str::to_owned), 1 => self.of(&["orders"])].boxed()
    }

    fn app(self) -> BoxedStrategy<String> {
        self.of(&["order", "stock", "payment"])
    }

    fn group(self) -> BoxedStrategy<String> {
        self.of(&["order", "stock"])
    }

    fn event_id(self) -> BoxedStrategy<String> {
        self.of(&["e0", "e1", "e2", "e3", "e4", "e5"])
    }

    fn order(self) -> BoxedStrategy<OrderId> {
        self.of(&["A-1", "A-2", "A-9", "A-10"]).prop_map(OrderId).boxed()
    }

    fn partition(self) -> BoxedStrategy<i32> {
        self.small_or(0..2, any::<i32>())
    }

    fn broker(self) -> BoxedStrategy<BrokerId> {
        self.small_or(-1..4, any::<i32>()).prop_map(BrokerId).boxed()
    }

    fn brokers(self) -> BoxedStrategy<Vec<BrokerId>> {
        vec(self.broker(), 0..4).boxed()
    }

    fn offset(self) -> BoxedStrategy<i64> {
        self.small_or(-1..9_i64, any::<i64>())
    }

    fn amount(self) -> BoxedStrategy<i64> {
        self.small_or(0..3_i64, any::<i64>())
    }

    fn int(self) -> BoxedStrategy<i32> {
        self.small_or(0..4, any::<i32>())
    }

    fn long(self) -> BoxedStrategy<u64> {
        self.small_or(0..4_u64, any::<u64>())
    }

    fn time(self) -> BoxedStrategy<Micros> {
        self.long().prop_map(Micros).boxed()
    }

    fn small_or<T: std::fmt::Debug + 'static>(
        self,
        small: impl Strategy<Value = T> + 'static,
        wild: impl Strategy<Value = T> + 'static,
    ) -> BoxedStrategy<T> {
        if self == Self::Small { small.boxed() } else { wild.boxed() }
    }

    fn session(self) -> Events {
        let head = (self.text(), self.text(), select(vec![Mode::Local, Mode::External]), any::<u32>()).prop_map(
            |(session, bootstrap, mode, value_bytes)| {
                let head = SessionStarted { session, bootstrap, mode, value_bytes, ..SessionStarted::default() };
                Event::SessionStarted(head)
            },
        );
        let marker = select(vec![MarkerKind::Chapter, MarkerKind::Stop, MarkerKind::Note]);
        let level = select(vec![Level::Info, Level::Warn, Level::Error]);
        prop_oneof![
            head,
            Just(Event::SessionEnded {}),
            (self.text(), self.long(), self.text()).prop_map(|(source, count, reason)| Event::Gap {
                source,
                count,
                reason
            }),
            (level, self.text(), self.text()).prop_map(|(level, source, text)| Event::Notice { level, source, text }),
            (self.text(), marker).prop_map(|(label, marker)| Event::Marker { label, marker }),
            (self.text(), self.text()).prop_map(|(marker, text)| Event::MarkerSet { marker, text }),
            (self.text(), self.text(), args()).prop_map(|(id, command, args)| Event::CommandReceived {
                id,
                command,
                args
            }),
            (self.text(), self.text(), any::<bool>(), self.text(), self.long(), option::of(self.text())).prop_map(
                |(id, command, ok, did, took_ms, reason)| Event::CommandFinished {
                    id,
                    command,
                    ok,
                    did,
                    took_ms,
                    reason
                }
            ),
            unknown(),
        ]
        .boxed()
    }

    /// A history of about `steps` steps; numbers have holes, as they do where facts were dropped.
    pub(crate) fn history(self, steps: std::ops::Range<usize>) -> BoxedStrategy<Vec<Fact>> {
        let step = prop_oneof![4 => self.event().prop_map(|event| vec![event]), 1 => self.journey()];
        let events = (prop_oneof![Just(Vec::new()), Just(opening())], vec(step, steps))
            .prop_map(|(opening, steps)| opening.into_iter().chain(steps.into_iter().flatten()).collect::<Vec<_>>());
        let events = events.prop_flat_map(|events| {
            let moves = vec((1..3u64, 0..400_000u64), events.len());
            (Just(events), moves)
        });
        events.prop_map(|(events, moves)| numbered(events, moves)).boxed()
    }
}

/// Stamps events: how far the number and the clock move before each.
pub(crate) fn numbered(events: Vec<Event>, moves: impl IntoIterator<Item = (u64, u64)>) -> Vec<Fact> {
    let (mut seq, mut at) = (0, 0);
    let stamp = |(event, (by, after)): (Event, (u64, u64))| {
        (seq, at) = (seq + by, at + after);
        Fact { seq, at: Micros(at), event }
    };
    events.into_iter().zip(moves).map(stamp).collect()
}

/// The world as it stands when all is well.
fn opening() -> Vec<Event> {
    notation::facts(
        "session local
        broker 1 running
        broker 2 running
        broker 3 running
        topic orders 2
        orders 0 leader 1 epoch 1 isr 1,2,3
        orders 1 leader 2 epoch 1 isr 1,2,3
        tail orders 0 b1
        tail orders 1 b2
        app order running
        app stock running",
    )
    .into_iter()
    .map(|fact| fact.event)
    .collect()
}

fn process() -> impl Strategy<Value = ProcessState> {
    use ProcessState::{Dead, Paused, Running, Starting, Stopping, Unknown};
    select(vec![Starting, Running, Paused, Stopping, Dead, Unknown])
}

fn source() -> impl Strategy<Value = Source> {
    select(vec![Source::App, Source::Tap])
}

fn acks() -> impl Strategy<Value = String> {
    select(vec!["all", "1", "0"]).prop_map(str::to_owned)
}

/// JSON of any shape; fractions only such as survive being written and read.
pub(crate) fn json() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i16>().prop_map(|quarters| json!(f64::from(quarters) / 4.0)),
        World::Wild.text().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((World::Wild.text(), inner), 0..3).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
    .boxed()
}

fn args() -> impl Strategy<Value = Map<String, Value>> {
    vec((World::Wild.text(), json()), 0..3).prop_map(|fields| fields.into_iter().collect())
}

/// A kind of a later version.
fn unknown() -> impl Strategy<Value = Event> {
    (args(), select(vec!["replica_lagged", "unknown", ""])).prop_map(|(mut body, kind)| {
        body.remove("seq");
        body.remove("at");
        body.insert(String::from("kind"), Value::from(kind));
        Event::Unknown(body)
    })
}
