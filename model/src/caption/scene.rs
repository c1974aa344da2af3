//! What is said of a scene: its step, a frame that was hit, a crash point that was reached, and what the run came to.

use super::{Caption, Tone, amount, counted, seconds};
use crate::{
    fact::{CrashState, Outcome, StepState},
    ids::Micros,
    picture::{Fate, Hit, Picture, Record, Run, Taken},
};

/// How long a hit is news.
const HIT_MICROS: u64 = 12_000_000;
/// How long a verdict is.
const VERDICT_MICROS: u64 = 12_000_000;

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
    let detail = match verdict.outcome {
        Outcome::Held => None,
        Outcome::Broken => verdict.rows.iter().find(|row| !row.right).map(|row| {
            let (seen, wanted) = (amount(&row.what, &row.seen), amount(&row.what, &row.wanted));
            format!("{}: {seen} instead of {wanted}.", counted(&row.what))
        }),
        Outcome::NotShown => unseen.filter(|why| !why.is_empty()),
    };
    Some(match detail {
        Some(detail) => head.and(Tone::Detail, detail),
        None => head,
    })
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
    let hit = picture.hit.as_ref().filter(|hit| now.since(hit.again().unwrap_or(hit.at())) < HIT_MICROS)?;
    let again = || hit.again().map(|at| seconds(at.since(hit.at())));
    Some(match hit.taken() {
        Taken::Ack => {
            let record = first_record(picture, hit);
            let key = record.and_then(|r| r.appended.as_ref()?.key.as_deref()).unwrap_or("the record");
            let head = Caption::new(Tone::Plain, "The answer was lost, not the record.");
            match (hit.fate(record.map(|r| r.history.offset)), again()) {
                (Fate::Twice(offset), _) => {
                    head.and(Tone::Bad, format!("The retry stored {key} a second time, at offset {offset}."))
                }
                (Fate::Recognised(_), _) => head.and(Tone::Good, "The retry was recognised and not stored again."),
                (_, Some(after)) => head.and(Tone::Open, format!("{after} later {key} was sent again.")),
                _ if record.is_some() => head.and(Tone::Open, format!("{key} is stored; its sender does not know.")),
                _ => head.and(Tone::Open, "Its sender does not know."),
            }
        }
        Taken::Send => {
            let head = Caption::new(Tone::Bad, "A send was lost before a broker had it.");
            match again() {
                Some(after) => head.and(Tone::Open, format!("{after} later it was sent again.")),
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
    })
}

/// The first record that holds an event which was hit.
fn first_record<'a>(picture: &'a Picture, hit: &Hit) -> Option<&'a Record> {
    let partition = picture.partitions.get(&hit.partition()?)?;
    partition.first_of(hit.event_ids())
}

/// An app that is where it was told to fail.
pub(super) fn crash_point(picture: &Picture, _now: Micros) -> Option<Caption> {
    let reached = |state: CrashState| state == CrashState::Reached;
    let ((app, _), point) = picture.crash_points.iter().find(|(_, point)| reached(point.state))?;
    let done = match point.action.as_str() {
        "hang" => "was stopped",
        "abort_transaction" => "gave up its transaction",
        _ => "was ended",
    };
    let place = match point.at_point.as_str() {
        "before_work" => "before its work",
        "in_transaction" => "inside its transaction",
        _ => "after its work and before its commit",
    };
    Some(Caption::new(Tone::Bad, format!("The {app} app {done} {place}.")))
}

/// What a run is doing.
pub(super) fn step(picture: &Picture, _now: Micros) -> Option<Caption> {
    let (_, run) = picture.runs.iter().next_back().filter(|(_, run)| run.is_running())?;
    let step = run.reached.len().checked_sub(1)?;
    let text = run.steps.get(step)?.trim_end_matches('.');
    let place = format!("{}{}: step {} of {}.", run.title, guard(run), step + 1, run.steps.len());
    Some(Caption::new(Tone::Plain, format!("{text}.")).and(Tone::Detail, place))
}
