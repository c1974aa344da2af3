//! Fields of a press, read one by one, so that what is wrong can be named.

use model::ids::BrokerId;
use serde_json::{Map, Value};

use super::Refusal;

/// The body of a press.
pub(super) struct Fields<'a>(pub(super) &'a Map<String, Value>);

pub(super) fn bad(field: &str, why: impl Into<String>) -> Refusal {
    Refusal::BadField { field: field.to_owned(), why: why.into() }
}

impl Fields<'_> {
    /// Text of 1 to `longest` characters without control characters; `None` where the field is absent or null.
    pub(super) fn text(&self, field: &str, longest: usize) -> Result<Option<String>, Refusal> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => {
                let fits = !text.is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control);
                if fits {
                    return Ok(Some(text.clone()));
                }
                Err(bad(field, format!("{field} must be text of 1 to {longest} printable characters")))
            }
            Some(other) => Err(bad(field, format!("{field} must be text, not {}", kind(other)))),
        }
    }

    /// A whole number within the bounds.
    pub(super) fn number(&self, field: &str, least: i64, most: i64) -> Result<Option<i64>, Refusal> {
        let wrong =
            |found: String| bad(field, format!("{field} must be a whole number from {least} to {most}, not {found}"));
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
                Some(number) => Err(wrong(number.to_string())),
                None => Err(wrong(value.to_string().chars().take(40).collect())),
            },
        }
    }

    /// Yes or no.
    pub(super) fn flag(&self, field: &str) -> Result<Option<bool>, Refusal> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(bad(field, format!("{field} must be true or false, not {}", kind(other)))),
        }
    }

    /// The node a command is for; it has no default.
    pub(super) fn node(&self) -> Result<BrokerId, Refusal> {
        let id = self.number("broker", 0, i64::from(i32::MAX))?;
        let id = id.and_then(|id| i32::try_from(id).ok());
        id.map(BrokerId).ok_or_else(|| bad("broker", "broker is missing: say which node id, for example \"broker\":2"))
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
