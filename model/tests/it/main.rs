//! The model's tests: its laws on random histories, and its rules on short written ones.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod captions;
mod excerpts;
mod fold;
mod green;
mod laws;
mod markers;
mod mutations;
mod recordings;
mod samples;
mod show;
mod state;
mod verdicts;
mod world;
