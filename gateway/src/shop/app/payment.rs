//! The payment app's rules: money is taken when it is due and somebody pays, and given back when the order fails.

use anyhow::Result;
use model::{fact::Event as Fact, ids::OrderId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{
    books::Work,
    compensation,
    event::{Body, payment_key},
};
use crate::shop::guards::{Guard, Guards};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS payments (
        id TEXT PRIMARY KEY, due_cents INTEGER NOT NULL, taken_cents INTEGER NOT NULL, refunded_cents INTEGER NOT NULL,
        times_taken INTEGER NOT NULL, refused INTEGER NOT NULL, released INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS answers (payment_key TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS waiting (
        id TEXT NOT NULL, refuse INTEGER NOT NULL, event_id TEXT);
";

/// What the books say of an order.
#[derive(Debug)]
struct Known {
    due_cents: i64,
    taken_cents: i64,
    refunded_cents: i64,
    refused: bool,
    released: bool,
}

/// A customer pressed *Pay*.
pub(crate) fn pay(
    db: &Connection,
    order: &OrderId,
    refuse: bool,
    event_id: Option<String>,
    guards: Guards,
) -> Result<Work> {
    let key = payment_key(order);
    if guards.has(Guard::PaymentKey) {
        let answer: Option<String> = db
            .prepare("SELECT answer FROM answers WHERE payment_key = ?1")?
            .query_row([&key], |row| row.get(0))
            .optional()?;
        if let Some(answer) = answer {
            return Ok(Work::done(format!("{answer} (the first answer to {key})")));
        }
    }
    let Some(known) = known(db, order)? else {
        db.execute("INSERT INTO waiting VALUES (?1, ?2, ?3)", params![order.0, refuse, event_id])?;
        return Ok(Work::done(format!("nothing is due for {order} yet: the payment waits")));
    };
    if known.released || known.refused {
        return Ok(Work::refused(format!("order {order} is cancelled: nothing is taken")));
    }
    let (work, body) = if refuse {
        db.execute("UPDATE payments SET refused = 1 WHERE id = ?1", [&order.0])?;
        let reason = String::from("the customer has no money");
        (
            Work::done(format!("payment of {order} refused: {reason}")),
            Body::PaymentRefused { order: order.clone(), reason },
        )
    } else {
        let cents = known.due_cents;
        db.execute(
            "UPDATE payments SET taken_cents = taken_cents + ?2, times_taken = times_taken + 1 WHERE id = ?1",
            params![order.0, cents],
        )?;
        (Work::done(format!("{} taken for {order}", money(cents))), Body::PaymentTaken { order: order.clone(), cents })
    };
    db.execute("INSERT OR REPLACE INTO answers VALUES (?1, ?2)", [&key, &work.effect])?;
    Ok(work.says_as(body, event_id).changed(changed(db, order)?))
}

/// A record of `stock`.
pub(crate) fn handle(db: &Connection, body: &Body, guards: Guards) -> Result<Work> {
    match body {
        Body::StockReserved { order, due_cents, .. } => due(db, order, *due_cents, guards),
        Body::StockRejected { order, reason, .. } => rejected(db, order, reason),
        Body::StockReleased { order, .. } => compensation::refund(db, order, guards),
        Body::StockSold { order, .. } => Ok(Work::done(format!("sale of {order} noted"))),
        other => Ok(Work::done(format!("nothing to do for {}", other.name()))),
    }
}

fn due(db: &Connection, order: &OrderId, due_cents: i64, guards: Guards) -> Result<Work> {
    db.execute(
        "INSERT INTO payments VALUES (?1, ?2, 0, 0, 0, 0, 0) ON CONFLICT (id) DO UPDATE SET due_cents = ?2",
        params![order.0, due_cents],
    )?;
    let mut whole = Work::done(format!("{} due for {order}", money(due_cents)));
    let waiting: Vec<(bool, Option<String>)> = {
        let mut rows = db.prepare("SELECT refuse, event_id FROM waiting WHERE id = ?1 ORDER BY rowid")?;
        rows.query_map([&order.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?
    };
    forget_waiting(db, order)?;
    for (refuse, event_id) in waiting {
        let mut work = pay(db, order, refuse, event_id, guards)?;
        whole.effect = format!("{}; {}", whole.effect, work.effect);
        whole.says.append(&mut work.says);
    }
    Ok(whole.changed(changed(db, order)?))
}

fn rejected(db: &Connection, order: &OrderId, reason: &str) -> Result<Work> {
    close(db, order)?;
    let body = Body::PaymentRefused { order: order.clone(), reason: format!("nothing was due: {reason}") };
    Ok(Work::done(format!("nothing is due for {order}: {reason}")).says(body).changed(changed(db, order)?))
}

/// Nothing can be taken for this order any more.
pub(super) fn close(db: &Connection, order: &OrderId) -> Result<()> {
    db.execute(
        "INSERT INTO payments VALUES (?1, 0, 0, 0, 0, 1, 1) ON CONFLICT (id) DO UPDATE
         SET released = 1, refused = refused OR taken_cents = 0",
        [&order.0],
    )?;
    forget_waiting(db, order)
}

/// What was taken and not given back.
pub(super) fn kept_cents(db: &Connection, order: &OrderId) -> Result<i64> {
    Ok(known(db, order)?.map_or(0, |known| known.taken_cents - known.refunded_cents))
}

fn forget_waiting(db: &Connection, order: &OrderId) -> Result<()> {
    db.execute("DELETE FROM waiting WHERE id = ?1", [&order.0])?;
    Ok(())
}

pub(super) fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The last 200 payments.
pub(crate) fn snapshot(db: &Connection) -> Result<Vec<Fact>> {
    let mut rows = db.prepare(&format!("SELECT * FROM ({COLUMNS} ORDER BY rowid DESC LIMIT 200) ORDER BY n"))?;
    let rows = rows.query_map([], fact)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const COLUMNS: &str =
    "SELECT id, due_cents, taken_cents, refunded_cents, times_taken, refused, rowid AS n FROM payments";

fn fact(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact::PaymentChanged {
        order: OrderId(row.get(0)?),
        due_cents: row.get(1)?,
        taken_cents: row.get(2)?,
        refunded_cents: row.get(3)?,
        times_taken: row.get(4)?,
        refused: row.get(5)?,
    })
}

pub(super) fn changed(db: &Connection, order: &OrderId) -> Result<Fact> {
    Ok(db.prepare(&format!("{COLUMNS} WHERE id = ?1"))?.query_row([&order.0], fact)?)
}

fn known(db: &Connection, order: &OrderId) -> Result<Option<Known>> {
    let mut rows =
        db.prepare("SELECT due_cents, taken_cents, refunded_cents, refused, released FROM payments WHERE id = ?1")?;
    let known = rows.query_row([&order.0], |row| {
        Ok(Known {
            due_cents: row.get(0)?,
            taken_cents: row.get(1)?,
            refunded_cents: row.get(2)?,
            refused: row.get(3)?,
            released: row.get(4)?,
        })
    });
    Ok(known.optional()?)
}
