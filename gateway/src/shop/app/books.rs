//! An app's books: one SQLite file in which a record's effect, its event id and the events it causes are one transaction.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use model::fact::Event as Fact;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::{
    dead_letter,
    event::{Body, Incoming, Outgoing},
    order, outbox, payment, stock, view,
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
    pub(super) app: AppName,
    pub(super) instance: u32,
    pub(super) db: Connection,
    /// Whether what comes too early waits; a view's alone.
    pub(crate) parks: bool,
}

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS inbox (event_id TEXT PRIMARY KEY, effect TEXT NOT NULL) WITHOUT ROWID;
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
        db.execute_batch(outbox::SCHEMA)?;
        db.execute_batch(match app {
            AppName::Order => order::SCHEMA,
            AppName::Stock => stock::SCHEMA,
            AppName::Payment => payment::SCHEMA,
            AppName::View => view::SCHEMA,
            AppName::Reader => "",
        })?;
        Ok(Self { app, instance, db, parks: false })
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
        let outcome = outbox::store(&tx, work, None, self.instance)?;
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
                let outgoing = outbox::unsent_of(&tx, &record.event_id, self.instance)?;
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
                AppName::View => view::handle(&tx, body, self.parks)?,
                AppName::Reader => Work::done("read"),
            },
            Err(unreadable) if self.app.writes().is_empty() => {
                Work::refused(format!("passed by: {}", unreadable.reason))
            }
            Err(unreadable) => dead_letter::put_aside(record, unreadable),
        };
        tx.execute("INSERT OR IGNORE INTO inbox VALUES (?1, ?2)", params![record.event_id, work.effect])?;
        let outcome = outbox::store(&tx, work, Some(&record.event_id), self.instance)?;
        tx.commit()?;
        Ok(outcome)
    }

    /// Forgets an order whose placing was aborted on purpose; nothing where the event is another one, which goes out again.
    ///
    /// # Errors
    /// Where SQLite fails; nothing was changed then.
    pub(crate) fn take_back(&mut self, event: &Outgoing) -> Result<Option<Outcome>> {
        let Body::OrderPlaced { order, .. } = &event.body else { return Ok(None) };
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute("DELETE FROM outbox WHERE event_id = ?1", [&event.event_id])?;
        let work = order::take_back(&tx, order)?;
        let outcome = outbox::store(&tx, work, None, self.instance)?;
        tx.commit()?;
        Ok(Some(outcome))
    }

    /// The books as they stand, the last 200 of each kind, oldest first.
    pub(crate) fn snapshot(&self) -> Result<Vec<Fact>> {
        match self.app {
            AppName::Order => order::snapshot(&self.db),
            AppName::Stock => stock::snapshot(&self.db),
            AppName::Payment => payment::snapshot(&self.db),
            AppName::Reader | AppName::View => Ok(Vec::new()),
        }
    }
}
