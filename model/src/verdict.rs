//! Verdicts: what the facts of a scene's run show, beside what a correct shop has and what the run must show.
//!
//! A scene says with its first fact how it is judged ([`Spec`] in `SceneStarted.spec`), so the verdict of a recording can be
//! computed again by anybody, without the scene and without Kafka.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fact::{Outcome, VerdictRow};

mod cluster;
mod evidence;
mod groups;
mod measure;
mod order;
mod places;
mod records;
mod shop;
mod transactions;
mod wire;

pub use evidence::Evidence;
pub use measure::Measure;

/// How a run is judged. A word of it that this build does not know could change what is counted, so then it is not understood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Line by line.
    pub rows: Vec<Row>,
}

/// A line of a verdict before it is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What is counted or measured, with its unit.
    pub what: String,
    /// How.
    pub measure: Measure,
    /// What a correct shop has.
    pub wanted: Bound,
    /// What this run must show.
    pub expected: Bound,
}

/// Which numbers will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Bound {
    /// Exactly this one.
    Is(i64),
    /// This one or more.
    AtLeast {
        /// The least.
        at_least: i64,
    },
    /// From one to another, both included.
    Between {
        /// The least.
        from: i64,
        /// The most.
        to: i64,
    },
}

impl Bound {
    /// Whether a number will do.
    pub const fn admits(self, number: i64) -> bool {
        match self {
            Self::Is(wanted) => number == wanted,
            Self::AtLeast { at_least } => number >= at_least,
            Self::Between { from, to } => from <= number && number <= to,
        }
    }

    /// As verdicts say it: a number, the bound in words, or null where any number will do.
    fn said(self) -> Value {
        match self {
            Self::AtLeast { at_least: 0 } => Value::Null,
            Self::Is(wanted) => json!(wanted),
            bound => json!(bound.to_string()),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(wanted) => write!(f, "{wanted}"),
            Self::AtLeast { at_least } => write!(f, "at least {at_least}"),
            Self::Between { from: 0, to } => write!(f, "at most {to}"),
            Self::Between { from, to } => write!(f, "{from} to {to}"),
        }
    }
}

/// A number read off the facts, and which of them prove it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Measured {
    /// None where it was not seen.
    number: Option<i64>,
    facts: Vec<u64>,
}

impl Measured {
    /// One for each of these facts.
    fn count(facts: Vec<u64>) -> Self {
        Self { number: i64::try_from(facts.len()).ok(), facts }
    }

    fn of(number: i64, facts: Vec<u64>) -> Self {
        Self { number: Some(number), facts }
    }

    /// A time, in whole milliseconds.
    fn millis(micros: u64, facts: Vec<u64>) -> Self {
        Self::of(i64::try_from(micros / 1000).unwrap_or(i64::MAX), facts)
    }

    fn not_seen() -> Self {
        Self::default()
    }
}

/// A verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Whether a correct shop's numbers were seen.
    pub outcome: Outcome,
    /// Whether what the run must show was seen.
    pub holds: bool,
    /// Line by line.
    pub rows: Vec<VerdictRow>,
}

/// The verdict of a run, a function of its facts. A run of which a step was not seen done, or a fact was lost, is *not
/// shown*, whatever was counted.
pub fn verdict(evidence: &Evidence) -> Judged {
    let mut rows = Vec::new();
    let mut holds = true;
    let mut shown = evidence.is_whole() && !evidence.spec().rows.is_empty();
    for row in &evidence.spec().rows {
        let measured = row.measure.read(evidence);
        let right = measured.number.is_some_and(|number| row.wanted.admits(number));
        holds &= measured.number.is_some_and(|number| row.expected.admits(number));
        shown &= measured.number.is_some();
        rows.push(VerdictRow {
            what: row.what.clone(),
            wanted: row.wanted.said(),
            expected: row.expected.said(),
            seen: measured.number.map_or(Value::Null, Value::from),
            right,
            at: places::said(evidence, &measured.facts),
            facts: measured.facts,
        });
    }
    let outcome = match rows.iter().all(|row| row.right) {
        _ if !shown => Outcome::NotShown,
        true => Outcome::Held,
        false => Outcome::Broken,
    };
    Judged { outcome, holds: holds && shown, rows }
}
