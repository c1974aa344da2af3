//! What a customer presses: items, orders and payments.

use model::ids::OrderId;

use super::super::{Refusal, command::Command, fields::Fields};

pub(super) fn create_item(fields: &Fields<'_>) -> Result<Command, Refusal> {
    Ok(Command::CreateItem {
        item: item(fields)?,
        count: fields.number("count", 1, 1_000_000)?.unwrap_or(100),
        price_cents: fields.number("price_cents", 1, 100_000_000)?.unwrap_or(3990),
    })
}

pub(super) fn create_order(fields: &Fields<'_>) -> Result<Command, Refusal> {
    Ok(Command::CreateOrder {
        item: item(fields)?,
        count: fields.number("count", 1, 1000)?.unwrap_or(1),
        customer: fields.text("customer", 40)?.unwrap_or_else(|| String::from("guest")),
        pay: fields.flag("pay")?.unwrap_or(true),
    })
}

pub(super) fn order(fields: &Fields<'_>) -> Result<Option<OrderId>, Refusal> {
    let order = fields.text("order", 20)?;
    let digits = |o: &str| o.strip_prefix("A-").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    match order {
        Some(order) if !digits(&order) => {
            Err(fields.bad("order", format!("{order:?} is not an order id; they look like A-17")))
        }
        order => Ok(order.map(OrderId)),
    }
}

/// An item's name becomes a key and a word on the stage: letters, digits and dashes.
fn item(fields: &Fields<'_>) -> Result<String, Refusal> {
    let name = fields.text("item", 40)?.unwrap_or_else(|| String::from("kettle"));
    let harmless = name.chars().all(|c| c.is_alphanumeric() || "-_ ".contains(c));
    if harmless { Ok(name) } else { Err(fields.bad("item", "may have letters, digits, dashes and spaces")) }
}
