//! What is said of the shop: its books, its apps, and what a customer just did.

use super::{Caption, Tone, list, seconds, words};
use crate::{
    fact::ProcessState,
    ids::{Micros, OrderId},
    picture::{App, Picture, ProofStatus, shop::APPS},
};

/// How many orders are named.
const NAMED: usize = 3;

pub(super) fn broken_proof(picture: &Picture, now: Micros) -> Option<Caption> {
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
    let sums = if kept == owed && pieces != proof.created {
        format!("{} pieces created, {pieces} on hand, reserved or sold.", proof.created)
    } else {
        format!("{} kept, {} confirmed or undecided.", words::euros(kept), words::euros(owed))
    };
    Some(Caption::new(Tone::Bad, head).and(Tone::Plain, sums))
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
    let head = format!("The {name} app has been {state} for {}.", seconds(now.since(app.process.stamp.at)));
    let lag = picture.groups.get(&app.group).map_or(0, |g| picture.total_lag(g));
    let reads = |group: &crate::picture::Group| {
        group.members.iter().flat_map(|m| &m.assignment).any(|assigned| assigned.topic == app.reads)
    };
    let others = picture.groups.iter().any(|(id, group)| *id != app.group && reads(group));
    let who = if others { format!("Nobody reads {} for it", app.reads) } else { format!("Nobody reads {}", app.reads) };
    let detail = match lag {
        0 => format!("{who}."),
        1 => format!("{who}; 1 record waits."),
        n => format!("{who}; {n} records wait."),
    };
    Some(Caption::new(Tone::Bad, head).and(Tone::Plain, detail))
}

/// The newest thing a customer did, for a few seconds.
pub(super) fn order_news(picture: &Picture, now: Micros) -> Option<Caption> {
    let twice =
        picture.commands.iter().rev().find(|c| c.command == "pay_twice" && now.since(c.received.at) < 8_000_000)?;
    let finished = twice.finished.as_ref().filter(|f| f.ok)?;
    let order = finished.did.split_whitespace().find(|w| w.starts_with("A-"))?.trim_end_matches([',', '.', ':', ';']);
    let parts = picture.shop.orders.get(&OrderId(order.to_owned()))?;
    let payment = parts.payment.as_ref().filter(|p| p.times_taken > 0)?;
    let head = format!("{order}: the customer pressed Pay twice.");
    Some(match payment.times_taken {
        1 => Caption::new(Tone::Plain, head).and(Tone::Good, "Money was taken once."),
        2 => Caption::new(Tone::Plain, head).and(Tone::Bad, "Money was taken twice."),
        n => Caption::new(Tone::Plain, head).and(Tone::Bad, format!("Money was taken {n} times.")),
    })
}
