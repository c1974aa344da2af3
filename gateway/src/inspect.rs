//! What is in a recording, for people and for programs.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use model::{
    fact::{Event, MarkerKind},
    picture::Picture,
    recording::Recording,
};
use serde_json::{Map, Value, json};

use crate::recorder;

/// What was counted on one walk through the facts.
#[derive(Default)]
struct Count {
    kinds: BTreeMap<String, u64>,
    /// Where our own sight failed.
    gaps: Vec<Value>,
    dropped: u64,
    verdicts: Vec<Value>,
    kafka_version: String,
}

/// Opens the file and tells its length, chapters, facts by kind and gaps.
///
/// # Errors
/// Where it cannot be read or is not a recording.
pub fn inspect(path: &Path, as_json: bool) -> anyhow::Result<String> {
    let recording = recorder::open(path)?;
    let bytes = std::fs::metadata(path).map_or(0, |m| m.len());
    let count = Count::of(&recording);
    if as_json {
        return Ok(serde_json::to_string_pretty(&report(&recording, bytes, &count)?)?);
    }
    Ok(words(path, &recording, bytes, &count))
}

impl Count {
    fn of(recording: &Recording) -> Self {
        let mut count = Self::default();
        for index in 0..recording.pieces.len() {
            let piece = recording.piece(index);
            if index == 0 {
                let before = Picture::of(&piece.keyframe);
                count.kafka_version = before.session.map(|(_, session)| session.kafka_version).unwrap_or_default();
            }
            for fact in piece.facts {
                *count.kinds.entry(fact.event.kind().to_owned()).or_default() += 1;
                match fact.event {
                    Event::Gap { source, count: lost, reason } => {
                        count.dropped += lost;
                        count.gaps.push(json!({ "at": fact.at, "source": source, "count": lost, "reason": reason }));
                    }
                    Event::VerdictReached { run, scene, guarded, outcome, holds, .. } => count.verdicts.push(json!({
                        "at": fact.at, "run": run, "scene": scene, "guarded": guarded, "outcome": outcome, "holds": holds
                    })),
                    Event::SessionStarted(session) if !session.kafka_version.is_empty() => {
                        count.kafka_version = session.kafka_version;
                    }
                    _ => {}
                }
            }
        }
        count
    }
}

fn report(recording: &Recording, bytes: u64, count: &Count) -> anyhow::Result<Value> {
    let start = recording.pieces.first().map_or(0, |piece| piece.start.0);
    let chapters: Vec<Value> = recording
        .chapters()
        .into_iter()
        .map(|(at, end, label)| json!({ "at": at, "end": end, "label": label }))
        .collect();
    let marks: Vec<Value> = recording
        .marks
        .iter()
        .map(|m| json!({ "at": m.at, "label": m.label, "marker": m.marker, "id": m.id }))
        .collect();
    // The header's fields stand at the top, under the names they have in the file.
    let mut all: Map<String, Value> = serde_json::from_value(serde_json::to_value(&recording.header)?)?;
    let Value::Object(rest) = json!({
        "kafka_version": count.kafka_version, "start_seconds": start as f64 / 1e6,
        "length_seconds": seconds(recording), "bytes": bytes, "bytes_per_fact": bytes as f64 / recording.facts().max(1) as f64,
        "pieces": recording.pieces.len(), "facts": recording.facts(), "kinds": count.kinds, "chapters": chapters,
        "marks": marks, "markers": recording.markers(), "verdicts": count.verdicts, "gaps": count.gaps,
        "dropped_facts": count.dropped, "ends_early": recording.cut, "newer_format": recording.is_newer(),
    }) else {
        anyhow::bail!("a report is an object")
    };
    all.extend(rest);
    Ok(Value::Object(all))
}

fn words(path: &Path, recording: &Recording, bytes: u64, count: &Count) -> String {
    let header = &recording.header;
    let mut text = format!("{}: {:.1} s from {}", path.display(), seconds(recording), header.wall_clock);
    if recording.cut {
        text.push_str(", ends early (its gateway was killed, or the file was cut)");
    }
    let facts = recording.facts();
    let each = bytes as f64 / facts.max(1) as f64;
    // Writing into a String does not fail.
    if !header.title.is_empty() {
        write!(text, "\n{}", header.title).ok();
    }
    write!(text, "\n{facts} facts in {} pieces, {bytes} bytes, {each:.1} a fact", recording.pieces.len()).ok();
    write!(text, "\n{} facts were dropped while recording", count.dropped).ok();
    let values = match header.value_bytes {
        0 => String::from("no values"),
        u32::MAX => String::from("whole values"),
        some => format!("{some} bytes of each value"),
    };
    write!(text, "\nit holds keys and {values}").ok();
    if !header.masked.is_empty() {
        write!(text, "; *** stands for {}", header.masked.join(", ")).ok();
    }
    let mut chapter = 0;
    for mark in &recording.marks {
        let number = match mark.marker {
            MarkerKind::Chapter => {
                chapter += 1;
                format!("{chapter:>3}")
            }
            _ => String::from("  -"),
        };
        write!(text, "\n{:>10.1} s {number}  {}", mark.at.0 as f64 / 1e6, mark.label).ok();
    }
    for (kind, count) in &count.kinds {
        write!(text, "\n{count:>10}  {kind}").ok();
    }
    text
}

fn seconds(recording: &Recording) -> f64 {
    let start = recording.pieces.first().map_or(0, |piece| piece.start.0);
    recording.end().0.saturating_sub(start) as f64 / 1e6
}
