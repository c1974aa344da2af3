//! Lanes and story, drawn natively from scripted facts and from the sample recording.

#[path = "../stage/scenario.rs"]
mod scenario;

mod lanes;
mod log;
mod story;
mod words;
