//! What the desk remembers of orders: the next id, which ones are unpaid, and whose Pay button is still to be pressed.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    fact::{Event as Fact, OrderStatus},
    ids::OrderId,
};

/// Closed orders are forgotten above so many.
const REMEMBERED: usize = 1000;

/// One order, as the order and the payment app tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) closed: bool,
    pub(crate) due_cents: i64,
    pub(crate) taken_cents: i64,
    pub(crate) refused: bool,
}

impl Known {
    /// Somebody has to pay and may.
    pub(crate) fn is_due(&self) -> bool {
        self.due_cents > 0 && !self.is_answered()
    }

    /// Nobody will pay for it any more.
    pub(crate) fn is_answered(&self) -> bool {
        self.closed || self.refused || self.taken_cents > 0
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Register {
    orders: BTreeMap<OrderId, Known>,
    prices: BTreeMap<String, i64>,
    last: u64,
    /// Their Pay is pressed by the desk as soon as it is due.
    to_pay: BTreeSet<OrderId>,
    /// Of these, the ones whose press is under way.
    pressed: BTreeSet<OrderId>,
}

impl Register {
    /// The next order id.
    pub(crate) fn next_id(&mut self) -> OrderId {
        self.last += 1;
        OrderId(format!("A-{}", self.last))
    }

    /// The number of the newest order.
    pub(crate) const fn last(&self) -> u64 {
        self.last
    }

    /// What an item costs, as far as it is known.
    pub(crate) fn price(&self, item: &str) -> Option<i64> {
        self.prices.get(item).copied()
    }

    /// Whether there is such an order, and what of it.
    pub(crate) fn known(&self, order: &OrderId) -> Option<Known> {
        self.orders.get(order).copied()
    }

    /// The newest order that nobody has paid nor is about to.
    pub(crate) fn newest_unpaid(&self) -> Option<OrderId> {
        let mut newest = self.orders.iter().rev();
        newest
            .find(|(order, known)| !known.is_answered() && !self.to_pay.contains(*order))
            .map(|(order, _)| order.clone())
    }

    /// Its Pay is to be pressed when it is due.
    pub(crate) fn pay_when_due(&mut self, order: OrderId) {
        self.to_pay.insert(order);
    }

    /// It was never placed.
    pub(crate) fn forget(&mut self, order: &OrderId) {
        self.to_pay.remove(order);
    }

    /// Notes a fact; whether a Pay may have to be pressed now.
    pub(crate) fn note(&mut self, fact: &Fact) -> bool {
        match fact {
            Fact::OrderChanged { order, status, .. } => {
                self.seen(order);
                let known = self.orders.entry(order.clone()).or_default();
                known.closed = *status != OrderStatus::Open;
                if known.closed {
                    self.to_pay.remove(order);
                    self.forget_oldest();
                }
                false
            }
            Fact::PaymentChanged { order, due_cents, taken_cents, refused, .. } => {
                self.seen(order);
                let known = self.orders.entry(order.clone()).or_default();
                known.due_cents = *due_cents;
                known.taken_cents = *taken_cents;
                known.refused = *refused;
                if known.is_answered() {
                    self.to_pay.remove(order);
                }
                known.is_due() && self.to_pay.contains(order)
            }
            Fact::ItemChanged { item, price_cents, .. } => {
                self.prices.insert(item.clone(), *price_cents);
                false
            }
            _ => false,
        }
    }

    /// The orders whose Pay has to be pressed now; each is named once, until [`Self::pressed`].
    pub(crate) fn take_due(&mut self) -> Vec<OrderId> {
        let due =
            |order: &&OrderId| self.orders.get(*order).is_some_and(Known::is_due) && !self.pressed.contains(*order);
        let due: Vec<_> = self.to_pay.iter().filter(due).cloned().collect();
        self.pressed.extend(due.iter().cloned());
        due
    }

    /// A press of the desk's own was answered, or was lost with the app and has to be made again when the app is back.
    pub(crate) fn pressed(&mut self, order: &OrderId, answered: bool) {
        self.pressed.remove(order);
        if answered {
            self.to_pay.remove(order);
        }
    }

    /// New books: old orders are not spoken of any more, their ids are not given again.
    pub(crate) fn new_ledger(&mut self) {
        *self = Self { last: self.last, ..Self::default() };
    }

    fn seen(&mut self, order: &OrderId) {
        if let Some(number) = order.0.strip_prefix("A-").and_then(|number| number.parse().ok()) {
            self.last = self.last.max(number);
        }
    }

    fn forget_oldest(&mut self) {
        while self.orders.len() > REMEMBERED {
            let Some(oldest) = self.orders.iter().find(|(_, known)| known.closed).map(|(order, _)| order.clone())
            else {
                return;
            };
            self.orders.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a(n: u32) -> OrderId {
        OrderId(format!("A-{n}"))
    }

    fn payment(n: u32, due_cents: i64, taken_cents: i64) -> Fact {
        Fact::PaymentChanged { order: a(n), due_cents, taken_cents, refunded_cents: 0, times_taken: 0, refused: false }
    }

    fn order(n: u32, status: OrderStatus) -> Fact {
        let (customer, item) = (String::new(), String::new());
        Fact::OrderChanged { order: a(n), status, customer, item, count: 1, price_cents: 1 }
    }

    #[test]
    fn pay_is_pressed_once_when_due_and_again_only_where_the_press_was_lost() {
        let mut register = Register::default();
        let id = register.next_id();
        register.pay_when_due(id.clone());
        assert!(!register.note(&order(1, OrderStatus::Open)));
        assert!(register.take_due().is_empty());
        assert!(register.note(&payment(1, 3990, 0)));
        assert_eq!(register.take_due(), [a(1)]);
        assert!(register.take_due().is_empty());
        register.pressed(&id, false);
        assert_eq!(register.take_due(), [a(1)], "the app died before it answered");
        assert!(!register.note(&payment(1, 3990, 3990)));
        register.pressed(&id, true);
        assert!(register.take_due().is_empty());
    }

    #[test]
    fn the_newest_unpaid_order_is_counted_not_spelled() {
        let mut register = Register::default();
        for n in [9, 10] {
            register.note(&order(n, OrderStatus::Open));
        }
        assert_eq!(register.newest_unpaid(), Some(a(10)));
        register.note(&payment(10, 1, 1));
        assert_eq!(register.newest_unpaid(), Some(a(9)));
        register.note(&order(9, OrderStatus::Cancelled));
        assert_eq!(register.newest_unpaid(), None);
        register.new_ledger();
        assert_eq!(register.next_id(), a(11));
    }
}
