//! The shop's books: what order, stock and payment app each say of every order, and whether that adds up.

use super::{Picture, Stamp};
use crate::{
    fact::{Closed, Moment, OrderStatus, ProcessState},
    ids::{Micros, OrderId},
    ordered::Ordered,
};

/// How many orders the picture keeps one by one.
pub(crate) const KEPT_ORDERS: usize = 200;
/// Moments that are kept of an order.
const KEPT_MOMENTS: usize = 8;
/// Orders that never end are kept longer, but not for ever.
const KEPT_AT_MOST: usize = 2000;
/// An order that changed less than this ago may still be moving between the apps.
const SETTLING_MICROS: u64 = 1_000_000;

/// The apps that keep books; their groups are called the same.
pub const APPS: [&str; 3] = ["order", "payment", "stock"];

/// Sums end at their bound: no fact, however odd, ends the page.
fn add(sum: &mut i64, by: i64) {
    *sum = sum.saturating_add(by);
}

/// The books.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shop {
    /// When the present books were opened.
    pub opened: Option<Stamp>,
    /// Items by name.
    pub items: Ordered<String, Item>,
    /// The newest orders.
    pub orders: Ordered<OrderId, Order>,
    /// Older ones, as sums.
    pub closed: Closed,
}

/// An item as the stock app says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// When it last changed.
    pub stamp: Stamp,
    /// Pieces there ever were.
    pub created: i64,
    /// Pieces to sell.
    pub on_hand: i64,
    /// Pieces held for open orders.
    pub reserved: i64,
    /// Pieces sold.
    pub sold: i64,
    /// Price of one.
    pub price_cents: i64,
}

/// An order, as each app says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Order {
    /// The order app.
    pub placed: Option<OrderPart>,
    /// The stock app.
    pub stock: Option<StockPart>,
    /// The payment app.
    pub payment: Option<PaymentPart>,
    /// Where it stood since when, the newest of it.
    pub moments: Vec<Moment>,
}

/// What the order app says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderPart {
    /// When.
    pub stamp: Stamp,
    /// Where it stands.
    pub status: OrderStatus,
    /// Whose it is.
    pub customer: String,
    /// What was ordered.
    pub item: String,
    /// How many.
    pub count: i64,
    /// At which price.
    pub price_cents: i64,
}

/// What the stock app says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StockPart {
    /// When.
    pub stamp: Stamp,
    /// Which item.
    pub item: String,
    /// Pieces held.
    pub reserved: i64,
    /// Pieces sold.
    pub sold: i64,
}

/// What the payment app says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PaymentPart {
    /// When.
    pub stamp: Stamp,
    /// What is to be paid.
    pub due_cents: i64,
    /// What was taken, all takings together.
    pub taken_cents: i64,
    /// What was given back.
    pub refunded_cents: i64,
    /// How often money was taken.
    pub times_taken: u32,
    /// Whether it was refused.
    pub refused: bool,
}

impl PaymentPart {
    /// Taken and not given back.
    fn kept_cents(&self) -> i64 {
        self.taken_cents.saturating_sub(self.refunded_cents)
    }
}

impl Order {
    /// Where it stands, as the order app says.
    pub fn status(&self) -> OrderStatus {
        self.placed.as_ref().map_or(OrderStatus::Open, |p| p.status)
    }

    /// Its price.
    pub fn total_cents(&self) -> i64 {
        self.placed.as_ref().map_or(0, |p| p.count.saturating_mul(p.price_cents))
    }

    /// Notes where it stands now, where that is new.
    pub(crate) fn note_moment(&mut self, at: Micros) {
        let kept_cents = self.payment.as_ref().map_or(0, PaymentPart::kept_cents);
        let now = Moment { at, status: self.status(), kept_cents };
        let known = self.moments.last().is_some_and(|m| (m.status, m.kept_cents) == (now.status, now.kept_cents));
        if known || self.placed.is_none() {
            return;
        }
        self.moments.push(now);
        if self.moments.len() > KEPT_MOMENTS {
            self.moments.remove(0);
        }
    }

    /// When any app last changed it.
    pub fn changed_at(&self) -> Micros {
        let placed = self.placed.as_ref().map(|p| p.stamp.at);
        let stock = self.stock.as_ref().map(|p| p.stamp.at);
        let payment = self.payment.as_ref().map(|p| p.stamp.at);
        placed.max(stock).max(payment).unwrap_or_default()
    }

    /// Pieces ordered.
    fn count(&self) -> i64 {
        self.placed.as_ref().map_or(0, |p| p.count)
    }

    /// Pieces held for it or given out.
    fn held(&self) -> i64 {
        self.stock.as_ref().map_or(0, |s| s.reserved.saturating_add(s.sold))
    }

    /// Whether what the apps say fits together, by the rules of the proof.
    pub fn adds_up(&self) -> bool {
        let count = self.count();
        let stock = self.stock.clone().unwrap_or_default();
        let payment = self.payment.clone().unwrap_or_default();
        let kept_cents = payment.kept_cents();
        match self.status() {
            OrderStatus::Confirmed => {
                payment.times_taken == 1
                    && kept_cents == self.total_cents()
                    && stock.sold == count
                    && stock.reserved == 0
            }
            OrderStatus::Open if !payment.refused => payment.times_taken <= 1 && self.held() <= count.max(0),
            OrderStatus::Cancelled | OrderStatus::Open => kept_cents == 0 && stock.sold == 0 && stock.reserved == 0,
        }
    }
}

/// Whether the books add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProofStatus {
    /// They do.
    Holds,
    /// Something is still moving, so it cannot be said.
    #[default]
    Settling,
    /// They do not.
    Broken,
}

/// The proof line: order by order, and as sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Whether it holds.
    pub status: ProofStatus,
    /// Why it is settling, in words.
    pub settling: Option<String>,
    /// Money taken.
    pub taken_cents: i64,
    /// Money given back.
    pub refunded_cents: i64,
    /// Price of confirmed orders.
    pub confirmed_cents: i64,
    /// Money taken for orders that are not decided.
    pub undecided_cents: i64,
    /// Confirmed orders.
    pub confirmed: u64,
    /// Cancelled orders.
    pub cancelled: u64,
    /// Open orders.
    pub open: u64,
    /// Pieces created.
    pub created: i64,
    /// Pieces to sell.
    pub on_hand: i64,
    /// Pieces of open orders.
    pub reserved: i64,
    /// Pieces of confirmed orders.
    pub sold: i64,
    /// Orders that do not add up.
    pub orders: Vec<OrderId>,
}

impl Shop {
    /// Where an order is kept; `None` where it is among those that are sums by now. An app that starts again tells its
    /// whole book, and what was added to the sums once must not come back as half an order.
    pub(crate) fn open_entry(&mut self, order: &OrderId) -> Option<&mut Order> {
        if *order <= self.closed.up_to && !self.orders.contains_key(order) {
            return None;
        }
        Some(self.orders.entry(order.clone()).or_default())
    }

    /// Keeps the newest orders one by one and the rest as sums.
    pub(crate) fn forget_old(&mut self) {
        while self.orders.len() > KEPT_ORDERS {
            let settled = |o: &Order| o.status() != OrderStatus::Open && o.adds_up();
            let oldest = self.orders.iter().find(|(_, o)| settled(o)).map(|(id, _)| id.clone());
            let oldest = match oldest {
                Some(oldest) => oldest,
                None if self.orders.len() > KEPT_AT_MOST => match self.orders.keys().next() {
                    Some(first) => first.clone(),
                    None => return,
                },
                None => return,
            };
            if let Some(order) = self.orders.remove(&oldest) {
                self.close(&order);
                if oldest > self.closed.up_to {
                    self.closed.up_to = oldest;
                }
            }
        }
    }

    fn close(&mut self, order: &Order) {
        if let Some(payment) = &order.payment {
            add(&mut self.closed.taken_cents, payment.taken_cents);
            add(&mut self.closed.refunded_cents, payment.refunded_cents);
        }
        match order.status() {
            OrderStatus::Confirmed => {
                self.closed.confirmed = self.closed.confirmed.saturating_add(1);
                add(&mut self.closed.confirmed_cents, order.total_cents());
                add(&mut self.closed.confirmed_pieces, order.count());
            }
            OrderStatus::Cancelled => self.closed.cancelled = self.closed.cancelled.saturating_add(1),
            OrderStatus::Open => {}
        }
    }
}

impl Picture {
    /// The proof at time `now`.
    pub fn proof(&self, now: Micros) -> Proof {
        let shop = &self.shop;
        let closed = &shop.closed;
        let mut proof = Proof {
            taken_cents: closed.taken_cents,
            refunded_cents: closed.refunded_cents,
            confirmed_cents: closed.confirmed_cents,
            confirmed: closed.confirmed,
            cancelled: closed.cancelled,
            sold: closed.confirmed_pieces,
            created: shop.items.values().map(|i| i.created).fold(0, i64::saturating_add),
            on_hand: shop.items.values().map(|i| i.on_hand).fold(0, i64::saturating_add),
            ..Proof::default()
        };
        for (id, order) in &shop.orders {
            proof.add(id, order);
        }
        let sum = |parts: &[i64]| parts.iter().copied().fold(0, i64::saturating_add);
        let sums_hold = proof.kept_cents() == sum(&[proof.confirmed_cents, proof.undecided_cents])
            && proof.created == sum(&[proof.on_hand, proof.reserved, proof.sold]);
        proof.settling = self.settling(now);
        proof.status = match &proof.settling {
            Some(_) => ProofStatus::Settling,
            None if proof.orders.is_empty() && sums_hold => ProofStatus::Holds,
            None => ProofStatus::Broken,
        };
        proof
    }

    fn settling(&self, now: Micros) -> Option<String> {
        // A reader that a scene started and stopped keeps no books.
        let mut apps = Ordered::new();
        for ((app, _), instance) in self.apps.iter().filter(|((app, _), _)| APPS.contains(&app.as_str())) {
            *apps.entry(app).or_insert(false) |= instance.process.state == ProcessState::Running;
        }
        if let Some((app, _)) = apps.iter().find(|(_, up)| !**up) {
            return Some(format!("the {app} app is down"));
        }
        if let Some((id, group)) = self.groups.iter().find(|(id, g)| APPS.contains(&id.as_str()) && self.unread(g) > 0)
        {
            return Some(format!("group {id} lags {}", self.unread(group)));
        }
        let fresh = |o: &Order| now.since(o.changed_at()) < SETTLING_MICROS;
        self.shop.orders.iter().find(|(_, o)| fresh(o)).map(|(id, _)| format!("{id} has just changed"))
    }

    /// Whether a group belongs to one of the apps.
    pub fn is_shop_group(&self, group: &str) -> bool {
        self.apps.values().any(|a| a.group == group)
    }
}

impl Proof {
    /// Money taken and not given back.
    pub fn kept_cents(&self) -> i64 {
        self.taken_cents.saturating_sub(self.refunded_cents)
    }

    fn add(&mut self, id: &OrderId, order: &Order) {
        if let Some(payment) = &order.payment {
            add(&mut self.taken_cents, payment.taken_cents);
            add(&mut self.refunded_cents, payment.refunded_cents);
        }
        match order.status() {
            OrderStatus::Confirmed => {
                self.confirmed = self.confirmed.saturating_add(1);
                add(&mut self.confirmed_cents, order.total_cents());
                add(&mut self.sold, order.count());
            }
            OrderStatus::Cancelled => self.cancelled = self.cancelled.saturating_add(1),
            OrderStatus::Open => {
                self.open += 1;
                add(&mut self.undecided_cents, order.payment.as_ref().map_or(0, PaymentPart::kept_cents));
                add(&mut self.reserved, order.held());
            }
        }
        if !order.adds_up() {
            self.orders.push(id.clone());
        }
    }
}
