//! What the shop did for the run's orders, as its apps tell.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, Measured};
use crate::{
    fact::{Event, OrderStatus},
    ids::OrderId,
};

/// The run's orders with the first fact about each; with a status, the first that tells it.
fn orders(evidence: &Evidence, wanted: Option<OrderStatus>) -> BTreeMap<OrderId, u64> {
    let orders = evidence.orders();
    let mut first: BTreeMap<OrderId, u64> = BTreeMap::new();
    for fact in evidence.facts() {
        if let Event::OrderChanged { order, status, .. } = &fact.event
            && orders.contains(order)
            && wanted.is_none_or(|wanted| wanted == *status)
        {
            first.entry(order.clone()).or_insert(fact.seq);
        }
    }
    first
}

pub(super) fn orders_placed(evidence: &Evidence) -> Measured {
    let told = Measured::count(orders(evidence, None).into_values().collect());
    with_records(told, evidence, "OrderPlaced")
}

pub(super) fn confirmed(evidence: &Evidence) -> Measured {
    let told = Measured::count(orders(evidence, Some(OrderStatus::Confirmed)).into_values().collect());
    with_records(told, evidence, "OrderConfirmed")
}

/// What an app tells of its books is proven by the records on the log that stand for it, too.
fn with_records(mut told: Measured, evidence: &Evidence, event: &str) -> Measured {
    if told.number.is_some_and(|number| number != 0) {
        told.facts.extend(evidence.on_log(event).map(|on_log| on_log.seq));
    }
    told
}

pub(super) fn cancelled(evidence: &Evidence) -> Measured {
    let told = Measured::count(orders(evidence, Some(OrderStatus::Cancelled)).into_values().collect());
    with_records(told, evidence, "OrderCancelled")
}

/// Proven by what each app said last of such an order.
pub(super) fn not_adding_up(evidence: &Evidence) -> Measured {
    let known = &evidence.after().shop.orders;
    let wrong = evidence.orders().into_iter().filter(|id| known.get(id).is_some_and(|order| !order.adds_up()));
    let wrong: BTreeSet<OrderId> = wrong.collect();
    let mut last: BTreeMap<(&OrderId, u8), u64> = BTreeMap::new();
    for fact in evidence.facts() {
        let (order, app) = match &fact.event {
            Event::OrderChanged { order, .. } => (order, 0),
            Event::StockChanged { order, .. } => (order, 1),
            Event::PaymentChanged { order, .. } => (order, 2),
            _ => continue,
        };
        if wrong.contains(order) {
            last.insert((order, app), fact.seq);
        }
    }
    Measured::of(i64::try_from(wrong.len()).unwrap_or(i64::MAX), last.into_values().collect())
}

pub(super) fn not_confirmed(evidence: &Evidence) -> Measured {
    let confirmed = orders(evidence, Some(OrderStatus::Confirmed));
    let others = orders(evidence, None).into_iter().filter(|(order, _)| !confirmed.contains_key(order));
    Measured::count(others.map(|(_, seq)| seq).collect())
}

/// A record that comes again is the same place, or another with the same event id; either way it is handled once more.
pub(super) fn handled(evidence: &Evidence, by: &str, event: &str, skips: bool) -> Measured {
    let ids: Vec<String> = evidence.appended(event).map(|on_log| on_log.event_id().to_owned()).collect();
    let facts = evidence.facts().iter().filter(|fact| match &fact.event {
        Event::RecordHandled { app, event_id, skipped, .. } => {
            app == by && *skipped == skips && ids.iter().any(|id| id == event_id)
        }
        _ => false,
    });
    Measured::count(facts.map(|fact| fact.seq).collect())
}

/// For each order the most that was ever reserved and sold at once.
pub(super) fn pieces_taken(evidence: &Evidence) -> Measured {
    let orders = evidence.orders();
    let mut most: BTreeMap<OrderId, (i64, u64)> = BTreeMap::new();
    for fact in evidence.facts() {
        if let Event::StockChanged { order, reserved, sold, .. } = &fact.event
            && orders.contains(order)
        {
            let taken = reserved.saturating_add(*sold);
            let known = most.entry(order.clone()).or_insert((0, fact.seq));
            if taken > known.0 {
                *known = (taken, fact.seq);
            }
        }
    }
    with_records(sum(most), evidence, "StockReserved")
}

/// What an app's state machine of the run's orders met.
fn met<'a>(evidence: &'a Evidence, by: &'a str) -> impl Iterator<Item = (u64, &'a OrderId, &'a str, &'a str)> {
    let orders = evidence.orders();
    evidence.facts().iter().filter_map(move |fact| match &fact.event {
        Event::OrderTransition { app, order, to, outcome, .. } if app == by && orders.contains(order) => {
            Some((fact.seq, order, to.as_str(), outcome.as_str()))
        }
        _ => None,
    })
}

pub(super) fn transitions(evidence: &Evidence, by: &str, wanted: &str) -> Measured {
    Measured::count(met(evidence, by).filter(|(.., outcome)| *outcome == wanted).map(|(seq, ..)| seq).collect())
}

pub(super) fn stands_as(evidence: &Evidence, by: &str, state: &str) -> Measured {
    let mut last = BTreeMap::new();
    for (seq, order, to, _) in met(evidence, by) {
        last.insert(order, (to, seq));
    }
    Measured::count(last.into_values().filter(|(to, _)| *to == state).map(|(_, seq)| seq).collect())
}

pub(super) fn pieces_reserved(evidence: &Evidence) -> Measured {
    let orders = evidence.orders();
    let mut last: BTreeMap<OrderId, (i64, u64)> = BTreeMap::new();
    for fact in evidence.facts() {
        if let Event::StockChanged { order, reserved, .. } = &fact.event
            && orders.contains(order)
        {
            last.insert(order.clone(), (*reserved, fact.seq));
        }
    }
    sum(last)
}

pub(super) fn money_taken(evidence: &Evidence) -> Measured {
    let orders = evidence.orders();
    let mut last: BTreeMap<OrderId, (i64, u64)> = BTreeMap::new();
    for fact in evidence.facts() {
        if let Event::PaymentChanged { order, taken_cents, refunded_cents, .. } = &fact.event
            && orders.contains(order)
        {
            last.insert(order.clone(), (taken_cents.saturating_sub(*refunded_cents), fact.seq));
        }
    }
    with_records(sum(last), evidence, "PaymentTaken")
}

fn sum(of: BTreeMap<OrderId, (i64, u64)>) -> Measured {
    let number = of.values().fold(0, |sum: i64, (amount, _)| sum.saturating_add(*amount));
    Measured::of(number, of.into_values().filter(|(amount, _)| *amount != 0).map(|(_, seq)| seq).collect())
}
