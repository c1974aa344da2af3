//! The stage, drawn natively from scripted facts.

mod scenario;
mod svg;
