//! Facts that the shop's apps report.

use crate::{
    fact::{Event, ProcessState},
    picture::{
        App, OrderPart, PaymentPart, Picture, Stamp, StockPart,
        cluster::Process,
        shop::{Item, Shop},
    },
};

impl Picture {
    pub(super) fn fold_shop(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::AppChanged { app, instance, state, pid, group, client_id, reads, writes, cause } => {
                let process = Process { stamp, state: *state, pid: *pid, cause: cause.clone() };
                let (group, client_id) = (group.clone(), client_id.clone());
                let (reads, writes) = (reads.clone(), writes.clone());
                if *state == ProcessState::Dead {
                    // Its producer died with it: nobody waits for these answers any more.
                    self.flights.retain(|_, flight| flight.app != *app || flight.instance != *instance);
                }
                self.apps.insert((app.clone(), *instance), App { process, group, client_id, reads, writes });
            }
            Event::GuardChanged { app, guard, on } => {
                self.guards.insert((app.clone(), guard.clone()), (stamp, *on));
            }
            Event::LedgerStarted { ledger } => {
                self.counters.ledger = *ledger;
                self.shop = Shop { opened: Some(stamp), ..Shop::default() };
            }
            Event::ItemChanged { item, created, on_hand, reserved, sold, price_cents } => {
                let (created, on_hand, reserved) = (*created, *on_hand, *reserved);
                let item_now = Item { stamp, created, on_hand, reserved, sold: *sold, price_cents: *price_cents };
                self.shop.items.insert(item.clone(), item_now);
            }
            _ => self.fold_order(stamp, event),
        }
    }

    fn fold_order(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::OrderChanged { order, status, customer, item, count, price_cents } => {
                let Some(known) = self.shop.open_entry(order) else { return };
                known.placed = Some(OrderPart {
                    stamp,
                    status: *status,
                    customer: customer.clone(),
                    item: item.clone(),
                    count: *count,
                    price_cents: *price_cents,
                });
                known.note_moment(stamp.at);
            }
            Event::StockChanged { order, item, reserved, sold } => {
                let Some(known) = self.shop.open_entry(order) else { return };
                known.stock = Some(StockPart { stamp, item: item.clone(), reserved: *reserved, sold: *sold });
            }
            Event::PaymentChanged { order, due_cents, taken_cents, refunded_cents, times_taken, refused } => {
                let Some(known) = self.shop.open_entry(order) else { return };
                known.payment = Some(PaymentPart {
                    stamp,
                    due_cents: *due_cents,
                    taken_cents: *taken_cents,
                    refunded_cents: *refunded_cents,
                    times_taken: *times_taken,
                    refused: *refused,
                });
                known.note_moment(stamp.at);
            }
            _ => {}
        }
        self.shop.forget_old();
    }
}
