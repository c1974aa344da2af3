//! Fields of a press, read one by one, so that what is wrong can be named.

use model::ids::BrokerId;
use serde_json::{Map, Value};

use super::Refusal;

/// The body of a press.
pub(super) struct Fields<'a> {
    body: &'a Map<String, Value>,
}

pub(super) fn bad(field: impl Into<String>, why: impl Into<String>) -> Refusal {
    Refusal::BadField { field: field.into(), why: why.into() }
}

impl<'a> Fields<'a> {
    pub(super) const fn of(body: &'a Map<String, Value>) -> Self {
        Self { body }
    }

    /// The object in a field; `None` where it is absent or null.
    pub(super) fn object(&self, field: &str) -> Result<Option<&'a Map<String, Value>>, Refusal> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::Object(body)) => Ok(Some(body)),
            Some(other) => Err(self.bad(field, format!("must be an object, not {}", kind(other)))),
        }
    }

    /// What stands in a field; `None` where it is absent or null.
    pub(super) fn value(&self, field: &str) -> Option<&'a Value> {
        self.body.get(field).filter(|value| !value.is_null())
    }

    /// Refuses a field; `why` goes on after its name.
    pub(super) fn bad(&self, field: &str, why: impl AsRef<str>) -> Refusal {
        bad(field, format!("{field} {}", why.as_ref()))
    }

    /// Text of 1 to `longest` characters without control characters; `None` where the field is absent or null.
    pub(super) fn text(&self, field: &str, longest: usize) -> Result<Option<String>, Refusal> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::String(text)) => {
                let fits = !text.is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control);
                if fits {
                    return Ok(Some(text.clone()));
                }
                Err(self.bad(field, format!("must be text of 1 to {longest} printable characters")))
            }
            Some(other) => Err(self.bad(field, format!("must be text, not {}", kind(other)))),
        }
    }

    /// One of these words.
    pub(super) fn word<T: Copy>(&self, field: &str, words: &[(&str, T)]) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(field, 64)? else { return Ok(None) };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        found.map(Some).ok_or_else(|| self.bad(field, format!("is {}, not {text:?}", one_of(words))))
    }

    /// One of these words, which has no default.
    pub(super) fn must<T: Copy>(&self, field: &str, words: &[(&str, T)]) -> Result<T, Refusal> {
        self.word(field, words)?.ok_or_else(|| self.bad(field, format!("is missing: {}", one_of(words))))
    }

    /// A whole number within the bounds.
    pub(super) fn number(&self, field: &str, least: i64, most: i64) -> Result<Option<i64>, Refusal> {
        let wrong =
            |found: String| self.bad(field, format!("must be a whole number from {least} to {most}, not {found}"));
        match self.value(field) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
                Some(number) => Err(wrong(number.to_string())),
                None => Err(wrong(value.to_string().chars().take(40).collect())),
            },
        }
    }

    /// A whole number from `least` to `most`, as counts and milliseconds are kept.
    pub(super) fn count(&self, field: &str, least: u32, most: u32) -> Result<Option<u32>, Refusal> {
        let number = self.number(field, i64::from(least), i64::from(most))?;
        Ok(number.and_then(|number| u32::try_from(number).ok()))
    }

    /// Yes or no.
    pub(super) fn flag(&self, field: &str) -> Result<Option<bool>, Refusal> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(self.bad(field, format!("must be true or false, not {}", kind(other)))),
        }
    }

    /// A node id.
    pub(super) fn broker(&self) -> Result<Option<BrokerId>, Refusal> {
        let id = self.number("broker", 0, i64::from(i32::MAX))?;
        Ok(id.and_then(|id| i32::try_from(id).ok()).map(BrokerId))
    }

    /// The node a command is for; it has no default.
    pub(super) fn node(&self) -> Result<BrokerId, Refusal> {
        self.broker()?.ok_or_else(|| self.bad("broker", "is missing: say which node id, for example \"broker\":2"))
    }
}

fn one_of<T>(words: &[(&str, T)]) -> String {
    let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
