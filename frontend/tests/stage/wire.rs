//! Stages of the wire: an answer that is lost, and what is armed.

use model::{
    fact::{Appended, CrashState, Event},
    ids::BrokerId,
    ordered::Ordered,
};

use crate::scenario::{Play, Scene, level, shop};

impl Play {
    pub(crate) fn wire_sent(&mut self, correlation_id: i32, event_id: &str) -> &mut Self {
        self.say(Event::ProduceSent {
            broker: BrokerId(2),
            connection: 1,
            client_id: "order-1".into(),
            correlation_id,
            acks: -1,
            transactional_id: None,
            topic: "orders".into(),
            partition: 0,
            producer_id: -1,
            producer_epoch: -1,
            base_sequence: -1,
            count: 1,
            event_ids: vec![event_id.into()],
        })
    }

    pub(crate) fn wire_answered(&mut self, correlation_id: i32, base_offset: i64, event_id: &str) -> &mut Self {
        self.say(Event::ProduceAnswered {
            broker: BrokerId(2),
            connection: 1,
            client_id: "order-1".into(),
            correlation_id,
            topic: "orders".into(),
            partition: 0,
            base_offset,
            error: String::new(),
            event_ids: vec![event_id.into()],
            took_micros: 4_000,
        })
    }

    /// Two equal records of another event.
    pub(crate) fn stored_twice_before(&mut self) -> &mut Self {
        let headers: Ordered<_, _> = [("event-id".to_owned(), "older".to_owned())].into_iter().collect();
        for offset in [192, 193] {
            let headers = headers.clone();
            let record = Appended { topic: "orders".into(), offset, headers, ..Appended::default() };
            self.say(Event::RecordAppended(Box::new(record)));
        }
        self
    }

    /// The same event as at offset 191 of orders 0 once more, at 192.
    pub(crate) fn stored_again(&mut self) -> &mut Self {
        let headers = [("event-id".to_owned(), "orders-0-191".to_owned())].into_iter().collect();
        let again = Appended { topic: "orders".into(), offset: 192, headers, ..Appended::default() };
        self.say(Event::RecordAppended(Box::new(again)))
    }
}

/// An answer of orders 0 was lost at 30.005 s; `after` says what was seen since.
pub(crate) fn lost_ack(after: impl FnOnce(&mut Play)) -> Scene {
    let mut play = shop();
    level(play.at(20_000), &[("orders", 0, [191, 191, 191], 191, 191, 191), ("orders", 1, [4, 4, 4], 4, 4, 4)]);
    play.at(30_000).wire_sent(1, "orders-0-191").record("orders", 0, 191);
    play.at(30_005).say(Event::FaultFired {
        rule: 1,
        broker: BrokerId(2),
        connection: 1,
        client_id: "order-1".into(),
        api: "Produce".into(),
        correlation_id: 1,
        topic: "orders".into(),
        partition: 0,
        event_ids: vec!["orders-0-191".into()],
        what: "drop_response_and_close".into(),
    });
    after(&mut play);
    Scene::new(&play, 31_000, Vec::new())
}

/// Something is armed on the wire and in two apps.
pub(crate) fn armed(state: CrashState) -> Scene {
    let mut play = shop();
    play.at(9_000).say(Event::SlowWireChanged { ms: 400 });
    play.say(Event::FaultArmed { rule: 1, text: "the next answer to a Produce request of order-1 is lost".into() });
    play.say(Event::CrashPointChanged {
        app: "stock".into(),
        instance: 1,
        at_point: "after_work".into(),
        action: "hang".into(),
        state,
    });
    Scene::new(&play, 10_000, Vec::new())
}
