//! A catalogue and a verdict for the terminal, and what a scene's end means for a script.

use std::{fmt::Write as _, process::ExitCode};

use model::fact::Outcome;
use serde_json::{Value, json};

use super::{Finished, Scene, as_json, catalogue, verdict_json};

/// The catalogue, by chapter; as JSON what GET /api/scenes answers, without what a stage cannot play.
pub fn list(json: bool) -> String {
    let scenes = catalogue();
    if json {
        return json!({ "scenes": as_json(scenes.iter(), |_, _| None) }).to_string();
    }
    let mut text = String::new();
    let mut chapter = "";
    for Scene { name, chapter: its, summary, guard, .. } in &scenes {
        if *its != chapter {
            chapter = its;
            writeln!(text, "{}{chapter}", if text.is_empty() { "" } else { "\n" }).ok();
        }
        let guard = guard.map(|guard| format!("  [--guard: {}]", guard.title)).unwrap_or_default();
        // Writing into a String does not fail.
        writeln!(text, "  {name:<20} {summary}{guard}").ok();
    }
    text.trim_end().to_owned()
}

/// A verdict as text or JSON.
pub fn verdict(finished: &Finished, json: bool) -> String {
    let Finished { judged, reason, left } = finished;
    if json {
        let mut whole = verdict_json(judged);
        if let Value::Object(whole) = &mut whole {
            whole.insert(String::from("reason"), json!(reason));
            whole.insert(String::from("left"), json!(left));
        }
        return whole.to_string();
    }
    let mut text = format!("{:<48} {:>14} {:>14} {:>10}\n", "", "wanted", "expected", "seen");
    for row in &judged.rows {
        let mark = if row.right { "right" } else { "wrong" };
        let (wanted, expected) = (said(&row.wanted, "any"), said(&row.expected, "any"));
        let seen = said(&row.seen, "not seen");
        let at = if row.at.is_empty() { String::new() } else { format!("  {}", row.at) };
        writeln!(text, "{:<48} {wanted:>14} {expected:>14} {seen:>10}  {mark}{at}", row.what).ok();
    }
    let outcome = match judged.outcome {
        Outcome::Held => "held: a correct shop's numbers were seen",
        Outcome::Broken => "broken: not a correct shop's numbers",
        Outcome::NotShown => "not shown",
    };
    let holds = if judged.holds { "as this scene must show" } else { "NOT what this scene must show" };
    write!(text, "\n{outcome}; {holds}").ok();
    for why in reason.iter().chain(left) {
        write!(text, "\n{why}").ok();
    }
    text
}

fn said(value: &Value, null: &str) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => null.to_owned(),
        other => other.to_string(),
    }
}

/// 0 held, 1 broken, 2 not shown.
pub fn exit_code(finished: &Finished) -> ExitCode {
    match finished.judged.outcome {
        Outcome::Held => ExitCode::SUCCESS,
        Outcome::Broken => ExitCode::from(1),
        Outcome::NotShown => ExitCode::from(2),
    }
}
