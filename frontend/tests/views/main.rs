//! Lanes and story, drawn natively from scripted facts and from the sample recording.

#[path = "../stage/ratio.rs"]
mod ratio;
#[path = "../stage/scenario.rs"]
mod scenario;

mod contrast;
mod lanes;
mod log;
mod sides;
mod story;
mod words;
