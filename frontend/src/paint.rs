//! Placeholder of the display list until the stage's own branch is merged.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Dark,
    Light,
}
