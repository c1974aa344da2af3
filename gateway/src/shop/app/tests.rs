//! The rules of the shop, played on books in memory with a log that can repeat itself and apps that can die.

use std::collections::BTreeMap;

use model::{
    fact::{Event as Fact, OrderStatus},
    ids::OrderId,
};

use super::{
    books::{Books, Outcome},
    event::{Incoming, Outgoing},
};
use crate::shop::{
    AppName,
    guards::{Guard, Guards},
    wire::Press,
};

/// Three apps and three topics of one partition.
struct World {
    books: BTreeMap<AppName, Books>,
    log: BTreeMap<&'static str, Vec<Outgoing>>,
    read: BTreeMap<AppName, usize>,
    guards: Guards,
    random: u64,
}

fn a(n: usize) -> OrderId {
    OrderId(format!("A-{n}"))
}

fn without(guard: Guard) -> Guards {
    let mut guards = Guards::default();
    guards.set(guard, false).unwrap();
    guards
}

fn order(n: usize, count: i64) -> Press {
    let (item, customer) = (String::from("kettle"), String::from("Ada"));
    Press::Order { order: a(n), item, count, customer, price_cents: 3990, event_id: None }
}

fn pay(n: usize, refuse: bool) -> Press {
    Press::Pay { order: a(n), refuse, event_id: None }
}

impl World {
    fn new(guards: Guards) -> Self {
        let books = AppName::SHOP.map(|app| (app, Books::in_memory(app))).into();
        let mut world = Self { books, log: BTreeMap::new(), read: BTreeMap::new(), guards, random: 1 };
        let item = Press::Item { item: String::from("kettle"), count: 500, price_cents: 3990, event_id: None };
        world.press(AppName::Stock, &item);
        world
    }

    fn books(&mut self, app: AppName) -> &mut Books {
        self.books.get_mut(&app).unwrap()
    }

    fn press(&mut self, app: AppName, press: &Press) -> String {
        let guards = self.guards;
        let outcome = self.books(app).press(press, guards).unwrap();
        let effect = outcome.effect.clone();
        self.deliver(app, outcome);
        effect
    }

    fn deliver(&mut self, app: AppName, outcome: Outcome) {
        for event in outcome.outgoing {
            self.books(app).delivered(&event.event_id).unwrap();
            self.log.entry(app.writes()).or_default().push(event);
        }
    }

    fn record(&mut self, app: AppName, index: usize) -> Outcome {
        let event = &self.log[app.reads()][index];
        let value = event.body.to_json();
        let offset = i64::try_from(index).unwrap();
        let record = Incoming::read(
            app.reads(),
            0,
            offset,
            |name| (name == "event-id").then(|| event.event_id.clone()),
            Some(value.as_bytes()),
        );
        let guards = self.guards;
        self.books(app).record(&record, guards).unwrap()
    }

    /// Whether the app has something to read.
    fn has_more(&self, app: AppName) -> bool {
        self.log.get(app.reads()).map_or(0, Vec::len) > self.read.get(&app).copied().unwrap_or_default()
    }

    fn step(&mut self, app: AppName) {
        let index = self.read.get(&app).copied().unwrap_or_default();
        let outcome = self.record(app, index);
        self.deliver(app, outcome);
        self.read.insert(app, index + 1);
    }

    fn settle(&mut self) {
        while let Some(app) = AppName::SHOP.into_iter().find(|app| self.has_more(*app)) {
            self.step(app);
        }
    }

    fn names(&self, topic: &str) -> Vec<&'static str> {
        self.log.get(topic).into_iter().flatten().map(|event| event.body.name()).collect()
    }

    fn status(&mut self, n: usize) -> OrderStatus {
        let facts = self.books(AppName::Order).snapshot().unwrap();
        facts
            .into_iter()
            .find_map(|fact| match fact {
                Fact::OrderChanged { order, status, .. } if order == a(n) => Some(status),
                _ => None,
            })
            .unwrap()
    }

    /// Taken, refunded, times taken.
    fn paid(&mut self, n: usize) -> (i64, i64, u32) {
        let facts = self.books(AppName::Payment).snapshot().unwrap();
        facts
            .into_iter()
            .find_map(|fact| match fact {
                Fact::PaymentChanged { order, taken_cents, refunded_cents, times_taken, .. } if order == a(n) => {
                    Some((taken_cents, refunded_cents, times_taken))
                }
                _ => None,
            })
            .unwrap_or_default()
    }

    /// On hand, reserved, sold.
    fn shelf(&mut self) -> (i64, i64, i64) {
        let facts = self.books(AppName::Stock).snapshot().unwrap();
        facts
            .into_iter()
            .find_map(|fact| match fact {
                Fact::ItemChanged { created, on_hand, reserved, sold, .. } => {
                    assert_eq!(created, on_hand + reserved + sold);
                    Some((on_hand, reserved, sold))
                }
                _ => None,
            })
            .unwrap()
    }

    fn dice(&mut self, sides: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % sides
    }
}

#[test]
fn a_paid_order_is_confirmed_and_sold() {
    let mut world = World::new(Guards::default());
    world.press(AppName::Order, &order(1, 2));
    world.settle();
    assert_eq!(world.shelf(), (498, 2, 0));
    assert_eq!(world.press(AppName::Payment, &pay(1, false)), "79.80 taken for A-1");
    world.settle();
    assert_eq!(world.status(1), OrderStatus::Confirmed);
    assert_eq!((world.shelf(), world.paid(1)), ((498, 0, 2), (7980, 0, 1)));
    assert_eq!(world.names("orders"), ["OrderPlaced", "OrderConfirmed"]);
    assert_eq!(world.names("stock"), ["ItemCreated", "StockReserved", "StockSold"]);
    assert_eq!(world.names("payments"), ["PaymentTaken"]);
}

#[test]
fn a_record_seen_before_says_only_what_was_not_delivered_and_under_the_same_id() {
    let mut world = World::new(Guards::default());
    world.press(AppName::Order, &order(1, 1));
    // The stock app dies after its transaction, before its event was on the log.
    let first = world.record(AppName::Stock, 0);
    let again = world.record(AppName::Stock, 0);
    assert_eq!(again.effect, "skipped: seen before");
    assert!(again.changed.is_empty());
    assert_eq!(again.outgoing.len(), 1);
    assert_eq!(again.outgoing[0].event_id, first.outgoing[0].event_id);
    assert_eq!((first.outgoing[0].attempt, again.outgoing[0].attempt), (1, 2));
    assert_eq!(world.shelf(), (499, 1, 0));
    world.deliver(AppName::Stock, again);
    assert!(world.record(AppName::Stock, 0).outgoing.is_empty(), "it is on the log now");
}

#[test]
fn pay_pressed_twice_takes_once_under_the_payment_key_and_twice_without() {
    for (guards, times) in [(Guards::default(), 1), (without(Guard::PaymentKey), 2)] {
        let mut world = World::new(guards);
        world.press(AppName::Order, &order(1, 1));
        world.settle();
        let first = world.press(AppName::Payment, &pay(1, false));
        let second = world.press(AppName::Payment, &pay(1, false));
        assert!(second.starts_with(&first), "{second}");
        world.settle();
        assert_eq!(world.names("payments").len(), times);
        assert_eq!(world.paid(1), (3990 * i64::try_from(times).unwrap(), 0, u32::try_from(times).unwrap()));
        assert_eq!(world.shelf(), (499, 0, 1), "the order's own state keeps it from being sold twice");
    }
}

#[test]
fn a_refused_payment_gives_the_stock_back_only_with_compensation() {
    for (guards, shelf) in [(Guards::default(), (500, 0, 0)), (without(Guard::Compensation), (499, 1, 0))] {
        let mut world = World::new(guards);
        world.press(AppName::Order, &order(1, 1));
        world.settle();
        world.press(AppName::Payment, &pay(1, true));
        world.settle();
        assert_eq!(world.status(1), OrderStatus::Cancelled);
        assert_eq!((world.shelf(), world.paid(1)), (shelf, (0, 0, 0)));
    }
}

#[test]
fn nothing_is_due_for_what_cannot_be_had() {
    let mut world = World::new(Guards::default());
    world.press(AppName::Order, &order(1, 501));
    world.settle();
    assert_eq!(world.status(1), OrderStatus::Cancelled);
    assert_eq!(world.names("payments"), ["PaymentRefused"]);
    assert_eq!(world.press(AppName::Payment, &pay(1, false)), "order A-1 is cancelled: nothing is taken");
    assert_eq!((world.shelf(), world.paid(1)), ((500, 0, 0), (0, 0, 0)));
}

#[test]
fn a_payment_pressed_too_early_waits_until_it_is_due() {
    let mut world = World::new(Guards::default());
    world.press(AppName::Order, &order(1, 1));
    assert_eq!(world.press(AppName::Payment, &pay(1, false)), "nothing is due for A-1 yet: the payment waits");
    world.press(AppName::Payment, &pay(1, false));
    world.settle();
    assert_eq!(world.status(1), OrderStatus::Confirmed);
    assert_eq!(world.paid(1), (3990, 0, 1));
}

#[test]
fn without_an_inbox_a_record_read_twice_works_twice() {
    let mut world = World::new(without(Guard::Inbox));
    world.press(AppName::Order, &order(1, 1));
    world.settle();
    world.press(AppName::Payment, &pay(1, false));
    world.settle();
    let again = world.record(AppName::Order, 0);
    world.deliver(AppName::Order, again);
    world.settle();
    assert_eq!(world.names("orders"), ["OrderPlaced", "OrderConfirmed", "OrderConfirmed"]);
    assert_eq!(world.shelf(), (498, 0, 2), "one kettle was paid, two went out");
}

#[test]
fn an_order_saved_and_perhaps_not_sent_is_cancelled_or_with_an_outbox_sent() {
    let mut with_outbox = Guards::default();
    with_outbox.set(Guard::Outbox, true).unwrap();
    for (guards, status, names) in [
        (Guards::default(), OrderStatus::Cancelled, vec!["OrderCancelled"]),
        (with_outbox, OrderStatus::Open, vec!["OrderPlaced"]),
        (without(Guard::Compensation), OrderStatus::Open, vec![]),
    ] {
        let mut world = World::new(guards);
        let books = world.books(AppName::Order);
        let lost = books.press(&order(1, 1), guards).unwrap();
        assert_eq!(books.left_unsent().unwrap(), [1]);
        let found = books.recover(1, guards).unwrap();
        if guards.has(Guard::Outbox) {
            assert_eq!(found.outgoing[0].event_id, lost.outgoing[0].event_id);
        }
        world.deliver(AppName::Order, found);
        assert!(world.books(AppName::Order).left_unsent().unwrap().is_empty());
        assert_eq!((world.names("orders"), world.status(1)), (names, status));
        world.settle();
    }
}

#[test]
fn the_outbox_is_emptied_in_order_and_nothing_is_crossed_out_before_it_is_on_the_log() {
    let mut guards = Guards::default();
    guards.set(Guard::Outbox, true).unwrap();
    let mut world = World::new(guards);
    let books = world.books(AppName::Order);
    let sent: Vec<_> = (1..=3).flat_map(|n| books.press(&order(n, 1), guards).unwrap().outgoing).collect();
    for event in &sent {
        for _ in 0..2 {
            assert_eq!(books.next_unsent().unwrap().as_ref(), Some(event));
        }
        books.delivered(&event.event_id).unwrap();
    }
    assert_eq!(books.next_unsent().unwrap(), None);
    // What a record caused is in there too: its offset may be committed before it is sent.
    world.deliver(AppName::Order, Outcome { outgoing: sent, ..Outcome::default() });
    let reserved = world.record(AppName::Stock, 0);
    let found = world.books(AppName::Stock).recover(1, guards).unwrap();
    assert_eq!(found.outgoing[0].event_id, reserved.outgoing[0].event_id);
}

#[test]
fn what_cannot_be_read_is_put_aside_once() {
    let mut world = World::new(Guards::default());
    let headers = |name: &str| (name == "event-id").then(|| String::from("e1"));
    let record = Incoming::read("orders", 0, 0, headers, Some(b"{"));
    let books = world.books(AppName::Stock);
    let aside = books.record(&record, Guards::default()).unwrap();
    assert_eq!(aside.outgoing[0].body.name(), "DeadLetter");
    books.delivered(&aside.outgoing[0].event_id).unwrap();
    assert!(books.record(&record, Guards::default()).unwrap().outgoing.is_empty());
}

#[test]
fn an_order_whose_transaction_was_aborted_is_cancelled_and_nobody_is_told() {
    let mut world = World::new(Guards::default());
    let books = world.books(AppName::Order);
    let placed = books.press(&order(1, 1), Guards::default()).unwrap();
    let taken = books.take_back(&placed.outgoing[0]).unwrap().unwrap();
    assert_eq!(taken.effect, "order A-1 cancelled: its transaction was aborted");
    assert_eq!((taken.changed.len(), taken.outgoing.len()), (1, 0));
    assert!(books.left_unsent().unwrap().is_empty());
    assert_eq!(world.status(1), OrderStatus::Cancelled);
    // What is no order goes out again.
    world.press(AppName::Order, &order(2, 1));
    let reserved = world.record(AppName::Stock, 0);
    let books = world.books(AppName::Stock);
    assert_eq!(books.take_back(&reserved.outgoing[0]).unwrap(), None);
    assert_eq!(books.once_more(&reserved.outgoing[0].event_id).unwrap().unwrap().attempt, 2);
}

#[test]
fn an_order_that_is_cancelled_while_it_is_paid_gets_its_money_back() {
    let mut world = World::new(Guards::default());
    // OrderPlaced is on the log, but the order app died before it knew, and came back late.
    let placed = world.books(AppName::Order).press(&order(1, 1), Guards::default()).unwrap();
    world.log.entry("orders").or_default().extend(placed.outgoing);
    world.step(AppName::Stock);
    while world.has_more(AppName::Payment) {
        world.step(AppName::Payment);
    }
    world.press(AppName::Payment, &pay(1, false));
    let found = world.books(AppName::Order).recover(1, Guards::default()).unwrap();
    world.deliver(AppName::Order, found);
    world.settle();
    assert_eq!(world.status(1), OrderStatus::Cancelled);
    assert_eq!((world.shelf(), world.paid(1)), ((500, 0, 0), (3990, 3990, 1)));
    assert_eq!(world.names("payments"), ["PaymentTaken", "PaymentRefunded"]);
}

/// Whatever dies and whatever is read twice: every order ends, and the books of all three agree.
#[test]
fn every_order_ends_whatever_dies() {
    for seed in 1..60 {
        let mut world = World::new(Guards::default());
        world.random = seed;
        for n in 1..=12 {
            world.press_and_perhaps_die(AppName::Order, &order(n, 1));
            for _ in 0..world.dice(6) {
                world.step_and_perhaps_die();
            }
            let refuse = world.dice(4) == 0;
            world.press_and_perhaps_die(AppName::Payment, &pay(n, refuse));
        }
        world.settle();
        let (mut confirmed, mut kept) = (0, 0);
        for n in 1..=12 {
            let (taken, refunded, times) = world.paid(n);
            assert!(times <= 1, "seed {seed}");
            match world.status(n) {
                OrderStatus::Open => panic!("seed {seed}: order {n} never ends"),
                OrderStatus::Confirmed => {
                    confirmed += 1;
                    assert_eq!((taken, refunded), (3990, 0), "seed {seed}: order {n}");
                }
                OrderStatus::Cancelled => assert_eq!(taken, refunded, "seed {seed}: order {n}"),
            }
            kept += taken - refunded;
        }
        assert_eq!(world.shelf(), (500 - confirmed, 0, confirmed), "seed {seed}");
        assert_eq!(kept, confirmed * 3990, "seed {seed}");
    }
}

impl World {
    /// The press is saved; its event may have got out or not, and the app may not have heard of it.
    fn press_and_perhaps_die(&mut self, app: AppName, press: &Press) {
        let guards = self.guards;
        let outcome = self.books(app).press(press, guards).unwrap();
        match self.dice(4) {
            0 => {}
            1 => self.log.entry(app.writes()).or_default().extend(outcome.outgoing),
            _ => return self.deliver(app, outcome),
        }
        let found = self.books(app).recover(1, guards).unwrap();
        self.deliver(app, found);
    }

    /// An app handles its next record, or one it had handled before, and may die before it has committed.
    fn step_and_perhaps_die(&mut self) {
        let app = AppName::SHOP[usize::try_from(self.dice(3)).unwrap()];
        if !self.has_more(app) {
            return;
        }
        let index = self.read.get(&app).copied().unwrap_or_default();
        match self.dice(4) {
            0 => drop(self.record(app, index)),
            1 => {
                let outcome = self.record(app, index);
                self.log.entry(app.writes()).or_default().extend(outcome.outgoing);
            }
            2 => self.read.insert(app, index.saturating_sub(1)).map_or((), drop),
            _ => self.step(app),
        }
    }
}
