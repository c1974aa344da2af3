//! The text frames of the websocket, subprotocol `kafkascope.v1`.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{fact::Fact, ids::Micros};

/// The websocket subprotocol.
pub const SUBPROTOCOL: &str = "kafkascope.v1";

/// One frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// Forget what you have; this is the picture.
    Keyframe {
        /// The facts that rebuild it.
        facts: Vec<Fact>,
        /// The newest fact in it.
        seq: u64,
        /// The gateway's clock.
        at: Micros,
    },
    /// What was seen since the last frame; may be none.
    Facts {
        /// In the order they were numbered.
        facts: Vec<Fact>,
        /// The gateway's clock.
        at: Micros,
    },
    /// You were too slow: so many frames were left out. A keyframe follows.
    Skipped(u64),
}

impl Frame {
    /// Reads a frame.
    ///
    /// # Errors
    /// Where it is not JSON of one of the three forms.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default)]
            keyframe: Option<Vec<&'a RawValue>>,
            #[serde(borrow, default)]
            facts: Option<Vec<&'a RawValue>>,
            #[serde(default)]
            skipped: Option<u64>,
            #[serde(default)]
            seq: u64,
            #[serde(default)]
            at: Micros,
        }
        let wire: Wire<'_> = serde_json::from_str(text)?;
        let parse = |facts: Vec<&RawValue>| facts.into_iter().map(|f| Fact::parse(f.get())).collect::<Result<_, _>>();
        Ok(match (wire.keyframe, wire.skipped) {
            (Some(facts), _) => Self::Keyframe { facts: parse(facts)?, seq: wire.seq, at: wire.at },
            (None, Some(skipped)) => Self::Skipped(skipped),
            (None, None) => Self::Facts { facts: parse(wire.facts.unwrap_or_default())?, at: wire.at },
        })
    }
}

/// A keyframe as text.
pub fn keyframe_text(facts: &[Fact], seq: u64, at: Micros) -> String {
    format!(r#"{{"keyframe":[{}],"seq":{seq},"at":{}}}"#, joined(facts.iter().map(Fact::to_json)), at.0)
}

/// A batch of facts, each already JSON, as text.
pub fn facts_text<'a>(facts: impl IntoIterator<Item = &'a str>, at: Micros) -> String {
    format!(r#"{{"facts":[{}],"at":{}}}"#, joined(facts), at.0)
}

/// What a viewer that was too slow is told.
pub fn skipped_text(count: u64) -> String {
    format!(r#"{{"skipped":{count}}}"#)
}

fn joined<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> String {
    let mut all = String::new();
    for part in parts {
        if !all.is_empty() {
            all.push(',');
        }
        all.push_str(part.as_ref());
    }
    all
}
