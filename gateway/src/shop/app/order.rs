//! The order app's rules: an order is open until its payment is taken or refused.

use anyhow::Result;
use model::{
    fact::{Event as Fact, OrderStatus},
    ids::OrderId,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{
    books::Work,
    compensation,
    event::Body,
    life::{Met, State, told},
};
use crate::shop::{
    AppName,
    guards::{Guard, Guards},
    wire::Press,
};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS orders (
        id TEXT PRIMARY KEY, status TEXT NOT NULL, customer TEXT NOT NULL, item TEXT NOT NULL, count INTEGER NOT NULL,
        price_cents INTEGER NOT NULL);
";

/// A customer pressed *Order*.
pub(crate) fn place(db: &Connection, press: &Press) -> Result<Work> {
    let Press::Order { order, item, count, customer, price_cents, event_id } = press else {
        return Ok(Work::refused("not an order"));
    };
    if *count < 1 || *price_cents < 0 || count.checked_mul(*price_cents).is_none() {
        return Ok(Work::refused(format!("{count} pieces at {price_cents} cents cannot be ordered")));
    }
    if row(db, order)?.is_some() {
        return Ok(Work::done(format!("order {order} was placed before")));
    }
    db.execute(
        "INSERT INTO orders VALUES (?1, 'open', ?2, ?3, ?4, ?5)",
        params![order.0, customer, item, count, price_cents],
    )?;
    let body = Body::OrderPlaced {
        order: order.clone(),
        customer: customer.clone(),
        item: item.clone(),
        count: *count,
        price_cents: *price_cents,
    };
    let placed = told(AppName::Order, order, State::Unknown, &body, Met::Taken(State::Open));
    Ok(Work::done(format!("order {order} placed: {count} {item}"))
        .says_as(body, event_id.clone())
        .changed(changed(db, order)?)
        .changed(placed))
}

/// A record of `payments`.
pub(crate) fn handle(db: &Connection, body: &Body, guards: Guards) -> Result<Work> {
    match body {
        Body::PaymentTaken { order, .. } => taken(db, order, body, guards),
        Body::PaymentRefused { order, reason } => refused(db, order, reason, body, guards),
        Body::PaymentRefunded { order, .. } => Ok(Work::done(format!("refund of {order} noted"))),
        other => Ok(Work::done(format!("nothing to do for {}", other.name()))),
    }
}

fn taken(db: &Connection, order: &OrderId, event: &Body, guards: Guards) -> Result<Work> {
    let Some(state) = state(db, order)? else { return Ok(Work::refused(format!("no such order: {order}"))) };
    // Without an inbox the app has no memory of what it did: it confirms again.
    if state.after(event).is_some() || (state == State::Confirmed && !guards.has(Guard::Inbox)) {
        set(db, order, "confirmed")?;
        return Ok(Work::done(format!("order {order} confirmed"))
            .says(Body::OrderConfirmed { order: order.clone() })
            .changed(changed(db, order)?)
            .changed(told(AppName::Order, order, state, event, Met::Taken(State::Confirmed))));
    }
    let effect = match state {
        State::Cancelled => format!("order {order} was cancelled: its refund follows"),
        state => format!("order {order} was {} before", state.name()),
    };
    Ok(Work::done(effect).changed(told(AppName::Order, order, state, event, Met::Refused)))
}

fn refused(db: &Connection, order: &OrderId, reason: &str, event: &Body, guards: Guards) -> Result<Work> {
    let Some(state) = state(db, order)? else { return Ok(Work::refused(format!("no such order: {order}"))) };
    if state.after(event).is_some() {
        let taken = told(AppName::Order, order, state, event, Met::Taken(State::Cancelled));
        return Ok(compensation::cancel(db, order, reason, guards)?.changed(taken));
    }
    let effect = format!("order {order} was {} before", state.name());
    Ok(Work::done(effect).changed(told(AppName::Order, order, state, event, Met::Refused)))
}

/// An order that was saved and perhaps never sent: without an outbox it can only be taken back.
pub(crate) fn give_up(db: &Connection, order: &OrderId) -> Result<Work> {
    let reason = "the order app ended before it knew that the order was placed";
    let work = cancel(db, order, reason)?;
    Ok(if work.ok { work.says(Body::OrderCancelled { order: order.clone(), reason: reason.to_owned() }) } else { work })
}

/// An order whose placing was aborted: nobody was told of it, so nobody is told that it ends.
pub(crate) fn take_back(db: &Connection, order: &OrderId) -> Result<Work> {
    cancel(db, order, "its transaction was aborted")
}

fn cancel(db: &Connection, order: &OrderId, reason: &str) -> Result<Work> {
    if state(db, order)? != Some(State::Open) {
        return Ok(Work::refused(format!("order {order} is decided")));
    }
    set(db, order, "cancelled")?;
    Ok(Work::done(format!("order {order} cancelled: {reason}")).changed(changed(db, order)?))
}

/// The last 200 orders.
pub(crate) fn snapshot(db: &Connection) -> Result<Vec<Fact>> {
    let mut rows = db.prepare(&format!("SELECT * FROM ({COLUMNS} ORDER BY rowid DESC LIMIT 200) ORDER BY n"))?;
    let rows = rows.query_map([], fact)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const COLUMNS: &str = "SELECT id, status, customer, item, count, price_cents, rowid AS n FROM orders";

fn fact(row: &Row<'_>) -> rusqlite::Result<Fact> {
    let status: String = row.get(1)?;
    Ok(Fact::OrderChanged {
        order: OrderId(row.get(0)?),
        status: match status.as_str() {
            "confirmed" => OrderStatus::Confirmed,
            "cancelled" => OrderStatus::Cancelled,
            _ => OrderStatus::Open,
        },
        customer: row.get(2)?,
        item: row.get(3)?,
        count: row.get(4)?,
        price_cents: row.get(5)?,
    })
}

fn row(db: &Connection, order: &OrderId) -> Result<Option<Fact>> {
    let mut rows = db.prepare(&format!("{COLUMNS} WHERE id = ?1"))?;
    Ok(rows.query_row([&order.0], fact).optional()?)
}

pub(super) fn changed(db: &Connection, order: &OrderId) -> Result<Fact> {
    row(db, order)?.ok_or_else(|| anyhow::anyhow!("order {order} vanished from the books"))
}

fn state(db: &Connection, order: &OrderId) -> Result<Option<State>> {
    let mut rows = db.prepare("SELECT status FROM orders WHERE id = ?1")?;
    let status: Option<String> = rows.query_row([&order.0], |row| row.get(0)).optional()?;
    Ok(status.map(|status| State::of(&status)))
}

pub(super) fn set(db: &Connection, order: &OrderId, status: &str) -> Result<()> {
    db.prepare("UPDATE orders SET status = ?2 WHERE id = ?1")?.execute([&order.0, status])?;
    Ok(())
}
