//! replay: a group is put back and reads everything again.

use model::{ids::PartitionId, verdict::Measure};
use serde_json::{Value, json};

use super::{Scene, Sight, at_least, is, off, press, step::step};

/// Where a partition of `orders` ended when the run began: what is before it belongs to others.
fn put_back(s: &Sight<'_>, partition: i32) -> Value {
    let known = s.before().partitions.get(&PartitionId::new("orders", partition));
    let end = known.and_then(|p| p.offsets.as_ref()).map_or(0, |offsets| offsets.high_watermark);
    json!({ "command": "reset_group", "group": "stock", "topic": "orders", "partition": partition, "to": end })
}

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    let stock = || String::from("stock");
    Scene::new(
        "replay",
        "The log is read again",
        "Replay and failures",
        "The stock app's group is put back to before the order. A log keeps what was read, so every record comes again: \
         without an inbox the effects come again too.",
    )
    .guard("inbox", "Inbox")
    .switches(|guarded| if guarded { Vec::new() } else { vec![off("stock", "inbox")] })
    .step(step("A customer orders and pays").press(press::order).until("the order confirmed and sold", 20, |s| {
        s.gone_through() && s.handled("payment", "StockSold") >= 1 && s.group_is_done("stock")
    }))
    .step(step("The stock app leaves; its group is put back").press(|_| press::app("stop", "stock")).until(
        "the group empty",
        20,
        |s| s.picture().groups.get("stock").is_some_and(|group| group.members.is_empty()),
    ))
    .step(
        step("Offsets as they were before the order")
            .press(|s| put_back(s, 0))
            .press(|s| put_back(s, 1)),
    )
    .step(step("The stock app comes back and reads it all again").press(|_| press::app("start", "stock")).until(
        "both records of the order handed over a second time",
        30,
        |s| {
            let handed = |event: &str| {
                let skipped = Measure::Skipped { app: String::from("stock"), event: event.to_owned() };
                s.handled("stock", event) + s.number(&skipped)
            };
            handed("OrderPlaced") >= 2
                && handed("OrderConfirmed") >= 2
                && ["stock", "payment"].iter().all(|group| s.group_is_done(group))
        },
    ))
    .row("orders placed", Measure::OrdersPlaced, is(1), is(1))
    .row("OrderPlaced on the log", Measure::Records { event: placed() }, is(1), is(1))
    .rows("times the stock app did the work", Measure::Handled { app: stock(), event: placed() }, is(1), is(2), is(1))
    .rows("times its inbox skipped it", Measure::Skipped { app: stock(), event: placed() }, at_least(0), is(0), is(1))
    .rows("StockSold on the log", Measure::Records { event: String::from("StockSold") }, is(1), is(2), is(1))
    .rows("pieces sold", Measure::PiecesTaken, is(1), is(2), is(1))
    .rows("orders whose books disagree", Measure::NotAddingUp, is(0), is(1), is(0))
}
