//! The figures as Markdown: medians and ranges, ratios round by round, and which bars are met.

use crate::{
    subject::{KINDS, Kind},
    work::Figures,
};

/// One subject in one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) round: usize,
    pub(crate) kind: Kind,
    pub(crate) figures: Figures,
}

type Row = (&'static str, fn(&Figures) -> f64);

const ROWS: [Row; 11] = [
    ("produce acks=all, rec/s", |it| it.all_per_s),
    ("produce acks=1, rec/s", |it| it.one_per_s),
    ("consume, rec/s", |it| it.consumed_per_s),
    ("round trip acks=1 p50, ms", |it| it.one_p50_ms),
    ("round trip acks=1 p99, ms", |it| it.one_p99_ms),
    ("round trip acks=all p50, ms", |it| it.all_p50_ms),
    ("round trip acks=all p99, ms", |it| it.all_p99_ms),
    ("CPU s/100k, produce acks=all", |it| it.all_cpu),
    ("CPU s/100k, produce acks=1", |it| it.one_cpu),
    ("CPU s/100k, consume", |it| it.consumed_cpu),
    ("CPU s/4k round trips", |it| it.trips_cpu),
];

/// Prints everything; answers whether every bar whose peer is installed is met.
pub(crate) fn print(rounds: usize, present: &[Kind], slots: &[Slot]) -> bool {
    let names: Vec<&str> = present.iter().map(|kind| kind.name()).collect();
    println!("\n{rounds} rounds, load {} at the end; median (min-max).\n", super::load());
    for kind in KINDS.iter().filter(|kind| !present.contains(kind)) {
        println!("{} is not installed.\n", kind.name());
    }
    println!("| what | {} |\n| --- |{}", names.join(" | "), " --- |".repeat(names.len()));
    for (what, of) in ROWS {
        let cells = present.iter().map(|kind| spread(values(slots, *kind, of)));
        println!("| {what} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    println!("\n| tap's ratio, round by round, to | {} |\n| --- |{}", names.join(" | "), " --- |".repeat(names.len()));
    for (what, of) in ROWS {
        let cells = present.iter().map(|kind| spread(ratios(slots, Kind::Tap, *kind, of)));
        println!("| {what} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    println!("\n| bar for the tap, no observer | wanted | seen | |\n| --- | --- | --- | --- |");
    let bars = bars(present, slots);
    for bar in &bars {
        println!("{}", bar.line);
    }
    println!("\nThe cost of observing, as a ratio to the tap that nobody observes: {}.", {
        let cost = |(what, of): &Row| format!("{what} {}", spread(ratios(slots, Kind::Observed, Kind::Tap, *of)));
        ROWS[7..].iter().map(cost).collect::<Vec<_>>().join("; ")
    });
    let missed = bars.iter().filter(|bar| bar.is_missed).count();
    println!("\n{missed} of {} bars missed.", bars.len());
    missed == 0
}

/// A bar, as a line of the table.
struct Bar {
    line: String,
    is_missed: bool,
}

fn bars(present: &[Kind], slots: &[Slot]) -> Vec<Bar> {
    let mut bars = Vec::new();
    for (kind, most) in [(Kind::Copy, 1.5), (Kind::Toxiproxy, 0.6)] {
        for (what, of) in &ROWS[7..] {
            let seen = ratios(slots, Kind::Tap, kind, *of);
            bars.push(bar(present, kind, what, &format!("<= {most} of {}", kind.name()), seen, |it| it <= most));
        }
    }
    for (what, of) in [ROWS[3], ROWS[5]] {
        let added = pairs(slots, Kind::Tap, Kind::Direct, of).into_iter().map(|(tap, direct)| tap - direct).collect();
        bars.push(bar(present, Kind::Direct, what, "<= 0.1 ms more than direct", added, |it| it <= 0.1));
    }
    let (what, of) = ROWS[2];
    let seen = ratios(slots, Kind::Tap, Kind::HaProxy, of);
    bars.push(bar(present, Kind::HaProxy, what, ">= 0.95 of HAProxy", seen, |it| it >= 0.95));
    bars
}

fn bar(present: &[Kind], peer: Kind, what: &str, wanted: &str, seen: Vec<f64>, is_met: impl Fn(f64) -> bool) -> Bar {
    if !present.contains(&peer) {
        return Bar { line: format!("| {what} | {wanted} | - | {} is not installed |", peer.name()), is_missed: false };
    }
    let is_missed = !is_met(median(&seen));
    let verdict = if is_missed { "MISSED" } else { "met" };
    Bar { line: format!("| {what} | {wanted} | {} | {verdict} |", spread(seen)), is_missed }
}

fn values(slots: &[Slot], kind: Kind, of: fn(&Figures) -> f64) -> Vec<f64> {
    slots.iter().filter(|slot| slot.kind == kind).map(|slot| of(&slot.figures)).collect()
}

/// The same figure of two subjects in each round.
fn pairs(slots: &[Slot], one: Kind, other: Kind, of: fn(&Figures) -> f64) -> Vec<(f64, f64)> {
    let in_round = |kind, round| slots.iter().find(|slot| slot.kind == kind && slot.round == round);
    let ones = slots.iter().filter(|slot| slot.kind == one);
    ones.filter_map(|slot| Some((of(&slot.figures), of(&in_round(other, slot.round)?.figures)))).collect()
}

fn ratios(slots: &[Slot], one: Kind, other: Kind, of: fn(&Figures) -> f64) -> Vec<f64> {
    pairs(slots, one, other, of).into_iter().map(|(one, other)| one / other).filter(|it| it.is_finite()).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN);
    if sorted.len() % 2 == 1 {
        upper
    } else {
        f64::midpoint(upper, sorted.get((sorted.len() / 2).wrapping_sub(1)).copied().unwrap_or(upper))
    }
}

fn spread(values: Vec<f64>) -> String {
    if values.is_empty() {
        return String::from("-");
    }
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{} ({}-{})", figure(median(&values)), figure(least), figure(most))
}

fn figure(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}
