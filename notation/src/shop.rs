//! Lines about groups, apps and books.

use model::{
    fact::{Assigned, Event, Member, OrderStatus, Source},
    ids::{BrokerId, OrderId},
};

use super::{after, process, s};

pub(super) fn groups(words: &[&str]) -> Option<Event> {
    Some(match words {
        // group stock Stable [stock-1=orders:0,orders:1 …]
        ["group", group, state, members @ ..] => Event::GroupChanged {
            group_id: s(group),
            state: s(state),
            group_type: s("classic"),
            protocol: s("range"),
            coordinator: BrokerId(1),
            members: members.iter().map(|m| member(m)).collect::<Option<_>>()?,
        },
        // group-session stock 3000ms
        ["group-session", group, wait] => {
            Event::SessionTimeout { group_id: s(group), ms: wait.strip_suffix("ms")?.parse().ok()? }
        }
        // rebalanced reader 2 reader-shared revoked orders:0,orders:1
        ["rebalanced", app, instance, group, change, partitions] => Event::Rebalanced {
            app: s(app),
            instance: instance.parse().ok()?,
            group_id: s(group),
            change: s(change),
            partitions: assigned(partitions)?,
        },
        ["committed", group, topic, partition, offset] => Event::OffsetCommitted {
            group_id: s(group),
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: offset.parse().ok()?,
        },
        ["position", group, topic, partition, offset] => Event::PositionMoved {
            group_id: s(group),
            client_id: format!("{group}-1"),
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: offset.parse().ok()?,
            source: Source::App,
        },
        _ => return None,
    })
}

fn member(text: &str) -> Option<Member> {
    let (client_id, assignment) = text.split_once('=')?;
    let assignment = assigned(assignment)?;
    Some(Member { member_id: format!("{client_id}-uuid"), client_id: s(client_id), host: s("/127.0.0.1"), assignment })
}

/// `orders:0,orders:1`
fn assigned(text: &str) -> Option<Vec<Assigned>> {
    let one = |text: &str| {
        let (topic, partition) = text.split_once(':')?;
        Some(Assigned { topic: s(topic), partition: partition.parse().ok()? })
    };
    text.split(',').filter(|text| !text.is_empty()).map(one).collect()
}

pub(super) fn books(words: &[&str]) -> Option<Event> {
    Some(match words {
        // app stock running [reads orders] [writes stock] [instance 2] [group stock]
        ["app", app, state, rest @ ..] => Event::AppChanged {
            app: s(app),
            instance: after(rest, "instance").unwrap_or("1").parse().ok()?,
            state: process(state)?,
            pid: Some(78),
            group: s(after(rest, "group").unwrap_or(app)),
            client_id: format!("{app}-{}", after(rest, "instance").unwrap_or("1")),
            reads: s(after(rest, "reads").unwrap_or("orders")),
            writes: s(after(rest, "writes").unwrap_or(app)),
            cause: s("asked"),
        },
        ["guard", app, guard, on] => Event::GuardChanged { app: s(app), guard: s(guard), on: *on == "on" },
        // order A-1 open 2 x 3990 [of Ada]
        ["order", order, status, count, "x", price_cents, rest @ ..] => Event::OrderChanged {
            order: OrderId(s(order)),
            status: match *status {
                "open" => OrderStatus::Open,
                "confirmed" => OrderStatus::Confirmed,
                "cancelled" => OrderStatus::Cancelled,
                _ => return None,
            },
            customer: s(after(rest, "of").unwrap_or("Ada")),
            item: s("kettle"),
            count: count.parse().ok()?,
            price_cents: price_cents.parse().ok()?,
        },
        ["stock", order, "reserved", reserved, "sold", sold] => Event::StockChanged {
            order: OrderId(s(order)),
            item: s("kettle"),
            reserved: reserved.parse().ok()?,
            sold: sold.parse().ok()?,
        },
        // paid A-1 7980 [back 7980] [times 1] [refused]
        ["paid", order, taken, rest @ ..] => {
            let taken_cents = taken.parse().ok()?;
            Event::PaymentChanged {
                order: OrderId(s(order)),
                due_cents: taken_cents,
                taken_cents,
                refunded_cents: after(rest, "back").unwrap_or("0").parse().ok()?,
                times_taken: after(rest, "times").map_or(Some(u32::from(taken_cents > 0)), |n| n.parse().ok())?,
                refused: rest.contains(&"refused"),
            }
        }
        ["item", item, "created", created, "on_hand", on_hand, "reserved", reserved, "sold", sold] => {
            Event::ItemChanged {
                item: s(item),
                created: created.parse().ok()?,
                on_hand: on_hand.parse().ok()?,
                reserved: reserved.parse().ok()?,
                sold: sold.parse().ok()?,
                price_cents: 3990,
            }
        }
        ["ledger", ledger] => Event::LedgerStarted { ledger: ledger.parse().ok()? },
        ["command", id, command] => {
            Event::CommandReceived { id: s(id), command: s(command), args: serde_json::Map::new() }
        }
        ["finished", id, command, ok, did @ ..] => Event::CommandFinished {
            id: s(id),
            command: s(command),
            ok: *ok == "ok",
            did: did.join(" "),
            took_ms: 40,
            reason: None,
        },
        _ => return None,
    })
}

/// What apps make of orders and of records, beyond their books.
pub(super) fn lives(words: &[&str]) -> Option<Event> {
    Some(match words {
        // life view A-1 unknown PaymentTaken unknown refused
        ["life", app, order, from, event, to, outcome] => Event::OrderTransition {
            app: s(app),
            order: OrderId(s(order)),
            from: s(from),
            event: s(event),
            to: s(to),
            outcome: s(outcome),
        },
        // unreadable stock orders 0 @3 [put-aside]
        ["unreadable", app, topic, partition, at, rest @ ..] => Event::RecordUnreadable {
            app: s(app),
            instance: 1,
            topic: s(topic),
            partition: partition.parse().ok()?,
            offset: at.strip_prefix('@')?.parse().ok()?,
            event_id: s("e"),
            error: s("EOF"),
            dead_letter: rest.contains(&"put-aside"),
        },
        _ => return None,
    })
}
