//! The tap between a client and a broker that the test plays itself.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod coordinators;
mod passes;
mod rubbish;
mod rules;
mod told;
mod world;
