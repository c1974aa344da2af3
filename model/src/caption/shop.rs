//! What is said of the shop: its books, its apps, and what a customer just did.

use super::{Caption, Tone, is_news, list, seconds, words};
use crate::{
    fact::ProcessState,
    ids::{Micros, OrderId},
    picture::{App, Order, Picture, ProofStatus, shop::APPS},
};

/// How many orders are named.
const NAMED: usize = 3;

/// Books that have stopped adding up lately.
pub(super) fn broken_proof(picture: &Picture, now: Micros) -> Option<Caption> {
    let orders = picture.shop.orders.values().filter(|o| !o.adds_up());
    let items = picture.shop.items.values().map(|i| i.stamp.at);
    let changed = orders.map(Order::changed_at).max().or(items.max())?;
    books(picture, now).filter(|_| is_news(picture, changed, now))
}

/// Books that do not add up.
pub(super) fn books(picture: &Picture, now: Micros) -> Option<Caption> {
    let proof = picture.proof(now);
    if proof.status != ProofStatus::Broken {
        return None;
    }
    let more = proof.orders.len().saturating_sub(NAMED);
    let names = proof.orders.iter().take(NAMED).map(ToString::to_string);
    let names = list(names.chain((more > 0).then(|| format!("{more} more"))));
    let head = match proof.orders.len() {
        0 => String::from("The books do not add up."),
        1 => format!("{names} does not add up."),
        _ => format!("{names} do not add up."),
    };
    let (kept, owed) = (proof.kept_cents(), proof.confirmed_cents.saturating_add(proof.undecided_cents));
    let pieces = proof.on_hand.saturating_add(proof.reserved).saturating_add(proof.sold);
    let head = Caption::new(Tone::Bad, head).and(Tone::Plain, "");
    let told = |order: &Order| {
        let placed = order.placed.as_ref().map(|p| p.stamp.seq);
        placed
            .into_iter()
            .chain(order.stock.as_ref().map(|s| s.stamp.seq))
            .chain(order.payment.as_ref().map(|p| p.stamp.seq))
    };
    let orders = || proof.orders.iter().filter_map(|id| picture.shop.orders.get(id)).flat_map(told);
    let pieces_of = || picture.shop.items.values().map(|i| i.stamp.seq).chain(orders()).collect();
    let said = if kept == owed && pieces != proof.created {
        head.number(proof.created.to_string(), pieces_of())
            .words(" pieces created, ")
            .number(pieces.to_string(), pieces_of())
            .words(" on hand, reserved or sold.")
    } else {
        head.number(words::euros(kept), orders().collect())
            .words(" kept, ")
            .number(words::euros(owed), orders().collect())
            .words(" confirmed or undecided.")
    };
    Some(said.once_over("The books add up now."))
}

pub(super) fn app_down(picture: &Picture, now: Micros) -> Option<Caption> {
    let down = |app: &App| matches!(app.process.state, ProcessState::Dead | ProcessState::Paused);
    let replaced = |app: &App| {
        picture.apps.values().any(|other| other.group == app.group && other.process.state == ProcessState::Running)
    };
    // What a scene started beside the shop may end without being missed.
    let missed = |name: &str, app: &App| app.process.state == ProcessState::Paused || APPS.contains(&name);
    let ((name, _), app) =
        picture.apps.iter().find(|((name, _), app)| down(app) && missed(name, app) && !replaced(app))?;
    let state = if app.process.state == ProcessState::Paused { "paused" } else { "gone" };
    let stamp = app.process.stamp;
    let head = Caption::new(Tone::Bad, format!("The {name} app has been {state} for "))
        .number(seconds(now.since(stamp.at)), vec![stamp.seq])
        .words(".");
    let group = picture.groups.get(&app.group);
    let lag = group.map_or(0, |g| picture.total_lag(g));
    let committed = || group.map(|g| g.offsets.values().map(|o| o.stamp.seq).collect()).unwrap_or_default();
    let reads = |group: &crate::picture::Group| {
        group.members.iter().flat_map(|m| &m.assignment).any(|assigned| assigned.topic == app.reads)
    };
    let others = picture.groups.iter().any(|(id, group)| *id != app.group && reads(group));
    let who = if others { format!("Nobody reads {} for it", app.reads) } else { format!("Nobody reads {}", app.reads) };
    let said = head.and(Tone::Plain, who);
    let said = match usize::try_from(lag).unwrap_or_default() {
        0 => said.words("."),
        n => {
            let verb = if n == 1 { "waits" } else { "wait" };
            said.words("; ").number(words::plural(n, "record"), committed()).words(format!(" {verb}."))
        }
    };
    Some(said.once_over(format!("The {name} app was {state} for a moment.")).of(stamp.seq))
}

/// The newest thing a customer did, for a few seconds.
pub(super) fn order_news(picture: &Picture, now: Micros) -> Option<Caption> {
    let twice =
        picture.commands.iter().rev().find(|c| c.command == "pay_twice" && is_news(picture, c.received.at, now))?;
    let finished = twice.finished.as_ref().filter(|f| f.ok)?;
    let order = finished.did.split_whitespace().find(|w| w.starts_with("A-"))?.trim_end_matches([',', '.', ':', ';']);
    let parts = picture.shop.orders.get(&OrderId(order.to_owned()))?;
    let payment = parts.payment.as_ref().filter(|p| p.times_taken > 0)?;
    let head = format!("{order}: the customer pressed Pay twice.");
    let (tone, times) = match payment.times_taken {
        1 => (Tone::Good, String::from("once")),
        2 => (Tone::Bad, String::from("twice")),
        n => (Tone::Bad, format!("{n} times")),
    };
    let said = Caption::new(Tone::Plain, head).and(tone, "Money was taken ");
    Some(said.number(times, vec![payment.stamp.seq]).words(".").of(twice.received.seq))
}
