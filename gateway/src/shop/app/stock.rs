//! The stock app's rules: pieces are on hand, reserved for an order, or sold, and never anything else.

use anyhow::Result;
use model::{fact::Event as Fact, ids::OrderId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{books::Work, compensation, event::Body};
use crate::shop::{
    guards::{Guard, Guards},
    wire::Press,
};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS items (
        item TEXT PRIMARY KEY, created INTEGER NOT NULL, on_hand INTEGER NOT NULL, reserved INTEGER NOT NULL,
        sold INTEGER NOT NULL, price_cents INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS orders (
        id TEXT PRIMARY KEY, item TEXT NOT NULL, count INTEGER NOT NULL, reserved INTEGER NOT NULL,
        sold INTEGER NOT NULL, cancelled INTEGER NOT NULL);
";

/// What the books say of an order.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) item: String,
    count: i64,
    pub(super) reserved: i64,
    sold: i64,
    cancelled: bool,
}

/// *Create item* was pressed; pressed again it brings more of the same.
pub(crate) fn create_item(db: &Connection, press: &Press) -> Result<Work> {
    let Press::Item { item, count, price_cents, event_id } = press else {
        return Ok(Work::refused("not an item"));
    };
    // Far below where sums of pieces or cents would no longer fit.
    if !(1..=1_000_000_000).contains(count) || !(0..=1_000_000_000).contains(price_cents) {
        return Ok(Work::refused(format!("{count} pieces at {price_cents} cents are no stock")));
    }
    db.execute(
        "INSERT INTO items VALUES (?1, ?2, ?2, 0, 0, ?3) ON CONFLICT (item) DO UPDATE
         SET created = created + ?2, on_hand = on_hand + ?2, price_cents = ?3",
        params![item, count, price_cents],
    )?;
    let body = Body::ItemCreated { item: item.clone(), count: *count, price_cents: *price_cents };
    Ok(Work::done(format!("{count} {item} came onto the shelf"))
        .says_as(body, event_id.clone())
        .changed(item_row(db, item)?))
}

/// A record of `orders`.
pub(crate) fn handle(db: &Connection, body: &Body, guards: Guards) -> Result<Work> {
    match body {
        Body::OrderPlaced { order, item, count, price_cents, .. } => {
            reserve(db, order, item, *count, *price_cents, guards)
        }
        Body::OrderConfirmed { order } => sell(db, order, guards),
        Body::OrderCancelled { order, .. } => compensation::release(db, order, guards),
        other => Ok(Work::done(format!("nothing to do for {}", other.name()))),
    }
}

fn reserve(db: &Connection, order: &OrderId, item: &str, count: i64, price_cents: i64, guards: Guards) -> Result<Work> {
    match known(db, order)? {
        Some(known) if known.cancelled => return Ok(Work::done(format!("order {order} was cancelled before"))),
        // Without an inbox the app has no memory of what it did: it reserves again.
        Some(_) if guards.has(Guard::Inbox) => return Ok(Work::done(format!("order {order} is known"))),
        _ => {}
    }
    let on_hand: Option<i64> =
        db.query_row("SELECT on_hand FROM items WHERE item = ?1", [item], |row| row.get(0)).optional()?;
    let reason = match on_hand {
        None => Some(format!("there is no item {item}")),
        Some(on_hand) if on_hand < count => Some(format!("{on_hand} {item} on hand")),
        Some(_) => None,
    };
    let reserved = if reason.is_some() { 0 } else { count };
    db.execute(
        "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, 0, 0) ON CONFLICT (id) DO UPDATE SET reserved = reserved + ?4",
        params![order.0, item, count, reserved],
    )?;
    if let Some(reason) = reason {
        let effect = format!("{count} {item} refused for {order}: {reason}");
        let body = Body::StockRejected { order: order.clone(), item: item.to_owned(), count, reason };
        return Ok(Work::done(effect).says(body).changed(order_row(db, order)?));
    }
    db.execute(
        "UPDATE items SET on_hand = on_hand - ?2, reserved = reserved + ?2 WHERE item = ?1",
        params![item, count],
    )?;
    let due_cents = count.saturating_mul(price_cents);
    let body = Body::StockReserved { order: order.clone(), item: item.to_owned(), count, due_cents };
    Ok(Work::done(format!("{count} {item} reserved for {order}"))
        .says(body)
        .changed(order_row(db, order)?)
        .changed(item_row(db, item)?))
}

fn sell(db: &Connection, order: &OrderId, guards: Guards) -> Result<Work> {
    let Some(known) = known(db, order)? else {
        return Ok(Work::refused(format!("no such order: {order}")));
    };
    if known.sold > 0 && guards.has(Guard::Inbox) {
        return Ok(Work::done(format!("order {order} was sold before")));
    }
    // What is reserved goes out; where nothing is, the parcel is packed from the shelf all the same.
    let from_reserved = known.reserved.min(known.count);
    let from_shelf = known.count - from_reserved;
    db.execute(
        "UPDATE orders SET reserved = reserved - ?2, sold = sold + ?3 WHERE id = ?1",
        params![order.0, from_reserved, known.count],
    )?;
    db.execute(
        "UPDATE items SET reserved = reserved - ?2, on_hand = on_hand - ?3, sold = sold + ?4 WHERE item = ?1",
        params![known.item, from_reserved, from_shelf, known.count],
    )?;
    let Known { item, count, .. } = known;
    let body = Body::StockSold { order: order.clone(), item: item.clone(), count };
    Ok(Work::done(format!("{count} {item} sold for {order}"))
        .says(body)
        .changed(order_row(db, order)?)
        .changed(item_row(db, &item)?))
}

/// All items and the last 200 orders.
pub(crate) fn snapshot(db: &Connection) -> Result<Vec<Fact>> {
    let mut items = db.prepare(&format!("{ITEM_COLUMNS} ORDER BY rowid"))?;
    let mut facts = items.query_map([], item_fact)?.collect::<Result<Vec<_>, _>>()?;
    let mut orders =
        db.prepare(&format!("SELECT * FROM ({ORDER_COLUMNS} ORDER BY rowid DESC LIMIT 200) ORDER BY n"))?;
    for fact in orders.query_map([], order_fact)? {
        facts.push(fact?);
    }
    Ok(facts)
}

const ITEM_COLUMNS: &str = "SELECT item, created, on_hand, reserved, sold, price_cents FROM items";
const ORDER_COLUMNS: &str = "SELECT id, item, reserved, sold, rowid AS n FROM orders";

fn item_fact(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact::ItemChanged {
        item: row.get(0)?,
        created: row.get(1)?,
        on_hand: row.get(2)?,
        reserved: row.get(3)?,
        sold: row.get(4)?,
        price_cents: row.get(5)?,
    })
}

fn order_fact(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact::StockChanged { order: OrderId(row.get(0)?), item: row.get(1)?, reserved: row.get(2)?, sold: row.get(3)? })
}

pub(super) fn item_row(db: &Connection, item: &str) -> Result<Fact> {
    Ok(db.prepare(&format!("{ITEM_COLUMNS} WHERE item = ?1"))?.query_row([item], item_fact)?)
}

pub(super) fn order_row(db: &Connection, order: &OrderId) -> Result<Fact> {
    Ok(db.prepare(&format!("{ORDER_COLUMNS} WHERE id = ?1"))?.query_row([&order.0], order_fact)?)
}

pub(super) fn known(db: &Connection, order: &OrderId) -> Result<Option<Known>> {
    let mut rows = db.prepare("SELECT item, count, reserved, sold, cancelled FROM orders WHERE id = ?1")?;
    let known = rows.query_row([&order.0], |row| {
        Ok(Known {
            item: row.get(0)?,
            count: row.get(1)?,
            reserved: row.get(2)?,
            sold: row.get(3)?,
            cancelled: row.get(4)?,
        })
    });
    Ok(known.optional()?)
}
