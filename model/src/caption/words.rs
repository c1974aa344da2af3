//! Numbers and lists as a person says them; whole-number arithmetic only, to keep the page small.

use serde_json::Value;

use crate::ids::PartitionId;

/// Microseconds as seconds with one decimal: `2.9 s`.
pub fn seconds(micros: u64) -> String {
    let tenths = micros.saturating_add(50_000) / 100_000;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: impl IntoIterator<Item = String>) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    let last = items.pop().unwrap_or_default();
    if items.is_empty() { last } else { format!("{} and {last}", items.join(", ")) }
}

/// Whether partitions can be named: up to three, or all of one topic.
pub(super) fn are_few(ids: &[&PartitionId]) -> bool {
    ids.len() <= 3 || of_one_topic(ids)
}

fn of_one_topic(ids: &[&PartitionId]) -> bool {
    ids.len() <= 6 && ids.windows(2).all(|pair| matches!(pair, [a, b] if a.topic == b.topic))
}

/// Partitions by name, `orders 0 and 2`; where they are many, how many.
pub(super) fn partitions(ids: &[&PartitionId]) -> String {
    match ids.first() {
        Some(first) if of_one_topic(ids) => {
            format!("{} {}", first.topic, list(ids.iter().map(|id| id.partition.to_string())))
        }
        _ if are_few(ids) => list(ids.iter().map(ToString::to_string)),
        _ => plural(ids.len(), "partition"),
    }
}

/// `1 record`, `2 records`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Small numbers in words.
pub(super) fn count(n: usize) -> String {
    const WORDS: [&str; 10] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(n).map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

/// With a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| std::iter::once(first.to_ascii_uppercase()).chain(chars).collect())
}

/// Cents as euros: `8139.60 €`.
pub(super) fn euros(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02} €", cents / 100, cents % 100)
}

/// What a verdict's row counts, without the unit that [`amount`] writes behind the number.
pub fn counted(what: &str) -> &str {
    what.strip_suffix("cents").map_or(what, |rest| rest.trim_end_matches([' ', ',']).trim_end_matches(" in"))
}

/// A value of a verdict's row: cents as euros, a bound as it stands, what was not seen in words.
pub fn amount(what: &str, value: &Value) -> String {
    match value {
        Value::Null => String::from("not seen"),
        Value::String(text) => text.clone(),
        Value::Bool(true) => String::from("yes"),
        Value::Bool(false) => String::from("no"),
        Value::Number(number) => match number.as_i64() {
            Some(cents) if what.ends_with("cents") => euros(cents),
            Some(number) => number.to_string(),
            None => String::from("no whole number"),
        },
        // Not written out: a writer of JSON is code that every page would carry.
        Value::Array(_) | Value::Object(_) => String::from("no number"),
    }
}
