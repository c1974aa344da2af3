//! The page as a library: a player of facts, a stage of shapes, and panels of words, with the browser at the edge.

pub mod player;
pub mod stage;

/// Puts the page into the document.
pub fn mount() {}
