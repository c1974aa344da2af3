//! An app's books: one SQLite file in which a record's effect, its event id and the events it causes are one transaction.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use model::fact::Event as Fact;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::{
    event::{Body, Incoming, Outgoing, new_event_id},
    order, payment, stock,
};
use crate::shop::{
    AppName,
    guards::{Guard, Guards},
    wire::Press,
};

/// What an app did: its words for it, what it has to say to others, and which rows of its books changed.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Work {
    /// Whether a press was taken as it was meant.
    pub(crate) ok: bool,
    pub(crate) effect: String,
    pub(crate) says: Vec<Say>,
    pub(crate) changed: Vec<Fact>,
}

/// An event to be sent, before it has its headers.
#[derive(Debug, PartialEq)]
pub(crate) struct Say {
    /// The id it must go under, where whoever pressed gave one.
    pub(crate) event_id: Option<String>,
    pub(crate) body: Body,
}

impl Work {
    /// Something that was done.
    pub(crate) fn done(effect: impl Into<String>) -> Self {
        Self { ok: true, effect: effect.into(), ..Self::default() }
    }

    /// Something that was not done, and why.
    pub(crate) fn refused(effect: impl Into<String>) -> Self {
        Self { effect: effect.into(), ..Self::default() }
    }

    /// With an event to send.
    pub(crate) fn says(self, body: Body) -> Self {
        self.says_as(body, None)
    }

    /// With an event to send under this id.
    pub(crate) fn says_as(mut self, body: Body, event_id: Option<String>) -> Self {
        self.says.push(Say { event_id, body });
        self
    }

    /// With a row that changed.
    pub(crate) fn changed(mut self, fact: Fact) -> Self {
        self.changed.push(fact);
        self
    }
}

/// What came of a press or a record once it stands in the books.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) ok: bool,
    /// The inbox knew the record: nothing was done.
    pub(crate) skipped: bool,
    pub(crate) effect: String,
    pub(crate) changed: Vec<Fact>,
    /// To be sent now; they stay in the books until [`Books::delivered`].
    pub(crate) outgoing: Vec<Outgoing>,
}

/// One app's books.
#[derive(Debug)]
pub(crate) struct Books {
    app: AppName,
    instance: u32,
    db: Connection,
}

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS inbox (event_id TEXT PRIMARY KEY, effect TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS unsent (
        event_id TEXT PRIMARY KEY, causation_id TEXT NOT NULL, attempt INTEGER NOT NULL, body TEXT NOT NULL,
        instance INTEGER NOT NULL, pressed INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS unsent_cause ON unsent (causation_id);
";

impl Books {
    /// Opens the books in a file; instances of one app share it, as replicas of one service do.
    ///
    /// # Errors
    /// Where SQLite cannot open or write the file.
    pub(crate) fn open(app: AppName, instance: u32, file: &Path) -> Result<Self> {
        let db = Connection::open(file).with_context(|| format!("cannot open {}", file.display()))?;
        Self::on(app, instance, db).with_context(|| format!("cannot use {}", file.display()))
    }

    /// A reader's: it keeps nothing, and so knows nothing when it comes back.
    ///
    /// # Errors
    /// Where SQLite fails.
    pub(crate) fn of_nothing() -> Result<Self> {
        Self::on(AppName::Reader, 1, Connection::open_in_memory()?)
    }

    /// Books that live as long as this value.
    #[cfg(test)]
    pub(crate) fn in_memory(app: AppName) -> Self {
        Self::on(app, 1, Connection::open_in_memory().unwrap()).unwrap()
    }

    fn on(app: AppName, instance: u32, db: Connection) -> Result<Self> {
        db.busy_timeout(Duration::from_secs(5))?;
        // A killed process loses nothing that write(2) took; only a power cut would, and then the cluster is new anyway.
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")?;
        db.execute_batch(SCHEMA)?;
        db.execute_batch(match app {
            AppName::Order => order::SCHEMA,
            AppName::Stock => stock::SCHEMA,
            AppName::Payment => payment::SCHEMA,
            AppName::Reader => "",
        })?;
        Ok(Self { app, instance, db })
    }

    /// Handles a press.
    ///
    /// # Errors
    /// Where SQLite fails; nothing was changed then.
    pub(crate) fn press(&mut self, press: &Press, guards: Guards) -> Result<Outcome> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let work = match (self.app, press) {
            (AppName::Order, Press::Order { .. }) => order::place(&tx, press)?,
            (AppName::Stock, Press::Item { .. }) => stock::create_item(&tx, press)?,
            (AppName::Payment, Press::Pay { order, refuse, event_id }) => {
                payment::pay(&tx, order, *refuse, event_id.clone(), guards)?
            }
            (app, _) => Work::refused(format!("the {app} app has no such button")),
        };
        let outcome = keep(&tx, work, None, self.instance)?;
        tx.commit()?;
        Ok(outcome)
    }

    /// Handles a record, or skips it where the inbox has its event id; what a crash kept from being sent comes again.
    ///
    /// # Errors
    /// Where SQLite fails; nothing was changed then.
    pub(crate) fn record(&mut self, record: &Incoming, guards: Guards) -> Result<Outcome> {
        // It reads what is there, twice where it is there twice.
        if self.app == AppName::Reader {
            return Ok(Outcome { ok: true, effect: String::from("read"), ..Outcome::default() });
        }
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if guards.has(Guard::Inbox) {
            let seen =
                tx.query_row("SELECT 1 FROM inbox WHERE event_id = ?1", [&record.event_id], |_| Ok(())).optional()?;
            if seen.is_some() {
                let outgoing = unsent_of(&tx, &record.event_id)?;
                tx.commit()?;
                let effect = String::from("skipped: seen before");
                return Ok(Outcome { ok: true, skipped: true, effect, outgoing, ..Outcome::default() });
            }
        }
        let work = match &record.body {
            Ok(body) => match self.app {
                AppName::Order => order::handle(&tx, body, guards)?,
                AppName::Stock => stock::handle(&tx, body, guards)?,
                AppName::Payment => payment::handle(&tx, body, guards)?,
                AppName::Reader => Work::done("read"),
            },
            // The dead-letter topic comes with its scene; until then the record stays where it is, in its own topic.
            Err(error) => Work::refused(format!("left out: not readable ({error})")),
        };
        tx.execute("INSERT OR IGNORE INTO inbox VALUES (?1, ?2)", params![record.event_id, work.effect])?;
        let outcome = keep(&tx, work, Some(&record.event_id), self.instance)?;
        tx.commit()?;
        Ok(outcome)
    }

    /// An event is on the log: it need not be remembered any longer.
    pub(crate) fn delivered(&self, event_id: &str) -> Result<()> {
        self.db.prepare("DELETE FROM unsent WHERE event_id = ?1")?.execute([event_id])?;
        Ok(())
    }

    /// The same event for another try, counted; nothing where it was delivered meanwhile.
    pub(crate) fn once_more(&self, event_id: &str) -> Result<Option<Outgoing>> {
        self.db.execute("UPDATE unsent SET attempt = attempt + 1 WHERE event_id = ?1", [event_id])?;
        let mut rows = self.db.prepare(&format!("{UNSENT} WHERE event_id = ?1"))?;
        let row = rows.query_row([event_id], outgoing_row).optional()?;
        Ok(row)
    }

    /// Instances that left something unsent behind after a press.
    pub(crate) fn left_unsent(&self) -> Result<Vec<u32>> {
        let mut rows = self.db.prepare("SELECT DISTINCT instance FROM unsent WHERE pressed ORDER BY instance")?;
        let rows = rows.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What an instance that is no more had saved after a press and perhaps not sent.
    ///
    /// With the outbox it is sent. Without it nobody can know whether it was: a payment's first answer stands under
    /// its payment key and is given again; an order that was perhaps never placed is cancelled; the rest is lost.
    /// (What a record caused needs nothing here: its offset was not committed, so the record comes again.)
    ///
    /// # Errors
    /// Where SQLite fails.
    pub(crate) fn recover(&mut self, instance: u32, guards: Guards) -> Result<Outcome> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut whole = Outcome { ok: true, ..Outcome::default() };
        let unsent: Vec<Outgoing> = {
            let mut rows = tx.prepare(&format!("{UNSENT} WHERE pressed AND instance = ?1 ORDER BY rowid"))?;
            rows.query_map([instance], outgoing_row)?.collect::<Result<_, _>>()?
        };
        for mut event in unsent {
            let again = match event.body {
                Body::PaymentTaken { .. } | Body::PaymentRefused { .. } => guards.has(Guard::PaymentKey),
                Body::OrderCancelled { .. } => guards.has(Guard::Compensation),
                _ => false,
            };
            if again || guards.has(Guard::Outbox) {
                event.attempt += 1;
                tx.execute(
                    "UPDATE unsent SET attempt = ?2, instance = ?3 WHERE event_id = ?1",
                    params![event.event_id, event.attempt, self.instance],
                )?;
                whole.outgoing.push(event);
                continue;
            }
            tx.execute("DELETE FROM unsent WHERE event_id = ?1", [&event.event_id])?;
            if let (Body::OrderPlaced { order, .. }, true) = (&event.body, guards.has(Guard::Compensation)) {
                let work = order::give_up(&tx, order)?;
                let mut outcome = keep(&tx, work, None, self.instance)?;
                whole.changed.append(&mut outcome.changed);
                whole.outgoing.append(&mut outcome.outgoing);
            }
        }
        tx.commit()?;
        Ok(whole)
    }

    /// Forgets an order whose placing was aborted on purpose; nothing where the event is another one, which goes out again.
    ///
    /// # Errors
    /// Where SQLite fails; nothing was changed then.
    pub(crate) fn take_back(&mut self, event: &Outgoing) -> Result<Option<Outcome>> {
        let Body::OrderPlaced { order, .. } = &event.body else { return Ok(None) };
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute("DELETE FROM unsent WHERE event_id = ?1", [&event.event_id])?;
        let work = order::take_back(&tx, order)?;
        let outcome = keep(&tx, work, None, self.instance)?;
        tx.commit()?;
        Ok(Some(outcome))
    }

    /// The books as they stand, the last 200 of each kind, oldest first.
    pub(crate) fn snapshot(&self) -> Result<Vec<Fact>> {
        match self.app {
            AppName::Order => order::snapshot(&self.db),
            AppName::Stock => stock::snapshot(&self.db),
            AppName::Payment => payment::snapshot(&self.db),
            AppName::Reader => Ok(Vec::new()),
        }
    }
}

const UNSENT: &str = "SELECT event_id, causation_id, attempt, body FROM unsent";

fn outgoing_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Outgoing> {
    let body: String = row.get(3)?;
    let body = serde_json::from_str(&body)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, error.into()))?;
    Ok(Outgoing { event_id: row.get(0)?, causation_id: row.get(1)?, attempt: row.get(2)?, body })
}

/// What the handling of this event had to say and is not known to be on the log, for another try.
fn unsent_of(tx: &Transaction<'_>, cause: &str) -> Result<Vec<Outgoing>> {
    tx.execute("UPDATE unsent SET attempt = attempt + 1 WHERE causation_id = ?1 AND NOT pressed", [cause])?;
    let mut rows = tx.prepare(&format!("{UNSENT} WHERE causation_id = ?1 AND NOT pressed ORDER BY rowid"))?;
    let rows = rows.query_map([cause], outgoing_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives what is to be said its ids and remembers it until it is delivered.
fn keep(tx: &Transaction<'_>, work: Work, cause: Option<&str>, instance: u32) -> Result<Outcome> {
    let mut outgoing = Vec::with_capacity(work.says.len());
    for Say { event_id, body } in work.says {
        let event_id = event_id.unwrap_or_else(new_event_id);
        let causation_id = cause.map_or_else(|| event_id.clone(), str::to_owned);
        tx.prepare("INSERT INTO unsent VALUES (?1, ?2, 1, ?3, ?4, ?5)")?.execute(params![
            event_id,
            causation_id,
            body.to_json(),
            instance,
            cause.is_none()
        ])?;
        outgoing.push(Outgoing { event_id, causation_id, attempt: 1, body });
    }
    Ok(Outcome { ok: work.ok, skipped: false, effect: work.effect, changed: work.changed, outgoing })
}
