//! The text frames of the websocket, subprotocol `kafkascope.v1`.

use serde_json::Value;

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
        let mut wire: Value = serde_json::from_str(text)?;
        let number = |name: &str| wire.get(name).and_then(Value::as_u64);
        let (seq, at) = (number("seq").unwrap_or_default(), Micros(number("at").unwrap_or_default()));
        let skipped = number("skipped");
        let mut facts = |name: &str| match wire.get_mut(name).map(Value::take) {
            Some(Value::Array(facts)) => facts.into_iter().map(Fact::of_json).collect::<Result<_, _>>().map(Some),
            Some(_) => Err(serde::de::Error::custom("keyframe and facts are lists")),
            None => Ok(None),
        };
        if let Some(facts) = facts("keyframe")? {
            return Ok(Self::Keyframe { facts, seq, at });
        }
        if let Some(skipped) = skipped {
            return Ok(Self::Skipped(skipped));
        }
        match facts("facts")? {
            Some(facts) => Ok(Self::Facts { facts, at }),
            None => Err(serde::de::Error::custom("a frame has keyframe, facts or skipped")),
        }
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
