//! The guard compensation: what an order that failed had done is undone, by each app in its own books. There is no transaction
//! over three databases that could be rolled back.

use anyhow::Result;
use model::ids::OrderId;
use rusqlite::{Connection, params};

use super::{books::Work, event::Body, order, payment, stock};
use crate::shop::guards::{Guard, Guards};

/// The order app: its payment was refused, so the order is dead, and with the guard everybody is told.
pub(crate) fn cancel(db: &Connection, order: &OrderId, reason: &str, guards: Guards) -> Result<Work> {
    order::set(db, order, "cancelled")?;
    let work = Work::done(format!("order {order} cancelled: {reason}")).changed(order::changed(db, order)?);
    if !guards.has(Guard::Compensation) {
        return Ok(work);
    }
    Ok(work.says(Body::OrderCancelled { order: order.clone(), reason: reason.to_owned() }))
}

/// The stock app: the order was cancelled, so what is reserved for it goes back on the shelf.
pub(crate) fn release(db: &Connection, order: &OrderId, guards: Guards) -> Result<Work> {
    if !guards.has(Guard::Compensation) {
        return Ok(Work::done(format!("order {order} was cancelled: nothing is given back")));
    }
    let Some(known) = stock::known(db, order)? else {
        // Its OrderPlaced never came. It is noted, so that nothing is reserved should it come late, and the payment app
        // is told, so that a customer who pressed Pay gets an answer.
        db.execute("INSERT INTO orders VALUES (?1, '', 0, 0, 0, 1)", [&order.0])?;
        let body = Body::StockReleased { order: order.clone(), item: String::new(), count: 0 };
        return Ok(Work::done(format!("nothing was reserved for {order}")).says(body));
    };
    db.execute("UPDATE orders SET reserved = 0, cancelled = 1 WHERE id = ?1", [&order.0])?;
    if known.reserved == 0 {
        return Ok(Work::done(format!("nothing is reserved for {order}")));
    }
    let (item, count) = (known.item, known.reserved);
    db.execute(
        "UPDATE items SET on_hand = on_hand + ?2, reserved = reserved - ?2 WHERE item = ?1",
        params![item, count],
    )?;
    let body = Body::StockReleased { order: order.clone(), item: item.clone(), count };
    Ok(Work::done(format!("{count} {item} released from {order}"))
        .says(body)
        .changed(stock::order_row(db, order)?)
        .changed(stock::item_row(db, &item)?))
}

/// The payment app: the stock was released, so what was taken for it is given back.
pub(crate) fn refund(db: &Connection, order: &OrderId, guards: Guards) -> Result<Work> {
    if !guards.has(Guard::Compensation) {
        return Ok(Work::done(format!("order {order} is cancelled: nothing is given back")));
    }
    payment::close(db, order)?;
    let kept = payment::kept_cents(db, order)?;
    if kept <= 0 {
        let work = Work::done(format!("order {order} is cancelled, nothing had been taken"));
        return Ok(work.changed(payment::changed(db, order)?));
    }
    db.execute("UPDATE payments SET refunded_cents = refunded_cents + ?2 WHERE id = ?1", params![order.0, kept])?;
    let body = Body::PaymentRefunded { order: order.clone(), cents: kept };
    Ok(Work::done(format!("{} refunded for {order}", payment::money(kept)))
        .says(body)
        .changed(payment::changed(db, order)?))
}
