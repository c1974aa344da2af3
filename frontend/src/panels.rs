//! What is read and pressed around the stage: one component a file.
#![expect(unreachable_pub, reason = "Leptos' component macro writes its functions as pub")]

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
pub(crate) mod notices;
pub(crate) mod outcomes;
pub(crate) mod parts;
pub(crate) mod player;
pub(crate) mod progress;
pub(crate) mod proof;
pub(crate) mod question;
pub(crate) mod scenes;
pub(crate) mod talk;
pub(crate) mod timeline;
pub(crate) mod twin;
pub(crate) mod verdict;
