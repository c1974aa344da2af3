//! What is in a recording, for people and for programs.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use model::fact::Event;
use serde_json::{Value, json};

use crate::recorder;

/// Opens the file and tells its length, chapters, facts by kind and gaps.
///
/// # Errors
/// Where it cannot be read or is not a recording.
pub fn inspect(path: &Path, as_json: bool) -> anyhow::Result<String> {
    let recording = recorder::open(path)?;
    let bytes = std::fs::metadata(path).map_or(0, |m| m.len());
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    let mut gaps = 0;
    for index in 0..recording.pieces.len() {
        for fact in recording.piece(index).facts {
            if let Event::Gap { count, .. } = fact.event {
                gaps += count;
            }
            let line: Value = serde_json::from_str(&fact.to_json())?;
            let kind = line.get("kind").and_then(Value::as_str).unwrap_or_default();
            *kinds.entry(kind.to_owned()).or_default() += 1;
        }
    }
    let header = &recording.header;
    let chapters: Vec<Value> =
        recording.marks.iter().map(|m| json!({ "at": m.at, "label": m.label, "marker": m.marker })).collect();
    let seconds = recording.end().0 as f64 / 1e6;
    if as_json {
        let report = json!({
            "format": header.kscope, "session": header.session, "wall_clock": header.wall_clock, "title": header.title,
            "gateway_version": header.gateway_version, "value_bytes": header.value_bytes, "length_seconds": seconds,
            "bytes": bytes, "pieces": recording.pieces.len(), "facts": recording.facts(), "kinds": kinds,
            "chapters": chapters, "dropped_facts": gaps, "ends_early": recording.cut, "newer_format": recording.is_newer(),
        });
        return Ok(serde_json::to_string_pretty(&report)?);
    }
    let mut text = format!("{}: {seconds:.1} s from {}", path.display(), header.wall_clock);
    if recording.cut {
        text.push_str(", ends early (its gateway was killed, or the file was cut)");
    }
    let facts = recording.facts();
    let each = bytes as f64 / facts.max(1) as f64;
    // Writing into a String does not fail.
    write!(text, "\n{facts} facts in {} pieces, {bytes} bytes, {each:.1} a fact", recording.pieces.len()).ok();
    write!(text, "\n{gaps} facts were dropped while recording").ok();
    for chapter in &recording.marks {
        write!(text, "\n{:>10.1} s  {}", chapter.at.0 as f64 / 1e6, chapter.label).ok();
    }
    for (kind, count) in &kinds {
        write!(text, "\n{count:>10}  {kind}").ok();
    }
    Ok(text)
}
