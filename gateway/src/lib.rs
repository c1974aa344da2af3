//! The gateway: watches a real Kafka cluster, breaks it on demand, records what happened and serves the page.

pub mod child;
pub mod clock;
pub mod cluster;
pub mod kafka;
pub mod observe;
pub mod report;
pub mod shop;
