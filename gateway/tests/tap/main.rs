//! The tap before real brokers, with clients that are not ours: librdkafka and Kafka's own Java tools; and by itself.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on says where; its figures are worth reading"
)]

mod alone;
mod java;
mod librdkafka;
mod watched;
mod world;
