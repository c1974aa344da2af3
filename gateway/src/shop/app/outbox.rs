//! The guard outbox: what is to be said stands in the books in the transaction of what was done, and is sent from there.
//!
//! With the guard a relay sends it, one event after the other in the order they were stored, also after a restart, and
//! crosses each out when it is on the log. Without it events are handed to the producer as they come, and what stands here
//! serves the inbox alone: a record that comes again gets the first answer again.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};

use super::{
    books::{Books, Outcome, Say, Work},
    event::{Body, Outgoing, new_event_id},
    order,
};
use crate::shop::guards::{Guard, Guards};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS outbox (
        event_id TEXT PRIMARY KEY, causation_id TEXT NOT NULL, attempt INTEGER NOT NULL, body TEXT NOT NULL,
        instance INTEGER NOT NULL, pressed INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS outbox_cause ON outbox (causation_id);
";

const UNSENT: &str = "SELECT event_id, causation_id, attempt, body FROM outbox";

/// Stores what is to be said, in the transaction of the state it tells of.
pub(crate) fn store(tx: &Transaction<'_>, work: Work, cause: Option<&str>, instance: u32) -> Result<Outcome> {
    let mut outgoing = Vec::with_capacity(work.says.len());
    for Say { event_id, body } in work.says {
        let event_id = event_id.unwrap_or_else(new_event_id);
        let causation_id = cause.map_or_else(|| event_id.clone(), str::to_owned);
        tx.prepare("INSERT INTO outbox VALUES (?1, ?2, 1, ?3, ?4, ?5)")?.execute(params![
            event_id,
            causation_id,
            body.to_json(),
            instance,
            cause.is_none()
        ])?;
        outgoing.push(Outgoing { event_id, causation_id, attempt: 1, body, garbled: false });
    }
    Ok(Outcome { ok: work.ok, skipped: false, effect: work.effect, changed: work.changed, outgoing })
}

/// What the handling of this event had to say and is not known to be on the log, for another try by this instance.
pub(crate) fn unsent_of(tx: &Transaction<'_>, cause: &str, instance: u32) -> Result<Vec<Outgoing>> {
    tx.execute(
        "UPDATE outbox SET attempt = attempt + 1, instance = ?2 WHERE causation_id = ?1 AND NOT pressed",
        params![cause, instance],
    )?;
    select(tx, "causation_id = ?1 AND NOT pressed", cause)
}

impl Books {
    /// What the relay sends next: the oldest of this instance's events that is not known to be on the log.
    ///
    /// # Errors
    /// Where SQLite fails.
    pub(crate) fn next_unsent(&self) -> Result<Option<Outgoing>> {
        let mut rows = self.db.prepare(&format!("{UNSENT} WHERE instance = ?1 ORDER BY rowid LIMIT 1"))?;
        Ok(rows.query_row([self.instance], outgoing).optional()?)
    }

    /// All that the relay would send.
    ///
    /// # Errors
    /// Where SQLite fails.
    pub(crate) fn unsent(&self) -> Result<Vec<Outgoing>> {
        select(&self.db, "instance = ?1", self.instance)
    }

    /// An event is on the log: it is crossed out.
    ///
    /// # Errors
    /// Where SQLite fails.
    pub(crate) fn delivered(&self, event_id: &str) -> Result<()> {
        self.db.prepare("DELETE FROM outbox WHERE event_id = ?1")?.execute([event_id])?;
        Ok(())
    }

    /// The same event for another try, counted; nothing where it was delivered meanwhile.
    ///
    /// # Errors
    /// Where SQLite fails.
    pub(crate) fn once_more(&self, event_id: &str) -> Result<Option<Outgoing>> {
        self.db.execute("UPDATE outbox SET attempt = attempt + 1 WHERE event_id = ?1", [event_id])?;
        let mut rows = self.db.prepare(&format!("{UNSENT} WHERE event_id = ?1"))?;
        Ok(rows.query_row([event_id], outgoing).optional()?)
    }

    /// Instances that left something unsent behind.
    ///
    /// # Errors
    /// Where SQLite fails.
    pub(crate) fn left_unsent(&self) -> Result<Vec<u32>> {
        let mut rows = self.db.prepare("SELECT DISTINCT instance FROM outbox ORDER BY instance")?;
        let rows = rows.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What an instance that is no more had stored and perhaps not sent.
    ///
    /// With the guard all of it is sent. Without it nobody can know whether what a press caused was: a payment's first
    /// answer stands under its payment key and is given again; an order that was perhaps never placed is cancelled; the
    /// rest is lost. (What a record caused needs nothing then: its offset was not committed, so the record comes again.)
    ///
    /// # Errors
    /// Where SQLite fails.
    pub(crate) fn recover(&mut self, instance: u32, guards: Guards) -> Result<Outcome> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut whole = Outcome { ok: true, ..Outcome::default() };
        let left = if guards.has(Guard::Outbox) { "instance = ?1" } else { "instance = ?1 AND pressed" };
        for mut event in select(&tx, left, instance)? {
            let again = match event.body {
                Body::PaymentTaken { .. } | Body::PaymentRefused { .. } => guards.has(Guard::PaymentKey),
                Body::OrderCancelled { .. } => guards.has(Guard::Compensation),
                _ => false,
            };
            if again || guards.has(Guard::Outbox) {
                event.attempt += 1;
                tx.execute(
                    "UPDATE outbox SET attempt = ?2, instance = ?3 WHERE event_id = ?1",
                    params![event.event_id, event.attempt, self.instance],
                )?;
                whole.outgoing.push(event);
                continue;
            }
            tx.execute("DELETE FROM outbox WHERE event_id = ?1", [&event.event_id])?;
            if let (Body::OrderPlaced { order, .. }, true) = (&event.body, guards.has(Guard::Compensation)) {
                let work = order::give_up(&tx, order)?;
                let mut outcome = store(&tx, work, None, self.instance)?;
                whole.changed.append(&mut outcome.changed);
                whole.outgoing.append(&mut outcome.outgoing);
            }
        }
        tx.commit()?;
        Ok(whole)
    }
}

fn select(db: &Connection, which: &str, value: impl rusqlite::ToSql) -> Result<Vec<Outgoing>> {
    let mut rows = db.prepare(&format!("{UNSENT} WHERE {which} ORDER BY rowid"))?;
    let rows = rows.query_map([value], outgoing)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn outgoing(row: &Row<'_>) -> rusqlite::Result<Outgoing> {
    let body: String = row.get(3)?;
    let body = serde_json::from_str(&body)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, error.into()))?;
    Ok(Outgoing { event_id: row.get(0)?, causation_id: row.get(1)?, attempt: row.get(2)?, body, garbled: false })
}
