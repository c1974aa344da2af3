//! What is read and pressed around the stage: one panel a file, each a function from what the desk knows to a view.

pub(crate) mod backstage;
pub(crate) mod caption;
pub(crate) mod controls;
pub(crate) mod cues;
pub(crate) mod guards;
pub(crate) mod header;
pub(crate) mod help;
pub(crate) mod honesty;
pub(crate) mod inspector;
pub(crate) mod machines;
pub(crate) mod notes;
pub(crate) mod notices;
pub(crate) mod outcomes;
pub(crate) mod parts;
pub(crate) mod player;
pub(crate) mod progress;
pub(crate) mod proof;
pub(crate) mod question;
pub(crate) mod scenes;
pub(crate) mod score;
pub(crate) mod share;
pub(crate) mod states;
pub(crate) mod talk;
pub(crate) mod timeline;
pub(crate) mod twin;
pub(crate) mod verdict;
