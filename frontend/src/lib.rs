//! The page as a library: a player of facts, a stage of shapes, and panels of words, with the browser at the edge.

pub mod cues;
pub mod player;
pub mod session;
pub mod stage;
pub mod words;

/// Puts the page into the document.
pub fn mount() {}
