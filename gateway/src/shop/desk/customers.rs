//! What customers do: create an item, order, pay and pay twice. The apps decide; this only passes presses on.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use model::ids::OrderId;
use tokio::time::timeout;

use super::{Did, Refused, Shop, did, locked};
use crate::shop::{
    AppName,
    wire::{Press, Wish},
};

/// The item every ledger starts with.
pub(crate) const DEFAULT_ITEM: &str = "kettle";
pub(crate) const DEFAULT_COUNT: i64 = 500;
pub(crate) const DEFAULT_PRICE_CENTS: i64 = 3990;

/// How long an order may take to be due: longer than a failover of the cluster.
const DUE: Duration = Duration::from_secs(8);
/// How long a single press waits for that, so that its answer says what was done.
const PLEASANT: Duration = Duration::from_secs(1);

/// What `create_order` can say; all of it has a sensible default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateOrder {
    /// What.
    pub item: String,
    /// How many pieces.
    pub count: i64,
    /// Who.
    pub customer: String,
    /// Press Pay when it is due.
    pub pay: bool,
}

impl Default for CreateOrder {
    fn default() -> Self {
        Self { item: DEFAULT_ITEM.to_owned(), count: 1, customer: String::from("Ada"), pay: true }
    }
}

impl Shop {
    /// Whether an instance of the app is there to take a press.
    ///
    /// # Errors
    /// Where none is running; the error names the app and its state.
    pub fn takes_presses(&self, app: AppName) -> Result<(), Refused> {
        self.at_the_counter(app).takes_presses()
    }

    /// *Create item*, at the stock app.
    ///
    /// # Errors
    /// Where the stock app does not take it.
    pub async fn create_item(&self, item: &str, count: i64, price_cents: i64) -> Result<Did, Refused> {
        let since = Instant::now();
        let press = Press::Item { item: item.to_owned(), count, price_cents, event_id: None };
        let text = self.at_the_counter(AppName::Stock).ask(Wish::Press(press)).await?;
        Ok(did(text, since))
    }

    /// More of the default item, as many as there were at first.
    ///
    /// # Errors
    /// As [`Shop::create_item`].
    pub async fn fill_shelf(&self) -> Result<Did, Refused> {
        self.create_item(DEFAULT_ITEM, DEFAULT_COUNT, DEFAULT_PRICE_CENTS).await
    }

    /// *Order*, at the order app: done when it stands in the app's books.
    ///
    /// # Errors
    /// Where the order app does not take it.
    pub async fn create_order(&self, wanted: CreateOrder) -> Result<(OrderId, Did), Refused> {
        let since = Instant::now();
        let CreateOrder { item, count, customer, pay } = wanted;
        let counter = self.at_the_counter(AppName::Order);
        let (order, price_cents) = {
            let mut register = locked(&self.register);
            let order = register.next_id();
            if pay {
                register.pay_when_due(order.clone());
            }
            (order, register.price(&item).unwrap_or(DEFAULT_PRICE_CENTS))
        };
        let press = Press::Order { order: order.clone(), item, count, customer, price_cents, event_id: None };
        match counter.ask(Wish::Press(press)).await {
            Ok(text) => Ok((order, did(text, since))),
            Err(refused) => {
                locked(&self.register).forget(&order);
                Err(refused)
            }
        }
    }

    /// *Pay*, at the payment app; without an order the newest unpaid one, or one that is placed first.
    ///
    /// # Errors
    /// Where there is no such order, or the payment app does not take it.
    pub async fn pay(&self, order: Option<OrderId>, refuse: bool) -> Result<(OrderId, Did), Refused> {
        let since = Instant::now();
        self.at_the_counter(AppName::Payment).takes_presses()?;
        let order = self.to_be_paid(order).await?;
        // Pressed too early the payment waits in the app's books, so this is for the answer's sake only.
        self.due(&order, PLEASANT).await.ok();
        let press = Press::Pay { order: order.clone(), refuse, event_id: None };
        let text = self.at_the_counter(AppName::Payment).ask(Wish::Press(press)).await?;
        Ok((order, did(text, since)))
    }

    /// *Pay*, pressed twice within 50 ms: one payment key, two event ids.
    ///
    /// # Errors
    /// As [`Shop::pay`], and where the order does not become due.
    pub async fn pay_twice(self: &Arc<Self>, order: Option<OrderId>) -> Result<(OrderId, Did), Refused> {
        let since = Instant::now();
        let counter = self.at_the_counter(AppName::Payment);
        counter.takes_presses()?;
        let order = self.to_be_paid(order).await?;
        self.due(&order, DUE).await?;
        let press = || Wish::Press(Press::Pay { order: order.clone(), refuse: false, event_id: None });
        let (first, second) = (counter.send(press())?, counter.send(press())?);
        let (first, second) = (first.answer(&counter).await?, second.answer(&counter).await?);
        Ok((order, did(format!("first press: {first}; second press: {second}"), since)))
    }

    async fn to_be_paid(&self, order: Option<OrderId>) -> Result<OrderId, Refused> {
        match order {
            Some(order) if locked(&self.register).known(&order).is_some() => Ok(order),
            Some(order) => Err(Refused::conflict(format!("there is no order {order} in these books"))),
            None => {
                let unpaid = locked(&self.register).newest_unpaid();
                match unpaid {
                    Some(order) => Ok(order),
                    None => Ok(self.create_order(CreateOrder { pay: false, ..CreateOrder::default() }).await?.0),
                }
            }
        }
    }

    /// Waits until the payment app says that the order is due, or was decided.
    async fn due(&self, order: &OrderId, patience: Duration) -> Result<(), Refused> {
        let mut noted = self.noted.subscribe();
        let decided =
            |_: &u64| locked(&self.register).known(order).is_some_and(|known| known.is_due() || known.is_answered());
        match timeout(patience, noted.wait_for(decided)).await {
            Ok(_) => Ok(()),
            Err(_elapsed) => Err(Refused::failed(format!(
                "order {order} did not become due in {} s: is the stock app running?",
                patience.as_secs()
            ))),
        }
    }
}
