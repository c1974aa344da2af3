//! Moments that people marked: facts where they did live, and what was written over them since.

use model::{
    ids::Micros,
    marker::{Marker, merge},
};

use crate::player::timeline::{Mark, Sign};

/// How long a marker is read when it is played over.
const SAID_MICROS: u64 = 4_000_000;

/// The markers of what is open, in order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Markers(Vec<Marker>);

impl Markers {
    /// These markers.
    pub fn of(markers: Vec<Marker>) -> Self {
        Self(markers)
    }

    /// One that was seen: what was written over it stays.
    pub fn see(&mut self, marker: Marker) {
        if !self.0.iter().any(|known| known.id == marker.id) {
            self.write(marker);
        }
    }

    /// One that was written: it takes the place of what was known by its id.
    pub fn write(&mut self, marker: Marker) {
        self.lay_over(&[marker]);
    }

    /// A list that was kept elsewhere.
    pub fn lay_over(&mut self, edits: &[Marker]) {
        self.0 = merge(std::mem::take(&mut self.0), edits);
    }

    /// All of them, those that were removed too: what is kept.
    pub fn all(&self) -> &[Marker] {
        &self.0
    }

    /// Those that are shown.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = &Marker> {
        self.0.iter().filter(|marker| !marker.removed)
    }

    /// The one with this id.
    pub fn get(&self, id: &str) -> Option<&Marker> {
        self.0.iter().find(|marker| marker.id == id)
    }

    /// What is said at a moment, for a few seconds from the marker on.
    pub fn said(&self, now: Micros) -> Option<&str> {
        let is_said = |m: &&Marker| m.at <= now && now.since(m.at) < SAID_MICROS && !m.text.is_empty();
        self.shown().rev().find(is_said).map(|marker| marker.text.as_str())
    }

    /// As marks on the time axis.
    pub fn marks(&self) -> Vec<Mark> {
        let word = |m: &Marker| if m.text.is_empty() { "marker".to_owned() } else { m.text.clone() };
        self.shown().map(|m| Mark { at: m.at, sign: Sign::Note, word: word(m) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(id: &str, second: u64, text: &str) -> Marker {
        Marker { id: id.to_owned(), at: Micros(second * 1_000_000), text: text.to_owned(), removed: false }
    }

    #[test]
    fn a_marker_is_said_for_a_few_seconds_and_the_newest_wins() {
        let markers = Markers::of(vec![marker("a", 10, "look at broker 2"), marker("b", 12, "now")]);
        let said = [9, 10, 12, 15, 17].map(|s| markers.said(Micros(s * 1_000_000)));
        assert_eq!(said, [None, Some("look at broker 2"), Some("now"), Some("now"), None]);
    }

    #[test]
    fn what_was_written_stays_when_the_fact_is_seen_again() {
        let mut markers = Markers::default();
        markers.see(marker("a", 10, ""));
        markers.write(marker("a", 10, "the kill"));
        markers.see(marker("a", 10, ""));
        assert_eq!(markers.shown().map(|m| m.text.as_str()).collect::<Vec<_>>(), ["the kill"]);
        markers.write(Marker { removed: true, ..marker("a", 10, "") });
        markers.see(marker("a", 10, ""));
        assert_eq!((markers.shown().count(), markers.all().len()), (0, 1), "what was removed stays away");
    }
}
