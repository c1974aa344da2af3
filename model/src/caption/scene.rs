//! What is said of a scene: its step, a frame that was hit, a crash point that was reached, and what the run came to.

use super::{Caption, Tone, amount, counted, is_news, seconds};
use crate::{
    fact::{Outcome, StepState, VerdictRow},
    ids::Micros,
    picture::{Fate, Hit, Picture, Record, Run, Taken},
};

/// How long a verdict is said.
const VERDICT_MICROS: u64 = 30_000_000;
/// How long it is said that an app stands still.
const HANG_MICROS: u64 = 3_000_000;

/// The run that ended last, for a while.
pub(super) fn verdict(picture: &Picture, now: Micros) -> Option<Caption> {
    let (_, run) = picture.runs.iter().next_back()?;
    let verdict = run.verdict.as_ref().filter(|v| now.since(v.stamp.at) < VERDICT_MICROS)?;
    let (tone, word) = match verdict.outcome {
        Outcome::Held => (Tone::Good, "held"),
        Outcome::Broken => (Tone::Bad, "broken"),
        Outcome::NotShown => (Tone::Open, "not shown"),
    };
    let head = Caption::new(tone, format!("{}{}: {word}.", run.title, guard(run)));
    let unseen = run.reached.iter().find(|(_, state, _)| *state == StepState::NotShown).map(|(.., why)| why.clone());
    let wrong = verdict.rows.iter().find(|row| !row.right);
    let said = match (verdict.outcome, wrong, unseen) {
        (Outcome::Broken, Some(row), _) => instead(head, row),
        (Outcome::NotShown, _, Some(why)) if !why.is_empty() => head.and(Tone::Detail, why),
        _ => head,
    };
    Some(said.of(verdict.stamp.seq))
}

/// What was seen, and what a correct shop has.
fn instead(head: Caption, row: &VerdictRow) -> Caption {
    let (what, unit) = row.what.strip_suffix(", ms").map_or((counted(&row.what), ""), |what| (what, " ms"));
    head.and(Tone::Detail, format!("{what}: "))
        .number(format!("{}{unit}", amount(&row.what, &row.seen)), row.facts.clone())
        .words(format!(" instead of {}{unit}.", amount(&row.what, &row.wanted)))
}

fn guard(run: &Run) -> &'static str {
    match (run.guard.is_empty(), run.guarded) {
        (true, _) => "",
        (false, true) => ", guard on",
        (false, false) => ", guard off",
    }
}

/// A frame that a fault hit, and what its sender did then.
pub(super) fn hit(picture: &Picture, now: Micros) -> Option<Caption> {
    let hit = picture.hit.as_ref().filter(|hit| is_news(picture, hit.again().unwrap_or(hit.at()), now))?;
    let again = || hit.again().map(|at| seconds(at.since(hit.at())));
    let record = first_record(picture, hit);
    // What passed the tap, and the record itself.
    let proof = || hit.facts().iter().map(|f| f.seq).chain(record.map(|r| r.stamp.seq)).collect();
    let said = match hit.taken() {
        Taken::Ack => {
            let key = record.and_then(|r| r.appended.as_ref()?.key.as_deref()).unwrap_or("the record");
            let head = Caption::new(Tone::Plain, "The answer was lost, not the record.");
            match (hit.fate(record.map(|r| r.history.offset)), again()) {
                (Fate::Twice(offset), _) => {
                    let head = head.and(Tone::Bad, format!("The retry stored {key} a second time, at offset "));
                    head.number(offset.to_string(), proof()).words(".")
                }
                (Fate::Recognised(_), _) => head.and(Tone::Good, "The retry was recognised and not stored again."),
                (_, Some(after)) => {
                    head.and(Tone::Open, "").number(after, proof()).words(format!(" later {key} was sent again."))
                }
                _ if record.is_some() => head.and(Tone::Open, format!("{key} is stored; its sender does not know.")),
                _ => head.and(Tone::Open, "Its sender does not know."),
            }
        }
        Taken::Send => {
            let head = Caption::new(Tone::Bad, "A send was lost before a broker had it.");
            match again() {
                Some(after) => head.and(Tone::Open, "").number(after, proof()).words(" later it was sent again."),
                None => head,
            }
        }
        Taken::Other => {
            let (broker, client, what) = hit.whose();
            let done = match what {
                "drop_response" | "drop_response_and_close" => "An answer was lost",
                "drop_request" => "A request was lost",
                "delay_response" => "An answer is held back",
                "delay_request" => "A request is held back",
                _ => "A connection was refused",
            };
            let client = if client.is_empty() { String::new() } else { format!(" and {client}") };
            Caption::new(Tone::Open, format!("{done}, on the wire between broker {broker}{client}."))
        }
    };
    Some(said.of(hit.facts().first().map_or(0, |f| f.seq)))
}

/// The first record that holds an event which was hit.
fn first_record<'a>(picture: &'a Picture, hit: &Hit) -> Option<&'a Record> {
    let partition = picture.partitions.get(&hit.partition()?)?;
    partition.first_of(hit.event_ids())
}

/// An app that is where it was told to fail.
pub(super) fn crash_point(picture: &Picture, now: Micros) -> Option<Caption> {
    let ((app, _), point) = picture.crashed.as_ref().filter(|(_, point)| is_news(picture, point.stamp.at, now))?;
    // Another sentence says that a transaction was aborted. What hangs is a state, and another sentence says what it comes to.
    let hangs = point.action == "hang" && now.since(point.stamp.at) >= HANG_MICROS;
    if hangs || point.action == "abort_transaction" {
        return None;
    }
    let done = if point.action == "hang" { "was stopped" } else { "was ended" };
    let place = match point.at_point.as_str() {
        "before_work" => "before its work",
        "before_send" => "after it saved and before it sent",
        "in_transaction" => "inside its transaction",
        _ => "after its work and before its commit",
    };
    Some(Caption::new(Tone::Bad, format!("The {app} app {done} {place}.")).of(point.stamp.seq))
}

/// What a run is doing.
pub(super) fn step(picture: &Picture, _now: Micros) -> Option<Caption> {
    let (_, run) = picture.runs.iter().next_back().filter(|(_, run)| run.is_running())?;
    let step = run.reached.len().checked_sub(1)?;
    let text = match run.verdict {
        // It is judged, and what it broke is mended.
        Some(_) => "Everything goes back to as it was",
        None => run.steps.get(step)?.trim_end_matches('.'),
    };
    let began = run.reached.last().map_or(0, |(stamp, ..)| stamp.seq);
    let scene = format!("{}{}.", run.title, guard(run));
    Some(Caption::new(Tone::Plain, format!("{text}.")).and(Tone::Detail, scene).of(began))
}
