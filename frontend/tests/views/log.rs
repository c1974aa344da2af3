//! Facts of logs with transactions and of orders on their way, as the gateway tells them.

use kafkascope_page::stage::{Drawing, Layout, Selected, View};
use model::{
    fact::{Appended, Control, Event, OrderStatus, Source},
    ids::{BrokerId, Micros, OrderId, PartitionId},
    ordered::Ordered,
};

use crate::scenario::{Play, Scene};

/// A record of an order: what it says, whose it is, and whether it is in a transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) at: (&'static str, i32, i64),
    pub(crate) key: &'static str,
    pub(crate) event: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) producer: i64,
    pub(crate) transactional: bool,
}

pub(crate) fn view<'a>(scene: &'a Scene, selected: Option<&'a Selected>, layout: Layout) -> View<'a> {
    View {
        picture: &scene.picture,
        now: scene.now,
        hops: &scene.hops,
        fresh: &[],
        named: (&[], u64::MAX),
        selected,
        proof: &[],
        hover: None,
        points: true,
        still: false,
        shows_key: true,
        layout,
        silent_micros: 0,
        chosen: None,
    }
}

/// The words of a drawing inside a rectangle (x, y, w, h), in the order they are drawn.
pub(crate) fn words_in(drawing: &Drawing, (x, y, w, h): (f64, f64, f64, f64)) -> Vec<&str> {
    let texts = drawing.shapes.iter().filter_map(|shape| match &shape.form {
        kafkascope_page::paint::Form::Text(text) => Some(text),
        _ => None,
    });
    let inside = |t: &&kafkascope_page::paint::Text| {
        let (left, top, ..) = t.bounds();
        left >= x && left < x + w && top >= y && top < y + h
    };
    texts.filter(inside).map(|t| t.words.as_str()).collect()
}

impl Play {
    pub(crate) fn told(&mut self, told: Told) -> &mut Self {
        let (topic, partition, offset) = told.at;
        let headers = [("event-id", told.event), ("type", told.kind)];
        self.say(Event::RecordAppended(Box::new(Appended {
            topic: topic.into(),
            partition,
            offset,
            producer_id: told.producer,
            transactional: told.transactional,
            key: Some(told.key.into()),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect(),
            ..Appended::default()
        })))
    }

    pub(crate) fn marker(&mut self, at: (&str, i32, i64), producer_id: i64, control: Control) -> &mut Self {
        self.say(Event::RecordAppended(Box::new(Appended {
            topic: at.0.into(),
            partition: at.1,
            offset: at.2,
            producer_id,
            transactional: true,
            control: Some(control),
            headers: Ordered::new(),
            ..Appended::default()
        })))
    }

    pub(crate) fn moved(
        &mut self,
        (topic, partition): (&str, i32),
        watermark: i64,
        stable: i64,
        end: i64,
    ) -> &mut Self {
        self.say(Event::OffsetsMoved {
            topic: topic.into(),
            partition,
            log_start_offset: 0,
            high_watermark: watermark,
            last_stable_offset: stable,
            log_end_offset: end,
        })
    }

    pub(crate) fn sends(&mut self, app: &str, topic: &str, key: &str, event: &str) -> &mut Self {
        self.say(Event::RecordSent {
            app: app.into(),
            instance: 1,
            topic: topic.into(),
            key: key.into(),
            event_id: event.into(),
            event_type: "OrderPlaced".into(),
            source: Source::App,
        })
    }

    pub(crate) fn produce(&mut self, at: (&str, i32), broker: i32, request: i32, event: &str) -> &mut Self {
        self.say(Event::ProduceSent {
            broker: BrokerId(broker),
            connection: 21,
            client_id: "order-1".into(),
            correlation_id: request,
            acks: -1,
            transactional_id: None,
            topic: at.0.into(),
            partition: at.1,
            producer_id: -1,
            producer_epoch: -1,
            base_sequence: -1,
            count: 1,
            event_ids: vec![event.into()],
        })
    }

    pub(crate) fn answer(&mut self, at: (&str, i32), broker: i32, request: i32, event: &str, offset: i64) -> &mut Self {
        self.say(Event::ProduceAnswered {
            broker: BrokerId(broker),
            connection: 21,
            client_id: "order-1".into(),
            correlation_id: request,
            topic: at.0.into(),
            partition: at.1,
            base_offset: offset,
            error: String::new(),
            event_ids: vec![event.into()],
            took_micros: 1000,
        })
    }

    pub(crate) fn answer_taken(&mut self, at: (&str, i32), broker: i32, request: i32, event: &str) -> &mut Self {
        self.say(Event::FaultFired {
            rule: 1,
            broker: BrokerId(broker),
            connection: 21,
            client_id: "order-1".into(),
            api: "Produce".into(),
            correlation_id: request,
            topic: at.0.into(),
            partition: at.1,
            event_ids: vec![event.into()],
            what: "drop_response_and_close".into(),
        })
    }

    pub(crate) fn ack(&mut self, app: &str, at: (&str, i32, i64), event: &str) -> &mut Self {
        self.say(Event::RecordAcknowledged {
            app: app.into(),
            instance: 1,
            topic: at.0.into(),
            partition: at.1,
            offset: at.2,
            event_id: event.into(),
            acks: "all".into(),
            took_micros: 9_000,
            source: Source::App,
        })
    }

    pub(crate) fn reads(&mut self, group: &str, at: (&str, i32), next: i64) -> &mut Self {
        self.say(Event::PositionMoved {
            group_id: group.into(),
            client_id: format!("{group}-1"),
            topic: at.0.into(),
            partition: at.1,
            offset: next,
            source: Source::App,
        })
    }

    pub(crate) fn handles(&mut self, app: &str, at: (&str, i32, i64), event: &str, effect: &str) -> &mut Self {
        self.say(Event::RecordHandled {
            app: app.into(),
            instance: 1,
            topic: at.0.into(),
            partition: at.1,
            offset: at.2,
            event_id: event.into(),
            effect: effect.into(),
            skipped: false,
        })
    }

    pub(crate) fn order(&mut self, order: &str, status: OrderStatus) -> &mut Self {
        self.say(Event::OrderChanged {
            order: OrderId(order.into()),
            status,
            customer: "customer 41".into(),
            item: "kettle".into(),
            count: 1,
            price_cents: 3990,
        })
    }

    pub(crate) fn paid(&mut self, order: &str, cents: i64, times: u32) -> &mut Self {
        self.say(Event::PaymentChanged {
            order: OrderId(order.into()),
            due_cents: 3990,
            taken_cents: cents,
            refunded_cents: 0,
            times_taken: times,
            refused: false,
        })
    }
}

/// Orders 0 of the shop, with its records known by key and kind.
pub(crate) fn record(offset: i64) -> Selected {
    Selected::Record { id: PartitionId::new("orders", 0), offset }
}

/// A moment in milliseconds.
pub(crate) fn millis(at: u64) -> Micros {
    Micros::from_millis(at)
}
