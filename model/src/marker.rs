//! Markers: those that were set live, which are facts, and what people wrote over them since, which never is.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    ids::Micros,
    json::{Json as _, lists, objects},
};

/// How many markers a side list may hold.
pub const MOST: usize = 1000;
/// How many characters a marker's words may have.
pub const LONGEST: usize = 200;

/// A named moment. The same form in a side list, in a recording's notes and in what they come to together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// The same for ever; made by whoever set it.
    pub id: String,
    /// When.
    pub at: Micros,
    /// What it says.
    pub text: String,
    /// Taken away; kept in the list, so that a marker that is a fact stays away too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

objects! {
    Marker { must id, at; may text, removed; }
}

lists!(Marker);

/// Reads a side list; none where it is not one.
pub fn read(list: &Value) -> Option<Vec<Marker>> {
    Vec::read(list)
}

/// What is wrong with a side list that somebody sends, in words.
pub fn wrong(edits: &[Marker]) -> Option<String> {
    if edits.len() > MOST {
        return Some(format!("{} markers are too many: {MOST} at most", edits.len()));
    }
    let harmless =
        |id: &str| (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    let fits = |text: &str| text.chars().count() <= LONGEST && !text.contains(char::is_control);
    edits.iter().find_map(|marker| match marker {
        Marker { id, .. } if !harmless(id) => {
            Some(format!("marker id {id:?} must be 1 to 64 letters, digits, dots, dashes or underscores"))
        }
        Marker { id, text, .. } if !fits(text) => {
            Some(format!("the text of marker {id} must be {LONGEST} printable characters at most"))
        }
        _ => None,
    })
}

/// The markers that were seen, as the edits have it: an edit takes the place of the marker of its id, or is one more.
/// In order of time; those that were removed stay, so that the result is a side list too, and merging it changes nothing.
pub fn merge(seen: impl IntoIterator<Item = Marker>, edits: &[Marker]) -> Vec<Marker> {
    let mut all: Vec<Marker> = Vec::new();
    for marker in seen.into_iter().chain(edits.iter().cloned()) {
        all.retain(|known| known.id != marker.id);
        let place = all.partition_point(|known| known.at <= marker.at);
        all.insert(place, marker);
    }
    all
}
