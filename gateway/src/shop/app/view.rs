//! The view's rules: it says where each order stands by what it reads of two topics, which have no common order.

use anyhow::Result;
use model::ids::OrderId;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    books::Work,
    event::Body,
    life::{Met, State, told},
};
use crate::shop::AppName;

pub(crate) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS parked (id TEXT NOT NULL, body TEXT NOT NULL);
";

/// A record of `orders` or `payments`. What comes too early is refused, or with `parks` waits for what it needs.
pub(crate) fn handle(db: &Connection, body: &Body, parks: bool) -> Result<Work> {
    let Some(order) = body.order() else {
        return Ok(Work::done(format!("nothing to do for {}", body.name())));
    };
    let from = state(db, order)?;
    let fact = |met: Met| told(AppName::View, order, from, body, met);
    if let Some(to) = from.after(body) {
        set(db, order, to)?;
        let work = Work::done(format!("order {order} is {}", to.name())).changed(fact(Met::Taken(to)));
        return unpark(db, order, to, work);
    }
    if parks && from.waits_for_more(body) {
        db.execute("INSERT INTO parked VALUES (?1, ?2)", params![order.0, body.to_json()])?;
        return Ok(Work::done(format!("{} of {order} waits", body.name())).changed(fact(Met::Parked)));
    }
    let effect = format!("{} refused: order {order} is {}", body.name(), from.name());
    Ok(Work::refused(effect).changed(fact(Met::Refused)))
}

/// What waited for this state goes on.
fn unpark(db: &Connection, order: &OrderId, mut from: State, mut work: Work) -> Result<Work> {
    loop {
        let parked: Vec<(i64, String)> = {
            let mut rows = db.prepare("SELECT rowid, body FROM parked WHERE id = ?1 ORDER BY rowid")?;
            rows.query_map([&order.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?
        };
        let mut next = None;
        for (rowid, json) in parked {
            let body: Body = serde_json::from_str(&json)?;
            if let Some(to) = from.after(&body) {
                next = Some((rowid, body, to));
                break;
            }
        }
        let Some((rowid, body, to)) = next else { return Ok(work) };
        db.execute("DELETE FROM parked WHERE rowid = ?1", [rowid])?;
        set(db, order, to)?;
        work.effect = format!("{}; then {}", work.effect, to.name());
        work = work.changed(told(AppName::View, order, from, &body, Met::Taken(to)));
        from = to;
    }
}

fn state(db: &Connection, order: &OrderId) -> Result<State> {
    let mut rows = db.prepare("SELECT state FROM orders WHERE id = ?1")?;
    let state: Option<String> = rows.query_row([&order.0], |row| row.get(0)).optional()?;
    Ok(state.map_or(State::Unknown, |state| State::of(&state)))
}

fn set(db: &Connection, order: &OrderId, state: State) -> Result<()> {
    db.execute("INSERT OR REPLACE INTO orders VALUES (?1, ?2)", [&order.0, state.name()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parks: bool, events: &[Body]) -> (State, i64) {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(SCHEMA).unwrap();
        for event in events {
            handle(&db, event, parks).unwrap();
        }
        let left = db.query_row("SELECT count(*) FROM parked", [], |row| row.get(0)).unwrap();
        (state(&db, &OrderId(String::from("A-1"))).unwrap(), left)
    }

    #[test]
    fn what_comes_too_early_breaks_the_state_or_waits() {
        let a = || OrderId(String::from("A-1"));
        let (customer, item) = (String::from("Ada"), String::from("kettle"));
        let placed = Body::OrderPlaced { order: a(), customer, item, count: 1, price_cents: 3990 };
        let paid = Body::PaymentTaken { order: a(), cents: 3990 };
        let confirmed = Body::OrderConfirmed { order: a() };
        let overtaken = [paid.clone(), placed.clone(), confirmed.clone()];
        assert_eq!(read(false, &overtaken), (State::Open, 0));
        assert_eq!(read(true, &overtaken), (State::Confirmed, 0));
        assert_eq!(read(true, &[confirmed, paid.clone(), placed]), (State::Confirmed, 0), "both waited");
        assert_eq!(read(true, &[paid]), (State::Unknown, 1));
    }
}
